/*
 * types: the media type of a file, by the ending of its name. mime.types(5).
 *
 *	# type			endings
 *	text/html		html htm
 *
 * A few dozen types are built in; a file of the caller's, and the system's
 * /etc/mime.types, are asked in this order: the caller's, the built-in ones, the
 * system's. Endings are compared in any case. Text is said to be UTF-8.
 */
#ifndef SERVERS_HTTPD_TYPES_H
#define SERVERS_HTTPD_TYPES_H

#include <stdbool.h>

struct types;

#define TYPES_SYSTEM  "/etc/mime.types"
#define TYPES_UNKNOWN "application/octet-stream"

/* Read `file` (NULL: none) and the system's. NULL with errno when `file` cannot be read. */
struct types *types_load(const char *file);
void types_free(struct types *types);

/* The type for a path; never NULL. The string lives as long as the types. */
const char *types_find(const struct types *types, const char *path);

/* Whether things of this type shrink when compressed, so that siblings are looked for. */
bool types_shrinks(const char *type);

#endif
