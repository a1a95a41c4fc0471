/*
 * multiplex: many clients in one process: the driver of model event. See session.h.
 *
 *	epoll_wait
 *	recv			what is not a whole request yet is kept
 *	session_turn ...	one after the other, all that have come
 *	sendmsg, sendfile	what the client does not take is kept, and it is not
 *				read from before it has taken that
 *
 * A silent client costs its struct member and no more: buffers, and all that one request
 * needs, are lent for as long as one is at hand. Nothing here waits for a client, a
 * program or a handler: who needs one of those gets a process of its own, with all that
 * is known of it, and goes on there as in the other models (drive.c).
 */
#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/conn.h"
#include "common/crowd.h"
#include "common/event.h"
#include "common/log.h"
#include "common/serve.h"
#include "common/sys.h"
#include "servers/httpd/drive.h"
#include "servers/httpd/member.h"

enum {
	READY_MAX = 64,	 /* events heeded before the clock is looked at again */
	ACCEPT_MAX = 64, /* callers taken before the others get their turn */
	OTHER_FILES = SITE_SLOTS + 64,
};

static void
leave(struct many *many, struct member *member, int status)
{
	struct exchange *exchange = member->session.exchange;

	event_timer_set(many->loop, &member->timer, 0);
	if (crowd_shares_clients(many->server))
		event_watch(many->loop, &member->watch, 0);
	else
		event_closing(many->loop, &member->watch);
	session_end(&member->session);
	if (exchange)
		many_give_back(many, exchange);
	member_free(member);
	crowd_leave(many->server, &member->crowd, status);
}

/* A crowd_evict: its time is over, or the server stops. */
static void
evict(struct server *server, struct crowd_client *client)
{
	struct member *member = (struct member *)client;

	(void)server;
	leave(member->many, member, STATUS_FAILED);
}

/* Wait for the client: for input, or until it takes what is pending. */
static void
await(struct many *many, struct member *member)
{
	int64_t due =
	    member->linger_ms ? member->linger_ms : session_deadline(&member->session);

	event_timer_set(many->loop, &member->timer, due);
	if (event_watch(many->loop, &member->watch, member->pending ? EVENT_OUT : EVENT_IN) ==
	    0)
		return;
	log_error("%s: watch:", crowd_peer(&member->crowd));
	leave(many, member, STATUS_FAILED);
}

/* Its words are said: close, or first let it read them. */
static void
part(struct many *many, struct member *member)
{
	if (!member->session.linger) {
		leave(many, member, STATUS_DONE);
		return;
	}
	shutdown(member->crowd.fd, SHUT_WR);
	member->linger_ms = many->host->now_ms + SESSION_LINGER_MS;
	await(many, member);
}

/* What a client that was parted with still sends is dropped. */
static void
drop_input(struct many *many, struct member *member)
{
	ssize_t n = recv(member->crowd.fd, many->bytes, SESSION_INPUT_MAX, MSG_DONTWAIT);

	if (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)))
		return;
	leave(many, member, STATUS_DONE);
}

/* ---- to a process of its own ---- */

static _Noreturn void
go_on_alone(
    struct many *many, struct member *member, struct session_input *input, struct conn *conn)
{
	event_free(many->loop);
	if (member->unblocked)
		sys_set_nonblocking(member->crowd.fd, false);
	conn_set_idle(conn, many->host->limits.wait_ms);
	_exit(drive_on(&member->session, conn, input, &many->room));
}

/* 0: the client is a child's now, and gone from here. */
static int
hand_over(struct many *many, struct member *member, struct session_input *input)
{
	struct conn conn;
	pid_t pid;

	event_timer_set(many->loop, &member->timer, 0);
	if (event_watch(many->loop, &member->watch, 0) == -1)
		return -1;
	pid = crowd_fork(many->server, &member->crowd, &conn);
	if (pid == 0)
		go_on_alone(many, member, input, &conn);
	if (pid == -1) {
		log_error("%s: fork:", crowd_peer(&member->crowd));
		return -1;
	}
	many_give_back(many, member->session.exchange);
	member_free(member);
	crowd_handed_over(many->server, &member->crowd);
	return 0;
}

