/*
 * http_form: what a form of HTML sends. See http_form.h.
 */
#include "protocol/http_form.h"

#include <string.h>

#include "protocol/http_internal.h"

bool
http_form_is(struct http_span type)
{
	const char *end = type.len > 0 ? memchr(type.at, ';', type.len) : NULL;

	if (end != NULL)
		type.len = (size_t)(end - type.at);
	while (type.len > 0 && (type.at[type.len - 1] == ' ' || type.at[type.len - 1] == '\t'))
		type.len--;
	return http_is(type, "application/x-www-form-urlencoded");
}

bool
http_form_next(struct http_span *rest, struct http_span *name, struct http_span *value)
{
	const char *end, *equals;

	while (rest->len > 0 && *rest->at == '&') {
		rest->at++;
		rest->len--;
	}
	if (rest->len == 0)
		return false;
	end = memchr(rest->at, '&', rest->len);
	if (end == NULL)
		end = rest->at + rest->len;
	equals = memchr(rest->at, '=', (size_t)(end - rest->at));
	*name = (struct http_span){ rest->at, (size_t)((equals ? equals : end) - rest->at) };
	*value = (struct http_span){ end, 0 };
	if (equals != NULL)
		*value = (struct http_span){ equals + 1, (size_t)(end - equals - 1) };
	rest->len -= (size_t)(end - rest->at);
	rest->at = end;
	return true;
}

/* The byte at text[*i], and *i behind it; -1: a bad escape or a NUL. */
static int
next_byte(struct http_span text, size_t *i)
{
	char byte = text.at[(*i)++];

	if (byte == '+')
		return ' ';
	if (byte == '%') {
		if (text.len - *i < 2 || !(http_byte(text.at[*i]) & HTTP_B_HEX) ||
		    !(http_byte(text.at[*i + 1]) & HTTP_B_HEX))
			return -1;
		byte = (char)(http_hex(text.at[*i]) << 4 | http_hex(text.at[*i + 1]));
		*i += 2;
	}
	return byte == '\0' ? -1 : (unsigned char)byte;
}

ssize_t
http_form_decode(char *out, size_t cap, struct http_span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len;) {
		int byte = next_byte(text, &i);

		if (byte == -1 || cap - n < 2 || cap < 2)
			return -1;
		out[n++] = (char)byte;
	}
	if (cap == 0)
		return -1;
	out[n] = '\0';
	return (ssize_t)n;
}

/* Whether an encoded name is this one. */
static bool
is_name(struct http_span text, const char *name)
{
	size_t i = 0;

	for (; i < text.len && *name != '\0'; name++)
		if (next_byte(text, &i) != (unsigned char)*name)
			return false;
	return i == text.len && *name == '\0';
}

ssize_t
http_form_find(char *out, size_t cap, struct http_span form, const char *name)
{
	struct http_span at, value;

	while (http_form_next(&form, &at, &value))
		if (is_name(at, name))
			return http_form_decode(out, cap, value);
	return -1;
}
