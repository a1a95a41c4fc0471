/*
 * private_edit: a file of secrets, to be changed. See private.h.
 *
 * The lock is on the file itself, which is then replaced; so who has waited for it looks
 * whether the name still leads to what is locked, and begins anew if not.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/jail.h"
#include "common/log.h"
#include "common/private.h"
#include "common/private_internal.h"
#include "common/sys.h"
#include "common/sys_file.h"

enum {
	LOOK_MS = 20, /* between two looks at a lock that somebody else has */
};

/* 1: locked, and it is what the name leads to; 0: not yet, or no more; -1 with errno. */
static int
try_lock(int fd, const char *path)
{
	struct stat locked, named;

	if (sys_lock_file(fd) == -1)
		return errno == EAGAIN || errno == EACCES ? 0 : -1;
	if (fstat(fd, &locked) == -1)
		return -1;
	if (lstat(path, &named) == -1)
		return errno == ENOENT ? 0 : -1;
	return locked.st_nlink > 0 && locked.st_dev == named.st_dev &&
	       locked.st_ino == named.st_ino;
}

static int
open_to_lock(const char *path, bool create, char *error, size_t cap)
{
	int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
	int fd = open(path, flags | (create ? O_CREAT : 0), S_IRUSR | S_IWUSR);
	struct stat status;
	const char *wrong;

	if (fd == -1 && errno == ELOOP) {
		snprintf(error, cap, "%s: it is a symbolic link: name what it leads to", path);
		return -1;
	}
	if (fd == -1)
		return private_fail(path, error, cap);
	if (fstat(fd, &status) == 0) {
		wrong = private_check(&status);
		if (wrong == NULL)
			return fd;
		snprintf(error, cap, "%s: %s", path, wrong);
	} else {
		private_fail(path, error, cap);
	}
	close(fd);
	return -1;
}

int
private_lock(const char *path, bool create, char *error, size_t error_cap)
{
	static const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	int64_t deadline = sys_now_ms() + PRIVATE_LOCK_MS;

	for (;;) {
		int fd = open_to_lock(path, create, error, error_cap), locked;

		if (fd == -1)
			return -1;
		locked = try_lock(fd, path);
		if (locked == 1)
			return fd;
		if (locked == -1)
			private_fail(path, error, error_cap);
		close(fd);
		if (locked == -1)
			return -1;
		if (sys_now_ms() >= deadline) {
			snprintf(error, error_cap, "%s: somebody else has it locked", path);
			return -1;
		}
		nanosleep(&look, NULL);
	}
}

static int
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A new file beside it, with its owner, and then in its place. */
static int
replace(int locked, const char *path, const void *bytes, size_t len)
{
	const char *name;
	struct jail jail;
	struct jail_file file;
	struct stat old;
	int result = -1, error;

	if (fstat(locked, &old) == -1 || jail_begin_beside(&jail, path, &name) == -1)
		return -1;
	if (jail_create(&jail, name, NULL, S_IRUSR | S_IWUSR, &file) == 0) {
		if ((old.st_uid == geteuid() || fchown(file.fd, old.st_uid, (gid_t)-1) == 0) &&
		    write_all(file.fd, bytes, len) == 0)
			result = jail_publish(&file, true);
		error = errno;
		if (result == -1)
			jail_discard(&file);
		errno = error;
	}
	error = errno;
	jail_end(&jail);
	errno = error;
	return result;
}

int
private_replace(
    int locked, const char *path, const void *bytes, size_t len, char *error, size_t error_cap)
{
	return replace(locked, path, bytes, len) == -1 ? private_fail(path, error, error_cap) :
							 0;
}
