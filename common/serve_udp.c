/*
 * serve_udp: the one loop of the suite's datagram servers. See serve_udp.h.
 */
#include "common/serve_udp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	BATCHES_MAX = 8, /* of one socket before the others, signals and ticks get their turn */
};

struct udp_server {
	const struct udp_service *service;
	const struct udp_serve_options *options;
	void *arg;

	struct pollfd wait[NET_LISTENERS_MAX + 1]; /* the sockets, then standard input */
	int sockets;
	sigset_t wait_mask;
	struct udp_guard *guard;
	struct udp_inbox *inbox;
	struct udp_outbox outbox;

	uint64_t verdicts[UDP_VERDICTS];
	uint64_t received, ignored, lost;
	int64_t active_ms; /* when the last datagram came; kept for -i */
	bool stopping;
	int status;
};

void
udp_reply(struct udp_server *server, const struct udp_path *path, void *bytes, size_t len)
{
	trace_bytes(TRACE_OUT, bytes, len);
	server->lost += udp_post(&server->outbox, path, bytes, len);
}

void
udp_push(struct udp_server *server)
{
	server->lost += udp_flush(&server->outbox);
}

void
udp_ignore(struct udp_server *server)
{
	server->ignored++;
}

int
udp_sockets(const struct udp_server *server, int fds[NET_LISTENERS_MAX])
{
	for (int i = 0; i < server->sockets; i++)
		fds[i] = server->wait[i].fd;
	return server->sockets;
}

void
udp_stop(struct udp_server *server, int status)
{
	server->stopping = true;
	server->status = status;
}

static void
print_counters(const struct udp_server *server)
{
	log_error("%" PRIu64 " datagrams received, %" PRIu64 " ignored, %" PRIu64
		  " answers not sent",
	    server->received, server->ignored, server->lost);
	for (int i = UDP_ANSWER + 1; i < UDP_VERDICTS; i++)
		log_error("  %" PRIu64 " dropped: %s", server->verdicts[i],
		    udp_verdict_words((enum udp_verdict)i));
	if (server->service->report)
		server->service->report(server->arg);
}

static void
heed_signals(struct udp_server *server)
{
	if (serve_signals.table) { /* asked for, so it is said also with -q */
		serve_signals.table = 0;
		print_counters(server);
	}
	if (serve_signals.stop || serve_signals.drain) {
		log_step("told to stop");
		server->stopping = true;
	}
}

/* One datagram: the guard's word, then the service's turn. */
static void
take(struct udp_server *server, const struct udp_packet *packet, int64_t now_ms)
{
	enum udp_verdict verdict = udp_guard_judge(server->guard, &packet->path.peer, now_ms);
	char peer[NET_TEXT_MAX];

	server->received++;
	server->verdicts[verdict]++;
	if (verdict != UDP_ANSWER) {
		trace_step(TRACE_TALK, "%s: %zu bytes dropped: %s",
		    net_format(&packet->path.peer, peer), packet->len,
		    udp_verdict_words(verdict));
		return;
	}
	trace_step(TRACE_TALK, "%s: %zu bytes%s", net_format(&packet->path.peer, peer),
	    packet->len, packet->path.to_many ? ", sent to all" : "");
	trace_bytes(TRACE_IN, packet->bytes, packet->len);
	server->service->receive(server, packet, server->arg);
}

static void
receive_all(struct udp_server *server, int fd)
{
	struct udp_packet packets[UDP_BATCH];
	int count = UDP_BATCH;

	for (int i = 0; i < BATCHES_MAX && count == UDP_BATCH && !server->stopping; i++) {
		count = udp_receive(server->inbox, fd, packets);
		if (count == -1)
			log_error("receive:");
		if (count <= 0)
			return;
		server->active_ms = sys_now_ms();
		for (int k = 0; k < count; k++)
			take(server, &packets[k], server->active_ms);
		udp_push(server);
	}
}

/* -i: when nobody has asked for so long that inetd may do the waiting. */
static int64_t
leave_at(const struct udp_server *server)
{
	const struct serve_options *serve = &server->options->serve;

	return serve->inetd && serve->idle_ms ? server->active_ms + serve->idle_ms : INT64_MAX;
}

