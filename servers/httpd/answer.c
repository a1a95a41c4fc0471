/*
 * answer: what a request is answered with. See answer.h; reply.c writes the heads.
 */
#include "servers/httpd/answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/random.h"
#include "protocol/http_response.h"
#include "protocol/http_target.h"
#include "servers/httpd/listing.h"
#include "servers/httpd/reply.h"

#define INDEX "index.html"

enum {
	NEAR_MAX = 256,
	LOCATION_MAX = 3 * HTTP_PATH_MAX + HTTP_TARGET_MAX,
};

/* ---- paths ---- */

/*
 * The canonical path of a request as a string, with room for an index's name behind it. A
 * short one stands in `near`, on the stack, where memory has just been used.
 */
struct path {
	char *text;
	char near[NEAR_MAX];
};

static enum http_fault
path_of(const struct http_request *request, struct session_room *room, struct path *path)
{
	struct http_span span = http_path(request);
	bool near = span.len + sizeof INDEX < NEAR_MAX;
	size_t len;

	path->text = near ? path->near : room->path;
	if (!request->plain_path || span.len >= HTTP_PATH_MAX)
		return http_path_canonical(
		    path->text, near ? NEAR_MAX : HTTP_PATH_MAX, span, &len);
	memcpy(path->text, span.at, span.len);
	path->text[span.len] = '\0';
	return HTTP_FINE;
}

bool
answer_is_run(struct session *session, struct session_room *room)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;
	struct path path;

	if (host->route == NULL || exchange->request.form == HTTP_ASTERISK ||
	    exchange->request.form == HTTP_AUTHORITY || exchange->request.method == HTTP_OTHER)
		return false;
	if (path_of(&exchange->request, room, &path) != HTTP_FINE)
		return false;
	return host->route(host->route_arg, exchange, path.text, &exchange->run);
}

/* ---- sending ---- */

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

static bool
send_reply(struct session *session, struct session_room *room, const struct reply *reply,
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
	case 403:
		return "This may not be read.";
	case 404:
		return "The file is not found!";
	case 405:
		return "Here one can only get and look: " REPLY_ALLOW ".";
	case 412:
		return "It is not as the request wants it to be.";
	case 416:
		return "The file has no such part.";
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
find_page(struct session *session, int status)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;
	char path[HTTP_PATH_MAX];

	if (host->errors == NULL ||
	    snprintf(path, sizeof path, "%s/%d.html", host->errors, status) >= (int)sizeof path)
		return false;
	if (exchange->file)
		site_release(&host->site, exchange->file);
	exchange->file = NULL;
	return site_open(&host->site, path, host->now_ms, host->now, &exchange->own_file,
		   &exchange->file) == SITE_FILE;
}

static bool
send_status(struct session *session, struct session_room *room, int status,
    const char *location, struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = {
		.status = status,
		.has_length = true,
		.location = location,
		.allow = status == 405,
		.retry = status == 503,
		.is_outside = status == 416,
	};

	if (status == 416)
		reply.outside = exchange->file->size;
	if (find_page(session, status)) {
		reply.file = exchange->file;
		reply.type = exchange->file->type;
		reply.length = exchange->file->size;
	} else {
		reply.content = reply_page(room, status, words_of(session, status));
		reply.type = "text/html; charset=utf-8";
		reply.length = reply.content.len;
	}
	return send_reply(session, room, &reply, output);
}

/* ---- files ---- */

static enum site_answer
find(struct session *session, const char *path)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;

	return site_open(
	    &host->site, path, host->now_ms, host->now, &exchange->own_file, &exchange->file);
}

/* A compressed sibling that is not older than the file takes its place. */
static bool
take_sibling(struct session *session, const char *path, enum http_coding coding)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;
	struct site_file room, *sibling;
	char name[HTTP_PATH_MAX + 8];

	snprintf(name, sizeof name, "%s%s", path, http_coding_suffix(coding));
	if (site_open(&host->site, name, host->now_ms, host->now, &room, &sibling) != SITE_FILE)
		return false;
	if (sibling->modified.tv_sec < exchange->file->modified.tv_sec) {
		site_release(&host->site, sibling);
		return false;
	}
	site_release(&host->site, exchange->file);
	if (sibling == &room) {
		exchange->own_file = room;
		sibling = &exchange->own_file;
	}
	exchange->file = sibling;
	return true;
}

