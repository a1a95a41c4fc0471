/*
 * file_read: bytes from a place in a file. See file_read.h.
 */
#include "common/file_read.h"

#include <errno.h>
#include <unistd.h>

ssize_t
file_read(int fd, void *into, size_t len, off_t offset)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = pread(fd, (char *)into + have, len - have, offset + (off_t)have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return have > 0 ? (ssize_t)have : -1;
		have += (size_t)n;
	}
	return (ssize_t)have;
}
