/*
 * listing: a folder as a page. See listing.h.
 */
#include "servers/httpd/listing.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/http_response.h"

enum {
	FIRST_ROOM = 256, /* names; doubled as needed */
	PIECE_MAX = 512,  /* bytes of the page's own words that are put at once */
};

enum order {
	BY_NAME,
	BY_SIZE,
	BY_TIME,
	ORDERS,
};

static const char *const order_names[ORDERS] = { "name", "size", "changed" };
static const char *const titles[ORDERS] = { "Name", "Size", "Changed" };

struct entry {
	char *name;
	bool folder;
	int64_t size, changed;
};

struct list {
	struct entry *entries;
	size_t count, room;
	bool cut; /* there are more than LISTING_NAMES_MAX */
};

/* A page that grows; sticks when there is no memory. */
struct page {
	char *text;
	size_t len, room;
	bool failed;
};

/* ---- the names ---- */

static void
free_list(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].name);
	free(list->entries);
}

static int
add(struct list *list, const char *name, const struct stat *st)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : FIRST_ROOM;
		struct entry *more = realloc(list->entries, room * sizeof *more);

		if (more == NULL)
			return -1;
		list->entries = more;
		list->room = room;
	}
	list->entries[list->count] = (struct entry){
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
collect(const struct jail *jail, const char *path, struct list *list)
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
	const struct entry *x = a, *y = b;

	return x->folder != y->folder ? y->folder - x->folder : strcmp(x->name, y->name);
}

static int
by_size(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = (x->size > y->size) - (x->size < y->size);

	return order ? order : by_name(a, b);
}

static int
by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = (x->changed > y->changed) - (x->changed < y->changed);

	return order ? order : by_name(a, b);
}

static void
sort(struct list *list, enum order order, bool down)
{
	static int (*const compare[ORDERS])(const void *, const void *) = {
		by_name,
		by_size,
		by_time,
	};

	if (list->count == 0)
		return;
	qsort(list->entries, list->count, sizeof *list->entries, compare[order]);
	for (size_t i = 0; down && i < list->count / 2; i++) {
		struct entry swapped = list->entries[i];

		list->entries[i] = list->entries[list->count - 1 - i];
		list->entries[list->count - 1 - i] = swapped;
	}
}

/* "sort=size&order=down": anything else is as if it were not there. */
static enum order
order_of(struct http_span query, bool *down)
{
	enum order order = BY_NAME;

	*down = false;
	while (query.len > 0) {
		const char *end = memchr(query.at, '&', query.len);
		size_t len = end ? (size_t)(end - query.at) : query.len;

		for (int i = 0; i < ORDERS; i++)
			if (len == 5 + strlen(order_names[i]) &&
			    memcmp(query.at, "sort=", 5) == 0 &&
			    memcmp(query.at + 5, order_names[i], len - 5) == 0)
				order = (enum order)i;
		*down = *down || (len == 10 && memcmp(query.at, "order=down", 10) == 0);
		len += end != NULL;
		query.at += len;
		query.len -= len;
	}
	return order;
}

/* ---- the page ---- */

/* Room for so many bytes more; NULL: there is none. */
static char *
reserve(struct page *page, size_t more)
{
	size_t room = page->room ? page->room : 4096;
	char *text;

	while (room < page->len + more)
		room *= 2;
	if (room != page->room && !page->failed) {
		text = realloc(page->text, room);
		page->failed = text == NULL;
		if (text) {
			page->text = text;
			page->room = room;
		}
	}
	return page->failed ? NULL : page->text + page->len;
}

static void
put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line of our own making, without names. */
static void
put(struct page *page, const char *format, ...)
{
	char *at = reserve(page, PIECE_MAX);
	va_list args;
	int n;

	if (at == NULL)
		return;
	va_start(args, format);
	n = vsnprintf(at, PIECE_MAX, format, args);
	va_end(args);
	page->len += n < PIECE_MAX ? (size_t)n : PIECE_MAX - 1;
}

static void
put_escaped(struct page *page, const char *name,
    ssize_t (*escape)(char *, size_t, struct http_span), size_t factor)
{
	size_t len = strlen(name), room = len * factor + 1;
	char *at = reserve(page, room);
	ssize_t n = at ? escape(at, room, (struct http_span){ name, len }) : 0;

	if (n > 0)
		page->len += (size_t)n;
}

static void
put_title(struct page *page, enum order column, enum order order, bool down)
{
	bool turn = column == order && !down; /* a second click turns it round */

	put(page, "<th><a href=\"?sort=%s%s\">%s</a>%s</th>", order_names[column],
	    turn ? "&amp;order=down" : "", titles[column],
	    column != order ? "" :
	    down	    ? " &darr;" :
			      " &uarr;");
}

static void
put_entry(struct page *page, const struct entry *entry)
{
	const char *slash = entry->folder ? "/" : "";
	time_t changed = (time_t)entry->changed;
	char when[32] = "";
	struct tm tm;

	if (gmtime_r(&changed, &tm) != NULL)
		strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
	put(page, "<tr><td><a href=\"");
	put_escaped(page, entry->name, http_escape_path, HTTP_ESCAPE_PATH);
	put(page, "%s\">", slash);
	put_escaped(page, entry->name, http_escape_html, HTTP_ESCAPE_HTML);
	put(page, "%s</a></td><td>", slash);
	if (!entry->folder)
		put(page, "%" PRId64, entry->size);
	put(page, "</td><td>%s</td></tr>\n", when);
}

static void
write_page(
    struct page *page, const char *path, const struct list *list, enum order order, bool down)
{
	put(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	put_escaped(page, path, http_escape_html, HTTP_ESCAPE_HTML);
	put(page, "</title>\n<style>body{font-family:sans-serif;margin:2em}"
		  "th{text-align:left}td,th{padding:.1em 1.5em .1em 0}"
		  "td:nth-child(2){text-align:right;font-variant-numeric:tabular-nums}"
		  "</style>\n<h1>");
	put_escaped(page, path, http_escape_html, HTTP_ESCAPE_HTML);
	put(page, "</h1>\n<table>\n<thead><tr>");
	for (int i = 0; i < ORDERS; i++)
		put_title(page, (enum order)i, order, down);
	put(page, "</tr></thead>\n<tbody>\n");
	if (strcmp(path, "/") != 0)
		put(page, "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
	for (size_t i = 0; i < list->count; i++)
		put_entry(page, &list->entries[i]);
	put(page, "</tbody>\n</table>\n");
	if (list->cut)
		put(page, "<p>There are more than %d names: the others are not shown.</p>\n",
		    LISTING_NAMES_MAX);
	put(page, "</html>\n");
}

char *
listing_make(const struct jail *jail, const char *name, const char *path,
    struct http_span query, size_t *len)
{
	struct list list = { NULL, 0, 0, false };
	struct page page = { NULL, 0, 0, false };
	bool down;
	enum order order = order_of(query, &down);

	if (collect(jail, name, &list) == -1) {
		int saved = errno;

		free_list(&list);
		errno = saved;
		return NULL;
	}
	sort(&list, order, down);
	write_page(&page, path, &list, order, down);
	free_list(&list);
	if (page.failed) {
		free(page.text);
		errno = ENOMEM;
		return NULL;
	}
	*len = page.len;
	return page.text;
}
