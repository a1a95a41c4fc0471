/*
 * answer_file: a file that was found: its compressed sibling, its conditions, its parts.
 * See answer_internal.h.
 */
#include <stdio.h>
#include <string.h>

#include "common/random.h"
#include "servers/httpd/answer_internal.h"

/* A compressed sibling that is not older than the file takes its place. */
static bool
take_sibling(struct session *session, struct session_room *place, const char *path,
    enum http_coding coding)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;
	struct site_file room, *sibling;

	snprintf(
	    place->sibling, sizeof place->sibling, "%s%s", path, http_coding_suffix(coding));
	if (site_open(&host->site, exchange->host, place->sibling, host->now_ms, host->now,
		&room, &sibling) != SITE_FILE)
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
choose_coding(struct session *session, struct session_room *room, const char *path)
{
	const struct http_request *request = &session->exchange->request;
	unsigned have = 1U << HTTP_IDENTITY | 1U << HTTP_GZIP | 1U << HTTP_BR;
	enum http_coding coding;

	if (!session->exchange->file->varies || !http_has(request, HTTP_F_ACCEPT_ENCODING))
		return HTTP_IDENTITY;
	while ((coding = http_coding_choose(request, have)) != HTTP_IDENTITY) {
		if (take_sibling(session, room, path, coding))
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
	return answer_reply(session, room, reply, output);
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
		return answer_status(session, room, 416, NULL, output);
	if (verdict == HTTP_RANGE_SOME) {
		reply->status = 206;
		if (exchange->range_count > 1)
			return send_parts(session, room, reply, output);
		reply->range = &exchange->ranges[0];
		reply->length = reply->range->last - reply->range->first + 1;
	}
	return answer_reply(session, room, reply, output);
}

bool
answer_file(struct session *session, struct session_room *room, const char *path,
    struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = { .status = 200, .type = exchange->file->type };
	struct http_validators validators = { .has_time = true };
	int condition;

	reply.coding = choose_coding(session, room, path);
	reply.file = exchange->file;
	reply.tells_file = reply.has_length = true;
	reply.length = reply.file->size;
	validators.etag = (struct http_span){ reply.file->etag, reply.file->etag_len };
	validators.modified = reply.file->modified.tv_sec;
	condition =
	    (int)http_preconditions(&exchange->request, &validators, session->host->now);
	if (condition == 412)
		return answer_status(session, room, condition, NULL, output);
	if (condition == 304) {
		reply.status = condition;
		reply.has_length = false;
		reply.type = NULL;
		return answer_reply(session, room, &reply, output);
	}
	return send_file(session, room, &reply, &validators, output);
}
