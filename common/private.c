/*
 * private: a file of secrets, or one that is obeyed, to be read. See private.h.
 */
#include "common/private.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/private_internal.h"

/* Ours or root's, and nothing of `closed` for anybody else. NULL, or why not. */
static const char *
check_owned(const struct stat *status, mode_t closed, const char *open_words)
{
	if (!S_ISREG(status->st_mode))
		return "it is no regular file";
	if (status->st_uid != geteuid() && status->st_uid != 0)
		return "it belongs to another user";
	return status->st_mode & closed ? open_words : NULL;
}

const char *
private_check(const struct stat *status)
{
	return check_owned(status, S_IRWXG | S_IRWXO, "others may read it: chmod 600 it first");
}

static const char *
check_trusted(const struct stat *status)
{
	return check_owned(
	    status, S_IWGRP | S_IWOTH, "others may write it: chmod go-w it first");
}

int
private_fail(const char *path, char *error, size_t error_cap)
{
	snprintf(error, error_cap, "%s: %s (%s)", path, log_errno_name(errno), strerror(errno));
	return -1;
}

static int
open_checked(
    const char *path, const char *(*check)(const struct stat *), char *error, size_t error_cap)
{
	/* O_NONBLOCK: a FIFO would wait for somebody who writes. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	const char *wrong;

	if (fd == -1 || fstat(fd, &status) == -1) {
		private_fail(path, error, error_cap);
		if (fd != -1)
			close(fd);
		return -1;
	}
	wrong = check(&status);
	if (wrong == NULL)
		return fd;
	snprintf(error, error_cap, "%s: %s", path, wrong);
	close(fd);
	return -1;
}

int
private_open(const char *path, char *error, size_t error_cap)
{
	return open_checked(path, private_check, error, error_cap);
}

int
private_open_trusted(const char *path, char *error, size_t error_cap)
{
	return open_checked(path, check_trusted, error, error_cap);
}
