/*
 * http_match: entity tags and preconditions. See http_match.h.
 */
#include "protocol/http_match.h"

#include <string.h>

#include "protocol/http_date.h"

/* ---- tags ---- */

/* How long the tag is that text begins with; 0: none. A `\' has no meaning in it. */
static size_t
tag_len(struct http_span text)
{
	size_t i = 0;

	if (text.len >= 2 && text.at[0] == 'W' && text.at[1] == '/')
		i = 2;
	if (i == text.len || text.at[i] != '"')
		return 0;
	for (i++; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];

		if (byte == '"')
			return i + 1;
		if (byte <= ' ' || byte == 0x7f)
			return 0;
	}
	return 0;
}

bool
http_etag_is(struct http_span tag)
{
	return tag.len > 0 && tag_len(tag) == tag.len;
}

static bool
is_weak(struct http_span tag)
{
	return tag.len > 0 && tag.at[0] == 'W';
}

bool
http_etag_same_weakly(struct http_span a, struct http_span b)
{
	size_t a_from = is_weak(a) ? 2 : 0, b_from = is_weak(b) ? 2 : 0;

	return http_etag_is(a) && http_etag_is(b) && a.len - a_from == b.len - b_from &&
	       memcmp(a.at + a_from, b.at + b_from, a.len - a_from) == 0;
}

bool
http_etag_same(struct http_span a, struct http_span b)
{
	return !is_weak(a) && !is_weak(b) && http_etag_same_weakly(a, b);
}

static char *
put_hex(char *at, uint64_t number)
{
	int shift = 60;

	while (shift > 0 && number >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[number >> shift & 15];
	return at;
}

ssize_t
http_etag_write(char *out, size_t cap, const struct http_etag_of *of)
{
	char tag[HTTP_ETAG_MAX], *at = tag;
	size_t coding = strlen(of->coding), len;

	*at++ = '"';
	at = put_hex(at, of->inode);
	*at++ = '-';
	at = put_hex(at, of->size);
	*at++ = '-';
	at = put_hex(at, (uint64_t)of->seconds);
	*at++ = '.';
	at = put_hex(at, of->nanoseconds);
	len = (size_t)(at - tag) + (coding > 0 ? 1 + coding : 0) + 1;
	if (len >= cap || len >= sizeof tag)
		return -1;
	if (coding > 0) {
		*at++ = '-';
		memcpy(at, of->coding, coding);
		at += coding;
	}
	*at++ = '"';
	*at = '\0';
	memcpy(out, tag, len + 1);
	return (ssize_t)len;
}

/* ---- conditions ---- */

typedef bool same_fn(struct http_span, struct http_span);

/* Whether the tag is in one line's list. What stands behind something that is no tag is lost.
 */
static bool
line_has(struct http_span line, struct http_span tag, same_fn *same)
{
	const char *at = line.at, *end = at + line.len;

	for (;;) {
		struct http_span member;

		while (at < end && (*at == ' ' || *at == '\t' || *at == ','))
			at++;
		member = (struct http_span){ at, (size_t)(end - at) };
		member.len = tag_len(member);
		if (member.len == 0)
			return false;
		at += member.len;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		if (at < end && *at != ',')
			return false;
		if (same(member, tag))
			return true;
	}
}

/* Whether If-Match or If-None-Match has the tag; `*' is any that there is (13.1.1, 13.1.2). */
static bool
field_has(const struct http_request *request, enum http_field field, struct http_span tag,
    same_fn *same)
{
	if (http_is(http_value(request, field), "*"))
		return true;
	for (size_t i = 0; tag.at != NULL && i < request->count; i++)
		if (request->lines[i].field == field &&
		    line_has(http_line_value(request, i), tag, same))
			return true;
	return false;
}

static bool
date_in(const struct http_request *request, enum http_field field, int64_t now, int64_t *date)
{
	struct http_span value = http_value(request, field);

	return value.at != NULL && http_date_read(value, now, date);
}

/* If-Match, If-Unmodified-Since: is it still the one that the client knows? */
static bool
is_unchanged(
    const struct http_request *request, const struct http_validators *validators, int64_t now)
{
	int64_t date;

	if (http_has(request, HTTP_F_IF_MATCH))
		return field_has(request, HTTP_F_IF_MATCH, validators->etag, http_etag_same);
	if (validators->has_time && date_in(request, HTTP_F_IF_UNMODIFIED_SINCE, now, &date))
		return validators->modified <= date;
	return true;
}

/* If-None-Match, If-Modified-Since: does the client have it already? */
static bool
is_known(const struct http_request *request, const struct http_validators *validators,
    int64_t now, bool reads)
{
	int64_t date;

	if (http_has(request, HTTP_F_IF_NONE_MATCH))
		return field_has(
		    request, HTTP_F_IF_NONE_MATCH, validators->etag, http_etag_same_weakly);
	return reads && validators->has_time &&
	       date_in(request, HTTP_F_IF_MODIFIED_SINCE, now, &date) &&
	       validators->modified <= date;
}

enum http_condition
http_preconditions(
    const struct http_request *request, const struct http_validators *validators, int64_t now)
{
	bool reads = request->method == HTTP_GET || request->method == HTTP_HEAD;

	if (!is_unchanged(request, validators, now))
		return HTTP_PRECONDITION_FAILED;
	if (is_known(request, validators, now, reads))
		return reads ? HTTP_NOT_MODIFIED : HTTP_PRECONDITION_FAILED;
	return HTTP_PROCEED;
}

bool
http_range_wanted(
    const struct http_request *request, const struct http_validators *validators, int64_t now)
{
	struct http_span value;
	int64_t date;

	if (request->method != HTTP_GET || !http_has(request, HTTP_F_RANGE))
		return false;
	if (!http_has(request, HTTP_F_IF_RANGE))
		return true;
	value = http_value(request, HTTP_F_IF_RANGE);
	if (http_etag_is(value))
		return http_etag_same(value, validators->etag);
	return validators->has_time && date_in(request, HTTP_F_IF_RANGE, now, &date) &&
	       validators->modified == date && validators->modified < now;
}
