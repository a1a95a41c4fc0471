/*
 * sys_splice: bytes moved or left out by the kernel, where it can. A sibling of sys.h: with
 * PORTABLE defined there is only the answer that it cannot.
 */
#ifndef COMMON_SYS_SPLICE_H
#define COMMON_SYS_SPLICE_H

#include <sys/types.h>

#include <stddef.h>

enum {
	SYS_PIPE_SIZE = 1 << 20, /* what a pipe should hold; it may hold less */
};

/* A blocking pipe, both ends close-on-exec, of SYS_PIPE_SIZE if allowed. 0, or -1. */
int sys_splice_pipe(int ends[2]);

/*
 * Move up to `len` bytes from `in` to `out`, of which one is a pipe. *offset, or
 * NULL for a socket or pipe, is the place in `out`, and is advanced. Bytes moved, 0 at the end
 * of input, or -1; errno is EINVAL or ENOSYS where only read and write can do it.
 */
ssize_t sys_splice(int in, int out, off_t *offset, size_t len);

/*
 * Where the next bytes of a file are that are stored, from `at` on, and in *hole where
 * they end; between them a file system stores nothing, and they read as zeros. -1:
 * there are none up to the end. Where nobody knows all is stored: `at`, and *hole is
 * INT64_MAX.
 */
off_t sys_find_data(int fd, off_t at, off_t *hole);

#endif
