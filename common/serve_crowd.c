/*
 * serve_crowd: many clients in one process. See crowd.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/crowd.h"
#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	REFUSAL_MAX = 256,
	TICK_MIN_MS = 50,   /* how often time limits are looked at: at most */
	TICK_MAX_MS = 1000, /* ... and at least */
};

/* Run a model of the service's own. The exit status. */
int
serve_crowd(struct server *server)
{
	int status;

	server->clients = calloc((size_t)server->options->max, sizeof *server->clients);
	if (server->clients == NULL) {
		log_error("clients:");
		return STATUS_FAILED;
	}
	status = server->options->own_model->run(server, server->arg);
	free(server->clients);
	return status;
}

/* Whether a client's time is over; tells which. */
static bool
time_is_over(const struct server *server, struct crowd_client *client, int64_t now)
{
	const struct serve_options *options = server->options;

	if (client->moved)
		client->active_ms = now;
	client->moved = false;
	if (options->total_ms && now - client->slot->since_ms >= options->total_ms) {
		client->slot->kill_at_ms = now;
		return true;
	}
	if (options->idle_ms == 0 || now - client->active_ms < options->idle_ms)
		return false;
	errno = ETIMEDOUT;
	conn_log_failure(crowd_peer(client), options->idle_ms);
	return true;
}

/* From the last to the first: the place of one that leaves goes to one already seen. */
static void
enforce_times(struct server *server, int64_t now)
{
	for (size_t i = server->client_count; i-- > 0;)
		if (time_is_over(server, server->clients[i], now))
			server->evict(server, server->clients[i]);
}

static int64_t
tick_ms(const struct serve_options *options)
{
	int64_t least = options->idle_ms;

	if (options->total_ms && (least == 0 || options->total_ms < least))
		least = options->total_ms;
	least /= 8;
	return least < TICK_MIN_MS ? TICK_MIN_MS : least > TICK_MAX_MS ? TICK_MAX_MS : least;
}

/* Clients that have a process of their own: its time, and on TERM its grace. */
static bool
children_go_on(struct server *server, int64_t now)
{
	if (server->apart == 0)
		return false;
	server->limit_at_ms = serve_enforce_limits(server, now);
	return true;
}

/* One of several processes (serve_workers.c) ends when their parent has died. */
static void
heed_parents_end(const struct server *server)
{
	if (server->parent && !sys_can_die_with_parent() && getppid() != server->parent)
		serve_signals.stop = 1;
}

bool
crowd_goes_on(struct server *server)
{
	bool timed = server->options->idle_ms || server->options->total_ms;
	int64_t now = sys_now_ms();

	heed_parents_end(server);
	serve_heed_signals(server);
	serve_note_time(server, now);
	serve_tend_partings(server);
	server->limit_at_ms = 0;
	for (size_t i = server->client_count; server->kill_at_ms && i-- > 0;) /* TERM */
		server->evict(server, server->clients[i]);
	if (!children_go_on(server, now) && server->stopping &&
	    (server->client_count == 0 || server->kill_at_ms))
		return false;
	if (timed && server->client_count > 0 && now >= server->tick_at_ms) {
		enforce_times(server, now);
		server->tick_at_ms = now + tick_ms(server->options);
	}
	if (server->client_count == 0)
		server->tick_at_ms = 0;
	return true;
}

const struct pollfd *
crowd_listeners(const struct server *server, size_t *count)
{
	*count = (size_t)server->listener_count;
	return server->listeners;
}

bool
crowd_accepts(const struct server *server)
{
	return serve_may_accept(server, sys_now_ms());
}

/* Of what other processes do nobody tells: that clients of theirs left, that one died. */
static bool
must_look(const struct server *server)
{
	return server->parent && (!crowd_accepts(server) || !sys_can_die_with_parent());
}

int
crowd_wait_ms(const struct server *server)
{
	int ms = serve_wait_ms(server, sys_now_ms(), server->limit_at_ms);

	return must_look(server) && (ms == -1 || ms > SERVE_REST_MS) ? SERVE_REST_MS : ms;
}

bool
crowd_shares_listeners(const struct server *server)
{
	return server->parent != 0;
}

const sigset_t *
crowd_wait_mask(const struct server *server)
{
	return &server->wait_mask;
}

