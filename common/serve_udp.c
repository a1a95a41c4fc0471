/*
 * serve_udp: the one loop of the suite's datagram servers. See serve_udp.h.
 */
#include "common/serve_udp.h"

#include <inttypes.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_datagrams.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	BATCHES_MAX = 8, /* of one socket before the others, signals and ticks get their turn */
};

struct udp_server {
	const struct udp_service *service;
	void *arg;

	struct serve_datagrams in;
	struct pollfd wait[NET_LISTENERS_MAX + 1]; /* the sockets, then standard input */
	sigset_t wait_mask;
	struct udp_outbox outbox;

	uint64_t verdicts[UDP_VERDICTS];
	uint64_t received, ignored, lost;
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
	for (int i = 0; i < server->in.count; i++)
		fds[i] = server->wait[i].fd;
	return server->in.count;
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
	enum udp_verdict verdict =
	    udp_guard_judge(server->in.guard, &packet->path.peer, now_ms);
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
		count = udp_receive(server->in.inbox, fd, packets);
		if (count == -1)
			log_error("receive:");
		if (count <= 0)
			return;
		server->in.active_ms = sys_now_ms();
		for (int k = 0; k < count; k++)
			take(server, &packets[k], server->in.active_ms);
		udp_push(server);
	}
}

static int
wait_ms(const struct udp_server *server, int64_t now_ms)
{
	int64_t due = server->service->due ? server->service->due(server->arg) : INT64_MAX;

	if (serve_datagrams_leave_at(&server->in) < due)
		due = serve_datagrams_leave_at(&server->in);
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
	if (now_ms >= serve_datagrams_leave_at(&server->in))
		server->stopping = true;
}

static void
turn(struct udp_server *server)
{
	const struct udp_service *service = server->service;
	struct pollfd *input = &server->wait[server->in.count];
	bool timed = service->due || serve_datagrams_leave_at(&server->in) != INT64_MAX;
	int ready = sys_ppoll(server->wait, (nfds_t)server->in.count + 1,
	    timed ? wait_ms(server, sys_now_ms()) : -1, &server->wait_mask);

	for (int i = 0; ready > 0 && i < server->in.count; i++)
		if (server->wait[i].revents)
			receive_all(server, server->wait[i].fd);
	if (ready > 0 && input->fd != -1 && input->revents &&
	    !service->input(server, server->arg))
		input->fd = -1;
	if (timed) /* else the clock is not even read */
		heed_clock(server);
	udp_push(server); /* what input and tick had to say */
}

/* serve_datagrams': the sockets are there, standard input joins them. */
static int
prepare(void *arg)
{
	struct udp_server *server = arg;
	bool input = server->service->input && !server->in.options->serve.inetd;

	server->wait[server->in.count] =
	    (struct pollfd){ .fd = input ? STDIN_FILENO : -1, .events = POLLIN };
	serve_catch_signals(&server->wait_mask);
	return 0;
}

static int
loop(void *arg)
{
	struct udp_server *server = arg;

	while (heed_signals(server), !server->stopping)
		turn(server);
	return server->status;
}

int
udp_serve(const struct udp_service *service, const struct udp_serve_options *options, void *arg)
{
	struct udp_server server = {
		.service = service,
		.arg = arg,
		.in = {
			.name = service->name,
			.port = service->port,
			.options = options,
			.prepare = prepare,
			.loop = loop,
			.sockets = server.wait,
		},
	};

	return serve_datagrams(&server.in, &server);
}