/* The coding in which a file of this path goes out; exchange->file may be another then. */
static enum http_coding
choose_coding(struct session *session, const char *path)
{
	const struct http_request *request = &session->exchange->request;
	unsigned have = 1U << HTTP_IDENTITY | 1U << HTTP_GZIP | 1U << HTTP_BR;
	enum http_coding coding;

	if (!session->exchange->file->varies || !http_has(request, HTTP_F_ACCEPT_ENCODING))
		return HTTP_IDENTITY;
	while ((coding = http_coding_choose(request, have)) != HTTP_IDENTITY) {
		if (take_sibling(session, path, coding))
			return coding;
		have &= ~(1U << coding);
	}
	return HTTP_IDENTITY;
}

static bool
send_parts(struct session *session, struct session_room *room, struct reply *reply,
    struct session_output *output)
{
	static const char digits[] = "0123456789abcdef";
	struct exchange *exchange = session->exchange;
	unsigned char bytes[SESSION_BOUNDARY_LEN / 2];
	struct http_multipart multipart = {
		.boundary = { exchange->boundary, SESSION_BOUNDARY_LEN },
		.type = { reply->type, strlen(reply->type) },
		.size = exchange->file->size,
	};

	if (random_bytes(bytes, sizeof bytes) == -1)
		return false;
	for (size_t i = 0; i < SESSION_BOUNDARY_LEN; i++)
		exchange->boundary[i] = digits[bytes[i / 2] >> i % 2 * 4 & 15];
	if (!http_multipart_length(
		&multipart, exchange->ranges, exchange->range_count, &reply->length))
		return false;
	reply->parts = true;
	return send_reply(session, room, reply, output);
}

/* The file, or the part of it that is wanted; its conditions hold. */
static bool
send_file(struct session *session, struct session_room *room, struct reply *reply,
    const struct http_validators *validators, struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	const struct http_request *request = &exchange->request;
	enum http_range_verdict verdict = HTTP_RANGE_WHOLE;

	if (http_has(request, HTTP_F_RANGE) &&
	    http_range_wanted(request, validators, session->host->now))
		verdict = http_range_read(http_value(request, HTTP_F_RANGE),
		    exchange->file->size, exchange->ranges, &exchange->range_count);
	if (verdict == HTTP_RANGE_OUTSIDE)
		return send_status(session, room, 416, NULL, output);
	if (verdict == HTTP_RANGE_SOME) {
		reply->status = 206;
		if (exchange->range_count > 1)
			return send_parts(session, room, reply, output);
		reply->range = &exchange->ranges[0];
		reply->length = reply->range->last - reply->range->first + 1;
	}
	return send_reply(session, room, reply, output);
}

/* exchange->file was found under this path. */
static bool
send_found(struct session *session, struct session_room *room, const char *path,
    struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = { .status = 200, .type = exchange->file->type };
	struct http_validators validators = { .has_time = true };
	int condition;

	reply.coding = choose_coding(session, path);
	reply.file = exchange->file;
	reply.tells_file = reply.has_length = true;
	reply.length = reply.file->size;
	validators.etag = (struct http_span){ reply.file->etag, reply.file->etag_len };
	validators.modified = reply.file->modified.tv_sec;
	condition =
	    (int)http_preconditions(&exchange->request, &validators, session->host->now);
	if (condition == 412)
		return send_status(session, room, condition, NULL, output);
	if (condition == 304) {
		reply.status = condition;
		reply.has_length = false;
		reply.type = NULL;
		return send_reply(session, room, &reply, output);
	}
	return send_file(session, room, &reply, &validators, output);
}

