/*
 * Model nonblock: one process asks every client in turn whether it has something.
 *
 *	for ever:
 *		accept whoever calls, without waiting
 *		for each client: read without waiting; EAGAIN means: not now
 *		pause a little (-W)
 *
 * Nothing in it waits for a client, so one process serves many; but nobody tells
 * it who is ready, so it asks all of them, again and again. Without the pause it
 * burns a processor while nobody speaks; with it, everybody waits for the pause.
 * It is the question that select, poll and epoll are the answer to.
 */
#include <poll.h>

#include "common/serve.h"
#include "common/sys.h"
#include "servers/tcpechod/client.h"

static void
accept_all(struct server *server)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);

	for (size_t i = 0; i < count; i++)
		while (crowd_accept(server, listeners[i].fd, sizeof(struct client)))
			continue;
}

/* From the last to the first: one that leaves gives its place to one already asked. */
static void
ask_all(struct server *server, const struct echo_options *echo)
{
	size_t count;
	struct crowd_client **clients = crowd_clients(server, &count);

	for (size_t i = count; i-- > 0;)
		client_turn(server, (struct client *)clients[i], echo);
}

int
echo_nonblock(struct server *server, void *arg)
{
	const struct echo_options *echo = arg;

	crowd_begin(server, client_evict);
	while (crowd_goes_on(server)) {
		accept_all(server);
		ask_all(server, echo);
		/* Nothing is waited for here: it only pauses, and lets signals in. */
		sys_ppoll(NULL, 0, echo->pause_ms, crowd_wait_mask(server));
	}
	return STATUS_DONE;
}
