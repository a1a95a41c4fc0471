/*
 * listing: a folder as a page. See listing.h.
 */
#include "servers/httpd/listing.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "servers/httpd/listing_internal.h"

enum {
	FIRST_ROOM = 256, /* names; doubled as needed */
};

const char *const listing_orders[LISTING_ORDERS] = { "name", "size", "changed" };

/* ---- the names ---- */

static void
free_list(struct listing *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].name);
	free(list->entries);
}

static int
add(struct listing *list, const char *name, const struct stat *st)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : FIRST_ROOM;
		struct listing_entry *more = realloc(list->entries, room * sizeof *more);

		if (more == NULL)
			return -1;
		list->entries = more;
		list->room = room;
	}
	list->entries[list->count] = (struct listing_entry){
		.name = strdup(name),
		.folder = S_ISDIR(st->st_mode),
		.size = S_ISDIR(st->st_mode) ? -1 : (int64_t)st->st_size,
		.changed = st->st_mtim.tv_sec,
	};
	return list->entries[list->count++].name ? 0 : -1;
}

/* What would be served: of a link, what it leads to, if that is inside. */
static bool
look_at(const struct jail *jail, const char *path, const struct jail_list *names,
    const char *name, struct stat *st)
{
	char whole[JAIL_PATH_MAX + JAIL_NAME_MAX + 1];

	if (name[0] == '.' || jail_list_stat(names, name, st) == -1)
		return false;
	if (S_ISLNK(st->st_mode)) {
		snprintf(whole, sizeof whole, "%s%s", path, name);
		if (jail_stat(jail, whole, st) == -1)
			return false;
	}
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

static int
collect(const struct jail *jail, const char *path, struct listing *list)
{
	struct jail_list names;
	struct stat st;
	const char *name;
	int result = 0;

	if (jail_list_begin(jail, path, &names) == -1)
		return -1;
	while (result == 0 && (name = jail_list_next(&names)) != NULL) {
		if (!look_at(jail, path, &names, name, &st))
			continue;
		list->cut = list->count == LISTING_NAMES_MAX;
		if (list->cut)
			break;
		result = add(list, name, &st);
	}
	jail_list_end(&names);
	if (result == -1)
		errno = ENOMEM;
	return result;
}

/* ---- the order: folders first, then as the query says ---- */

static int
by_name(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;

	return x->folder != y->folder ? y->folder - x->folder : strcmp(x->name, y->name);
}

static int
by_size(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;
	int order = (x->size > y->size) - (x->size < y->size);

	return order ? order : by_name(a, b);
}

static int
by_time(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;
	int order = (x->changed > y->changed) - (x->changed < y->changed);

	return order ? order : by_name(a, b);
}

static void
sort(struct listing *list)
{
	static int (*const compare[LISTING_ORDERS])(const void *, const void *) = {
		by_name,
		by_size,
		by_time,
	};

	if (list->count == 0)
		return;
	qsort(list->entries, list->count, sizeof *list->entries, compare[list->order]);
	for (size_t i = 0; list->down && i < list->count / 2; i++) {
		struct listing_entry swapped = list->entries[i];

		list->entries[i] = list->entries[list->count - 1 - i];
		list->entries[list->count - 1 - i] = swapped;
	}
}

/* "sort=size&order=down": anything else is as if it were not there. */
static void
choose_order(struct listing *list, struct http_span query)
{
	while (query.len > 0) {
		const char *end = memchr(query.at, '&', query.len);
		size_t len = end ? (size_t)(end - query.at) : query.len;

		for (int i = 0; i < LISTING_ORDERS; i++)
			if (len == 5 + strlen(listing_orders[i]) &&
			    memcmp(query.at, "sort=", 5) == 0 &&
			    memcmp(query.at + 5, listing_orders[i], len - 5) == 0)
				list->order = (enum listing_order)i;
		list->down |= len == 10 && memcmp(query.at, "order=down", 10) == 0;
		len += end != NULL;
		query.at += len;
		query.len -= len;
	}
}

/* ---- all of it ---- */

char *
listing_make(const struct jail *jail, const char *name, const char *path,
    struct http_span query, size_t *len)
{
	struct listing list = { .path = path };
	char *page;

	if (collect(jail, name, &list) == -1) {
		int saved = errno;

		free_list(&list);
		errno = saved;
		return NULL;
	}
	choose_order(&list, query);
	sort(&list);
	page = listing_page(&list, len);
	free_list(&list);
	if (page == NULL)
		errno = ENOMEM;
	return page;
}
