/*
 * http_cgi: what a CGI program answers. See http_cgi.h.
 */
#include "protocol/http_cgi.h"

#include <string.h>

#include "protocol/http_internal.h"

void
http_cgi_begin(struct http_cgi *cgi)
{
	memset(cgi, 0, offsetof(struct http_cgi, lines));
	cgi->line = cgi->scanned = 0;
	cgi->has_status = cgi->done = false;
}

static enum http_verdict
refuse(struct http_cgi *cgi, enum http_cgi_fault fault)
{
	cgi->fault = fault;
	cgi->done = true;
	return HTTP_REFUSED;
}

static struct http_at
place(const struct http_cgi *cgi, struct http_span span)
{
	return (struct http_at){ (uint16_t)(span.at - cgi->bytes), (uint16_t)span.len };
}

/* Status: 404 Not Found. The words are not kept: the server has its own. */
static enum http_cgi_fault
take_status(struct http_cgi *cgi, struct http_span value)
{
	uint64_t number;

	if (cgi->has_status)
		return HTTP_CGI_TWICE;
	if (value.len < 3 || !http_number((struct http_span){ value.at, 3 }, &number) ||
	    number < 200 || number > 599 || (value.len > 3 && value.at[3] != ' '))
		return HTTP_CGI_BAD_STATUS;
	cgi->has_status = true;
	cgi->status = (int)number;
	return HTTP_CGI_FINE;
}

static enum http_cgi_fault
take_location(struct http_cgi *cgi, struct http_span value)
{
	if (cgi->location.len > 0)
		return HTTP_CGI_TWICE;
	if (value.len == 0 || memchr(value.at, ' ', value.len) ||
	    memchr(value.at, '\t', value.len))
		return HTTP_CGI_BAD_LOCATION;
	cgi->location = place(cgi, value);
	return HTTP_CGI_FINE;
}

static enum http_cgi_fault
take_length(struct http_cgi *cgi, struct http_span value)
{
	if (cgi->has_length)
		return HTTP_CGI_TWICE;
	cgi->has_length = http_number(value, &cgi->length);
	return cgi->has_length ? HTTP_CGI_FINE : HTTP_CGI_BAD_LENGTH;
}

/* The server's business, or a word of the program to the server. */
static bool
is_ours(enum http_field field, struct http_span name)
{
	switch (field) {
	case HTTP_F_CONNECTION:
	case HTTP_F_DATE:
	case HTTP_F_KEEP_ALIVE:
	case HTTP_F_TE:
	case HTTP_F_TRAILER:
	case HTTP_F_TRANSFER_ENCODING:
	case HTTP_F_UPGRADE:
		return true;
	default:
		return http_is(name, "server") || http_is(name, "proxy-connection") ||
		       (name.len >= 6 && http_is((struct http_span){ name.at, 6 }, "x-cgi-"));
	}
}

