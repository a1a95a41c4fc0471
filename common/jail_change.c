/*
 * jail_change: make, move and remove names. Each call opens the directory of the name
 * first, inside the jail, and acts on the last component there: whatever happens to
 * the way to it meanwhile, the change stays in that directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/jail_internal.h"
#include "common/sys_file.h"

enum {
	PERMISSIONS = S_IRWXU | S_IRWXG | S_IRWXO,
};

int
jail_mkdir(const struct jail *jail, const char *name, mode_t mode)
{
	struct jail_entry entry;
	int result;

	if (jail_reach(jail, name, &entry) == -1)
		return -1;
	result = mkdirat(entry.parent, entry.name, mode & PERMISSIONS);
	jail_leave(&entry);
	return result;
}

int
jail_mkdir_if_missing(const struct jail *jail, const char *name, mode_t mode)
{
	struct stat st;

	if (jail_mkdir(jail, name, mode) == 0)
		return 0;
	if (errno != EEXIST && errno != EBUSY)
		return -1;
	if (jail_stat(jail, name, &st) == -1)
		return -1;
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return -1;
}

/* Cut components off the end until one can be made; then put them back. */
int
jail_mkdirs(const struct jail *jail, const char *name, mode_t mode)
{
	const mode_t on_the_way = S_IWUSR | S_IXUSR; /* to make the next one in it */
	char path[JAIL_PATH_MAX];
	size_t len = strlen(name), at = len;
	int result;

	if (jail_name(path, name, len) == -1)
		return -1;
	while ((result = jail_mkdir_if_missing(
		    jail, path, mode | (at < len ? on_the_way : 0))) == -1 &&
	       errno == ENOENT) {
		while (at > 0 && path[at] != '/')
			at--;
		if (at == 0)
			return -1;
		path[at] = '\0';
	}
	while (result == 0 && at < len) {
		path[at] = '/';
		at += strlen(path + at);
		result = jail_mkdir_if_missing(jail, path, mode | (at < len ? on_the_way : 0));
	}
	return result;
}

/* With a slash behind it a name means a directory. */
static int
check_slash(const struct jail_entry *entry)
{
	struct stat st;

	if (!entry->slash)
		return 0;
	if (fstatat(entry->parent, entry->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return -1;
}

static int
remove_entry(const struct jail *jail, const char *name, int flag)
{
	struct jail_entry entry;
	struct stat st;
	int result;

	if (jail_reach(jail, name, &entry) == -1)
		return -1;
	result = check_slash(&entry);
	if (result == 0)
		result = unlinkat(entry.parent, entry.name, flag);
	if (result == -1 && errno == EPERM && flag == 0) { /* POSIX's word for a directory */
		if (fstatat(entry.parent, entry.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			errno = S_ISDIR(st.st_mode) ? EISDIR : EPERM;
	}
	jail_leave(&entry);
	return result;
}

int
jail_remove(const struct jail *jail, const char *name)
{
	return remove_entry(jail, name, 0);
}

int
jail_rmdir(const struct jail *jail, const char *name)
{
	return remove_entry(jail, name, AT_REMOVEDIR);
}

static int
rename_entry(const struct jail_entry *from, const struct jail_entry *to, bool replace)
{
	struct stat st;

	if (check_slash(from) == -1)
		return -1;
	if (to->slash) { /* only a directory can become one */
		if (fstatat(from->parent, from->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			return -1;
		if (!S_ISDIR(st.st_mode)) {
			errno = ENOTDIR;
			return -1;
		}
	}
	if (replace)
		return renameat(from->parent, from->name, to->parent, to->name);
	return sys_rename_new(from->parent, from->name, to->parent, to->name);
}

int
jail_rename(const struct jail *jail, const char *from, const char *to, bool replace)
{
	struct jail_entry source, target;
	int result = -1;

	if (jail_reach(jail, from, &source) == -1)
		return -1;
	if (jail_reach(jail, to, &target) == 0) {
		result = rename_entry(&source, &target, replace);
		jail_leave(&target);
	}
	jail_leave(&source);
	return result;
}

/* ---- attributes ---- */

/* A regular file or directory, open only so that it can be named by a descriptor. */
static int
open_named(const struct jail *jail, const char *name)
{
	int fd = jail_resolve(jail, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
			return fd;
		errno = ENXIO;
	}
	jail_close(fd);
	return -1;
}

/* A file that may not be opened is reached by its directory and its own name. */
static int
reach_named(const struct jail *jail, const char *name, struct jail_entry *entry)
{
	struct stat st;

	if (jail_reach(jail, name, entry) == -1)
		return -1;
	if (fstatat(entry->parent, entry->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
			return 0;
		errno = S_ISLNK(st.st_mode) ? EACCES : ENXIO;
	}
	jail_leave(entry);
	return -1;
}

int
jail_chmod(const struct jail *jail, const char *name, mode_t mode)
{
	struct jail_entry entry;
	int fd, result;

	if (mode & ~(mode_t)PERMISSIONS) {
		errno = EINVAL;
		return -1;
	}
	fd = open_named(jail, name);
	if (fd != -1) {
		result = fchmod(fd, mode);
		jail_close(fd);
		return result;
	}
	if (errno != EACCES || reach_named(jail, name, &entry) == -1)
		return -1;
	result = fchmodat(entry.parent, entry.name, mode, AT_SYMLINK_NOFOLLOW);
	jail_leave(&entry);
	return result;
}

int
jail_set_times(const struct jail *jail, const char *name, const struct timespec times[2])
{
	struct jail_entry entry;
	int fd = open_named(jail, name), result;

	if (fd != -1) {
		result = futimens(fd, times);
		jail_close(fd);
		return result;
	}
	if (errno != EACCES || reach_named(jail, name, &entry) == -1)
		return -1;
	result = utimensat(entry.parent, entry.name, times, AT_SYMLINK_NOFOLLOW);
	jail_leave(&entry);
	return result;
}
