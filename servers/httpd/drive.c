/*
 * drive: one client, blocking: the driver of fork, prefork, iterative, -1 and -i.
 *
 *	session_turn -> READ	recv; the socket itself keeps the time
 *	             -> SEND	one write of head and content, or head and sendfile
 *	             -> RUN	a program answers
 *	             -> CLOSE
 *
 * A kept connection that is asked for a small file again and again costs two system
 * calls for each request: recv and sendmsg.
 */
#include "servers/httpd/drive.h"

#include <errno.h>
#include <string.h>

#include "common/conn_gather.h"
#include "common/serve.h"
#include "common/trace.h"

enum {
	SPAN_MAX = 1 << 20, /* of a file in one go, then the pace is looked at */
	PAGE = 4096,	    /* of memory, mostly */
	CALLS_MAX = 3840,   /* bytes of stack that a short request needs */
	SLACK_MS = 100,	    /* so much later than it should the socket may wake us */
};

struct drive {
	struct session *session;
	struct conn *conn;
	struct session_input *input;
	struct session_room *room;
	bool hurried;
};

/* Whether the client may take longer still. The clock was looked at just before. */
static bool
is_in_time(const struct drive *drive)
{
	int64_t deadline = session_deadline(drive->session);

	return deadline == 0 || deadline > drive->session->host->now_ms;
}

/*
 * Let the socket wake us up when the client is late. It is told only when that is another
 * time than it has, so mostly once: when a connection is first kept.
 */
static void
bound_wait(struct drive *drive)
{
	struct conn *conn = drive->conn;
	int wait_ms = conn->read_idle_ms ? conn->read_idle_ms : conn->idle_ms;
	int64_t left = session_deadline(drive->session) - drive->session->host->now_ms;

	if (left > 0 && (left + SLACK_MS < wait_ms || left > wait_ms + SLACK_MS))
		conn_set_read_idle(conn, (int)left);
}

/* Room at the end of the buffer: what is used up makes it. */
static void
make_room(struct session_input *input)
{
	size_t len = input->end - input->start;

	if (input->start == 0)
		return;
	if (len > 0)
		memmove(input->bytes, input->bytes + input->start, len);
	input->start = 0;
	input->end = len;
}

/* Read on. 0, also when the client is too late but can be told so; -1: it is over. */
static int
hear(struct drive *drive)
{
	struct session_input *input = drive->input;
	ssize_t n;

	if (!is_in_time(drive)) {
		errno = ETIMEDOUT;
		return session_is_late(drive->session) ? 0 : -1;
	}
	make_room(input);
	bound_wait(drive);
	n = conn_read(drive->conn, input->bytes + input->end, SESSION_INPUT_MAX - input->end);
	host_clock(drive->session->host);
	if (n > 0) {
		trace_bytes(TRACE_IN, input->bytes + input->end, (size_t)n);
		input->end += (size_t)n;
		session_moved(drive->session, (size_t)n);
	}
	if (n == 0)
		input->over = true;
	return n == -1 && errno != ETIMEDOUT ? -1 : 0; /* who is late is found out next time */
}

/* The span of a file, in pieces, so that who takes it too slowly is found out. */
static int
say_span(struct drive *drive, const struct session_output *output)
{
	uint64_t offset = output->offset, left = output->length;

	while (left > 0) {
		uint64_t len = left < SPAN_MAX ? left : SPAN_MAX;

		if (conn_send_file(drive->conn, output->fd, (off_t)offset, len) == -1)
			return -1;
		host_clock(drive->session->host);
		session_moved(drive->session, len);
		offset += len;
		left -= len;
		if (left > 0 && !is_in_time(drive)) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	return 0;
}

static int
say(struct drive *drive, const struct session_output *output)
{
	struct iovec pieces[] = {
		{ (char *)output->head.at, output->head.len },
		{ (char *)output->content.at, output->content.len },
	};

	trace_bytes(TRACE_OUT, output->head.at, output->head.len);
	if (conn_gather(drive->conn, pieces, output->content.len > 0 ? 2 : 1,
		output->length > 0 || output->more) == -1)
		return -1;
	return output->length > 0 ? say_span(drive, output) : 0;
}

static int
say_and_tell(struct drive *drive, const struct session_output *output)
{
	if (say(drive, output) == -1)
		return -1;
	if (drive->session->keep && !drive->hurried) {
		conn_hurry(drive->conn);
		drive->hurried = true;
	}
	session_sent(drive->session, output);
	return 0;
}

static int
run_answer(struct drive *drive)
{
	struct session *session = drive->session;
	int result =
	    session->exchange->run.answer(session, drive->conn, drive->input, drive->room);

	host_clock(session->host);
	session_ran(session, result == 0);
	return 0;
}

/* Turn by turn until it ends. 0 when it ended well. */
static int
converse(struct drive *drive)
{
	struct session_output output;
	int result = 0;

	while (result == 0)
		switch (session_turn(drive->session, drive->input, drive->room, &output)) {
		case SESSION_READ:
			result = hear(drive);
			break;
		case SESSION_SEND:
			result = say_and_tell(drive, &output);
			break;
		case SESSION_RUN:
			result = run_answer(drive);
			break;
		case SESSION_CLOSE:
			return 0;
		}
	return -1;
}

/* A client that goes, or is idle too long, is no failure of ours or of his. */
static int
status_of_end(struct drive *drive, int result)
{
	if (result == 0 && drive->session->linger)
		conn_linger(drive->conn, SESSION_LINGER_MS);
	if (result == 0 || errno == ETIMEDOUT || errno == ECONNRESET || errno == EPIPE)
		return STATUS_DONE;
	conn_log_failure(conn_peer(drive->conn), drive->conn->idle_ms);
	return STATUS_FAILED;
}

int
drive_on(struct session *session, struct conn *conn, struct session_input *input,
    struct session_room *room)
{
	struct drive drive = { .session = session, .conn = conn, .input = input, .room = room };
	int result = status_of_end(&drive, converse(&drive));

	session_end(session);
	site_tidy(&session->host->site, session->host->now_ms + 1);
	return result;
}

/* What one conversation needs beside its buffers. */
__attribute__((noinline)) static int
converse_with(struct conn *conn, struct host *host, char *bytes, struct session_room *room)
{
	struct session_input input = { 0 };
	struct exchange exchange;
	struct session session;

	input.bytes = bytes;
	host_clock(host);
	session_begin(&session, host, conn->peer);
	session_lend(&session, &exchange);
	return drive_on(&session, conn, &input, room);
}

/*
 * A fresh process pays for each page of its stack that it touches first. So what a short
 * request touches lies in two: one has the beginning of the room; the other the beginning of
 * the input and, beneath that, the frames of all that is called from here on.
 *
 *	room    |answer ...           on a page of its own
 *	bytes   |request ...          CALLS_MAX from the beginning of its page
 *	frames  |session, exchange, what is called
 */
int
drive_session(struct conn *conn, void *arg)
{
	size_t least = SESSION_INPUT_MAX + PAGE + sizeof(struct session_room);
	size_t size = least + ((uintptr_t)&least - least - CALLS_MAX) % PAGE;
	char bytes[size], *room = bytes + SESSION_INPUT_MAX;

	room += PAGE - (uintptr_t)room % PAGE;
	return converse_with(conn, arg, bytes, (struct session_room *)room);
}
