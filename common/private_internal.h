/*
 * private_internal: what private.c and private_edit.c share. Nobody else includes this.
 */
#ifndef COMMON_PRIVATE_INTERNAL_H
#define COMMON_PRIVATE_INTERNAL_H

#include <sys/stat.h>

#include <stddef.h>

/* A file of ours, that nobody else can read. NULL, or why not. */
const char *private_check(const struct stat *status);

/* errno into `error`, and -1. */
int private_fail(const char *path, char *error, size_t error_cap);

#endif
