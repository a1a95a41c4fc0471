/*
 * sys_file: the system's extensions about files, each with a plain fallback.
 */
#define _GNU_SOURCE /* syscall, O_PATH, O_LARGEFILE, F_OFD_SETLK */

#include "common/sys_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#include <sys/syscall.h>
#ifndef SYS_openat2
#define SYS_openat2 437 /* newer than these headers; the same on every machine */
#endif
#endif

#ifdef HAVE_LINUX
/* struct open_how of openat2(2), which older headers lack. */
struct how {
	uint64_t flags, mode, resolve;
};

enum {
	NO_MAGICLINKS = 0x02,
	NO_SYMLINKS = 0x04,
	BENEATH = 0x08,
	RENAME_ONLY_NEW = 1,
};
#endif

int
sys_search_flags(void)
{
	int flags = O_DIRECTORY | O_CLOEXEC;
#if defined(HAVE_LINUX)
	return flags | O_PATH;
#elif defined(O_SEARCH)
	return flags | O_SEARCH;
#else
	return flags | O_RDONLY;
#endif
}

int
sys_open_beneath(int dir, const char *name, int flags, bool links)
{
#ifdef HAVE_LINUX
	struct how how = { .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = BENEATH | NO_MAGICLINKS };

	if (!(flags & O_PATH)) /* the C library's open adds it by itself */
		how.flags |= O_LARGEFILE;
	if (!links)
		how.resolve |= NO_SYMLINKS;
	return (int)syscall(SYS_openat2, dir, name, &how, sizeof how);
#else
	(void)dir, (void)name, (void)flags, (void)links;
	errno = ENOSYS;
	return -1;
#endif
}

int
sys_stat_beneath(int dir, const char *name, bool links, bool follow, struct stat *st)
{
#ifdef HAVE_LINUX
	int fd = sys_open_beneath(dir, name, O_PATH | (follow ? 0 : O_NOFOLLOW), links);
	int result, saved;

	if (fd == -1)
		return -1;
	result = fstat(fd, st);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
#else
	(void)dir, (void)name, (void)links, (void)follow, (void)st;
	errno = ENOSYS;
	return -1;
#endif
}

/* An empty directory of our own takes the name first: only that can be replaced. */
static int
rename_new_directory(int old_dir, const char *old_name, int new_dir, const char *new_name)
{
	int saved;

	if (mkdirat(new_dir, new_name, S_IRWXU) == -1)
		return -1;
	if (renameat(old_dir, old_name, new_dir, new_name) == 0)
		return 0;
	saved = errno;
	unlinkat(new_dir, new_name, AT_REMOVEDIR);
	errno = saved;
	return -1;
}

static int
rename_new_plainly(int old_dir, const char *old_name, int new_dir, const char *new_name)
{
	struct stat st;

	if (fstatat(old_dir, old_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (S_ISDIR(st.st_mode))
		return rename_new_directory(old_dir, old_name, new_dir, new_name);
	if (linkat(old_dir, old_name, new_dir, new_name, 0) == 0)
		return unlinkat(old_dir, old_name, 0);
	if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK && errno != ENOSYS)
		return -1;
	if (fstatat(new_dir, new_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		errno = EEXIST;
	else if (errno == ENOENT)
		return renameat(old_dir, old_name, new_dir, new_name);
	return -1;
}

int
sys_rename_new(int old_dir, const char *old_name, int new_dir, const char *new_name)
{
#if defined(HAVE_LINUX) && defined(SYS_renameat2)
	if (syscall(SYS_renameat2, old_dir, old_name, new_dir, new_name, RENAME_ONLY_NEW) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL && errno != EPERM)
		return -1;
#endif
	return rename_new_plainly(old_dir, old_name, new_dir, new_name);
}

int
sys_open_nameless(int dir, mode_t mode)
{
#if defined(HAVE_LINUX) && defined(O_TMPFILE)
	return openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
#else
	(void)dir, (void)mode;
	errno = ENOTSUP;
	return -1;
#endif
}

int
sys_name_file(int fd, int dir, const char *name)
{
#if defined(HAVE_LINUX) && defined(AT_EMPTY_PATH)
	char path[sizeof "/proc/self/fd/" + 3 * sizeof fd];

	/* Before Linux 6.10 the first is for the privileged, and the second needs /proc. */
	if (linkat(fd, "", dir, name, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW);
#else
	(void)fd, (void)dir, (void)name;
	errno = ENOTSUP;
	return -1;
#endif
}

int
sys_lock_file(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
#if defined(HAVE_LINUX) && defined(F_OFD_SETLK)
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
#endif
	return fcntl(fd, F_SETLK, &lock);
}

int
sys_lock_unused_file(int fd)
{
#if defined(HAVE_LINUX) && defined(F_OFD_SETLK)
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &lock);
#else
	(void)fd;
	errno = ENOSYS;
	return -1;
#endif
}
