/*
 * Model epoll-et: as epoll, but edge-triggered: the kernel tells of a client once,
 * when it becomes ready, and not again while it stays so.
 *
 *	once for each client: epoll_ctl: tell me of each change, in and out
 *	for ever:
 *		epoll_wait: who has changed joins the list of those to be served
 *		each on that list gets a turn; who would have to wait leaves it
 *
 * So it must read until EAGAIN, and accept until EAGAIN: what is left lying there
 * is never spoken of again. But reading one client until EAGAIN in a loop lets it
 * starve the others, as long as it sends faster than we read. Hence the list: one
 * turn each, round and round, and epoll_wait does not sleep while it is not empty.
 *
 * Nobody's events are ever changed, which spares the epoll_ctl of model epoll.
 */
#include "servers/tcpechod/client.h"

#if defined(__linux__) && !defined(PORTABLE)
#include <sys/epoll.h>

#include <unistd.h>

#include "common/log.h"
#include "common/serve.h"

enum {
	EVENTS_MAX = 256, /* taken at once */
};

struct turn {
	struct client client; /* first */
	struct turn *next;    /* on the list */
	bool listed;
};

/* Those who may have something to do, in the order in which they get their turns. */
struct ready {
	struct turn *first, **end;
};

static void
enlist(struct ready *ready, struct turn *turn)
{
	if (turn->listed)
		return;
	turn->listed = true;
	turn->next = NULL;
	*ready->end = turn;
	ready->end = &turn->next;
}

/* One turn for each who is on the list now. */
static void
take_turns(struct server *server, struct ready *ready, const struct echo_options *echo)
{
	struct turn *turn = ready->first, *next;

	*ready = (struct ready){ .first = NULL };
	ready->end = &ready->first;
	for (; turn; turn = next) {
		next = turn->next;
		turn->listed = false;
		if (client_turn(server, &turn->client, echo) == CLIENT_MORE)
			enlist(ready, turn);
	}
}

static void
watch(int epoll, int fd, struct turn *turn)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = turn };

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Until EAGAIN. True if callers may be left, because the server is full or rests. */
static bool
accept_all(struct server *server, int epoll)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	struct turn *turn;

	for (size_t i = 0; i < count; i++)
		while ((turn = crowd_accept(server, listeners[i].fd, sizeof *turn)) != NULL)
			watch(epoll, turn->client.crowd.fd, turn);
	return !crowd_accepts(server);
}

/* Time limits may end a client that is on the list: it must not stay there. */
static void
evict(struct server *server, struct crowd_client *crowd)
{
	struct turn *turn = (struct turn *)crowd;

	if (turn->listed) /* it has input, and its turn will find the end of it */
		shutdown(crowd->fd, SHUT_RDWR);
	else
		client_evict(server, crowd);
}

int
echo_epoll_et(struct server *server, void *arg)
{
	struct epoll_event events[EVENTS_MAX];
	struct ready ready = { .first = NULL };
	size_t listeners;
	const struct pollfd *listener = crowd_listeners(server, &listeners);
	int epoll = epoll_create1(EPOLL_CLOEXEC), count;
	bool calling = false;

	if (epoll == -1) {
		log_error("epoll_create1:");
		return STATUS_FAILED;
	}
	ready.end = &ready.first;
	for (size_t i = 0; i < listeners; i++)
		watch(epoll, listener[i].fd, NULL);
	crowd_begin(server, evict);
	while (crowd_goes_on(server)) {
		count = epoll_pwait(epoll, events, EVENTS_MAX,
		    ready.first ? 0 : crowd_wait_ms(server), crowd_wait_mask(server));
		for (int i = 0; i < count; i++)
			if (events[i].data.ptr)
				enlist(&ready, events[i].data.ptr);
			else
				calling = true;
		take_turns(server, &ready, arg);
		if (calling)
			calling = accept_all(server, epoll);
	}
	close(epoll);
	return STATUS_DONE;
}
#endif
