/*
 * listing_page: what was found in a folder as HTML. See listing.h.
 *
 *	/ notes /			each part leads there
 *	Name ^	      Size   Changed	each title sorts by it, and turns it round
 *	../
 *	a & b.txt  1.2 KiB   2026-11-19 08:01
 *	1 file, 1.2 KiB
 *
 * On a narrow screen size and date go below the name; colours are those of the reader,
 * light or dark. There is no script, and none may run: names are escaped, and should one
 * ever slip through, the page's own policy forbids it, and anything from elsewhere.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/num.h"
#include "protocol/http_response.h"
#include "servers/httpd/listing.h"
#include "servers/httpd/listing_internal.h"

enum {
	FIRST_ROOM = 4096,
	PIECE_MAX = 256,  /* bytes of one put() */
	PARENTS_MAX = 16, /* that are links: a page may not grow with the square of a path */
};

/* Grows; sticks when there is no memory. */
struct page {
	char *text;
	size_t len, room;
	bool failed;
};

static const char before_title[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta http-equiv=\"Content-Security-Policy\""
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>";

static const char after_title[] =
    "</title>\n<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:1em/1.5 system-ui,sans-serif;max-width:60em;margin:1.5em auto;padding:0 1em}\n"
    "h1{font-size:1.3em}\n"
    "h1,p{padding:0 .4em}\n"
    "h1,td{overflow-wrap:anywhere}\n"
    "a{text-decoration:none;unicode-bidi:isolate}\n"
    "a:hover,a:focus{text-decoration:underline}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{padding:.3em .5em;text-align:left;border-bottom:1px solid #8884}\n"
    "th:first-child{width:100%}\n"
    "td:first-child a{display:block}\n"
    "th+th,td+td{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "tbody tr:hover{background:#8882}\n"
    "[aria-sort]::after{content:\" \\2191\"}\n"
    "[aria-sort=descending]::after{content:\" \\2193\"}\n"
    "@media(max-width:36em){\n"
    "table,thead,tbody{display:block}\n"
    "tr{display:flex;flex-wrap:wrap;justify-content:space-between;"
    "border-bottom:1px solid #8884}\n"
    "td,th{border:0}\n"
    "th:first-child{width:auto}\n"
    "td:first-child{width:100%}\n"
    "td+td{font-size:.85em;padding-top:0}\n"
    "td:last-child{margin-left:auto}\n"
    "td:empty{display:none}}\n"
    "</style>\n<h1>";

/* Room for so many bytes more; NULL: there is none. */
static char *
reserve(struct page *page, size_t more)
{
	size_t room = page->room ? page->room : FIRST_ROOM;
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
put_bytes(struct page *page, const char *bytes, size_t len)
{
	char *at = reserve(page, len);

	if (at == NULL)
		return;
	memcpy(at, bytes, len);
	page->len += len;
}

static void
put_text(struct page *page, const char *text)
{
	put_bytes(page, text, strlen(text));
}

static void
put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A piece of our own making, without names. */
static void
put(struct page *page, const char *format, ...)
{
	char text[PIECE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put_text(page, text);
}

static void
put_escaped(struct page *page, struct http_span name,
    ssize_t (*escape)(char *, size_t, struct http_span), size_t factor)
{
	size_t room = name.len * factor + 1;
	char *at = reserve(page, room);
	ssize_t n = at ? escape(at, room, name) : 0;

	if (n > 0)
		page->len += (size_t)n;
}

static void
put_html(struct page *page, struct http_span text)
{
	put_escaped(page, text, http_escape_html, HTTP_ESCAPE_HTML);
}

/* ---- its parts ---- */

/*
 * "/notes/old/" is three links: up twice, up once, here; relative, so that they lead right
 * behind a proxy as well.
 */
static void
put_path(struct page *page, const char *path)
{
	size_t above = 0;

	for (const char *at = path + 1; *at; at++)
		above += *at == '/';
	while (*path) {
		size_t len = strcspn(path, "/") + 1;

		if (above <= PARENTS_MAX) {
			put_text(page, above == 0 ? "<a href=\"./" : "<a href=\"");
			for (size_t i = 0; i < above; i++)
				put_text(page, "../");
			put_text(page, "\">");
		}
		put_html(page, (struct http_span){ path, len });
		if (above <= PARENTS_MAX)
			put_text(page, "</a>");
		path += len;
		above--;
	}
}

static void
put_title(struct page *page, const struct listing *list, enum listing_order column)
{
	static const char *const titles[LISTING_ORDERS] = { "Name", "Size", "Changed (UTC)" };
	bool chosen = column == list->order;

	put(page, "<th%s><a href=\"?sort=%s%s\">%s</a></th>",
	    !chosen    ? "" :
	    list->down ? " aria-sort=\"descending\"" :
			 " aria-sort=\"ascending\"",
	    listing_orders[column], chosen && !list->down ? "&amp;order=down" : "",
	    titles[column]);
}

static void
put_size(struct page *page, int64_t size)
{
	char text[NUM_BYTES_MAX];

	num_bytes(text, (double)size);
	put(page, "<data value=\"%" PRId64 "\">%s</data>", size, text);
}

static void
put_entry(struct page *page, const struct listing_entry *entry)
{
	struct http_span name = { entry->name, strlen(entry->name) };
	const char *slash = entry->folder ? "/" : "";
	time_t changed = (time_t)entry->changed;
	char when[32] = "";
	struct tm tm;

	if (gmtime_r(&changed, &tm) != NULL)
		strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
	put_text(page, "<tr><td><a href=\"");
	put_escaped(page, name, http_escape_path, HTTP_ESCAPE_PATH);
	put(page, "%s\">", slash);
	put_html(page, name);
	put(page, "%s</a></td><td>", slash);
	if (!entry->folder)
		put_size(page, entry->size);
	put(page, "</td><td>%s</td></tr>\n", when);
}

static void
put_table(struct page *page, const struct listing *list)
{
	put_text(page, "<table>\n<thead><tr>");
	for (int i = 0; i < LISTING_ORDERS; i++)
		put_title(page, list, (enum listing_order)i);
	put_text(page, "</tr></thead>\n<tbody>\n");
	if (strcmp(list->path, "/") != 0)
		put_text(page, "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
	for (size_t i = 0; i < list->count; i++)
		put_entry(page, &list->entries[i]);
	put_text(page, "</tbody>\n</table>\n");
}

static void
put_sum(struct page *page, const struct listing *list)
{
	size_t folders = 0, files;
	char text[NUM_BYTES_MAX];
	double bytes = 0;

	for (size_t i = 0; i < list->count; i++) {
		folders += list->entries[i].folder;
		bytes += list->entries[i].folder ? 0 : (double)list->entries[i].size;
	}
	files = list->count - folders;
	num_bytes(text, bytes);
	put_text(page, "<p>");
	if (folders > 0)
		put(page, "%zu folder%s, ", folders, folders == 1 ? "" : "s");
	put(page, "%zu file%s, %s\n", files, files == 1 ? "" : "s", text);
	if (list->cut)
		put(page, "<p>There are more than %d names: the others are not shown.\n",
		    LISTING_NAMES_MAX);
}

char *
listing_page(const struct listing *list, size_t *len)
{
	struct page page = { NULL, 0, 0, false };

	put_text(&page, before_title);
	put_html(&page, (struct http_span){ list->path, strlen(list->path) });
	put_text(&page, after_title);
	put_path(&page, list->path);
	put_text(&page, "</h1>\n");
	put_table(&page, list);
	put_sum(&page, list);
	put_text(&page, "</html>\n");
	if (page.failed) {
		free(page.text);
		return NULL;
	}
	*len = page.len;
	return page.text;
}
