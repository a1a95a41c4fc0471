/*
 * Model epoll: one process; the kernel keeps the list of whom it waits for.
 *
 *	once for each client: epoll_ctl: tell me when it is ready
 *	for ever:
 *		epoll_wait: sleep until some are; they come as a short list
 *		serve those
 *
 * Silent clients cost nothing, however many they are: that is the difference to
 * poll(2). The events are level-triggered: as long as something is there to be
 * read, epoll_wait says so again, and one read for each event is enough.
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

struct watched {
	struct client client; /* first */
	int events;	      /* that epoll waits for; 0: not registered yet */
};

/* Watch the listeners, or no longer: while the server is full, callers wait. */
static void
watch_listeners(struct server *server, int epoll, bool *watched)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	bool accepts = crowd_accepts(server);

	for (size_t i = 0; accepts != *watched && i < count; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

		epoll_ctl(
		    epoll, accepts ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, listeners[i].fd, &event);
	}
	*watched = accepts;
}

/* Change what a client is watched for, if that has changed. */
static void
watch_client(int epoll, struct watched *watched)
{
	int events = watched->client.kept_len ? EPOLLOUT : EPOLLIN;
	struct epoll_event event = { .events = (uint32_t)events, .data.ptr = watched };

	if (events != watched->events)
		epoll_ctl(epoll, watched->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
		    watched->client.crowd.fd, &event);
	watched->events = events;
}

/* A listener is ready; with several, ask all. */
static void
accept_all(struct server *server, int epoll)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	struct watched *watched;

	for (size_t i = 0; i < count; i++)
		while (
		    (watched = crowd_accept(server, listeners[i].fd, sizeof *watched)) != NULL)
			watch_client(epoll, watched);
}

static void
serve_ready(struct server *server, int epoll, const struct epoll_event *event,
    const struct echo_options *echo)
{
	struct watched *watched = event->data.ptr;

	if (watched == NULL)
		accept_all(server, epoll);
	else if (client_turn(server, &watched->client, echo) != CLIENT_LEFT)
		watch_client(epoll, watched);
}

int
echo_epoll(struct server *server, void *arg)
{
	struct epoll_event events[EVENTS_MAX];
	int epoll = epoll_create1(EPOLL_CLOEXEC), count;
	bool watched = false;

	if (epoll == -1) {
		log_error("epoll_create1:");
		return STATUS_FAILED;
	}
	crowd_begin(server, client_evict);
	while (crowd_goes_on(server)) {
		watch_listeners(server, epoll, &watched);
		count = epoll_pwait(
		    epoll, events, EVENTS_MAX, crowd_wait_ms(server), crowd_wait_mask(server));
		for (int i = 0; i < count; i++)
			serve_ready(server, epoll, &events[i], arg);
	}
	close(epoll);
	return STATUS_DONE;
}
#endif