/* ---- a client's turn ---- */

/* How a client's turn goes on. */
enum turn {
	TURN_ON,   /* another step */
	TURN_WAIT, /* nothing more to be done now */
	TURN_GONE, /* the client is gone, and freed */
};

/* A client that goes is no failure of ours or of his. */
static enum turn
lose(struct many *many, struct member *member)
{
	bool gone = errno == ECONNRESET || errno == EPIPE;

	if (!gone)
		conn_log_failure(crowd_peer(&member->crowd), 0);
	leave(many, member, gone ? STATUS_DONE : STATUS_FAILED);
	return TURN_GONE;
}

static enum turn
hear(struct many *many, struct member *member, struct session_input *input)
{
	ssize_t n = recv(member->crowd.fd, input->bytes + input->end,
	    SESSION_INPUT_MAX - input->end, MSG_DONTWAIT);

	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ?
			   TURN_WAIT :
			   lose(many, member);
	input->over = n == 0;
	input->end += (size_t)n;
	crowd_touch(&member->crowd, (size_t)n, 0);
	session_moved(&member->session, (size_t)n);
	return TURN_ON;
}

static enum turn
heed_push(struct many *many, struct member *member, enum push result)
{
	switch (result) {
	case PUSH_DONE:
		return TURN_ON;
	case PUSH_BLOCKED:
		return TURN_WAIT;
	case PUSH_LOST:
		break;
	}
	return lose(many, member);
}

/* What was read before is moved to the front, so that all of the buffer is of use. */
static void
compact(struct session_input *input)
{
	size_t len = input->end - input->start;

	if (input->start > 0 && len > 0)
		memmove(input->bytes, input->bytes + input->start, len);
	input->start = 0;
	input->end = len;
}

/* One step of the session; *heard: the socket was asked already in this turn. */
static enum turn
step(struct many *many, struct member *member, struct session_input *input, bool *heard)
{
	struct session_output output;

	if (!member_lend(many, member))
		return lose(many, member);
	switch (session_turn(&member->session, input, &many->room, &output)) {
	case SESSION_READ:
		if (*heard) /* the loop tells when there is more */
			return TURN_WAIT;
		*heard = true;
		compact(input);
		return hear(many, member, input);
	case SESSION_SEND:
		return heed_push(many, member, member_push(many, member, &output));
	case SESSION_RUN:
		if (hand_over(many, member, input) == 0)
			return TURN_GONE;
		session_answer_status(&member->session, 503);
		return TURN_ON;
	case SESSION_CLOSE:
		break;
	}
	part(many, member);
	return TURN_GONE;
}

/*
 * A client's turn: what is pending, what has come, and all answers to that. `input` over
 * is only known while it is read, so a client that has half-closed is read once more.
 */
static void
take_turn(struct many *many, struct member *member)
{
	enum turn turn = TURN_ON;
	struct session_input input;
	struct exchange *exchange;
	bool heard = false;

	if (member->pending)
		turn = heed_push(many, member, member_push_pending(member));
	if (turn == TURN_WAIT)
		await(many, member);
	if (turn != TURN_ON)
		return;
	member_fetch_kept(many, member, &input);
	while (turn == TURN_ON)
		turn = step(many, member, &input, &heard);
	if (turn == TURN_GONE)
		return;
	if (!member_keep(member, &input)) {
		lose(many, member);
		return;
	}
	exchange = session_take_back(&member->session);
	if (exchange)
		many_give_back(many, exchange);
	await(many, member);
}

/* ---- the loop ---- */

