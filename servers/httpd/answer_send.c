/*
 * answer_send: from a reply to what the driver sends. See answer_internal.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/guesses.h"
#include "protocol/http_response.h"
#include "servers/httpd/answer_internal.h"
#include "servers/httpd/guard.h"

enum {
	RETRY_GUESSING_S = GUESSES_FORGET_MS / 1000,
};

static bool
has_no_content(const struct exchange *exchange, int status)
{
	return exchange->request.method == HTTP_HEAD || http_status_is_bare(status);
}

/* A small file that lies nowhere yet: read it to go with its head. */
static bool
read_small(const struct site_file *file, char *into)
{
	ssize_t n;

	do
		n = pread(file->fd, into, (size_t)file->size, 0);
	while (n == -1 && errno == EINTR);
	return n >= 0 && (uint64_t)n == file->size; /* shorter: it shrinks this moment */
}

/* These bytes of the exchange's file, behind a head of that length. */
static bool
put_span(const struct exchange *exchange, struct session_room *room, size_t head_len,
    uint64_t first, uint64_t len, struct session_output *output)
{
	const struct site_file *file = exchange->file;

	if (file->content) {
		output->content = (struct http_span){ file->content + first, (size_t)len };
		return true;
	}
	if (len == file->size && len <= SESSION_SMALL_MAX) {
		output->content = (struct http_span){ room->bytes + head_len, (size_t)len };
		return read_small(file, room->bytes + head_len);
	}
	output->fd = file->fd;
	output->offset = first;
	output->length = len;
	return true;
}

bool
answer_reply(struct session *session, struct session_room *room, const struct reply *reply,
    struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	ssize_t len;

	exchange->status = reply->status;
	exchange->bare = has_no_content(exchange, reply->status);
	*output = (struct session_output){ .fd = -1 };
	len = reply_head(session, room, reply);
	if (len == -1)
		return false;
	output->head = (struct http_span){ room->bytes, (size_t)len };
	if (exchange->bare)
		return true;
	if (reply->content.at)
		output->content = reply->content;
	else if (reply->parts)
		output->more = true;
	else if (reply->file && reply->has_length)
		return put_span(exchange, room, (size_t)len,
		    reply->range ? reply->range->first : 0, reply->length, output);
	return true;
}

/* ---- pages for a status ---- */

static const char *
words_of(const struct session *session, int status)
{
	enum http_fault fault = session->exchange->request.fault;

	if (fault != HTTP_FINE && http_fault_status(fault) == status)
		return http_fault_words(fault);
	switch (status) {
	case 301:
		return "It is a folder: its name ends with a slash.";
	case 302:
	case 303:
	case 307:
	case 308:
		return "It is somewhere else.";
	case 401:
		return "A name and a password are asked for here.";
	case 403:
		return "This may not be read.";
	case 404:
		return "The file is not found!";
	case 413:
		return "Content in chunks may not be so large here: say its length.";
	case 405:
		return "Here one can only get and look: " REPLY_ALLOW ".";
	case 412:
		return "It is not as the request wants it to be.";
	case 416:
		return "The file has no such part.";
	case 429:
		return "Too many wrong passwords came from your address. Try again later.";
	case 501:
		return "This server does not know the method.";
	case 502:
		return "The program that should answer did not.";
	case 503:
		return "The server is busy. Try again in a moment.";
	case 504:
		return "The program that should answer takes too long.";
	}
	return "Something went wrong here.";
}

/* The site's own page for a status: DIR/404.html. Whether there is one. */
static bool
find_page(struct session *session, struct session_room *room, int status)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;
	char *path = room->sibling;

	if (host->errors == NULL || snprintf(path, sizeof room->sibling, "%s/%d.html",
					host->errors, status) >= (int)sizeof room->sibling)
		return false;
	if (exchange->file)
		site_release(&host->site, exchange->file);
	exchange->file = NULL;
	return site_open(&host->site, exchange->host, path, host->now_ms, host->now,
		   &exchange->own_file, &exchange->file) == SITE_FILE;
}

bool
answer_status(struct session *session, struct session_room *room, int status,
    const char *location, struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = {
		.status = status,
		.has_length = true,
		.location = location,
		.allow = status == 405,
		.retry_s = status == 503 ? 1 :
			   status == 429 ? RETRY_GUESSING_S :
					   0,
		.challenge = status == 401 ? guard_challenge(exchange->place) : NULL,
		.is_outside = status == 416,
	};

	if (status == 416)
		reply.outside = exchange->file->size;
	if (find_page(session, room, status)) {
		reply.file = exchange->file;
		reply.type = exchange->file->type;
		reply.length = exchange->file->size;
	} else {
		reply.content = reply_page(room, status, words_of(session, status));
		reply.type = "text/html; charset=utf-8";
		reply.length = reply.content.len;
	}
	return answer_reply(session, room, &reply, output);
}

/* ---- several ranges ---- */

bool
answer_part(struct session *session, struct session_room *room, struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	const struct http_multipart multipart = {
		.boundary = { exchange->boundary, SESSION_BOUNDARY_LEN },
		.type = { exchange->file->type, strlen(exchange->file->type) },
		.size = exchange->file->size,
	};
	const struct http_range *range = &exchange->ranges[exchange->range_next];
	bool last = exchange->range_next == exchange->range_count;
	ssize_t len;

	*output = (struct session_output){ .fd = -1 };
	if (last)
		len = http_part_end(room->bytes, SESSION_HEAD_ROOM, &multipart);
	else
		len = http_part_head(room->bytes, SESSION_HEAD_ROOM, &multipart, range,
		    exchange->range_next == 0);
	if (len == -1)
		return false;
	output->head = (struct http_span){ room->bytes, (size_t)len };
	output->more = !last;
	exchange->range_next++;
	return last || put_span(exchange, room, (size_t)len, range->first,
			   range->last - range->first + 1, output);
}
