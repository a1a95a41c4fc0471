/*
 * private: a file of secrets, such as keys(5) or ftpd-users(5).
 *
 * It must be a regular file that belongs to the user who runs the program, or root, and
 * is closed to everybody else (0600), or it is refused. It is changed as a whole: a
 * reader sees the old one or the new one, and two who change it do so one after the
 * other.
 *
 * Functions return -1 with one line for people in `error`. private_edit.c has the second
 * and the third, for programs that change such a file.
 */
#ifndef COMMON_PRIVATE_H
#define COMMON_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PRIVATE_LOCK_MS = 10000, /* so long private_lock waits for somebody else */
};

/* Open it for reading: a descriptor. Waits for nothing, not even for a FIFO's writer. */
int private_open(const char *path, char *error, size_t error_cap);

/*
 * The same for a file that is no secret, but that is obeyed, such as commands(5): others
 * may read it, and nobody else may write it.
 */
int private_open_trusted(const char *path, char *error, size_t error_cap);

/*
 * Open it to be changed, and keep everybody else who would change it waiting until the
 * descriptor is closed. Read it from this descriptor only. With `create` an empty one is
 * made if there is none. A symbolic link is refused: what it leads to would not be
 * replaced, but the link.
 */
int private_lock(const char *path, bool create, char *error, size_t error_cap);

/*
 * Put `len` bytes in place of what the file had; `locked` is private_lock's, and stays
 * so. The owner stays the same. 0, and then it is on the disk.
 */
int private_replace(
    int locked, const char *path, const void *bytes, size_t len, char *error, size_t error_cap);

#endif