static int
wait_ms(const struct udp_server *server, int64_t now_ms)
{
	int64_t due = server->service->due ? server->service->due(server->arg) : INT64_MAX;

	if (leave_at(server) < due)
		due = leave_at(server);
	if (due == INT64_MAX)
		return -1;
	if (due <= now_ms)
		return 0;
	return due - now_ms < INT32_MAX ? (int)(due - now_ms) : INT32_MAX;
}

/* What time brings: the service's due work, and with -i the end. */
static void
heed_clock(struct udp_server *server)
{
	const struct udp_service *service = server->service;
	int64_t now_ms = sys_now_ms();

	if (service->tick && service->due && service->due(server->arg) <= now_ms)
		service->tick(server, now_ms, server->arg);
	if (now_ms >= leave_at(server))
		server->stopping = true;
}

static void
turn(struct udp_server *server)
{
	const struct udp_service *service = server->service;
	struct pollfd *input = &server->wait[server->sockets];
	bool timed = service->due || leave_at(server) != INT64_MAX;
	int ready = sys_ppoll(server->wait, (nfds_t)server->sockets + 1,
	    timed ? wait_ms(server, sys_now_ms()) : -1, &server->wait_mask);

	for (int i = 0; ready > 0 && i < server->sockets; i++)
		if (server->wait[i].revents)
			receive_all(server, server->wait[i].fd);
	if (ready > 0 && input->fd != -1 && input->revents &&
	    !service->input(server, server->arg))
		input->fd = -1;
	if (timed) /* else the clock is not even read */
		heed_clock(server);
	udp_push(server); /* what input and tick had to say */
}

/* The sockets, members of the groups, and standard input. 0, or -1: it is logged. */
static int
open_sockets(struct udp_server *server)
{
	const struct serve_options *serve = &server->options->serve;
	bool input = server->service->input && !serve->inetd;
	struct net_error error;

	server->sockets = serve_open_datagrams(serve, server->service->port, server->wait);
	if (server->sockets == -1)
		return -1;
	for (int i = 0; i < server->sockets; i++)
		for (const char *const *group = server->options->groups; *group; group++)
			if (udp_join(server->wait[i].fd, *group, &error) == -1) {
				log_error("%s", error.text);
				return -1;
			}
	server->wait[server->sockets] =
	    (struct pollfd){ .fd = input ? STDIN_FILENO : -1, .events = POLLIN };
	return 0;
}

/* Memory and signals. 0, or -1 with errno. */
static int
prepare(struct udp_server *server)
{
	const struct udp_serve_options *options = server->options;
	struct net_address own = { .sa.any.sa_family = AF_INET };

	(void)net_local_address(server->wait[0].fd, &own);
	server->guard = udp_guard_new(net_port(&own), options->rate, options->rate_given);
	server->inbox = udp_inbox_new();
	if (server->guard == NULL || server->inbox == NULL)
		return -1;
	serve_catch_signals(&server->wait_mask);
	server->active_ms = sys_now_ms();
	return 0;
}

static int
run(struct udp_server *server, int ready_fd)
{
	if (serve_give_up_root(&server->options->serve) == -1)
		return STATUS_FAILED;
	if (prepare(server) == -1) {
		log_error("prepare to serve:");
		return STATUS_FAILED;
	}
	if (!server->options->serve.inetd)
		serve_print_ready(server->service->name, "udp", server->wait, server->sockets);
	if (ready_fd != -1)
		serve_daemon_ready(ready_fd);
	while (heed_signals(server), !server->stopping)
		turn(server);
	return server->status;
}

int
udp_serve(const struct udp_service *service, const struct udp_serve_options *options, void *arg)
{
	struct udp_server server = { .service = service, .options = options, .arg = arg };
	int ready_fd = -1, status = STATUS_FAILED;

	if (options->serve.daemon && serve_daemonise(&ready_fd) == -1) {
		log_error("daemon:");
		return STATUS_FAILED;
	}
	if (open_sockets(&server) == 0)
		status = run(&server, ready_fd);
	free(server.guard);
	free(server.inbox);
	return status;
}
