/*
 * http_request_line: METHOD SP request-target SP HTTP/1.1. RFC 9112 3. See http.h.
 *
 * One blank stands between the parts, no more: programs that are lenient here disagree
 * on what the target is (9112 3).
 */
#include <string.h>

#include "protocol/http_internal.h"

static const char *const methods[HTTP_OTHER] = {
	[HTTP_GET] = "GET",
	[HTTP_HEAD] = "HEAD",
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_DELETE] = "DELETE",
	[HTTP_CONNECT] = "CONNECT",
	[HTTP_OPTIONS] = "OPTIONS",
	[HTTP_TRACE] = "TRACE",
	[HTTP_PATCH] = "PATCH",
};

const char *
http_method_text(enum http_method method)
{
	return method < HTTP_OTHER ? methods[method] : NULL;
}

static enum http_method
find_method(const char *name, size_t len)
{
	if (len == 3 && memcmp(name, "GET", 3) == 0)
		return HTTP_GET;
	for (int i = HTTP_HEAD; i < HTTP_OTHER; i++)
		if (strlen(methods[i]) == len && memcmp(methods[i], name, len) == 0)
			return (enum http_method)i;
	return HTTP_OTHER;
}

/* A token and its blank: where the target begins. */
static enum http_fault
read_method(struct http_request *request, const char **at, const char *to)
{
	const char *from = *at, *end = from;

	while (end < to && http_byte(*end) & HTTP_B_TOKEN)
		end++;
	if (end - from > HTTP_METHOD_MAX)
		return HTTP_LONG_METHOD;
	if (end == from || end == to || *end != ' ')
		return HTTP_BAD_METHOD;
	request->method_name = http_place(request, from, end);
	request->method = find_method(from, (size_t)(end - from));
	*at = end + 1;
	return HTTP_FINE;
}

/* Up to `?' or the end; whether it needs no decoding is seen in passing. */
static const char *
read_path(struct http_request *request, const char *from, const char *to)
{
	const char *at = from;
	uint8_t before = 0, is, seen = 0, odd = 0;

	for (; at < to && (is = http_byte(*at)) & HTTP_B_TARGET; at++) {
		seen |= is;
		odd |= (uint8_t)(before >> 1) & is; /* `/' or `.' behind a `/' */
		before = is;
	}
	request->path = http_place(request, from, at);
	request->plain_path =
	    at > from && *from == '/' && !(seen & HTTP_B_PERCENT) && !(odd & HTTP_B_STEP);
	if (at == to || *at != '?')
		return at;
	from = ++at;
	while (at < to && (http_byte(*at) & HTTP_B_TARGET || *at == '?'))
		at++;
	request->query = http_place(request, from, at);
	return at;
}

/* http://host:port, in front of a path. Its end, or NULL: not the like. */
static const char *
read_scheme(struct http_request *request, const char *from, const char *to)
{
	const char *colon = memchr(from, ':', (size_t)(to - from)), *end;
	struct http_span scheme, host, port;

	if (colon == NULL || to - colon < 3 || memcmp(colon, "://", 3) != 0)
		return NULL;
	scheme = (struct http_span){ from, (size_t)(colon - from) };
	if (!http_is(scheme, "http") && !http_is(scheme, "https"))
		return NULL;
	from = end = colon + 3;
	while (end < to && *end != '/' && *end != '?' && *end != ' ')
		end++;
	if (!http_authority((struct http_span){ from, (size_t)(end - from) }, &host, &port))
		return NULL;
	request->authority = http_place(request, from, end);
	return end;
}

static enum http_fault
read_target(struct http_request *request, const char **at, const char *to)
{
	const char *from = *at, *end = memchr(from, ' ', (size_t)(to - from));
	struct http_span host, port;

	if (end == NULL)
		return to - from > HTTP_TARGET_MAX ? HTTP_LONG_TARGET : HTTP_BAD_VERSION;
	if (end - from > HTTP_TARGET_MAX)
		return HTTP_LONG_TARGET;
	if (end == from)
		return HTTP_BAD_TARGET;
	request->target = http_place(request, from, end);
	*at = end + 1;
	if (request->method == HTTP_CONNECT) {
		request->form = HTTP_AUTHORITY;
		request->authority = request->target;
		return http_authority(http_text(request, request->target), &host, &port) &&
			       port.len > 0 ?
			   HTTP_FINE :
			   HTTP_BAD_TARGET;
	}
	if (*from == '/') {
		request->form = HTTP_ORIGIN;
	} else if (end - from == 1 && *from == '*') {
		request->form = HTTP_ASTERISK;
		request->path = request->target;
		return request->method == HTTP_OPTIONS ? HTTP_FINE : HTTP_BAD_TARGET;
	} else {
		request->form = HTTP_ABSOLUTE;
		from = read_scheme(request, from, end);
		if (from == NULL)
			return HTTP_BAD_TARGET;
	}
	return read_path(request, from, end) == end ? HTTP_FINE : HTTP_BAD_TARGET;
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* A later minor version is served as the one that is known (9110 2.5). */
static enum http_fault
read_version(struct http_request *request, const char *from, const char *to)
{
	if (to - from != 8 || memcmp(from, "HTTP/", 5) != 0 || !is_digit(from[5]) ||
	    from[6] != '.' || !is_digit(from[7]))
		return HTTP_BAD_VERSION;
	request->minor = from[7] != '0';
	return from[5] == '1' ? HTTP_FINE : HTTP_OTHER_VERSION;
}

enum http_fault
http_read_request_line(struct http_request *request, const char *from, const char *to)
{
	enum http_fault fault = read_method(request, &from, to);

	if (fault == HTTP_FINE)
		fault = read_target(request, &from, to);
	return fault == HTTP_FINE ? read_version(request, from, to) : fault;
}
