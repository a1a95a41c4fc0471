/*
 * client: what goes to the client of a session and comes from it.
 *
 * One frame is on its way out at a time: what comes next waits in its pipe until that
 * one has left. What comes in is taken apart as it comes, whole frames or not, and no
 * frame is kept but EXEC.
 */
#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "common/serve.h"
#include "common/sys.h"
#include "servers/rcmdd/rcmdd.h"

enum {
	FROM_CLIENT = 64 * 1024, /* bytes of one read */
	SIGNAL_END = 32,	 /* the real-time signals have no common meaning */
};

/* ---- to the client ---- */

void
rcmd_lose(struct rcmd_session *session)
{
	if (session->gone)
		return;
	session->gone = true;
	session->out_start = session->out_end = 0;
	session->command.discard = true;
	if (session->command.active) {
		log_notice("%s (%s): the client is gone: \"%s\" is ended",
		    conn_peer(session->conn), session->who, session->command.text);
		session->status = STATUS_FAILED;
	}
	rcmd_end(&session->command, 0);
}

bool
rcmd_flush(struct rcmd_session *session)
{
	while (session->out_start < session->out_end) {
		ssize_t n = conn_try_write(session->conn, session->out + session->out_start,
		    session->out_end - session->out_start);

		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			rcmd_lose(session);
			return true;
		}
		session->out_start += (size_t)n;
		session->active_ms = sys_now_ms();
	}
	session->out_start = session->out_end = 0;
	return true;
}

void
rcmd_put(
    struct rcmd_session *session, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	if (link_pack(type, value, len, session->out) == -1)
		return; /* cannot be: our types and sizes are right */
	if (len > 0)
		memcpy(session->out + FRAME_HEADER, payload, len);
	session->out_start = 0;
	session->out_end = FRAME_HEADER + len;
	(void)rcmd_flush(session);
}

void
rcmd_refuse(struct rcmd_session *session, enum frame_error error, const char *words)
{
	log_notice("%s (%s): refused: %s", conn_peer(session->conn), session->who, words);
	/* Within a frame an ERROR cannot be told from its payload: then it is just the end. */
	if (!session->gone && rcmd_flush(session))
		rcmd_put(session, FRAME_ERROR, error, words, strlen(words));
	session->status = STATUS_FAILED;
	session->refused = true;
	rcmd_lose(session);
}

/* ---- from the client ---- */

static void
execute(struct rcmd_session *session, const struct frame *frame)
{
	const char *words[COMMAND_ARGS_MAX + 1];
	int count = command_unpack_exec(session->link.payload, session->exec_len, words);

	if (count == -1 || frame->value > COMMAND_LINE ||
	    (frame->value == COMMAND_LINE && count != 1)) {
		rcmd_refuse(session, FRAME_E_PROTOCOL, "this EXEC has no right words");
	} else if (session->options->commands &&
		   session->commands == session->options->commands) {
		rcmd_refuse(
		    session, FRAME_E_LIMIT, "no more commands in this session: connect again");
	} else {
		session->commands++;
		rcmd_start(session, frame->value, words);
	}
}

static void
take_exec(struct rcmd_session *session, const struct frame_event *event)
{
	if (event->begins) {
		session->exec_len = 0;
		if (session->command.active || !rcmd_flush(session))
			rcmd_refuse(session, FRAME_E_PROTOCOL, "a command is running already");
	}
	if (session->gone)
		return;
	if (event->piece_len > 0)
		memcpy(
		    session->link.payload + session->exec_len, event->piece, event->piece_len);
	session->exec_len += event->piece_len;
	if (event->ends)
		execute(session, &event->frame);
}

static void
take_signal(struct rcmd_session *session, uint64_t number)
{
	if (number == 0 || number >= SIGNAL_END)
		rcmd_refuse(session, FRAME_E_PROTOCOL, "there is no such signal");
	else if (session->command.active)
		spawn_signal(&session->command.program, (int)number);
}

/* What is late, for a command that has ended meanwhile, is nobody's fault. */
static void
take_event(struct rcmd_session *session, const struct frame_event *event)
{
	bool active = session->command.active;

	if (event->begins)
		link_trace(false, &event->frame);
	switch (event->frame.type) {
	case FRAME_EXEC:
		take_exec(session, event);
		return;
	case FRAME_STDIN:
		if (active && event->frame.size == 0)
			rcmd_end_input(&session->command);
		else if (active && event->piece_len > 0)
			rcmd_take_input(session, event->piece, event->piece_len);
		return;
	case FRAME_SIGNAL:
		take_signal(session, event->frame.value);
		return;
	}
	if (event->begins)
		rcmd_refuse(session, FRAME_E_PROTOCOL, "this frame may not come here");
}

void
rcmd_read(struct rcmd_session *session)
{
	uint8_t bytes[FROM_CLIENT];
	ssize_t n = conn_try_read(session->conn, bytes, sizeof bytes);
	size_t at = 0, taken;

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0) {
		if (n == 0 && session->reader.have > 0)
			log_notice("%s: the end came within a frame", conn_peer(session->conn));
		rcmd_lose(session);
		return;
	}
	session->active_ms = sys_now_ms();
	while (at < (size_t)n && !session->gone) {
		struct frame_event event;

		taken = frame_feed(&session->reader, bytes + at, (size_t)n - at, &event);
		if (taken == 0) {
			rcmd_refuse(
			    session, FRAME_E_PROTOCOL, frame_status_words(event.status));
			return;
		}
		at += taken;
		if (event.begins || event.piece_len > 0)
			take_event(session, &event);
	}
}
