/*
 * http_basic: a name and a password, as a request says them. See http_basic.h.
 */
#include "protocol/http_basic.h"

#include <string.h>

enum {
	TEXT_MAX = HTTP_BASIC_NAME_MAX + 1 + HTTP_BASIC_PASSWORD_MAX,
};

/* RFC 4648 4; -1: none of its letters. */
static int
digit(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return byte - 'a' + 26;
	if (byte >= '0' && byte <= '9')
		return byte - '0' + 52;
	return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

/*
 * Whole groups of four letters, the last one padded, and no bits left over: one text, one
 * code. -1: it is not that, or longer than `cap`.
 */
static int
decode(char *out, size_t cap, struct http_span code)
{
	size_t pads = 0, used = 0;
	uint32_t bits = 0;

	while (pads < 2 && pads < code.len && code.at[code.len - 1 - pads] == '=')
		pads++;
	if (code.len % 4 != 0 || code.len / 4 * 3 > cap + pads)
		return -1;
	for (size_t i = 0; i < code.len; i++) {
		int value = i < code.len - pads ? digit(code.at[i]) : 0;

		if (value == -1)
			return -1;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		if (i % 4 != 3)
			continue;
		for (size_t byte = 0; byte < 3; byte++)
			if (i < code.len - 1 || byte < 3 - pads)
				out[used++] = (char)(bits >> (16 - 8 * byte) & 0xff);
			else if (bits >> (16 - 8 * byte) & 0xff)
				return -1;
	}
	return (int)used;
}

static bool
has_controls(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return true;
	return false;
}

static bool
take(struct http_basic *basic, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	size_t name_len = colon ? (size_t)(colon - text) : 0, password_len;

	if (colon == NULL || name_len == 0 || name_len > HTTP_BASIC_NAME_MAX ||
	    has_controls(text, len))
		return false;
	password_len = len - name_len - 1;
	if (password_len > HTTP_BASIC_PASSWORD_MAX)
		return false;
	memcpy(basic->name, text, name_len);
	basic->name[name_len] = '\0';
	memcpy(basic->password, colon + 1, password_len);
	basic->password[password_len] = '\0';
	return true;
}

bool
http_basic_read(struct http_basic *basic, struct http_span value)
{
	static const char scheme[] = "basic";
	size_t at = sizeof scheme - 1;
	char text[TEXT_MAX];
	int len;

	if (value.at == NULL || value.len <= at || value.at[at] != ' ' ||
	    !http_is((struct http_span){ value.at, at }, scheme))
		return false;
	while (at < value.len && value.at[at] == ' ')
		at++;
	len = decode(text, sizeof text, (struct http_span){ value.at + at, value.len - at });
	return len > 0 && take(basic, text, (size_t)len);
}
