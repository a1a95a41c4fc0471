/*
 * http_fields: field lines: which they are, and what is in them. RFC 9110 5. See http.h.
 */
#include <string.h>

#include "protocol/http_internal.h"

enum { NAME_MAX_KNOWN = 19 };

static const char *const names[HTTP_F_COUNT] = {
	[HTTP_F_OTHER] = "",
	[HTTP_F_ACCEPT] = "accept",
	[HTTP_F_ACCEPT_ENCODING] = "accept-encoding",
	[HTTP_F_ACCEPT_LANGUAGE] = "accept-language",
	[HTTP_F_AUTHORIZATION] = "authorization",
	[HTTP_F_CONNECTION] = "connection",
	[HTTP_F_CONTENT_ENCODING] = "content-encoding",
	[HTTP_F_CONTENT_LENGTH] = "content-length",
	[HTTP_F_CONTENT_TYPE] = "content-type",
	[HTTP_F_COOKIE] = "cookie",
	[HTTP_F_DATE] = "date",
	[HTTP_F_EXPECT] = "expect",
	[HTTP_F_HOST] = "host",
	[HTTP_F_IF_MATCH] = "if-match",
	[HTTP_F_IF_MODIFIED_SINCE] = "if-modified-since",
	[HTTP_F_IF_NONE_MATCH] = "if-none-match",
	[HTTP_F_IF_RANGE] = "if-range",
	[HTTP_F_IF_UNMODIFIED_SINCE] = "if-unmodified-since",
	[HTTP_F_KEEP_ALIVE] = "keep-alive",
	[HTTP_F_ORIGIN] = "origin",
	[HTTP_F_PROXY] = "proxy",
	[HTTP_F_PROXY_AUTHORIZATION] = "proxy-authorization",
	[HTTP_F_RANGE] = "range",
	[HTTP_F_REFERER] = "referer",
	[HTTP_F_TE] = "te",
	[HTTP_F_TRAILER] = "trailer",
	[HTTP_F_TRANSFER_ENCODING] = "transfer-encoding",
	[HTTP_F_UPGRADE] = "upgrade",
	[HTTP_F_USER_AGENT] = "user-agent",
	[HTTP_F_VIA] = "via",
};

/* The fields of each length: a name is compared with one or two of them. */
static const uint8_t by_length[NAME_MAX_KNOWN + 1][4] = {
	[2] = { HTTP_F_TE },
	[3] = { HTTP_F_VIA },
	[4] = { HTTP_F_HOST, HTTP_F_DATE },
	[5] = { HTTP_F_RANGE, HTTP_F_PROXY },
	[6] = { HTTP_F_ACCEPT, HTTP_F_COOKIE, HTTP_F_EXPECT, HTTP_F_ORIGIN },
	[7] = { HTTP_F_REFERER, HTTP_F_UPGRADE, HTTP_F_TRAILER },
	[8] = { HTTP_F_IF_RANGE, HTTP_F_IF_MATCH },
	[10] = { HTTP_F_CONNECTION, HTTP_F_USER_AGENT, HTTP_F_KEEP_ALIVE },
	[12] = { HTTP_F_CONTENT_TYPE },
	[13] = { HTTP_F_IF_NONE_MATCH, HTTP_F_AUTHORIZATION },
	[14] = { HTTP_F_CONTENT_LENGTH },
	[15] = { HTTP_F_ACCEPT_ENCODING, HTTP_F_ACCEPT_LANGUAGE },
	[16] = { HTTP_F_CONTENT_ENCODING },
	[17] = { HTTP_F_IF_MODIFIED_SINCE, HTTP_F_TRANSFER_ENCODING },
	[19] = { HTTP_F_IF_UNMODIFIED_SINCE, HTTP_F_PROXY_AUTHORIZATION },
};

/* Bit 5 is the case of a letter; no two other bytes of tokens differ in it alone. */
static bool
same_token(const char *token, const char *lower, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((token[i] | 0x20) != lower[i])
			return false;
	return true;
}

enum http_field
http_field_of(const char *name, size_t len)
{
	if (len > NAME_MAX_KNOWN)
		return HTTP_F_OTHER;
	for (size_t i = 0; i < sizeof by_length[0] && by_length[len][i]; i++)
		if (same_token(name, names[by_length[len][i]], len))
			return (enum http_field)by_length[len][i];
	return HTTP_F_OTHER;
}

/* Whether any of 8 bytes is under 32, or 127. */
static bool
has_control(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t low = (word - ones * 0x20) & ~word;
	uint64_t delete = word ^ (ones * 0x7f);

	delete = (delete - ones) & ~delete;
	return ((low | delete) & high) != 0;
}

