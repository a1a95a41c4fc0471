/*
 * types: the media type of a file, by the ending of its name. See types.h.
 *
 * What is read from files lies in memory shared with all children: a fork need not copy
 * the tables of such pages, and a thousand types cost a client's process nothing.
 */
#include "servers/httpd/types.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"

enum {
	FILE_MAX = 1024 * 1024, /* of a file of types: bytes that are read */
};

#define UTF_8  "; charset=utf-8"
#define BLANKS " \t\r"

struct type {
	const char *ending, *type;
};

struct table {
	const struct type *list; /* sorted by ending */
	size_t count;
};

struct types {
	struct table own, system;
};

/* Sorted by ending, in lower case. */
static const struct type built_in[] = {
	{ "7z", "application/x-7z-compressed" },
	{ "aac", "audio/aac" },
	{ "apng", "image/apng" },
	{ "atom", "application/atom+xml" },
	{ "avif", "image/avif" },
	{ "bmp", "image/bmp" },
	{ "bin", TYPES_UNKNOWN },
	{ "br", "application/x-brotli" },
	{ "bz2", "application/x-bzip2" },
	{ "c", "text/x-c" UTF_8 },
	{ "conf", "text/plain" UTF_8 },
	{ "css", "text/css" UTF_8 },
	{ "csv", "text/csv" UTF_8 },
	{ "deb", "application/vnd.debian.binary-package" },
	{ "epub", "application/epub+zip" },
	{ "flac", "audio/flac" },
	{ "gif", "image/gif" },
	{ "gz", "application/gzip" },
	{ "h", "text/x-c" UTF_8 },
	{ "htm", "text/html" UTF_8 },
	{ "html", "text/html" UTF_8 },
	{ "ico", "image/vnd.microsoft.icon" },
	{ "ics", "text/calendar" UTF_8 },
	{ "iso", "application/x-iso9660-image" },
	{ "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" },
	{ "js", "text/javascript" UTF_8 },
	{ "json", "application/json" },
	{ "jsonld", "application/ld+json" },
	{ "jxl", "image/jxl" },
	{ "log", "text/plain" UTF_8 },
	{ "m4a", "audio/mp4" },
	{ "map", "application/json" },
	{ "md", "text/markdown" UTF_8 },
	{ "mjs", "text/javascript" UTF_8 },
	{ "mkv", "video/matroska" },
	{ "mp3", "audio/mpeg" },
	{ "mp4", "video/mp4" },
	{ "mpeg", "video/mpeg" },
	{ "odp", "application/vnd.oasis.opendocument.presentation" },
	{ "ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ "odt", "application/vnd.oasis.opendocument.text" },
	{ "oga", "audio/ogg" },
	{ "ogg", "audio/ogg" },
	{ "ogv", "video/ogg" },
	{ "opus", "audio/ogg" },
	{ "otf", "font/otf" },
	{ "pdf", "application/pdf" },
	{ "png", "image/png" },
	{ "ps", "application/postscript" },
	{ "py", "text/x-python" UTF_8 },
	{ "rss", "application/rss+xml" },
	{ "rtf", "application/rtf" },
	{ "sh", "text/x-shellscript" UTF_8 },
	{ "svg", "image/svg+xml" },
	{ "tar", "application/x-tar" },
	{ "tif", "image/tiff" },
	{ "tiff", "image/tiff" },
	{ "ttf", "font/ttf" },
	{ "txt", "text/plain" UTF_8 },
	{ "wasm", "application/wasm" },
	{ "wav", "audio/wav" },
	{ "webm", "video/webm" },
	{ "webmanifest", "application/manifest+json" },
	{ "webp", "image/webp" },
	{ "woff", "font/woff" },
	{ "woff2", "font/woff2" },
	{ "xhtml", "application/xhtml+xml" },
	{ "xml", "text/xml" UTF_8 },
	{ "xz", "application/x-xz" },
	{ "yaml", "application/yaml" },
	{ "yml", "application/yaml" },
	{ "zip", "application/zip" },
	{ "zst", "application/zstd" },
};

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* strcasecmp(3) without its locale. */
static int
compare(const void *a, const void *b)
{
	const char *x = ((const struct type *)a)->ending, *y = ((const struct type *)b)->ending;

	while (*x && lower(*x) == lower(*y)) {
		x++;
		y++;
	}
	return lower(*x) - lower(*y);
}

/* ---- files of types ---- */

/* All of a file, with a NUL behind it, malloc'ed; NULL with errno. */
static char *
read_all(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	char *text = fd == -1 ? NULL : malloc(FILE_MAX + 1);
	size_t len = 0;
	ssize_t n = 0;

	while (text && len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) > 0)
		len += (size_t)n;
	if (n == -1) {
		free(text);
		text = NULL;
	}
	if (text)
		text[len] = '\0';
	if (fd != -1)
		close(fd);
	return text;
}

