/*
 * random: what nobody outside can foresee. See random.h.
 */
#define _DEFAULT_SOURCE /* getentropy */

#include "common/random.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

/* By a system call, where there is one: it needs no descriptor and no /dev. */
static int
ask_kernel(void *bytes, size_t len)
{
#ifndef PORTABLE
	return getentropy(bytes, len);
#else
	(void)bytes;
	(void)len;
	errno = ENOSYS;
	return -1;
#endif
}

static int
read_device(void *bytes, size_t len)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC), saved;
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, bytes, len); /* up to 256 bytes come at once, always */
	saved = n == -1 ? errno : EIO;
	close(fd);
	errno = saved;
	return n == (ssize_t)len ? 0 : -1;
}

int
random_bytes(void *bytes, size_t len)
{
	return ask_kernel(bytes, len) == 0 ? 0 : read_device(bytes, len);
}

uint64_t
random_number(void)
{
	struct timespec now = { 0 };
	uint64_t number;

	if (random_bytes(&number, sizeof number) == 0)
		return number;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_nsec << 20 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid();
}