static enum http_cgi_fault
take_field(struct http_cgi *cgi, struct http_span name, struct http_span value)
{
	enum http_field field = http_field_of(name.at, name.len);

	if (http_is(name, "status"))
		return take_status(cgi, value);
	if (http_is(name, "location"))
		return take_location(cgi, value);
	if (field == HTTP_F_CONTENT_LENGTH)
		return take_length(cgi, value);
	if (field == HTTP_F_CONTENT_TYPE) {
		if (cgi->type.at > 0)
			return HTTP_CGI_TWICE;
		cgi->type = place(cgi, value);
		return HTTP_CGI_FINE;
	}
	if (is_ours(field, name))
		return HTTP_CGI_FINE;
	if (cgi->count == HTTP_CGI_LINES_MAX)
		return HTTP_CGI_LONG;
	cgi->lines[cgi->count++] = (struct http_line){ .name = place(cgi, name).at,
		.name_len = (uint8_t)name.len,
		.value = place(cgi, value).at,
		.value_len = (uint16_t)value.len,
		.field = (uint8_t)field };
	return HTTP_CGI_FINE;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static enum http_cgi_fault
read_line(struct http_cgi *cgi, const char *from, const char *to)
{
	const char *at = from;
	struct http_span value;

	if (from == cgi->bytes && to - from >= 5 && memcmp(from, "HTTP/", 5) == 0)
		return HTTP_CGI_NPH;
	while (at < to && http_is_token_byte(*at))
		at++;
	if (at == from || at == to || *at != ':')
		return HTTP_CGI_BAD_NAME;
	if (at - from > HTTP_NAME_MAX)
		return HTTP_CGI_LONG;
	value = (struct http_span){ at + 1, (size_t)(to - at - 1) };
	while (value.len > 0 && is_blank(*value.at)) {
		value.at++;
		value.len--;
	}
	while (value.len > 0 && is_blank(value.at[value.len - 1]))
		value.len--;
	if (!http_is_value(value))
		return HTTP_CGI_BAD_VALUE;
	return take_field(cgi, (struct http_span){ from, (size_t)(at - from) }, value);
}

/* The empty line has come: what was it all? */
static enum http_cgi_fault
judge(struct http_cgi *cgi)
{
	const char *location = cgi->bytes + cgi->location.at;

	if (cgi->location.len == 0) {
		cgi->kind = HTTP_CGI_DOCUMENT;
		if (!cgi->has_status)
			cgi->status = 200;
		return cgi->type.at > 0 || cgi->has_status ? HTTP_CGI_FINE : HTTP_CGI_NOTHING;
	}
	/* `//host' is another server; what says more than a path is for the client */
	if (location[0] == '/' && (cgi->location.len == 1 || location[1] != '/') &&
	    !cgi->has_status && cgi->type.at == 0 && cgi->count == 0) {
		cgi->kind = HTTP_CGI_LOCAL;
		cgi->status = 200;
		return HTTP_CGI_FINE;
	}
	cgi->kind = HTTP_CGI_REDIRECT;
	if (!cgi->has_status)
		cgi->status = 302;
	return HTTP_CGI_FINE;
}

enum http_verdict
http_cgi_read(struct http_cgi *cgi, const char *bytes, size_t len)
{
	cgi->bytes = bytes;
	if (len > HTTP_CGI_HEAD_MAX)
		len = HTTP_CGI_HEAD_MAX;
	while (!cgi->done) {
		const char *from = bytes + cgi->line, *to;
		enum http_cgi_fault fault;

		to = memchr(bytes + cgi->scanned, '\n', len - cgi->scanned);
		if (to == NULL) {
			cgi->scanned = (uint16_t)len;
			return len < HTTP_CGI_HEAD_MAX ? HTTP_MORE : refuse(cgi, HTTP_CGI_LONG);
		}
		cgi->line = cgi->scanned = (uint16_t)(to + 1 - bytes);
		if (to > from && to[-1] == '\r')
			to--;
		cgi->done = to == from;
		cgi->head_len = cgi->line;
		fault = cgi->done ? judge(cgi) : read_line(cgi, from, to);
		if (fault)
			return refuse(cgi, fault);
	}
	return cgi->fault ? HTTP_REFUSED : HTTP_DONE;
}

enum http_cgi_fault
http_cgi_end(const struct http_cgi *cgi)
{
	return cgi->scanned == 0 ? HTTP_CGI_SILENT : HTTP_CGI_CUT;
}

const char *
http_cgi_fault_words(enum http_cgi_fault fault)
{
	static const char *const words[HTTP_CGI_FAULTS] = {
		[HTTP_CGI_FINE] = "nothing",
		[HTTP_CGI_SILENT] = "the program ended without a word",
		[HTTP_CGI_NPH] = "the program speaks HTTP itself (nph), which is not done here",
		[HTTP_CGI_BAD_NAME] = "a line before the empty one has no name and colon",
		[HTTP_CGI_BAD_VALUE] = "a control byte in a field's value",
		[HTTP_CGI_TWICE] = "Status, Location, Content-Type or Content-Length twice",
		[HTTP_CGI_BAD_STATUS] = "Status is no number from 200 to 599",
		[HTTP_CGI_BAD_LOCATION] = "Location is empty, or has a blank in it",
		[HTTP_CGI_BAD_LENGTH] = "Content-Length is no number",
		[HTTP_CGI_NOTHING] = "no Content-Type, no Location and no Status",
		[HTTP_CGI_LONG] = "the head is too long",
		[HTTP_CGI_CUT] = "the program ended before its empty line",
	};

	return words[fault];
}

/* ---- the request's fields ---- */

static bool
is_hidden(enum http_field field)
{
	switch (field) {
	case HTTP_F_AUTHORIZATION:
	case HTTP_F_CONNECTION:
	case HTTP_F_CONTENT_LENGTH:
	case HTTP_F_CONTENT_TYPE:
	case HTTP_F_EXPECT:
	case HTTP_F_KEEP_ALIVE:
	case HTTP_F_PROXY:
	case HTTP_F_PROXY_AUTHORIZATION:
	case HTTP_F_TE:
	case HTTP_F_TRAILER:
	case HTTP_F_TRANSFER_ENCODING:
	case HTTP_F_UPGRADE:
		return true;
	default:
		return false;
	}
}

ssize_t
http_cgi_variable(char *out, size_t cap, struct http_span name)
{
	static const char prefix[] = "HTTP_";
	const size_t len = sizeof prefix - 1;

	if (name.len == 0 || is_hidden(http_field_of(name.at, name.len)))
		return 0;
	if (cap <= len || cap - len <= name.len)
		return -1;
	memcpy(out, prefix, len);
	for (size_t i = 0; i < name.len; i++) {
		char byte = name.at[i];

		if (byte >= 'a' && byte <= 'z')
			byte = (char)(byte - 'a' + 'A');
		else if (byte == '-')
			byte = '_';
		else if (!(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9'))
			return 0;
		out[len + i] = byte;
	}
	out[len + name.len] = '\0';
	return (ssize_t)(len + name.len);
}
