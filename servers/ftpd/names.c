/*
 * names: the names in a directory, sorted. See names.h.
 */
#include "servers/ftpd/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/glob.h"

enum {
	FIRST_SIZE = 16 * 1024,
};

static int
add(struct names *names, const char *name)
{
	size_t len = strlen(name) + 1;

	if (names->capacity - names->used < len) {
		size_t capacity = names->capacity ? 2 * names->capacity : FIRST_SIZE;
		char *bytes =
		    capacity > NAMES_BYTES_MAX ? NULL : realloc(names->bytes, capacity);

		if (bytes == NULL) {
			errno = ENOMEM;
			return -1;
		}
		names->bytes = bytes;
		names->capacity = capacity;
	}
	memcpy(names->bytes + names->used, name, len);
	names->used += len;
	names->count++;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int
sort(struct names *names)
{
	const char *at = names->bytes;

	if (names->count == 0)
		return 0;
	names->sorted = malloc(names->count * sizeof *names->sorted);
	if (names->sorted == NULL)
		return -1;
	for (size_t i = 0; i < names->count; i++) {
		names->sorted[i] = at;
		at += strlen(at) + 1;
	}
	qsort(names->sorted, names->count, sizeof *names->sorted, compare);
	return 0;
}

int
names_read(struct names *names, struct jail_list *list, const char *pattern)
{
	size_t len = strlen(pattern);
	const char *name;

	*names = (struct names){ .bytes = NULL };
	while ((name = jail_list_next(list)) != NULL) {
		if (len > 0 && !glob_match(pattern, len, name, strlen(name)))
			continue;
		if (add(names, name) == -1)
			break;
	}
	if (name == NULL && errno == 0 && sort(names) == 0)
		return 0;
	names_free(names);
	return -1;
}

const char *
names_get(const struct names *names, size_t i)
{
	return names->sorted[i];
}

void
names_free(struct names *names)
{
	int saved = errno;

	free(names->bytes);
	free(names->sorted);
	errno = saved;
}
