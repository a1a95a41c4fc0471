/*
 * pieces: bytes that lie in several places, for writev(2) and sendmsg(2).
 */
#ifndef COMMON_PIECES_H
#define COMMON_PIECES_H

#include <sys/uio.h>

#include <stddef.h>

/*
 * The first `done` bytes of *pieces are written: go on behind them. How many of the
 * `count` pieces are left, from *pieces on; the first may have become a shorter one.
 */
int pieces_skip(struct iovec **pieces, int count, size_t done);

#endif
