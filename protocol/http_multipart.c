/*
 * http_multipart: how parts of a file are sent. RFC 9110 14.4, 14.6. See http_range.h.
 */
#include <string.h>

#include "protocol/http_range.h"
#include "protocol/http_response.h"

static char *
put_number(char *at, uint64_t number)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

ssize_t
http_content_range(char *out, size_t cap, const struct http_range *range, uint64_t size)
{
	char text[HTTP_CONTENT_RANGE_MAX], *at = text;
	size_t len;

	memcpy(at, "bytes ", 6);
	at += 6;
	if (range == NULL) {
		*at++ = '*';
	} else {
		at = put_number(at, range->first);
		*at++ = '-';
		at = put_number(at, range->last);
	}
	*at++ = '/';
	at = put_number(at, size);
	*at = '\0';
	len = (size_t)(at - text);
	if (len >= cap)
		return -1;
	memcpy(out, text, len + 1);
	return (ssize_t)len;
}

static void
put_boundary(struct http_head *head, const struct http_multipart *multipart, bool first)
{
	if (!first)
		http_head_lines(head, HTTP_SPAN("\r\n"));
	http_head_lines(head, HTTP_SPAN("--"));
	http_head_lines(head, multipart->boundary);
	if (!http_is_token(multipart->boundary) || multipart->boundary.len > HTTP_BOUNDARY_MAX)
		head->failed = true;
}

ssize_t
http_part_head(char *out, size_t cap, const struct http_multipart *multipart,
    const struct http_range *range, bool first)
{
	struct http_head head;
	char text[HTTP_CONTENT_RANGE_MAX];
	ssize_t len = http_content_range(text, sizeof text, range, multipart->size);

	http_head_open(&head, out, cap);
	put_boundary(&head, multipart, first);
	http_head_lines(&head, HTTP_SPAN("\r\n"));
	if (multipart->type.at != NULL)
		http_head_field(&head, HTTP_SPAN("Content-Type"), multipart->type);
	http_head_field(
	    &head, HTTP_SPAN("Content-Range"), (struct http_span){ text, (size_t)len });
	return http_head_end(&head);
}

ssize_t
http_part_end(char *out, size_t cap, const struct http_multipart *multipart)
{
	struct http_head head;

	http_head_open(&head, out, cap);
	put_boundary(&head, multipart, false);
	http_head_lines(&head, HTTP_SPAN("--"));
	return http_head_end(&head);
}

bool
http_multipart_length(const struct http_multipart *multipart, const struct http_range *ranges,
    size_t count, uint64_t *length)
{
	char head[HTTP_PART_HEAD_MAX];
	ssize_t len = http_part_end(head, sizeof head, multipart);
	uint64_t sum = (uint64_t)len;

	for (size_t i = 0; len != -1 && i < count; i++) {
		uint64_t bytes = ranges[i].last - ranges[i].first + 1;

		len = http_part_head(head, sizeof head, multipart, &ranges[i], i == 0);
		if (bytes > INT64_MAX || sum > INT64_MAX)
			return false;
		sum += (uint64_t)len + bytes;
	}
	*length = sum;
	return len != -1;
}
