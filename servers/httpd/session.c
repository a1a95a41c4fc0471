/*
 * session: a conversation over HTTP/1.1 as a state machine. See session.h; answer.c has
 * what is answered.
 */
#include "servers/httpd/session.h"

#include <stdlib.h>
#include <string.h>

#include "servers/httpd/access_log.h"
#include "servers/httpd/answer.h"
#include "servers/httpd/guard.h"

/* A step of the machine found out nothing that the driver must do: go on. */
#define ON ((enum session_want) - 1)

/* ---- beginning and end ---- */

static void
enter(struct session *session, enum session_state state)
{
	session->state = state;
	session->began_ms = session->moved_ms = session->host->now_ms;
	session->moved = 0;
}

void
session_begin(struct session *session, struct host *host, const struct net_address *peer)
{
	*session = (struct session){ .host = host, .peer = peer };
	enter(session, SESSION_IN_HEAD);
}

void
session_lend(struct session *session, struct exchange *exchange)
{
	session->exchange = exchange;
	http_request_begin(&exchange->request);
	exchange->status = 0;
	exchange->bare = exchange->chunked = false;
	exchange->host_chosen = exchange->hosted = exchange->judged = false;
	exchange->host = NULL;
	exchange->user[0] = '\0';
	exchange->file = NULL;
	exchange->range_count = exchange->range_next = 0;
	exchange->made = NULL;
	exchange->sent = 0;
}

bool
session_needs_exchange(const struct session *session)
{
	return session->exchange == NULL && session->state != SESSION_OVER;
}

struct exchange *
session_take_back(struct session *session)
{
	struct exchange *exchange = session->exchange;

	if (exchange == NULL || session->state != SESSION_IN_HEAD ||
	    http_request_begun(&exchange->request))
		return NULL;
	session->exchange = NULL;
	return exchange;
}

/* The answer is over, whole or not. */
static void
end_exchange(struct session *session)
{
	struct exchange *exchange = session->exchange;

	if (session->host->log && exchange->status)
		access_log_write(session->host->log, session);
	if (exchange->file)
		site_release(&session->host->site, exchange->file);
	if (exchange->made)
		free(exchange->made);
}

void
session_end(struct session *session)
{
	if (session->exchange && session->state != SESSION_IN_HEAD &&
	    session->state != SESSION_OVER)
		end_exchange(session);
	session->state = SESSION_OVER;
}

/* ---- the head ---- */

static void
refuse(struct session *session, enum http_fault fault)
{
	session->exchange->request.fault = fault;
	session->keep = false;
	session->linger = true;
	enter(session, SESSION_IN_ANSWER);
}

/* Content that is not worth reading, or that may never come: answer, then close. */
static bool
leaves_content(const struct http_request *request)
{
	return request->expect_continue ||
	       (request->framing == HTTP_LENGTH && request->length > SESSION_DROP_MAX);
}

/* A whole head. */
static void
take_head(struct session *session)
{
	struct exchange *exchange = session->exchange;
	const struct http_request *request = &exchange->request;

	session->head_len = request->head_len;
	session->keep = request->keep_alive && session->host->limits.keep_ms > 0;
	session->continued = false;
	http_body_begin(&exchange->body, request);
	enter(session, SESSION_AT_GATE);
}

/* What now? Who may not gets a page for that status, as for anything that is wrong. */
static void
pass_gate(struct session *session, struct session_room *room)
{
	struct exchange *exchange = session->exchange;
	const struct http_request *request = &exchange->request;

	if (!exchange->judged && !answer_judge(session, room)) {
		exchange->run.answer = guard_answer;
		enter(session, SESSION_IN_RUN);
		return;
	}
	exchange->judged = true;
	if (exchange->status == 0 && answer_is_run(session, room)) {
		enter(session, SESSION_IN_RUN);
	} else if (exchange->body.verdict == HTTP_DONE) {
		enter(session, SESSION_IN_ANSWER);
	} else if (leaves_content(request)) {
		session->keep = false;
		session->linger = true;
		enter(session, SESSION_IN_ANSWER);
	} else {
		enter(session, SESSION_IN_CONTENT);
	}
}

static enum session_want
turn_head(struct session *session, struct session_input *input)
{
	struct http_request *request = &session->exchange->request;
	bool begun = http_request_begun(request);
	size_t len = input->end - input->start;
	enum http_verdict verdict = HTTP_MORE;

	if (len > 0)
		verdict = http_request_read(request, input->bytes + input->start, len);
	switch (verdict) {
	case HTTP_MORE:
		if (input->over)
			return SESSION_CLOSE;
		if (!begun &&
		    http_request_begun(request)) /* from now on it is no idle client */
			enter(session, SESSION_IN_HEAD);
		return SESSION_READ;
	case HTTP_DONE:
		take_head(session);
		return ON;
	case HTTP_REFUSED:
		session->head_len = len; /* all of it: for the log */
		refuse(session, request->fault);
		return ON;
	}
	return SESSION_CLOSE;
}

/* ---- content ---- */

/* Bytes behind the head are used up; what follows them moves down. */
static void
use_up(struct session *session, struct session_input *input, size_t used)
{
	char *behind_head = input->bytes + input->start + session->head_len;

	if (session->head_len == 0) {
		input->start += used;
		return;
	}
	input->end -= used;
	memmove(behind_head, behind_head + used, input->end - input->start - session->head_len);
}

static void
forget_piece(struct session *session, struct session_input *input)
{
	use_up(session, input, input->skipped);
	input->skipped = 0;
}

