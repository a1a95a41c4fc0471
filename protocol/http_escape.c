/*
 * http_escape: text from elsewhere in a URI and in HTML. See http_response.h.
 */
#include <string.h>

#include "protocol/http_internal.h"
#include "protocol/http_response.h"

static const char hex[] = "0123456789ABCDEF";

ssize_t
http_escape_path(char *out, size_t cap, struct http_span path)
{
	bool first = true; /* name, before any `/' */
	size_t n = 0;

	for (size_t i = 0; i < path.len; i++) {
		char byte = path.at[i];
		bool plain = http_byte(byte) & HTTP_B_PATH && !(first && byte == ':');
		size_t len = plain ? 1 : 3;

		first = first && byte != '/';
		if (cap - n <= len)
			return -1;
		if (plain) {
			out[n] = byte;
		} else {
			out[n] = '%';
			out[n + 1] = hex[(unsigned char)byte >> 4];
			out[n + 2] = hex[byte & 15];
		}
		n += len;
	}
	if (n == cap)
		return -1;
	out[n] = '\0';
	return (ssize_t)n;
}

/* What stands for a byte in HTML; NULL: itself. */
static const char *
reference(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return (unsigned char)byte < ' ' || byte == 0x7f ? "\xEF\xBF\xBD" : NULL;
	}
}

ssize_t
http_escape_html(char *out, size_t cap, struct http_span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *instead = reference(text.at[i]);
		size_t len = instead ? strlen(instead) : 1;

		if (cap - n <= len)
			return -1;
		memcpy(out + n, instead ? instead : text.at + i, len);
		n += len;
	}
	if (n == cap)
		return -1;
	out[n] = '\0';
	return (ssize_t)n;
}
