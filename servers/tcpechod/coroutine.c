/*
 * Model coroutine: one process; each client has a conversation that looks as if it
 * blocked, on a stack of its own.
 *
 *	scheduler                           a client's coroutine
 *	epoll_wait: this one is ready
 *	co_resume ------------------------> recv ... send ... recv: EAGAIN
 *	            <---------------------- co_wait: "wake me when there is more"
 *	epoll_wait ...
 *
 * The session below is straight-line code like that of model fork; where it would
 * have to wait it gives the processor back, and goes on from that very line later.
 * What a green thread, a goroutine or an `await` does is this. How one function can
 * stop in the middle while others run is in co.c.
 *
 * A coroutine that does not wait keeps the processor: -w and -s stop everybody.
 */
#include "servers/tcpechod/echo.h"

#if defined(__linux__) && !defined(PORTABLE)
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve.h"
#include "servers/tcpechod/co.h"

enum {
	EVENTS_MAX = 256,
	MESSAGE_SIZE = 16 * 1024, /* on the coroutine's stack */
};

struct caller {
	struct crowd_client crowd; /* first: crowd allocates us by it */
	struct co co;
	const struct echo_options *echo;
	uint32_t events; /* what it was last woken for */
	bool drained;	 /* the last read took all there was */
	int status;	 /* when the conversation has ended */
};

struct switchboard {
	struct co_scheduler scheduler;
	const struct echo_options *echo;
	int epoll;
};

/* ---- within a coroutine ---- */

/* Give the processor back until something happens to the client. */
static void
wait_for_event(struct caller *caller)
{
	caller->drained = false; /* whatever we wait for, input may come meanwhile */
	co_wait(&caller->co);
}

/* A call failed: wait if that helps. False if it does not: errno. */
static bool
wait_if_needed(struct caller *caller)
{
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return errno == EINTR;
	wait_for_event(caller);
	return true;
}

/*
 * After a read that took all there was the next would find nothing, and is spared:
 * whatever comes from then on wakes us up. Not so an end that had come before.
 */
static ssize_t
read_some(struct caller *caller, void *into, size_t len)
{
	ssize_t n;

	if (caller->drained && (caller->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
		wait_for_event(caller);
	do
		n = recv(caller->crowd.fd, into, len, MSG_DONTWAIT);
	while (n == -1 && wait_if_needed(caller));
	caller->drained = n > 0 && (size_t)n < len;
	if (n > 0)
		crowd_touch(&caller->crowd, (size_t)n, 0);
	return n;
}

static int
write_all(struct caller *caller, const char *from, size_t len)
{
	while (len > 0) {
		ssize_t n = send(caller->crowd.fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == -1 && !wait_if_needed(caller))
			return -1;
		if (n == -1)
			continue;
		crowd_touch(&caller->crowd, 0, (size_t)n);
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The conversation. Compare echo_session: only the names of read and write differ. */
static void
talk(struct co *co)
{
	struct caller *caller = (struct caller *)((char *)co - offsetof(struct caller, co));
	char message[MESSAGE_SIZE];
	const char *answer;
	size_t answer_len;
	ssize_t len;

	while ((len = read_some(caller, message, sizeof message)) > 0) {
		answer = echo_answer(caller->echo, message, (size_t)len, &answer_len);
		if (write_all(caller, answer, answer_len) == -1)
			break;
	}
	caller->status = len == 0 ? STATUS_DONE : STATUS_FAILED;
	if (len != 0)
		conn_log_failure(crowd_peer(&caller->crowd), 0);
}

/* ---- the scheduler ---- */

static void
leave(struct server *server, struct caller *caller, int status)
{
	co_end(&caller->co);
	crowd_leave(server, &caller->crowd, status);
}

static void
evict(struct server *server, struct crowd_client *client)
{
	leave(server, (struct caller *)client, STATUS_FAILED);
}

/* A coroutine, which its first event starts, and a place in epoll. */
static bool
connect_caller(struct switchboard *board, struct caller *caller)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLOUT | EPOLLET,
		.data.ptr = caller };

	caller->echo = board->echo;
	return co_start(&caller->co, &board->scheduler, talk) == 0 &&
	       epoll_ctl(board->epoll, EPOLL_CTL_ADD, caller->crowd.fd, &event) == 0;
}

/* Until EAGAIN. True if callers may be left, because the server is full or rests. */
static bool
accept_all(struct server *server, struct switchboard *board)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	struct caller *caller;

	for (size_t i = 0; i < count; i++)
		while ((caller = crowd_accept(server, listeners[i].fd, sizeof *caller)) != NULL)
			if (!connect_caller(board, caller)) {
				log_error("%s turned away:", crowd_peer(&caller->crowd));
				leave(server, caller, STATUS_FAILED);
			}
	return !crowd_accepts(server);
}

static void
run(struct server *server, struct switchboard *board)
{
	struct epoll_event events[EVENTS_MAX], listening = { .events = EPOLLIN | EPOLLET };
	size_t listeners;
	const struct pollfd *listener = crowd_listeners(server, &listeners);
	bool calling = false;

	for (size_t i = 0; i < listeners; i++)
		epoll_ctl(board->epoll, EPOLL_CTL_ADD, listener[i].fd, &listening);
	while (crowd_goes_on(server)) {
		int count = epoll_pwait(board->epoll, events, EVENTS_MAX, crowd_wait_ms(server),
		    crowd_wait_mask(server));

		for (int i = 0; i < count; i++) {
			struct caller *caller = events[i].data.ptr;

			if (caller)
				caller->events = events[i].events;
			else
				calling = true;
			if (caller && !co_resume(&caller->co))
				leave(server, caller, caller->status);
		}
		if (calling)
			calling = accept_all(server, board);
	}
}

int
echo_coroutine(struct server *server, void *arg)
{
	struct switchboard board = { .echo = arg, .epoll = epoll_create1(EPOLL_CLOEXEC) };

	if (board.epoll == -1) {
		log_error("epoll_create1:");
		return STATUS_FAILED;
	}
	crowd_begin(server, evict);
	run(server, &board);
	co_scheduler_end(&board.scheduler);
	close(board.epoll);
	return STATUS_DONE;
}
#endif
