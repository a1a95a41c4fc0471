/*
 * Model select: one process asks select(2) which of its descriptors are ready,
 * standard input among them, so that the person at the terminal can talk to the
 * server: "list", "kick N", "quit".
 *
 *	for ever:
 *		put the listeners, every client and standard input into a set
 *		select: sleep until at least one is ready; it leaves those in the set
 *		look which they are, and serve them
 *
 * A set is a fixed table of bits, one for each descriptor below FD_SETSIZE (1024).
 * To put a larger one in writes beyond the table: a client that gets such a
 * descriptor is refused. As with poll(2), each event costs a walk over all.
 */
#include <sys/select.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/serve.h"
#include "servers/tcpechod/client.h"

enum {
	COMMAND_MAX = 128, /* a line of the operator's */
};

static const char too_many[] = "select(2) takes no descriptor from 1024 on";

struct sets {
	fd_set in, out;
	int highest;
};

static void
add(struct sets *sets, int fd, fd_set *set)
{
	FD_SET(fd, set);
	if (fd > sets->highest)
		sets->highest = fd;
}

static void
fill_sets(struct server *server, struct sets *sets, bool with_operator)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	struct crowd_client **clients;

	FD_ZERO(&sets->in);
	FD_ZERO(&sets->out);
	sets->highest = -1;
	if (with_operator)
		add(sets, STDIN_FILENO, &sets->in);
	for (size_t i = 0; crowd_accepts(server) && i < count; i++)
		add(sets, listeners[i].fd, &sets->in);
	clients = crowd_clients(server, &count);
	for (size_t i = 0; i < count; i++)
		add(sets, clients[i]->fd,
		    client_events((const struct client *)clients[i]) == POLLIN ? &sets->in :
										 &sets->out);
}

static void
list_clients(struct server *server)
{
	size_t count;
	struct crowd_client **clients = crowd_clients(server, &count);

	log_notice("%zu clients", count);
	for (size_t i = 0; i < count; i++)
		log_notice("  %d %s", clients[i]->fd, crowd_peer(clients[i]));
}

static void
kick(struct server *server, const char *number)
{
	size_t count;
	struct crowd_client **clients = crowd_clients(server, &count);
	int64_t fd;

	if (num_parse(number, 0, FD_SETSIZE, &fd) == 0)
		for (size_t i = 0; i < count; i++)
			if (clients[i]->fd == fd) {
				client_leave(
				    server, (struct client *)clients[i], STATUS_FAILED);
				return;
			}
	log_notice("kick: there is no client %s; \"list\" shows them", number);
}

/* A line was typed. False when the operator has no more to say. */
static bool
heed_operator(struct server *server)
{
	char line[COMMAND_MAX];
	ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);

	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "quit") == 0)
		raise(SIGTERM); /* the way that every server ends */
	else if (strcmp(line, "list") == 0)
		list_clients(server);
	else if (strncmp(line, "kick ", 5) == 0)
		kick(server, line + 5);
	else if (*line)
		log_notice("commands: list, kick N, quit");
	return true;
}

static void
accept_ready(struct server *server, const struct sets *sets)
{
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);
	struct client *client;

	for (size_t i = 0; i < count; i++)
		while (FD_ISSET(listeners[i].fd, &sets->in) &&
		       (client = crowd_accept(server, listeners[i].fd, sizeof *client)) != NULL)
			if (client->crowd.fd >= FD_SETSIZE)
				crowd_refuse(server, &client->crowd, too_many);
}

/* From the last to the first: one that leaves gives its place to one already served. */
static void
serve_ready(struct server *server, const struct sets *sets, const struct echo_options *echo)
{
	size_t count;
	struct crowd_client **clients = crowd_clients(server, &count);

	for (size_t i = count; i-- > 0;)
		if (FD_ISSET(clients[i]->fd, &sets->in) || FD_ISSET(clients[i]->fd, &sets->out))
			client_turn(server, (struct client *)clients[i], echo);
}

int
echo_select(struct server *server, void *arg)
{
	bool with_operator = true;
	struct timespec limit;
	struct sets sets;

	signal(SIGTTIN, SIG_IGN); /* in the background, to read is an error, not a stop */
	crowd_begin(server, client_evict);
	while (crowd_goes_on(server)) {
		int ms = crowd_wait_ms(server);

		limit = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
		fill_sets(server, &sets, with_operator);
		if (pselect(sets.highest + 1, &sets.in, &sets.out, NULL, ms < 0 ? NULL : &limit,
			crowd_wait_mask(server)) <= 0)
			continue;
		serve_ready(server, &sets, arg);
		if (with_operator && FD_ISSET(STDIN_FILENO, &sets.in))
			with_operator = heed_operator(server);
		accept_ready(server, &sets);
	}
	return STATUS_DONE;
}
