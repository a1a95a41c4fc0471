/*
 * http_response: the head of a response. See http_response.h.
 */
#include "protocol/http_response.h"

#include <string.h>

#include "protocol/http_date.h"

/* RFC 9110 15, 6585 (429, 431), 7725 (451). */
static const struct reason {
	short status;
	const char *words;
} reasons[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

const char *
http_reason(int status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].words;
	return "";
}

bool
http_status_is_bare(int status)
{
	return status < 200 || status == 204 || status == 304;
}

/* Room for `len` bytes, or NULL from then on. */
static char *
take(struct http_head *head, size_t len)
{
	char *at = head->at;

	if (head->failed || len > (size_t)(head->end - at)) {
		head->failed = true;
		return NULL;
	}
	head->at += len;
	return at;
}

static void
put(struct http_head *head, const char *bytes, size_t len)
{
	char *at = take(head, len);

	if (at != NULL && len > 0)
		memcpy(at, bytes, len);
}

void
http_head_open(struct http_head *head, char *buffer, size_t capacity)
{
	head->start = head->at = buffer;
	head->end = buffer + capacity;
	head->failed = false;
}

void
http_head_begin(struct http_head *head, char *buffer, size_t capacity, int status)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\n";
	char line[] = "HTTP/1.1 000 ";
	const char *words;

	http_head_open(head, buffer, capacity);
	if (status == 200) {
		put(head, ok, sizeof ok - 1);
		return;
	}
	if (status < 100 || status > 599) {
		head->failed = true;
		return;
	}
	words = http_reason(status);
	line[9] = (char)('0' + status / 100);
	line[10] = (char)('0' + status / 10 % 10);
	line[11] = (char)('0' + status % 10);
	put(head, line, sizeof line - 1);
	put(head, words, strlen(words));
	put(head, "\r\n", 2);
}

void
http_head_field(struct http_head *head, struct http_span name, struct http_span value)
{
	char *at;

	if (!http_is_token(name) || !http_is_value(value)) {
		head->failed = true;
		return;
	}
	at = take(head, name.len + 2 + value.len + 2);
	if (at == NULL)
		return;
	memcpy(at, name.at, name.len);
	at += name.len;
	*at++ = ':';
	*at++ = ' ';
	if (value.len > 0)
		memcpy(at, value.at, value.len);
	at += value.len;
	*at++ = '\r';
	*at = '\n';
}

void
http_head_number(struct http_head *head, struct http_span name, uint64_t number)
{
	char digits[20], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	http_head_field(
	    head, name, (struct http_span){ at, (size_t)(digits + sizeof digits - at) });
}

void
http_head_date(struct http_head *head, struct http_span name, int64_t seconds)
{
	char date[HTTP_DATE_LEN + 1];

	http_date_write(date, seconds);
	http_head_field(head, name, (struct http_span){ date, HTTP_DATE_LEN });
}

void
http_head_lines(struct http_head *head, struct http_span lines)
{
	put(head, lines.at, lines.len);
}

ssize_t
http_head_end(struct http_head *head)
{
	put(head, "\r\n", 2);
	return head->failed ? -1 : head->at - head->start;
}
