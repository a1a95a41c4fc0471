/*
 * pieces: bytes that lie in several places. See pieces.h.
 */
#include "common/pieces.h"

int
pieces_skip(struct iovec **pieces, int count, size_t done)
{
	while (count > 0 && done >= (*pieces)->iov_len) {
		done -= (*pieces)->iov_len;
		++*pieces;
		count--;
	}
	if (count > 0) {
		(*pieces)->iov_base = (char *)(*pieces)->iov_base + done;
		(*pieces)->iov_len -= done;
	}
	return count;
}
