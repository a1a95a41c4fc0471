/*
 * What listing.c finds in a folder, and listing_page.c shows.
 */
#ifndef SERVERS_HTTPD_LISTING_INTERNAL_H
#define SERVERS_HTTPD_LISTING_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum listing_order {
	LISTING_BY_NAME,
	LISTING_BY_SIZE,
	LISTING_BY_TIME,
	LISTING_ORDERS,
};

/* As they are asked for: ?sort=... */
extern const char *const listing_orders[LISTING_ORDERS];

struct listing_entry {
	char *name;
	bool folder;
	int64_t size, changed; /* bytes, -1 of a folder; seconds since 1970 */
};

struct listing {
	const char *path; /* canonical, for people */
	struct listing_entry *entries;
	size_t count, room;
	enum listing_order order;
	bool down;
	bool cut; /* there are more than LISTING_NAMES_MAX */
};

/* The page: malloc'ed, its length in *len; NULL: no memory. */
char *listing_page(const struct listing *list, size_t *len);

#endif
