/*
 * reply: the head of a response. See reply.h.
 *
 *	HTTP/1.1 200 OK
 *	Date: ...			in every answer (9110 6.6.1)
 *	Server: Switchboard
 *	Content-Type, Content-Length, ETag, Last-Modified ...
 *	X-Content-Type-Options: nosniff	a browser shall believe the type
 *	Connection: close		or keep-alive, to HTTP/1.0
 *
 * A file that is asked for again and again has the same head each time but for its
 * date: it is kept with the file, and made anew once a second.
 */
#include "servers/httpd/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/http_response.h"

enum {
	PLAIN_MAX = 512, /* of a head that is kept */
};

#define ALWAYS "Server: Switchboard\r\nX-Content-Type-Options: nosniff\r\n"

static struct http_span
span(const char *text)
{
	return (struct http_span){ text, strlen(text) };
}

/* What a cache and a later request need to know of the file. */
static void
put_file(struct http_head *head, const struct host *host, const struct reply *reply)
{
	const struct site_file *file = reply->file;
	int64_t modified = file->modified.tv_sec;

	http_head_field(
	    head, HTTP_SPAN("ETag"), (struct http_span){ file->etag, file->etag_len });
	/* Never later than Date: 9110 8.8.2.1. */
	http_head_date(
	    head, HTTP_SPAN("Last-Modified"), modified < host->now ? modified : host->now);
	if (file->varies || reply->coding != HTTP_IDENTITY)
		http_head_lines(head, HTTP_SPAN("Vary: Accept-Encoding\r\n"));
	if (reply->status != 304)
		http_head_lines(head, HTTP_SPAN("Accept-Ranges: bytes\r\n"));
}

static void
put_range(struct http_head *head, const struct http_range *range, uint64_t size)
{
	char text[HTTP_CONTENT_RANGE_MAX + 1];
	ssize_t len = http_content_range(text, sizeof text, range, size);

	if (len > 0)
		http_head_field(
		    head, HTTP_SPAN("Content-Range"), (struct http_span){ text, (size_t)len });
}

static void
put_content(struct http_head *head, const struct session *session, const struct reply *reply)
{
	char type[HTTP_BOUNDARY_MAX + 64];

	if (reply->parts) {
		snprintf(type, sizeof type, "multipart/byteranges; boundary=%.*s",
		    SESSION_BOUNDARY_LEN, session->exchange->boundary);
		http_head_field(head, HTTP_SPAN("Content-Type"), span(type));
	} else if (reply->type) {
		http_head_field(head, HTTP_SPAN("Content-Type"), span(reply->type));
	}
	if (reply->coding != HTTP_IDENTITY)
		http_head_field(
		    head, HTTP_SPAN("Content-Encoding"), span(http_coding_name(reply->coding)));
	if (reply->has_length)
		http_head_number(head, HTTP_SPAN("Content-Length"), reply->length);
	if (reply->chunked)
		http_head_lines(head, HTTP_SPAN("Transfer-Encoding: chunked\r\n"));
	if (reply->range)
		put_range(head, reply->range, reply->file->size);
	if (reply->is_outside)
		put_range(head, NULL, reply->outside);
}

/* All but the end. */
static void
put_lines(struct http_head *head, const struct session *session, const struct reply *reply)
{
	const struct host *host = session->host;

	http_head_field(
	    head, HTTP_SPAN("Date"), (struct http_span){ host->date, HTTP_DATE_LEN });
	http_head_lines(head, HTTP_SPAN(ALWAYS));
	put_content(head, session, reply);
	if (reply->tells_file)
		put_file(head, host, reply);
	if (reply->location)
		http_head_field(head, HTTP_SPAN("Location"), span(reply->location));
	if (reply->allow)
		http_head_lines(head, HTTP_SPAN("Allow: " REPLY_ALLOW "\r\n"));
	if (reply->retry_s)
		http_head_number(head, HTTP_SPAN("Retry-After"), (uint64_t)reply->retry_s);
	if (reply->challenge)
		http_head_field(head, HTTP_SPAN("WWW-Authenticate"), span(reply->challenge));
	if (reply->lines.len > 0)
		http_head_lines(head, reply->lines);
}

static ssize_t
end_head(struct http_head *head, const struct session *session)
{
	if (!session->keep)
		http_head_lines(head, HTTP_SPAN("Connection: close\r\n"));
	else if (session->exchange->request.minor == 0)
		http_head_lines(head, HTTP_SPAN("Connection: keep-alive\r\n"));
	return http_head_end(head);
}

/* Whether nothing in this answer depends on the request, but for its end. */
static bool
is_plain(const struct reply *reply)
{
	return reply->status == 200 && reply->file && reply->file->kept &&
	       reply->coding == HTTP_IDENTITY;
}

/* Keep the head so far with the file; a wish. */
static void
keep_head(struct site_file *file, const struct http_head *head, const struct host *host)
{
	size_t len = (size_t)(head->at - head->start);

	if (head->failed || len > PLAIN_MAX)
		return;
	if (file->head == NULL)
		file->head = malloc(PLAIN_MAX);
	if (file->head == NULL)
		return;
	memcpy(file->head, head->start, len);
	file->head_len = len;
	file->head_second = host->now;
}

ssize_t
reply_head(struct session *session, struct session_room *room, const struct reply *reply)
{
	struct site_file *file = session->exchange->file;
	const struct host *host = session->host;
	bool plain = is_plain(reply);
	struct http_head head;

	if (plain && file->head_len > 0 && file->head_second == host->now) {
		head = (struct http_head){ room->bytes, room->bytes,
			room->bytes + SESSION_HEAD_ROOM, false };
		http_head_lines(&head, (struct http_span){ file->head, file->head_len });
		return end_head(&head, session);
	}
	http_head_begin(&head, room->bytes, SESSION_HEAD_ROOM, reply->status);
	put_lines(&head, session, reply);
	if (plain)
		keep_head(file, &head, host);
	return end_head(&head, session);
}

struct http_span
reply_page(struct session_room *room, int status, const char *words)
{
	const char *reason = http_reason(status);
	char *page = room->bytes + SESSION_HEAD_ROOM;
	int len = snprintf(page, SESSION_SMALL_MAX,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	    "<title>%d %s</title>\n<h1>%d %s</h1>\n<p>%s</p>\n",
	    status, reason, status, reason, words);

	return (struct http_span){ page, (size_t)len };
}

ssize_t
session_answer_head(struct session *session, struct session_room *room, int status,
    struct http_span lines, uint64_t length)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = {
		.status = status,
		.lines = lines,
		.has_length = length != UINT64_MAX && !http_status_is_bare(status),
		.length = length,
	};

	exchange->status = status;
	exchange->bare = exchange->request.method == HTTP_HEAD || http_status_is_bare(status);
	if (length == UINT64_MAX && !http_status_is_bare(status)) {
		exchange->chunked = exchange->request.minor > 0 && !exchange->bare;
		reply.chunked = exchange->request.minor > 0;
		if (!reply.chunked)
			session->keep = false; /* the end of the connection is the end of it */
	}
	if (exchange->body.verdict != HTTP_DONE)
		session->keep = session->keep && !exchange->request.expect_continue;
	return reply_head(session, room, &reply);
}
