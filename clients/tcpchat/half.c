/*
 * half: one speaks, the other listens, in turn, line by line: half duplex (-1).
 *
 *	caller                         called
 *	read a line, send   ------->   receive, print
 *	receive, print      <-------   read a line, send
 *	...
 *
 * This is the chat that comes out when one writes recv after send and send after
 * recv. Whoever has no turn can type, but nobody hears it: the program waits
 * elsewhere. It is here to be felt; full.c is the cure. The turns are an agreement of
 * the two programs, and the newline is its word: without it nobody would know when
 * it is their turn.
 *
 * The call is over when either side ends, for the other would wait in vain.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/tcpchat/tcpchat.h"
#include "common/conn.h"
#include "common/log.h"
#include "common/opts.h"
#include "common/trace.h"

enum {
	LINE_MAX_BYTES = 64 * 1024, /* what passes a turn must fit in here */
};

struct turns {
	struct call *call;
	struct conn person, peer;
};

/* What a turn has come to. */
enum turn {
	TURN_PASSED,
	TURN_OVER,   /* the call has ended, in order */
	TURN_FAILED, /* it has not; said */
};

/* Has the other side hung up? Looks without taking: it is not our turn to listen. */
static bool
has_hung_up(const struct turns *turns, struct pollfd *peer)
{
	char byte;
	ssize_t n = recv(turns->call->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0)
		peer->fd = -1; /* they speak out of turn: that must wait */
	return n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* Prompt, and wait for the person's line. False when the other side has hung up. */
static bool
await_person(const struct turns *turns)
{
	struct pollfd wait[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = turns->call->fd, .events = POLLIN },
	};

	if (turns->call->screen && chat_write("> ", 2) == -1)
		return false;
	do {
		wait[0].revents = wait[1].revents = 0;
		if (poll(wait, 2, -1) == -1 && errno != EINTR)
			return true; /* then read(2) waits, and tells */
		if (wait[1].revents && has_hung_up(turns, &wait[1]))
			return false;
	} while (wait[0].revents == 0);
	return true;
}

static enum turn
hung_up(const struct turns *turns)
{
	if (turns->call->person)
		log_notice("the other side has hung up");
	return TURN_OVER;
}

static enum turn
line_failed(const char *what)
{
	if (errno == EMSGSIZE)
		log_error(
		    "%s: a line of more than %d bytes; -1 needs lines", what, LINE_MAX_BYTES);
	else
		log_error("%s:", what);
	return TURN_FAILED;
}

static enum turn
speak(struct turns *turns)
{
	const char *line;
	ssize_t len;

	if (turns->call->person && !await_person(turns)) {
		if (turns->call->screen)
			chat_write("\n", 1); /* leave the prompt's line */
		return hung_up(turns);
	}
	len = conn_read_line(&turns->person, &line);
	if (len == 0)
		return TURN_OVER;
	if (len == -1)
		return line_failed("standard input");
	trace_bytes(TRACE_OUT, line, (size_t)len);
	/* Without its newline the last line would leave both sides listening. */
	if (conn_write(&turns->peer, line, (size_t)len) == -1 ||
	    (line[len - 1] != '\n' && conn_write(&turns->peer, "\n", 1) == -1))
		return line_failed("send: the other side has hung up");
	turns->call->sent += (uint64_t)len + (line[len - 1] != '\n');
	return TURN_PASSED;
}

static enum turn
listen_to(struct turns *turns)
{
	struct screen *screen = turns->call->screen;
	const char *line;
	ssize_t len = conn_read_line(&turns->peer, &line);

	if (len == 0)
		return hung_up(turns);
	if (len == -1)
		return line_failed("receive");
	trace_bytes(TRACE_IN, line, (size_t)len);
	turns->call->received += (uint64_t)len;
	if (screen ?
		screen_feed(screen, line, (size_t)len) == -1 || screen_flush(screen) == -1 :
		chat_write(line, (size_t)len) == -1)
		return TURN_FAILED;
	return TURN_PASSED;
}

int
chat_half(struct call *call)
{
	char typed[LINE_MAX_BYTES], heard[LINE_MAX_BYTES];
	struct turns turns = { .call = call };
	bool ours = call->caller;
	enum turn turn;

	conn_open(&turns.person, STDIN_FILENO, STDOUT_FILENO, NULL, 0, NULL);
	conn_set_buffer(&turns.person, typed, sizeof typed);
	conn_open(&turns.peer, call->fd, call->fd, NULL, 0, NULL);
	conn_set_buffer(&turns.peer, heard, sizeof heard);
	do {
		turn = ours ? speak(&turns) : listen_to(&turns);
		ours = !ours;
	} while (turn == TURN_PASSED);
	return turn == TURN_OVER ? STATUS_DONE : STATUS_FAILED;
}