static struct crowd_client *
begin(struct server *server, struct serve_slot *slot, int fd, size_t size)
{
	struct crowd_client *client = calloc(1, size);

	if (client == NULL) {
		log_error(
		    "%s turned away:", net_format(&slot->peer, (char[NET_TEXT_MAX]){ 0 }));
		close(fd);
		serve_table_free(server->table, slot);
		return NULL;
	}
	client->fd = fd;
	client->slot = slot;
	client->active_ms = slot->since_ms;
	client->place = server->client_count;
	server->clients[server->client_count++] = client;
	if (server->tick_at_ms == 0 && (server->options->idle_ms || server->options->total_ms))
		server->tick_at_ms = client->active_ms + tick_ms(server->options);
	return client;
}

void *
crowd_accept(struct server *server, int listener, size_t size)
{
	struct crowd_client *client = NULL;

	while (client == NULL && crowd_accepts(server)) {
		struct net_address peer;
		struct serve_slot *slot;
		int fd = serve_accept(server, listener, &peer);

		if (fd == -1)
			return NULL;
		slot = serve_admit(server, fd, &peer);
		if (slot)
			client = begin(server, slot, fd, size);
	}
	return client;
}

/* Out of the list, closed and freed. */
static void
forget(struct server *server, struct crowd_client *client)
{
	struct crowd_client *last = server->clients[--server->client_count];

	if (client->fd != -1) /* dismissed already */
		close(client->fd);
	server->clients[client->place] = last;
	last->place = client->place;
	free(client);
	serve_end_rest(server);
}

void
crowd_leave(struct server *server, struct crowd_client *client, int status)
{
	trace_step(TRACE_CLOSE, "%s", crowd_peer(client));
	serve_slot_log_end(client->slot, status << 8); /* as wait(2) would tell it */
	serve_table_free(server->table, client->slot);
	forget(server, client);
}

/* The child of crowd_fork: away with what is the others'. */
static void
begin_alone(struct server *server, struct crowd_client *client, struct conn *conn)
{
	serve_child_begin(server, SIG_DFL);
	for (int i = 0; i < server->listener_count; i++)
		close(server->listeners[i].fd);
	for (size_t i = 0; i < server->client_count; i++)
		if (server->clients[i] != client && server->clients[i]->fd != -1)
			close(server->clients[i]->fd);
	conn_open(conn, client->fd, client->fd, &client->slot->peer, server->options->idle_ms,
	    &client->slot->count);
	conn->lifeline = server->lifeline[0];
	conn->server = server;
	if (conn->lifeline != -1)
		conn_poll_waits(conn);
}

pid_t
crowd_fork(struct server *server, struct crowd_client *client, struct conn *conn)
{
	pid_t pid = sys_fork();

	if (pid == 0)
		begin_alone(server, client, conn);
	if (pid > 0) {
		client->slot->pid = pid;
		server->apart++;
	}
	return pid;
}

bool
crowd_shares_clients(const struct server *server)
{
	return server->apart > 0;
}

void
crowd_handed_over(struct server *server, struct crowd_client *client)
{
	trace_step(TRACE_FORK, "child %ld talks to %s from now on", (long)client->slot->pid,
	    crowd_peer(client));
	forget(server, client);
}

void
crowd_refuse(struct server *server, struct crowd_client *client, const char *reason)
{
	char words[REFUSAL_MAX];
	int fd = client->fd;

	snprintf(words, sizeof words, "%s: refused: %s\n", server->service->name, reason);
	log_notice("%s refused: %s", crowd_peer(client), reason);
	serve_dismiss(server, fd, words, 0);
	client->fd = -1;
	server->table->served--;
	server->table->refused++;
	crowd_leave(server, client, STATUS_REFUSED);
}

void
crowd_touch(struct crowd_client *client, size_t in, size_t out)
{
	client->moved = true;
	conn_count_bytes(&client->slot->count.in, (ssize_t)in);
	conn_count_bytes(&client->slot->count.out, (ssize_t)out);
}

int
crowd_session(struct server *server, struct crowd_client *client)
{
	struct conn conn;

	conn_open(&conn, client->fd, client->fd, &client->slot->peer, server->options->idle_ms,
	    &client->slot->count);
	return server->service->session(&conn, server->arg);
}

struct crowd_client **
crowd_clients(const struct server *server, size_t *count)
{
	*count = server->client_count;
	return server->clients;
}

const struct net_address *
crowd_address(const struct crowd_client *client)
{
	return &client->slot->peer;
}

const char *
crowd_peer(const struct crowd_client *client)
{
	static char text[NET_TEXT_MAX];

	return net_format(&client->slot->peer, text);
}

void
crowd_begin(struct server *server, crowd_evict *evict)
{
	server->evict = evict;
}

size_t
crowd_limit(const struct server *server)
{
	return (size_t)server->options->max;
}