static bool
is_value_byte(char byte)
{
	return ((unsigned char)byte >= ' ' && byte != 0x7f) || byte == '\t';
}

/* Eight at a time, the last eight once more if need be. */
static bool
has_no_control(const char *bytes, size_t len)
{
	uint64_t word;

	if (len < sizeof word)
		return false; /* not looked at */
	for (size_t i = 0; i + sizeof word < len; i += sizeof word) {
		memcpy(&word, bytes + i, sizeof word);
		if (has_control(word))
			return false;
	}
	memcpy(&word, bytes + len - sizeof word, sizeof word);
	return !has_control(word);
}

bool
http_is_value(struct http_span span)
{
	if (has_no_control(span.at, span.len))
		return true;
	for (size_t i = 0; i < span.len; i++) /* a tab, perhaps */
		if (!is_value_byte(span.at[i]))
			return false;
	return true;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* What stands there instead of a name and a colon. */
static enum http_fault
why_no_name(const char *from, const char *at, const char *to)
{
	if (is_blank(*from))
		return HTTP_FOLDED_LINE;
	if (at > from && at < to && is_blank(*at))
		return HTTP_BLANK_BEFORE_COLON;
	return HTTP_BAD_NAME;
}

enum http_fault
http_read_field_line(struct http_request *request, const char *from, const char *to)
{
	const char *at = from;
	struct http_line *line;
	size_t len;
	enum http_field field;

	while (at < to && http_byte(*at) & HTTP_B_TOKEN)
		at++;
	len = (size_t)(at - from);
	if (len == 0 || at == to || *at != ':')
		return why_no_name(from, at, to);
	if (len > HTTP_NAME_MAX)
		return HTTP_LONG_NAME;
	if (request->count == HTTP_LINES_MAX)
		return HTTP_MANY_FIELDS;
	for (at++; at < to && is_blank(*at);)
		at++;
	while (to > at && is_blank(to[-1]))
		to--;
	if (!http_is_value((struct http_span){ at, (size_t)(to - at) }))
		return HTTP_BAD_VALUE;
	field = http_field_of(from, len);
	line = &request->lines[request->count++];
	*line = (struct http_line){ .name = (uint16_t)(from - request->bytes),
		.name_len = (uint8_t)len,
		.value = (uint16_t)(at - request->bytes),
		.value_len = (uint16_t)(to - at),
		.field = (uint8_t)field };
	if (request->first[field] == 0)
		request->first[field] = (uint8_t)request->count;
	else
		request->repeated |= UINT32_C(1) << field;
	return HTTP_FINE;
}

struct http_span
http_value(const struct http_request *request, enum http_field field)
{
	if (request->first[field] == 0 || request->repeated & UINT32_C(1) << field)
		return (struct http_span){ NULL, 0 };
	return http_line_value(request, request->first[field] - 1U);
}

/* ---- lists ---- */

struct http_list
http_list_begin(const struct http_request *request, enum http_field field)
{
	return (struct http_list){ .request = request,
		.field = field,
		.line = request->first[field] ? request->first[field] - 1U : request->count };
}

struct http_list
http_list_of(struct http_span value)
{
	return (struct http_list){ .rest = value };
}

/* The next line of this field becomes the rest. */
static bool
next_line(struct http_list *list)
{
	if (list->request == NULL)
		return false;
	for (; list->line < list->request->count; list->line++)
		if (list->request->lines[list->line].field == list->field) {
			list->rest = http_line_value(list->request, list->line++);
			return true;
		}
	return false;
}

/* Where the member that begins at `at` ends: at a comma outside of quotes. */
static const char *
member_end(const char *at, const char *end)
{
	bool quoted = false;

	for (; at < end && (quoted || *at != ','); at++)
		if (*at == '"')
			quoted = !quoted;
		else if (quoted && *at == '\\' && at + 1 < end)
			at++;
	return at;
}

bool
http_list_next(struct http_list *list, struct http_span *member)
{
	for (;;) {
		const char *at, *end, *to;

		while (
		    list->rest.len > 0 && (is_blank(*list->rest.at) || *list->rest.at == ',')) {
			list->rest.at++;
			list->rest.len--;
		}
		if (list->rest.len == 0) {
			if (!next_line(list))
				return false;
			continue;
		}
		at = list->rest.at;
		end = at + list->rest.len;
		to = member_end(at, end);
		list->rest = (struct http_span){ to, (size_t)(end - to) };
		while (is_blank(to[-1]))
			to--;
		*member = (struct http_span){ at, (size_t)(to - at) };
		return true;
	}
}
