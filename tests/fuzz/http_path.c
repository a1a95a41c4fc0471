/*
 * Fuzzes protocol/http_target and the escapes of protocol/http_response: a path, and the
 * room for its true form, which the first byte says.
 *
 * The true form begins with a slash, and has no empty name, no `.' and no `..' in it.
 * Escaped for Location and read again it is the same; so it is when nothing was to do.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/http_response.h"
#include "protocol/http_target.h"
#include "tests/fuzz/fuzz.h"

enum { ROOM = 1024 };

static void
check_names(const char *path, size_t len)
{
	FUZZ_MUST(len > 0 && path[0] == '/' && path[len] == '\0' && strlen(path) == len);
	FUZZ_MUST(strstr(path, "//") == NULL && strstr(path, "/./") == NULL);
	FUZZ_MUST(strstr(path, "/../") == NULL);
	FUZZ_MUST(len < 2 || strcmp(path + len - 2, "/.") != 0);
	FUZZ_MUST(len < 3 || strcmp(path + len - 3, "/..") != 0);
}

static void
check_round(const char *path, size_t len)
{
	char *escaped = malloc(len * HTTP_ESCAPE_PATH + 1), *again = malloc(len + 3);
	ssize_t n;
	size_t m;

	FUZZ_MUST(escaped != NULL && again != NULL);
	n = http_escape_path(
	    escaped, len * HTTP_ESCAPE_PATH + 1, (struct http_span){ path, len });
	FUZZ_MUST(n >= (ssize_t)len);
	FUZZ_MUST(http_path_canonical(again, len + 3, (struct http_span){ escaped, (size_t)n },
		      &m) == HTTP_FINE);
	FUZZ_MUST(m == len && memcmp(again, path, len) == 0);
	free(escaped);
	free(again);
}

static void
check_html(struct http_span text)
{
	size_t cap = text.len * HTTP_ESCAPE_HTML + 1;
	char *out = malloc(cap);

	FUZZ_MUST(out != NULL);
	FUZZ_MUST(http_escape_html(out, cap, text) >= (ssize_t)text.len);
	FUZZ_MUST(strpbrk(out, "<>\"'\r\n") == NULL);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_span path;
	size_t room, len;
	char *out;

	if (size < 1 || size > ROOM)
		return 0;
	path = (struct http_span){ (const char *)data + 1, size - 1 };
	check_html(path);
	room = data[0] == 0xff ? ROOM + 3 : data[0];
	out = malloc(room + 1);
	FUZZ_MUST(out != NULL);
	if (http_path_canonical(out, room, path, &len) == HTTP_FINE) {
		FUZZ_MUST(len < room);
		check_names(out, len);
		check_round(out, len);
	}
	if (http_decode(out, room, path) != -1)
		FUZZ_MUST(strlen(out) < room);
	free(out);
	return 0;
}
