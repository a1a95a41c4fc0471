/*
 * listing: a folder as a page: a table that is sorted by its links, without script.
 *
 *	Name ^		Size	Changed			?sort=name&order=down
 *	../
 *	notes/			2026-11-20 16:20
 *	a & b.txt	1 270	2026-11-19 08:01
 *
 * Names are whatever somebody called his files: each is escaped twice over, for the
 * link and for the page. Names that begin with a dot are not shown, nor is anything
 * that would not be served: devices, sockets, links that lead out.
 */
#ifndef SERVERS_HTTPD_LISTING_H
#define SERVERS_HTTPD_LISTING_H

#include "common/jail.h"
#include "protocol/http.h"

enum {
	LISTING_NAMES_MAX = 20000, /* more are not shown, and the page says so */
};

/*
 * The page for a canonical path that ends in a slash, of a folder that has this name in its
 * jail: malloc'ed, its length in *len.
 * NULL with errno: as jail_list_begin, or ENOMEM.
 */
char *listing_make(const struct jail *jail, const char *name, const char *path,
    struct http_span query, size_t *len);

#endif