static bool
send_folder(struct session *session, struct session_room *room, const char *path,
    struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = { .status = 200, .has_length = true };

	exchange->made = listing_make(&session->host->site.jail, path,
	    http_text(&exchange->request, exchange->request.query), &exchange->made_len);
	if (exchange->made == NULL)
		return send_status(session, room,
		    errno == EACCES			? 403 :
		    errno == ENOENT || errno == ENOTDIR ? 404 :
		    errno == ENOMEM || errno == EMFILE	? 503 :
							  500,
		    NULL, output);
	reply.type = "text/html; charset=utf-8";
	reply.content = (struct http_span){ exchange->made, exchange->made_len };
	reply.length = exchange->made_len;
	reply.lines = HTTP_SPAN("Cache-Control: no-cache\r\n");
	return send_reply(session, room, &reply, output);
}

/* A folder without its slash: relative links in its page would lead elsewhere. */
static bool
send_slash(struct session *session, struct session_room *room, const char *path,
    struct session_output *output)
{
	struct http_span query =
	    http_text(&session->exchange->request, session->exchange->request.query);
	char location[LOCATION_MAX];
	ssize_t len = http_escape_path(
	    location, sizeof location, (struct http_span){ path, strlen(path) });

	if (len == -1)
		return send_status(session, room, 414, NULL, output);
	snprintf(location + len, sizeof location - (size_t)len, "/%s%.*s", query.at ? "?" : "",
	    (int)query.len, query.at ? query.at : "");
	return send_status(session, room, 301, location, output);
}

static int
status_of(enum site_answer answer)
{
	static const int statuses[] = {
		[SITE_NOTHING] = 404,
		[SITE_DENIED] = 403,
		[SITE_BUSY] = 503,
		[SITE_BROKEN] = 500,
	};

	return statuses[answer];
}

/* What stands under a path that ends with a slash. */
static bool
send_index(struct session *session, struct session_room *room, char *path,
    struct session_output *output)
{
	size_t len = strlen(path);
	enum site_answer answer;

	if (len + sizeof INDEX > HTTP_PATH_MAX)
		return send_status(session, room, 404, NULL, output);
	memcpy(path + len, INDEX, sizeof INDEX);
	answer = find(session, path);
	if (answer == SITE_FILE)
		return send_found(session, room, path, output);
	path[len] = '\0';
	if (answer != SITE_NOTHING && answer != SITE_FOLDER)
		return send_status(session, room, status_of(answer), NULL, output);
	if (session->host->listing)
		return send_folder(session, room, path, output);
	return send_status(session, room, 404, NULL, output);
}

static bool
send_path(struct session *session, struct session_room *room, char *path,
    struct session_output *output)
{
	enum site_answer answer;

	if (http_path_is_hidden((struct http_span){ path, strlen(path) }))
		return send_status(session, room, 404, NULL, output);
	if (path[strlen(path) - 1] == '/')
		return send_index(session, room, path, output);
	answer = find(session, path);
	if (answer == SITE_FILE)
		return send_found(session, room, path, output);
	if (answer == SITE_FOLDER)
		return send_slash(session, room, path, output);
	return send_status(session, room, status_of(answer), NULL, output);
}

/* ---- deciding ---- */

static bool
send_options(struct session *session, struct session_room *room, struct session_output *output)
{
	const struct reply reply = { .status = 204, .allow = true };

	return send_reply(session, room, &reply, output);
}

bool
answer_begin(struct session *session, struct session_room *room, struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	const struct http_request *request = &exchange->request;
	struct path path;

	if (request->fault != HTTP_FINE)
		return send_status(
		    session, room, http_fault_status(request->fault), NULL, output);
	if (exchange->status) /* what a program should have answered */
		return send_status(session, room, exchange->status, NULL, output);
	if (request->method == HTTP_OTHER)
		return send_status(session, room, 501, NULL, output);
	if (request->form == HTTP_ASTERISK)
		return send_options(session, room, output);
	if (request->form != HTTP_AUTHORITY)
		exchange->request.fault = path_of(request, room, &path);
	if (request->fault != HTTP_FINE)
		return send_status(
		    session, room, http_fault_status(request->fault), NULL, output);
	if (request->method == HTTP_OPTIONS)
		return send_options(session, room, output);
	if (request->method != HTTP_GET && request->method != HTTP_HEAD)
		return send_status(session, room, 405, NULL, output);
	return send_path(session, room, path.text, output);
}

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
