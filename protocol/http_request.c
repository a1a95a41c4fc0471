/*
 * http_request: the head of a request, line after line. See http.h.
 *
 *	START ----> REQUEST ----> FIELDS ----> (http_judge) ----> HTTP_DONE
 *	  | CR LF: again            | a field line: again
 *
 * A line is parsed when its LF is there. What has no LF yet is not looked at again:
 * `scanned' says how far the search went.
 */
#include <string.h>

#include "protocol/http_internal.h"

enum phase {
	START, /* nothing but empty lines so far */
	REQUEST,
	FIELDS,
	END, /* done, or refused: for good */
};

enum {
	/* method SP target SP HTTP/1.1 CR */
	REQUEST_LINE_MAX = HTTP_METHOD_MAX + 1 + HTTP_TARGET_MAX + 1 + 8 + 1,
};

void
http_request_begin(struct http_request *request)
{
	/* all but the lines, which are read below count only */
	memset(request, 0, offsetof(struct http_request, lines));
	request->line = request->scanned = 0;
	request->phase = START;
	request->empty_lines = 0;
}

bool
http_request_begun(const struct http_request *request)
{
	return request->phase != START;
}

enum http_fault
http_request_too_long(const struct http_request *request)
{
	return request->phase <= REQUEST ? HTTP_LONG_TARGET : HTTP_LONG_HEAD;
}

static enum http_verdict
refuse(struct http_request *request, enum http_fault fault)
{
	request->fault = fault;
	request->phase = END;
	return HTTP_REFUSED;
}

/*
 * Empty lines before a request are another's mistake, and forgiven (9112 2.2). What is
 * no HTTP at all, as the first bytes of TLS, is told from its first byte.
 */
static enum http_verdict
skip_empty_lines(struct http_request *request, const char *bytes, size_t len)
{
	size_t at = request->line;

	for (; at + 1 < len && bytes[at] == '\r' && bytes[at + 1] == '\n'; at += 2)
		if (++request->empty_lines > HTTP_EMPTY_LINES)
			return refuse(request, HTTP_EMPTY_LINES_ONLY);
	request->line = request->scanned = (uint16_t)at;
	if (at == len || (bytes[at] == '\r' && at + 1 == len))
		return HTTP_MORE;
	if (bytes[at] == '\n' || bytes[at] == '\r')
		return refuse(request, HTTP_BAD_LINE_END);
	if (!http_is_token_byte(bytes[at]))
		return refuse(request, HTTP_BAD_METHOD);
	request->phase = REQUEST;
	return HTTP_DONE;
}

/*
 * What is too long in a request-line of which `len` bytes have come, its end or not: the
 * same however it is cut. More than a method can have must show where the method ends.
 */
static enum http_fault
judge_length(const char *line, size_t len)
{
	size_t method = 0;

	if (len <= HTTP_METHOD_MAX)
		return HTTP_FINE;
	while (method <= HTTP_METHOD_MAX && http_is_token_byte(line[method]))
		method++;
	if (method > HTTP_METHOD_MAX)
		return HTTP_LONG_METHOD;
	if (line[method] != ' ')
		return HTTP_BAD_METHOD;
	return len > REQUEST_LINE_MAX ? HTTP_LONG_TARGET : HTTP_FINE;
}

/* The line at hand has no end yet: may it still get one? `len` is HTTP_HEAD_MAX at most. */
static enum http_verdict
await_line_end(struct http_request *request, const char *bytes, size_t len)
{
	enum http_fault fault = HTTP_FINE;

	request->scanned = (uint16_t)len;
	if (request->phase == REQUEST)
		fault = judge_length(bytes + request->line, len - request->line);
	if (fault == HTTP_FINE && len == HTTP_HEAD_MAX)
		fault = HTTP_LONG_HEAD;
	return fault ? refuse(request, fault) : HTTP_MORE;
}

/* The line from..to, without its LF. HTTP_MORE: there are others behind it. */
static enum http_verdict
read_line(struct http_request *request, const char *from, const char *to)
{
	enum http_fault fault = HTTP_FINE;

	if (request->phase == REQUEST)
		fault = judge_length(from, (size_t)(to - from));
	if (fault == HTTP_FINE && (to == from || to[-1] != '\r'))
		fault = HTTP_BAD_LINE_END;
	if (fault)
		return refuse(request, fault);
	to--;
	if (request->phase == REQUEST) {
		fault = http_read_request_line(request, from, to);
		request->phase = FIELDS;
	} else if (to > from) {
		fault = http_read_field_line(request, from, to);
	} else {
		request->head_len = (uint16_t)(to + 2 - request->bytes);
		fault = http_judge(request);
		request->phase = END;
		return fault ? refuse(request, fault) : HTTP_DONE;
	}
	return fault ? refuse(request, fault) : HTTP_MORE;
}

enum http_verdict
http_request_read(struct http_request *request, const char *bytes, size_t len)
{
	enum http_verdict verdict;

	request->bytes = bytes;
	if (len > HTTP_HEAD_MAX)
		len = HTTP_HEAD_MAX;
	if (request->phase == START) {
		verdict = skip_empty_lines(request, bytes, len);
		if (verdict != HTTP_DONE)
			return verdict;
	}
	while (request->phase != END) {
		const char *end =
		    memchr(bytes + request->scanned, '\n', len - request->scanned);

		if (end == NULL)
			return await_line_end(request, bytes, len);
		verdict = read_line(request, bytes + request->line, end);
		if (verdict != HTTP_MORE)
			return verdict;
		request->line = request->scanned = (uint16_t)(end + 1 - bytes);
	}
	return request->fault ? HTTP_REFUSED : HTTP_DONE;
}
