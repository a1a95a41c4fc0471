/*
 * http_judge: what the lines of a head mean together: whom it is for, where its content
 * ends, whether another request follows. RFC 9112 3.2, 6, 9.3. See http.h.
 */
#include <arpa/inet.h>
#include <string.h>

#include "protocol/http_internal.h"

bool
http_is(struct http_span span, const char *word)
{
	size_t i;

	for (i = 0; i < span.len && word[i] != '\0'; i++) {
		char byte = span.at[i];

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte | 0x20);
		if (byte != word[i])
			return false;
	}
	return i == span.len && word[i] == '\0';
}

bool
http_is_token_byte(char byte)
{
	return http_byte(byte) & HTTP_B_TOKEN;
}

bool
http_is_token(struct http_span span)
{
	for (size_t i = 0; i < span.len; i++)
		if (!http_is_token_byte(span.at[i]))
			return false;
	return span.len > 0;
}

bool
http_number(struct http_span span, uint64_t *number)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < span.len; i++) {
		unsigned digit = (unsigned char)span.at[i] - (unsigned)'0';

		if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return span.len > 0;
}

/* ---- hosts ---- */

/* [::1]: the address within the brackets is one. Later forms (IPvFuture) are not. */
static bool
is_ipv6(const char *at, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (len >= sizeof text || memchr(at, '\0', len))
		return false;
	memcpy(text, at, len);
	text[len] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

static bool
is_name(const char *at, size_t len)
{
	const char *end = at + len;

	for (; at < end; at++)
		if (!(http_byte(*at) & HTTP_B_HOST)) {
			/* %41 */
			if (*at != '%' || end - at < 3 || !(http_byte(at[1]) & HTTP_B_HEX) ||
			    !(http_byte(at[2]) & HTTP_B_HEX))
				return false;
			at += 2;
		}
	return len > 0;
}

bool
http_authority(struct http_span span, struct http_span *host, struct http_span *port)
{
	const char *at = span.at, *end, *to;
	uint64_t number;

	if (span.len == 0 || span.len > HTTP_HOST_MAX)
		return false;
	end = at + span.len;
	if (*at == '[') {
		to = memchr(at, ']', span.len);
		if (to == NULL || !is_ipv6(at + 1, (size_t)(to - at - 1)))
			return false;
		to++;
	} else {
		to = memchr(at, ':', span.len);
		if (to == NULL)
			to = end;
		if (!is_name(at, (size_t)(to - at)))
			return false;
	}
	*host = (struct http_span){ at, (size_t)(to - at) };
	*port = (struct http_span){ NULL, 0 };
	if (to == end)
		return true;
	*port = (struct http_span){ to + 1, (size_t)(end - to - 1) };
	return *to == ':' &&
	       (port->len == 0 || (http_number(*port, &number) && number <= 65535));
}

/* Exactly one, right in itself, also when absolute-form says another (9112 3.2.2). */
static enum http_fault
judge_host(struct http_request *request)
{
	struct http_span host = { NULL, 0 }, port = { NULL, 0 };

	if (request->repeated & UINT32_C(1) << HTTP_F_HOST)
		return HTTP_MANY_HOSTS;
	if (!http_has(request, HTTP_F_HOST)) {
		if (request->minor > 0)
			return HTTP_NO_HOST;
	} else if (!http_authority(http_value(request, HTTP_F_HOST), &host, &port)) {
		return HTTP_BAD_HOST;
	}
	if (request->authority.len > 0)
		http_authority(http_text(request, request->authority), &host, &port);
	if (host.at != NULL)
		request->host = http_place(request, host.at, host.at + host.len);
	if (port.at != NULL)
		request->port = http_place(request, port.at, port.at + port.len);
	return HTTP_FINE;
}

/* ---- framing ---- */

/* Transfer-Encoding: chunked, last and once. Others before it are right, and not known here. */
static enum http_fault
judge_codings(struct http_request *request)
{
	struct http_list list = http_list_begin(request, HTTP_F_TRANSFER_ENCODING);
	struct http_span coding;
	bool others = false, chunked = false;

	while (http_list_next(&list, &coding)) {
		if (chunked)
			return HTTP_BAD_CODING; /* something behind it */
		if (http_is(coding, "chunked"))
			chunked = true;
		else
			others = true;
	}
	if (!chunked)
		return HTTP_BAD_CODING;
	request->framing = HTTP_CHUNKED;
	return others ? HTTP_UNKNOWN_CODING : HTTP_FINE;
}

static enum http_fault
judge_framing(struct http_request *request)
{
	bool length = http_has(request, HTTP_F_CONTENT_LENGTH);

	if (http_has(request, HTTP_F_TRANSFER_ENCODING)) {
		if (request->minor == 0)
			return HTTP_CODING_IN_1_0;
		return length ? HTTP_LENGTH_AND_CODING : judge_codings(request);
	}
	if (!length)
		return HTTP_FINE;
	if (request->repeated & UINT32_C(1) << HTTP_F_CONTENT_LENGTH)
		return HTTP_MANY_LENGTHS;
	if (!http_number(http_value(request, HTTP_F_CONTENT_LENGTH), &request->length) ||
	    request->length > INT64_MAX) /* no file is longer */
		return HTTP_BAD_LENGTH;
	request->framing = request->length > 0 ? HTTP_LENGTH : HTTP_NO_BODY;
	return HTTP_FINE;
}

/* ---- connection and expectation ---- */

static void
judge_connection(struct http_request *request)
{
	struct http_list list = http_list_begin(request, HTTP_F_CONNECTION);
	struct http_span option;
	bool close = false, keep = false;

	while (http_list_next(&list, &option)) {
		close |= http_is(option, "close");
		keep |= http_is(option, "keep-alive");
	}
	request->keep_alive = !close && (request->minor > 0 || keep);
}

/* A client of HTTP/1.0 cannot mean it (9110 10.1.1). */
static enum http_fault
judge_expectation(struct http_request *request)
{
	struct http_list list = http_list_begin(request, HTTP_F_EXPECT);
	struct http_span expectation;

	if (request->minor == 0)
		return HTTP_FINE;
	while (http_list_next(&list, &expectation)) {
		if (!http_is(expectation, "100-continue"))
			return HTTP_EXPECTATION;
		request->expect_continue = request->framing != HTTP_NO_BODY;
	}
	return HTTP_FINE;
}

enum http_fault
http_judge(struct http_request *request)
{
	enum http_fault fault = judge_host(request);

	if (fault == HTTP_FINE)
		fault = judge_framing(request);
	if (fault != HTTP_FINE)
		return fault;
	judge_connection(request);
	return judge_expectation(request);
}

struct http_span
http_path(const struct http_request *request)
{
	if (request->path.len == 0)
		return HTTP_SPAN("/");
	return http_text(request, request->path);
}
