/*
 * file_read: bytes from a place in a file.
 */
#ifndef COMMON_FILE_READ_H
#define COMMON_FILE_READ_H

#include <sys/types.h>

#include <stddef.h>

/*
 * Up to `len` bytes from `offset` on: fewer only if that is all that there is, or all that
 * can be read. Then errno tells why: EIO at the end of the file, as of one that has become
 * shorter. -1: none at all.
 */
ssize_t file_read(int fd, void *into, size_t len, off_t offset);

#endif
