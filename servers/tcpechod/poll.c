/*
 * Model poll: one process asks poll(2) which of its clients are ready.
 *
 *	for ever:
 *		make a list: the listeners, and every client
 *		poll: sleep until at least one is ready
 *		walk the list and serve those that are
 *
 * No limit on descriptors, unlike select(2); but the whole list is handed to the
 * kernel and walked for every event, so the cost of one message grows with the
 * number of clients, those that are silent included.
 */
#include <poll.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/serve.h"
#include "common/sys.h"
#include "servers/tcpechod/client.h"

/* The listeners first, then each client at its place: how many entries. */
static size_t
make_list(const struct server *server, struct pollfd *list, size_t *first_client)
{
	size_t listeners, count;
	const struct pollfd *listener = crowd_listeners(server, &listeners);
	struct crowd_client **clients = crowd_clients(server, &count);

	*first_client = crowd_accepts(server) ? listeners : 0;
	for (size_t i = 0; i < *first_client; i++)
		list[i] = listener[i];
	for (size_t i = 0; i < count; i++)
		list[*first_client + i] = (struct pollfd){
			.fd = clients[i]->fd,
			.events = client_events((const struct client *)clients[i]),
		};
	return *first_client + count;
}

/* From the last to the first: one that leaves gives its place to one already served. */
static void
serve_ready(struct server *server, const struct pollfd *list, size_t count,
    const struct echo_options *echo)
{
	struct crowd_client **clients = crowd_clients(server, &(size_t){ 0 });

	for (size_t i = count; i-- > 0;)
		if (list[i].revents)
			client_turn(server, (struct client *)clients[i], echo);
}

int
echo_poll(struct server *server, void *arg)
{
	struct pollfd *list = calloc(crowd_limit(server) + NET_LISTENERS_MAX, sizeof *list);
	size_t count, first_client;

	if (list == NULL) {
		log_error("poll:");
		return STATUS_FAILED;
	}
	crowd_begin(server, client_evict);
	while (crowd_goes_on(server)) {
		count = make_list(server, list, &first_client);
		if (sys_ppoll(list, (nfds_t)count, crowd_wait_ms(server),
			crowd_wait_mask(server)) <= 0)
			continue;
		serve_ready(server, list + first_client, count - first_client, arg);
		for (size_t i = 0; i < first_client; i++)
			while (list[i].revents &&
			       crowd_accept(server, list[i].fd, sizeof(struct client)))
				continue;
	}
	free(list);
	return STATUS_DONE;
}