static void
accept_from(struct many *many, int listener)
{
	for (int i = 0; i < ACCEPT_MAX; i++) {
		struct member *member = crowd_accept(many->server, listener, sizeof *member);

		if (member == NULL)
			return;
		member->many = many;
		member->watch = (struct event_watch){ .fd = member->crowd.fd, .who = member };
		member->timer.who = member;
		session_begin(&member->session, many->host, crowd_address(&member->crowd));
		take_turn(many, member); /* its request is often here already */
	}
}

static void
heed_ready(struct many *many, const struct event_ready *ready)
{
	struct member *member = ready->watch->who;

	if (member == NULL)
		accept_from(many, ready->watch->fd);
	else if (member->linger_ms)
		drop_input(many, member);
	else
		take_turn(many, member);
}

/* A client is late: it hears so, if it may still hear anything. */
static void
heed_late(struct many *many, struct member *member)
{
	if (!member->linger_ms && session_is_late(&member->session))
		take_turn(many, member);
	else
		leave(many, member, STATUS_DONE);
}

/*
 * Watch the listeners, or no longer: while the server is full, callers wait; and when it
 * is told to stop, they are closed.
 */
static void
watch_listeners(struct many *many, struct event_watch listeners[NET_LISTENERS_MAX])
{
	size_t count;
	const struct pollfd *fds = crowd_listeners(many->server, &count);
	int events = !crowd_accepts(many->server)	  ? 0 :
		     crowd_shares_listeners(many->server) ? EVENT_IN | EVENT_ONE :
							    EVENT_IN;

	for (size_t i = count; i < NET_LISTENERS_MAX; i++)
		if (listeners[i].events)
			event_closing(many->loop, &listeners[i]);
	for (size_t i = 0; i < count; i++) {
		listeners[i].fd = fds[i].fd;
		if (event_watch(many->loop, &listeners[i], events) == -1)
			log_error("watch the listener:");
	}
}

static int
wait_ms(struct many *many)
{
	int other = crowd_wait_ms(many->server);

	if (site_tidy(&many->host->site, many->host->now_ms - SITE_FRESH_MS) &&
	    (other == -1 || other > SITE_FRESH_MS))
		other = SITE_FRESH_MS; /* what is kept open is looked at again */
	return event_wait_ms(many->loop, many->host->now_ms, other);
}

static void
loop(struct many *many)
{
	struct event_watch listeners[NET_LISTENERS_MAX] = { 0 };
	struct event_ready ready[READY_MAX];
	struct event_timer *timer;

	crowd_begin(many->server, evict);
	while (crowd_goes_on(many->server)) {
		int count;

		watch_listeners(many, listeners);
		count = event_wait(
		    many->loop, wait_ms(many), crowd_wait_mask(many->server), ready, READY_MAX);
		host_clock(many->host);
		for (int i = 0; i < count; i++)
			heed_ready(many, &ready[i]);
		while ((timer = event_timer_due(many->loop, many->host->now_ms)) != NULL)
			heed_late(many, timer->who);
	}
}

int
drive_many(struct server *server, void *arg)
{
	struct many *many = malloc(sizeof *many);
	size_t limit = crowd_limit(server);

	if (many) {
		memset(many, 0, offsetof(struct many, room));
		many->server = server;
		many->host = arg;
		many->loop = event_new(limit + NET_LISTENERS_MAX);
	}
	if (many == NULL || many->loop == NULL) {
		log_error("model event:");
		free(many);
		return STATUS_FAILED;
	}
	if (sys_allow_files(2 * limit + OTHER_FILES) == -1) /* a client may have a file open */
		log_notice("%zu open files for %zu clients (ulimit -n):",
		    2 * limit + OTHER_FILES, limit);
	host_clock(many->host);
	many->host->site.untried = false;
	loop(many);
	event_free(many->loop);
	while (many->spares > 0)
		free(many->spare[--many->spares]);
	free(many);
	return STATUS_DONE;
}