enum http_verdict
session_content(struct session *session, struct session_input *input, struct http_span *piece)
{
	struct http_body *body = &session->exchange->body;
	size_t at, n;

	forget_piece(session, input);
	*piece = (struct http_span){ NULL, 0 };
	at = input->start + session->head_len;
	while (piece->len == 0 && at < input->end &&
	       (n = http_body_feed(body, input->bytes + at, input->end - at, piece)) > 0) {
		input->skipped += n;
		at += n;
	}
	if (piece->len > 0)
		return HTTP_MORE;
	forget_piece(session, input);
	return body->verdict;
}

/* The content of a request that wants a file: read over. */
static enum session_want
turn_content(struct session *session, struct session_input *input)
{
	const struct http_body *body = &session->exchange->body;
	struct http_span piece;
	enum http_verdict verdict;

	do
		verdict = session_content(session, input, &piece);
	while (piece.len > 0 && body->total <= SESSION_DROP_MAX);
	if (verdict == HTTP_REFUSED) {
		refuse(session, body->fault);
	} else if (verdict == HTTP_DONE) {
		enter(session, SESSION_IN_ANSWER);
	} else if (body->total > SESSION_DROP_MAX) {
		session->keep = false;
		session->linger = true;
		enter(session, SESSION_IN_ANSWER);
	} else if (input->over) {
		return SESSION_CLOSE; /* half a request: nobody waits for its answer */
	} else {
		return SESSION_READ;
	}
	return ON;
}

/* ---- the answer ---- */

static enum session_want
turn_end(struct session *session, struct session_input *input)
{
	struct exchange *exchange = session->exchange;

	end_exchange(session);
	forget_piece(session, input);
	input->start += session->head_len;
	session->head_len = 0;
	session->answers++;
	session->moves = 0;
	if (!session->keep) {
		session->state = SESSION_OVER;
		return SESSION_CLOSE;
	}
	session_lend(session, exchange);
	enter(session, SESSION_IN_HEAD);
	return ON;
}

void
session_sent(struct session *session, const struct session_output *output)
{
	struct exchange *exchange = session->exchange;

	exchange->sent += output->content.len + output->length;
	if (output->more)
		session->state = SESSION_IN_PARTS;
	else
		session->state = SESSION_AT_END;
}

enum session_want
session_turn(struct session *session, struct session_input *input, struct session_room *room,
    struct session_output *output)
{
	enum session_want want = ON;

	if (session->head_len > 0) /* the driver may have moved it */
		session->exchange->request.bytes = input->bytes + input->start;
	while (want == ON)
		switch (session->state) {
		case SESSION_IN_HEAD:
			want = turn_head(session, input);
			break;
		case SESSION_AT_GATE:
			pass_gate(session, room);
			break;
		case SESSION_IN_CONTENT:
			want = turn_content(session, input);
			break;
		case SESSION_IN_ANSWER:
			want =
			    answer_begin(session, room, output) ? SESSION_SEND : SESSION_CLOSE;
			break;
		case SESSION_IN_PARTS:
			want =
			    answer_part(session, room, output) ? SESSION_SEND : SESSION_CLOSE;
			break;
		case SESSION_IN_RUN:
			want = SESSION_RUN;
			break;
		case SESSION_AT_END:
			want = turn_end(session, input);
			break;
		case SESSION_OVER:
			want = SESSION_CLOSE;
			break;
		}
	return want;
}

/* ---- runs ---- */

void
session_answer_status(struct session *session, int status)
{
	session->exchange->status = status;
	if (session->exchange->body.verdict != HTTP_DONE) { /* nobody will read it now */
		session->keep = false;
		session->linger = true;
	}
	enter(session, SESSION_IN_ANSWER);
}

void
session_judged(struct session *session)
{
	session->exchange->judged = true;
	enter(session, SESSION_AT_GATE);
}

bool
session_ask_anew(
    struct session *session, struct session_input *input, const char *head, size_t len)
{
	struct exchange *exchange = session->exchange;
	size_t behind;

	forget_piece(session, input);
	behind = input->end - input->start - session->head_len;
	if (len > HTTP_HEAD_MAX || len + behind > SESSION_INPUT_MAX)
		return false;
	memmove(input->bytes + len, input->bytes + input->start + session->head_len, behind);
	memcpy(input->bytes, head, len);
	input->start = 0;
	input->end = len + behind;
	session->head_len = 0;
	session_lend(session, exchange);
	enter(session, SESSION_IN_HEAD);
	return true;
}

void
session_ran(struct session *session, bool whole)
{
	if (session->state != SESSION_IN_RUN)
		return; /* session_judged, _answer_status or _ask_anew was said instead */
	if (!whole || session->exchange->body.verdict != HTTP_DONE) {
		session->keep = false;
		session->linger = whole;
	}
	session->state = SESSION_AT_END;
}

/* ---- time ---- */

void
session_moved(struct session *session, size_t bytes)
{
	session->moved += bytes;
	session->moved_ms = session->host->now_ms;
}

bool
session_is_late(struct session *session)
{
	const struct exchange *exchange = session->exchange;
	enum session_state state = session->state;

	if (exchange == NULL)
		return false;
	if (state != SESSION_IN_CONTENT &&
	    (state != SESSION_IN_HEAD || !http_request_begun(&exchange->request)))
		return false;
	refuse(session, HTTP_TOO_LATE);
	return true;
}
