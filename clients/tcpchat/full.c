/*
 * full: both sides talk at any time: full duplex.
 *
 *	standard input  --->  [ up ]  --->  socket
 *	standard output <--- [ down ] <---  socket
 *
 * Two flows that know nothing of each other. Each has a buffer, which is filled when
 * it is empty and passed on when its sink has room; one poll(2) waits for all of it,
 * and nothing else here waits. So a side that does not read holds up its own flow
 * alone (the buffer is full, we stop reading, TCP's window closes, its writer
 * waits), and two filters that both have gigabytes to send never wait for each other.
 *
 * A flow ends by itself, too. The end of our input is told by shutdown(2), which
 * closes one direction: the other side may go on. The call is over when both have
 * ended.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clients/tcpchat/tcpchat.h"
#include "common/log.h"
#include "common/opts.h"
#include "common/trace.h"

enum {
	FLOW_SIZE = 128 * 1024,
	PAUSE_MS = 200, /* a part of a line is shown when nothing follows for so long */
};

enum {
	INPUT,
	PEER,
	OUTPUT,
	WAITS,
};

/* One direction. Bytes [start, end) wait to be passed on. */
struct flow {
	char *bytes;
	size_t start, end;
	bool ended;  /* its source has nothing more */
	bool closed; /* and all has been passed on */
};

struct talk {
	struct call *call;
	struct flow up, down;
	size_t output_max; /* what one write to standard output may have without blocking */
	bool failed;
};

static bool
is_empty(const struct flow *flow)
{
	return flow->start == flow->end;
}

/* `n` bytes have come into the empty buffer; 0 is the end. */
static void
filled(struct flow *flow, ssize_t n)
{
	flow->start = 0;
	flow->end = (size_t)n;
	if (n == 0)
		flow->ended = true;
}

/* There is nothing more to do for this direction, whatever it still holds. */
static void
give_up(struct talk *talk, struct flow *flow)
{
	flow->start = flow->end = 0;
	flow->ended = flow->closed = true;
	talk->failed = true;
}