/* A place in a file of types: the rest of a line, and of the file. */
struct cursor {
	char *line, *rest;
};

/* The next line that says something, and its first word: the type. NULL: no more. */
static char *
next_type(struct cursor *cursor)
{
	while (cursor->rest) {
		char *line = cursor->rest, *end = strchr(line, '\n'), *comment;

		cursor->rest = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		if ((comment = strchr(line, '#')) != NULL)
			*comment = '\0';
		line += strspn(line, BLANKS);
		if (*line == '\0')
			continue;
		cursor->line = line + strcspn(line, BLANKS);
		if (*cursor->line != '\0')
			*cursor->line++ = '\0';
		return line;
	}
	return NULL;
}

/* The next ending of the line at hand, or NULL. */
static char *
next_ending(struct cursor *cursor)
{
	char *ending = cursor->line + strspn(cursor->line, BLANKS);

	if (*ending == '\0')
		return NULL;
	cursor->line = ending + strcspn(ending, BLANKS);
	if (*cursor->line != '\0')
		*cursor->line++ = '\0';
	return ending;
}

static char *
append(char **at, const char *text)
{
	char *here = *at;
	size_t len = strlen(text) + 1;

	memcpy(here, text, len);
	*at += len;
	return here;
}

/* Pack what a text says into shared memory: the list, and the words behind it. */
static int
fill(struct table *table, struct cursor cursor, size_t lines, size_t words, size_t bytes)
{
	size_t size = words * sizeof(struct type) + bytes + lines * sizeof UTF_8;
	struct type *list = sys_shared_memory(size);
	char *at, *type, *ending;

	if (list == NULL)
		return -1;
	table->list = list;
	at = (char *)(list + words);
	while ((type = next_type(&cursor)) != NULL) {
		const char *kept = append(&at, type);

		if (strncmp(type, "text/", 5) == 0) {
			at--; /* over the NUL */
			append(&at, UTF_8);
		}
		while ((ending = next_ending(&cursor)) != NULL)
			list[table->count++] = (struct type){ append(&at, ending), kept };
	}
	qsort(list, table->count, sizeof *list, compare);
	return 0;
}

static int
load(struct table *table, const char *name)
{
	char *text = read_all(name);
	size_t words = 1, lines = 1;
	int result;

	if (text == NULL)
		return -1;
	for (const char *p = text; *p; p++) { /* as many as there can be */
		lines += *p == '\n';
		words += strchr(BLANKS "\n", *p) != NULL;
	}
	result =
	    fill(table, (struct cursor){ NULL, text }, lines, words, strlen(text) + words + 1);
	free(text);
	return result;
}

struct types *
types_load(const char *file)
{
	struct types *types = calloc(1, sizeof *types);

	if (types == NULL)
		return NULL;
	if (file && load(&types->own, file) == -1) {
		free(types);
		return NULL;
	}
	(void)load(&types->system, TYPES_SYSTEM); /* many systems have none */
	return types;
}

void
types_free(struct types *types)
{
	free(types); /* the lists are shared memory: they end with the process */
}

/* ---- looking up ---- */

static const char *
find(const struct type *list, size_t count, const char *ending)
{
	const struct type wanted = { ending, NULL };
	const struct type *found =
	    count ? bsearch(&wanted, list, count, sizeof *list, compare) : NULL;

	return found ? found->type : NULL;
}

const char *
types_find(const struct types *types, const char *path)
{
	const char *name = strrchr(path, '/'), *ending, *type;

	name = name ? name + 1 : path;
	ending = strrchr(name, '.');
	if (ending == NULL || ending == name)
		return TYPES_UNKNOWN;
	ending++;
	type = find(types->own.list, types->own.count, ending);
	if (type == NULL)
		type = find(built_in, sizeof built_in / sizeof *built_in, ending);
	if (type == NULL)
		type = find(types->system.list, types->system.count, ending);
	return type ? type : TYPES_UNKNOWN;
}

static bool
begins_with(const char *text, const char *with)
{
	while (*with && *text == *with) {
		text++;
		with++;
	}
	return *with == '\0';
}

bool
types_shrinks(const char *type)
{
	static const char *const others[] = {
		"application/json",
		"application/ld+json",
		"application/wasm",
		"application/xhtml+xml",
		"application/manifest+json",
		"application/atom+xml",
		"application/rss+xml",
		"application/yaml",
		"image/svg+xml",
	};

	if (begins_with(type, "text/"))
		return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (begins_with(type, others[i]))
			return true;
	return false;
}
