/*
 * names: the names in a directory, sorted, by their bytes.
 */
#ifndef SERVERS_FTPD_NAMES_H
#define SERVERS_FTPD_NAMES_H

#include <stddef.h>

#include "common/jail.h"

enum {
	NAMES_BYTES_MAX = 64 << 20, /* of all names of a directory */
};

struct names {
	char *bytes; /* each a string, one behind the other */
	size_t used, capacity;
	const char **sorted;
	size_t count;
};

/* Those that `pattern` matches; "": all. 0, or -1 with errno. */
int names_read(struct names *names, struct jail_list *list, const char *pattern);
const char *names_get(const struct names *names, size_t i);
void names_free(struct names *names);

#endif