static bool
is_passing(int error)
{
	return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

static void
fill_up(struct talk *talk)
{
	ssize_t n = read(STDIN_FILENO, talk->up.bytes, FLOW_SIZE);

	if (n >= 0) {
		filled(&talk->up, n);
	} else if (!is_passing(errno)) {
		log_error("standard input:");
		filled(&talk->up, 0); /* what was said was said: the other side may answer */
		talk->failed = true;
	}
}

/* Send what goes without waiting. If they have hung up, what they said is still ours. */
static void
drain_up(struct talk *talk)
{
	const char *from = talk->up.bytes + talk->up.start;
	ssize_t n = send(
	    talk->call->fd, from, talk->up.end - talk->up.start, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0) {
		trace_bytes(TRACE_OUT, from, (size_t)n);
		talk->up.start += (size_t)n;
		talk->call->sent += (uint64_t)n;
	} else if (!is_passing(errno)) {
		log_error("send: the other side has hung up:");
		give_up(talk, &talk->up);
	}
}

static void
fill_down(struct talk *talk)
{
	ssize_t n = recv(talk->call->fd, talk->down.bytes, FLOW_SIZE, MSG_DONTWAIT);

	if (n >= 0) {
		filled(&talk->down, n);
		trace_bytes(TRACE_IN, talk->down.bytes, (size_t)n);
		talk->call->received += (uint64_t)n;
	} else if (!is_passing(errno)) {
		log_error("receive: the call was cut off:");
		give_up(talk, &talk->up);
		give_up(talk, &talk->down);
	}
}

/* Pass on what goes without waiting; a screen takes it all. 0, or -1 (said). */
static int
drain_down(struct talk *talk)
{
	const char *from = talk->down.bytes + talk->down.start;
	size_t len = talk->down.end - talk->down.start;
	ssize_t n = (ssize_t)len;

	if (talk->call->screen) {
		if (screen_feed(talk->call->screen, from, len) == -1)
			return -1;
	} else {
		n = write(STDOUT_FILENO, from, len < talk->output_max ? len : talk->output_max);
	}
	if (n == -1 && !is_passing(errno)) {
		log_error("standard output:");
		return -1;
	}
	if (n > 0)
		talk->down.start += (size_t)n;
	return 0;
}

/* An end, in words for the person, or as a step for who asked for steps. */
static int
tell_end(struct talk *talk, const char *words)
{
	if (talk->call->person)
		return chat_tell(talk->call, words);
	trace_step(TRACE_TALK, "%s", words);
	return 0;
}

/* Close a direction whose source has ended, once all of it has been passed on. */
static int
close_ended(struct talk *talk)
{
	struct screen *screen = talk->call->screen;
	int told = 0;

	if (talk->up.ended && is_empty(&talk->up) && !talk->up.closed) {
		shutdown(
		    talk->call->fd, SHUT_WR); /* fails only if they are gone: we shall see */
		talk->up.closed = true;
		if (!talk->down.ended)
			told = tell_end(talk, "our side has ended; the other may go on");
	}
	if (talk->down.ended && is_empty(&talk->down) && !talk->down.closed) {
		talk->down.closed = true;
		if (screen && screen_flush(screen) == -1)
			return -1;
		if (!talk->up.ended)
			told = tell_end(talk, talk->call->person ?
						  "the other side has ended; ^D ends ours" :
						  "the other side has ended; we may go on");
	}
	return told;
}

/*
 * They have ended and we wait for our person, but nobody listens any more: after a
 * reset, or on a unix socket. To say it now is better than when a line is lost.
 */
static void
notice_hangup(struct talk *talk)
{
	if (!talk->down.closed || talk->up.closed || !is_empty(&talk->up))
		return;
	log_error("the other side has hung up: nobody hears us");
	give_up(talk, &talk->up);
}

/*
 * Wait until a flow can go on. A buffer is filled only when it is empty, and only one
 * that holds something waits for its sink. The socket is left alone while the only
 * thing to do is to print, for once it has hung up poll(2) would return at once.
 */
static int
await(struct talk *talk, struct pollfd wait[WAITS])
{
	bool up = !is_empty(&talk->up), down = !is_empty(&talk->down);
	short events = (short)((up ? POLLOUT : 0) | (down || talk->down.ended ? 0 : POLLIN));
	bool part = talk->call->screen && talk->call->screen->len > 0;
	int ready;

	wait[INPUT] = (struct pollfd){ up || talk->up.ended ? -1 : STDIN_FILENO, POLLIN, 0 };
	wait[PEER] = (struct pollfd){ events || !down ? talk->call->fd : -1, events, 0 };
	wait[OUTPUT] = (struct pollfd){ down ? STDOUT_FILENO : -1, POLLOUT, 0 };
	while ((ready = poll(wait, WAITS, part ? PAUSE_MS : -1)) == -1)
		if (errno != EINTR) {
			log_error("poll:");
			return -1;
		}
	return ready == 0 ? screen_flush(talk->call->screen) : 0;
}

/* One round: whatever can go on goes on, and then what that made possible. 0, or -1. */
static int
go_on(struct talk *talk)
{
	struct pollfd wait[WAITS];

	if (await(talk, wait) == -1)
		return -1;
	if (wait[PEER].revents && is_empty(&talk->down) && !talk->down.ended)
		fill_down(talk);
	else if (wait[PEER].revents & (POLLHUP | POLLERR))
		notice_hangup(talk);
	if (wait[OUTPUT].revents && drain_down(talk) == -1)
		return -1;
	if (wait[INPUT].revents && !talk->up.ended)
		fill_up(talk);
	if (!is_empty(&talk->up))
		drain_up(talk);
	return close_ended(talk);
}

/* A file takes any write; a pipe or a terminal that polls writable takes so much. */
static size_t
find_output_max(void)
{
	struct stat status;

	return fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode) ? FLOW_SIZE :
									       PIPE_BUF;
}

/* exercise: carry lines both ways at once until either side hangs up */
int
chat_full(struct call *call)
{
	char up[FLOW_SIZE], down[FLOW_SIZE];
	struct talk talk = {
		.call = call,
		.up.bytes = up,
		.down.bytes = down,
		.output_max = find_output_max(),
	};

	while (!talk.up.closed || !talk.down.closed)
		if (go_on(&talk) == -1)
			return STATUS_FAILED;
	return talk.failed ? STATUS_FAILED : STATUS_DONE;
}
