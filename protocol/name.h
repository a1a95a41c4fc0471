/*
 * name: what keys and commands may be called: letters and digits of ASCII, `.', `_' and
 * `-'. Such a name can stand in a file, a log and a terminal as it is.
 */
#ifndef PROTOCOL_NAME_H
#define PROTOCOL_NAME_H

#include <stdbool.h>
#include <string.h>

/* Whether the `len` bytes at `name` are one, of `max` bytes at most; an empty one is not. */
static inline bool
name_is_right(const char *name, size_t len, size_t max)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	if (len == 0 || len > max)
		return false;
	for (size_t i = 0; i < len; i++)
		if (memchr(allowed, name[i], sizeof allowed - 1) == NULL)
			return false;
	return true;
}

#endif
