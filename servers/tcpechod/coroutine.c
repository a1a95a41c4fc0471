/*
 * Model coroutine: one process; each client has a conversation that looks as if it
 * blocked, on a stack of its own.
 *
 *	scheduler                           a client's coroutine
 *	epoll_wait: this one is ready
 *	swapcontext ----------------------> recv ... send ... recv: EAGAIN
 *	            <---------------------- swapcontext: "wake me when there is more"
 *	epoll_wait ...
 *
 * The session below is straight-line code like that of model fork; where it would
 * have to wait it gives the processor back, and goes on from that very line later.
 * What a green thread, a goroutine or an `await` does is this. A switch saves and
 * loads registers, and with ucontext(3) the signal mask, which is a system call.
 *
 * A coroutine that does not wait keeps the processor: -w and -s stop everybody.
 */
#include "servers/tcpechod/echo.h"

#if defined(__linux__) && !defined(PORTABLE)
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <ucontext.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve.h"
#include "common/sys.h"

enum {
	EVENTS_MAX = 256,
	STACK_SIZE = 64 * 1024,
	MESSAGE_SIZE = 16 * 1024, /* on that stack */
};

struct coroutine {
	struct crowd_client crowd; /* first: crowd allocates us by it */
	const struct echo_options *echo;
	ucontext_t self, *scheduler;
	void *stack;
	uint32_t events; /* what it was last woken for */
	bool drained;	 /* the last read took all there was */
	bool ended;
	int status;
};

/* ---- within a coroutine ---- */

/* Give the processor back until something happens to the client. */
static void
wait_for_event(struct coroutine *co)
{
	co->drained = false;
	swapcontext(&co->self, co->scheduler);
}

/* A call failed: wait if that helps. False if it does not: errno. */
static bool
wait_if_needed(struct coroutine *co)
{
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return errno == EINTR;
	wait_for_event(co);
	return true;
}

/*
 * After a read that took all there was the next would find nothing, and is spared:
 * whatever comes from then on wakes us up. Not so an end that had come before.
 */
static ssize_t
co_read(struct coroutine *co, void *into, size_t len)
{
	ssize_t n;

	if (co->drained && (co->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
		wait_for_event(co);
	do
		n = recv(co->crowd.fd, into, len, MSG_DONTWAIT);
	while (n == -1 && wait_if_needed(co));
	co->drained = n > 0 && (size_t)n < len;
	crowd_touch(&co->crowd, n > 0 ? (size_t)n : 0, 0);
	return n;
}

static int
co_write(struct coroutine *co, const char *from, size_t len)
{
	while (len > 0) {
		ssize_t n = send(co->crowd.fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == -1 && !wait_if_needed(co))
			return -1;
		if (n == -1)
			continue;
		crowd_touch(&co->crowd, 0, (size_t)n);
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The conversation. Compare echo_session: only the names of read and write differ. */
static int
co_session(struct coroutine *co)
{
	char message[MESSAGE_SIZE];
	const char *answer;
	size_t answer_len;
	ssize_t len;

	while ((len = co_read(co, message, sizeof message)) > 0) {
		answer = echo_answer(co->echo, message, (size_t)len, &answer_len);
		if (co_write(co, answer, answer_len) == -1)
			break;
	}
	if (len == 0)
		return STATUS_DONE;
	echo_log_failure(crowd_peer(&co->crowd), 0);
	return STATUS_FAILED;
}

/* makecontext(3) passes int only: the pointer comes in two halves. */
static void
co_main(unsigned high, unsigned low)
{
	struct coroutine *co = (struct coroutine *)((uintptr_t)high << 16 << 16 | low);

	co->status = co_session(co);
	co->ended = true;
	swapcontext(&co->self, co->scheduler); /* and is never resumed */
}

/* ---- the scheduler ---- */

static void
leave(struct server *server, struct coroutine *co, int status)
{
	if (co->stack)
		sys_free_stack(co->stack, STACK_SIZE);
	crowd_leave(server, &co->crowd, status);
}

static void
evict(struct server *server, struct crowd_client *client)
{
	leave(server, (struct coroutine *)client, STATUS_FAILED);
}

static void
resume(struct server *server, struct coroutine *co, uint32_t why)
{
	co->events = why;
	swapcontext(co->scheduler, &co->self);
	if (co->ended)
		leave(server, co, co->status);
}

/* A stack, a context that begins at co_main, and a place in epoll. */
static bool
prepare(struct coroutine *co, int epoll)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLOUT | EPOLLET,
		.data.ptr = co };
	uintptr_t self = (uintptr_t)co;

	co->stack = sys_new_stack(STACK_SIZE);
	if (co->stack == NULL || getcontext(&co->self) == -1)
		return false;
	co->self.uc_stack.ss_sp = co->stack;
	co->self.uc_stack.ss_size = STACK_SIZE;
	makecontext(&co->self, (void (*)(void))co_main, 2, (unsigned)(self >> 16 >> 16),
	    (unsigned)self);
	return epoll_ctl(epoll, EPOLL_CTL_ADD, co->crowd.fd, &event) == 0;
}

/* Until EAGAIN. True if callers may be left, because the server is full or rests. */
static bool
accept_all(
    struct server *server, int epoll, ucontext_t *scheduler, const struct echo_options *echo)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	struct coroutine *co;

	for (size_t i = 0; i < count; i++)
		while ((co = crowd_accept(server, listeners[i].fd, sizeof *co)) != NULL) {
			co->echo = echo;
			co->scheduler = scheduler;
			if (prepare(co, epoll))
				continue; /* its first event starts it */
			log_error("%s turned away:", crowd_peer(&co->crowd));
			leave(server, co, STATUS_FAILED);
		}
	return !crowd_accepts(server);
}

int
echo_coroutine(struct server *server, void *arg)
{
	struct epoll_event events[EVENTS_MAX], listening = { .events = EPOLLIN | EPOLLET };
	ucontext_t scheduler;
	size_t listeners;
	const struct pollfd *listener = crowd_listeners(server, &listeners);
	int epoll = epoll_create1(EPOLL_CLOEXEC), count;
	bool calling = false;

	if (epoll == -1) {
		log_error("epoll_create1:");
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < listeners; i++)
		epoll_ctl(epoll, EPOLL_CTL_ADD, listener[i].fd, &listening);
	crowd_begin(server, evict);
	while (crowd_goes_on(server)) {
		count = epoll_pwait(
		    epoll, events, EVENTS_MAX, crowd_wait_ms(server), crowd_wait_mask(server));
		for (int i = 0; i < count; i++)
			if (events[i].data.ptr)
				resume(server, events[i].data.ptr, events[i].events);
			else
				calling = true;
		if (calling)
			calling = accept_all(server, epoll, &scheduler, arg);
	}
	close(epoll);
	return STATUS_DONE;
}
#endif
