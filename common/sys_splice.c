/*
 * sys_splice: bytes moved or left out by the kernel, where it can. See sys_splice.h.
 */
#define _GNU_SOURCE /* splice, pipe2, F_SETPIPE_SZ, SEEK_DATA */

#include "common/sys_splice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#endif

int
sys_splice_pipe(int ends[2])
{
#ifdef HAVE_LINUX
	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	(void)fcntl(ends[1], F_SETPIPE_SZ, SYS_PIPE_SIZE);
	return 0;
#else
	(void)ends;
	errno = ENOSYS;
	return -1;
#endif
}

ssize_t
sys_splice(int in, int out, off_t *offset, size_t len)
{
#ifdef HAVE_LINUX
	loff_t at = offset ? *offset : 0;
	ssize_t n = splice(in, NULL, out, offset ? &at : NULL, len, SPLICE_F_MOVE);

	if (n > 0 && offset)
		*offset = at;
	return n;
#else
	(void)in, (void)out, (void)offset, (void)len;
	errno = ENOSYS;
	return -1;
#endif
}

off_t
sys_find_data(int fd, off_t at, off_t *hole)
{
#ifdef HAVE_LINUX
	off_t data = lseek(fd, at, SEEK_DATA);

	*hole = data == -1 ? -1 : lseek(fd, data, SEEK_HOLE);
	if (*hole != -1)
		return data;
	if (errno == ENXIO)
		return -1;
#else
	(void)fd;
#endif
	*hole = INT64_MAX;
	return at;
}
