/*
 * http_target: a path in its one true form. See http_target.h.
 */
#include "protocol/http_target.h"

#include <string.h>

#include "protocol/http_internal.h"

/* The byte at *at, decoded, which then stands behind it. */
static enum http_fault
decode_byte(const char **at, const char *end, char *byte)
{
	const char *from = *at;

	*byte = *from;
	*at = from + 1;
	if (*byte == '%') {
		if (end - from < 3 || !(http_byte(from[1]) & HTTP_B_HEX) ||
		    !(http_byte(from[2]) & HTTP_B_HEX))
			return HTTP_BAD_ESCAPE;
		*byte = (char)(http_hex(from[1]) << 4 | http_hex(from[2]));
		*at = from + 3;
	}
	return *byte == '\0' ? HTTP_NUL_IN_PATH : HTTP_FINE;
}

/* One name, up to its `/' or the end, to out[*n] and behind. */
static enum http_fault
decode_name(const char **at, const char *end, char *out, size_t cap, size_t *n)
{
	enum http_fault fault;
	char byte;

	while (*at < end && **at != '/') {
		fault = decode_byte(at, end, &byte);
		if (fault)
			return fault;
		if (byte == '/')
			return HTTP_SLASH_IN_NAME;
		if (cap - *n < 3) /* it, a `/' and a NUL */
			return HTTP_LONG_TARGET;
		out[(*n)++] = byte;
	}
	return HTTP_FINE;
}

/* Without its last name: n stands behind that one's `/'. */
static size_t
parent(const char *out, size_t n)
{
	n--;
	while (out[n - 1] != '/')
		n--;
	return n;
}

enum http_fault
http_path_canonical(char *out, size_t cap, struct http_span path, size_t *out_len)
{
	const char *at = path.at, *end;
	size_t n = 1; /* behind a `/', always, before a name */

	if (path.len == 0 || *at != '/')
		return HTTP_BAD_TARGET;
	end = at + path.len;
	if (cap < 2)
		return HTTP_LONG_TARGET;
	out[0] = '/';
	while (at < end) {
		size_t name = n, len;
		enum http_fault fault = decode_name(&at, end, out, cap, &n);

		if (fault)
			return fault;
		len = n - name;
		if (len == 2 && memcmp(out + name, "..", 2) == 0) {
			if (name == 1)
				return HTTP_ABOVE_ROOT;
			n = parent(out, name);
		} else if (len == 0 || (len == 1 && out[name] == '.')) {
			n = name;
		} else if (at < end) {
			out[n++] = '/';
		}
		at += at < end;
	}
	out[n] = '\0';
	*out_len = n;
	return HTTP_FINE;
}

bool
http_path_is_hidden(struct http_span path)
{
	static const char open[] = "/.well-known";
	const size_t len = sizeof open - 1;
	size_t i = 0;

	if (path.len >= len && memcmp(path.at, open, len) == 0 &&
	    (path.len == len || path.at[len] == '/'))
		i = len;
	for (; i + 1 < path.len; i++)
		if (path.at[i] == '/' && path.at[i + 1] == '.')
			return true;
	return false;
}

ssize_t
http_decode(char *out, size_t cap, struct http_span text)
{
	const char *at = text.at, *end = text.len > 0 ? at + text.len : at;
	size_t n = 0;

	if (cap == 0)
		return -1;
	while (at < end)
		if (cap - n < 2 || decode_byte(&at, end, &out[n++]))
			return -1;
	out[n] = '\0';
	return (ssize_t)n;
}
