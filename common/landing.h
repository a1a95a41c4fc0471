/*
 * landing: where a client puts what it fetches, as cp(1) would.
 */
#ifndef COMMON_LANDING_H
#define COMMON_LANDING_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * The path for a file that is called `name` there: `local`, or if that is a directory, in it
 * and by its name. 0, or -1 with errno: EISDIR (a directory, and no name to go by: empty, `.'
 * or `..'), ENOENT (an empty path), ENAMETOOLONG.
 */
int landing_path(char *path, size_t capacity, const char *local, const char *name);

/* What is no file is written as it is: a disk, or /dev/null. */
bool landing_is_device(const char *path);

/* The mode of a new file: all may read and write, but for the umask. */
mode_t landing_mode(void);

#endif
