/*
 * serve_calls: a child for each request that comes as a datagram. See serve_calls.h.
 */
#include "common/serve_calls.h"

#include <unistd.h>

#include "common/log.h"
#include "common/serve_datagrams.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

struct calls {
	struct server server; /* its listeners are our sockets */
	const struct call_service *service;

	struct serve_datagrams in;
	struct udp_packet packets[UDP_BATCH]; /* [at, count) wait for their turn */
	int at, count;
};

/* FNV-1a: to know a request again. Who forges a likeness hinders himself only. */
static uint64_t
fingerprint(const struct udp_packet *packet)
{
	uint64_t hash = 0xcbf29ce484222325U;

	for (size_t i = 0; i < packet->len; i++)
		hash = (hash ^ packet->bytes[i]) * 0x100000001b3U;
	return hash;
}

/* ---- the child ---- */

static int
talk(struct calls *calls, const struct udp_packet *packet, struct serve_slot *slot, int fd)
{
	struct server *server = &calls->server;
	char peer[NET_TEXT_MAX];
	struct serve_call call = {
		.fd = fd,
		.peer = &packet->path.peer,
		.request = packet->bytes,
		.len = packet->len,
		.idle_ms = server->options->idle_ms,
		.lifeline = server->lifeline[0],
		.count = &slot->count,
	};
	int status;

	if (call.fd == -1) {
		log_error("a socket for %s:", net_format(call.peer, peer));
		return STATUS_FAILED;
	}
	status = calls->service->session(&call, server->arg);
	close(call.fd);
	trace_step(TRACE_CLOSE, "%s", net_format(call.peer, peer));
	return status;
}

static void
begin_child(struct calls *calls, const struct udp_packet *packet, struct serve_slot *slot)
{
	struct server *server = &calls->server;
	char peer[NET_TEXT_MAX];
	pid_t pid = sys_fork();

	if (pid == 0) {
		int fd = udp_open_answer(&packet->path); /* while the asked one is open */

		serve_child_begin(server, SIG_DFL);
		_exit(talk(calls, packet, slot, fd));
	}
	if (pid == -1) {
		log_error("%s turned away: fork:", net_format(&packet->path.peer, peer));
		serve_table_free(server->table, slot);
		return;
	}
	slot->pid = pid;
	trace_step(TRACE_FORK, "child %ld talks with %s, from a port of its own", (long)pid,
	    net_format(&packet->path.peer, peer));
}

/* -1: this very process, which then ends. */
static void
talk_here(struct calls *calls, const struct udp_packet *packet, struct serve_slot *slot)
{
	struct server *server = &calls->server;

	server->model = SERVE_ITERATIVE;
	serve_let_signals(server);
	server->status = talk(calls, packet, slot, udp_open_answer(&packet->path));
	serve_slot_log_end(slot, server->status << 8); /* as wait(2) would tell it */
	serve_table_free(server->table, slot);
	serve_close_listeners(server);
}

/* ---- the parent ---- */

/* Whether a child serves this very request already. */
static bool
is_served(const struct serve_table *table, const struct udp_packet *packet, uint64_t call)
{
	for (int i = 0; i < table->used; i++) {
		const struct serve_slot *slot = &table->slots[i];

		if (slot->state == SLOT_TALKING && slot->call == call &&
		    net_port(&slot->peer) == net_port(&packet->path.peer) &&
		    net_same_host(&slot->peer, &packet->path.peer))
			return true;
	}
	return false;
}

static void
drop(const struct udp_packet *packet, const char *why)
{
	char peer[NET_TEXT_MAX];

	trace_step(TRACE_TALK, "%s: %zu bytes dropped: %s",
	    net_format(&packet->path.peer, peer), packet->len, why);
}

/* Whether the address may have one child more; else it is told. */
static bool
is_below_limit(struct calls *calls, const struct udp_packet *packet)
{
	struct server *server = &calls->server;
	int limit = server->options->per_address;
	char peer[NET_TEXT_MAX];

	if (limit == 0 || serve_table_same_host(server->table, &packet->path.peer) < limit)
		return true;
	server->table->refused++;
	log_notice("%s refused: it has %d children already",
	    net_format(&packet->path.peer, peer), limit);
	(void)udp_send(&packet->path, calls->service->refusal, calls->service->refusal_len);
	return false;
}

static void
begin_call(struct calls *calls, const struct udp_packet *packet)
{
	struct server *server = &calls->server;
	uint64_t call = fingerprint(packet);
	struct serve_slot *slot;

	if (is_served(server->table, packet, call)) {
		drop(packet, "its child is at work");
		return;
	}
	if (!is_below_limit(calls, packet))
		return;
	server->table->served++;
	slot = serve_table_claim(server->table, server->pid);
	slot->peer = packet->path.peer;
	slot->call = call;
	if (server->options->once)
		talk_here(calls, packet, slot);
	else
		begin_child(calls, packet, slot);
}

static void
take(struct calls *calls, const struct udp_packet *packet, int64_t now_ms)
{
	enum udp_verdict verdict = udp_guard_judge(calls->in.guard, &packet->path.peer, now_ms);
	unsigned char answer[CALL_ANSWER_MAX];
	size_t len = 0;

	if (verdict != UDP_ANSWER || packet->path.to_many || packet->len > CALL_REQUEST_MAX) {
		drop(packet, verdict != UDP_ANSWER ? udp_verdict_words(verdict) :
			     packet->path.to_many  ? "sent to many at once" :
						     "too long");
		return;
	}
	trace_bytes(TRACE_IN, packet->bytes, packet->len);
	switch (calls->service->screen(
	    &packet->path.peer, packet->bytes, packet->len, answer, &len, calls->server.arg)) {
	case CALL_BEGIN:
		begin_call(calls, packet);
		break;
	case CALL_ANSWER:
		trace_bytes(TRACE_OUT, answer, len);
		(void)udp_send(&packet->path, answer, len);
		break;
	case CALL_IGNORE:
		drop(packet, "no request");
		break;
	}
}

static bool
has_waiting(const struct calls *calls)
{
	return calls->at < calls->count;
}

/* Those that have been received, as long as there is room in the table. */
static void
take_waiting(struct calls *calls)
{
	int64_t now = sys_now_ms();

	while (has_waiting(calls) && serve_may_accept(&calls->server, now))
		take(calls, &calls->packets[calls->at++], now);
}

static void
receive(struct calls *calls, int fd)
{
	if (has_waiting(calls))
		return;
	calls->at = 0;
	calls->count = udp_receive(calls->in.inbox, fd, calls->packets);
	if (calls->count == -1)
		log_error("receive:");
	if (calls->count <= 0)
		return;
	calls->in.active_ms = sys_now_ms();
	take_waiting(calls);
}

/* -i: when inetd may do the waiting. */
static int64_t
leave_at(const struct calls *calls)
{
	return calls->server.table->live > 0 ? INT64_MAX : serve_datagrams_leave_at(&calls->in);
}

static void
turn(struct calls *calls)
{
	struct server *server = &calls->server;
	int64_t now = sys_now_ms(), limit = serve_enforce_limits(server, now), leave;
	bool open = serve_may_accept(server, now) && !has_waiting(calls);
	nfds_t count = open ? (nfds_t)server->listener_count : 0;
	int ready;

	leave = leave_at(calls);
	if (now >= leave) {
		serve_close_listeners(server);
		return;
	}
	if (leave != INT64_MAX && (limit == 0 || leave < limit))
		limit = leave;
	ready = sys_ppoll(
	    server->listeners, count, serve_wait_ms(server, now, limit), &server->wait_mask);
	for (nfds_t i = 0; ready > 0 && i < count && i < (nfds_t)server->listener_count; i++)
		if (server->listeners[i].revents)
			receive(calls, server->listeners[i].fd);
}

static int
loop(void *arg)
{
	struct calls *calls = arg;

	while (serve_goes_on(&calls->server)) {
		take_waiting(calls);
		turn(calls);
	}
	return calls->server.status;
}

/* serve_datagrams': what must exist before the first request. 0, or -1 with errno. */
static int
prepare(void *arg)
{
	struct calls *calls = arg;
	struct server *server = &calls->server;

	server->listener_count = calls->in.count;
	server->pid = getpid();
	if (!sys_can_die_with_parent() && sys_pipe(server->lifeline) == -1)
		return -1;
	server->table = serve_table_new(server->options->once ? 1 : server->options->max);
	serve_catch_signals(&server->wait_mask);
	return server->table ? 0 : -1;
}

int
serve_calls(
    const struct call_service *service, const struct udp_serve_options *options, void *arg)
{
	/* What the shared parts look at; no session, which is not theirs to begin. */
	const struct service shared = { .name = service->name, .port = service->port };
	struct calls calls = {
		.server = {
			.service = &shared,
			.options = &options->serve,
			.arg = arg,
			.model = SERVE_FORK,
			.lifeline = { -1, -1 },
			.poke = { -1, -1 },
		},
		.service = service,
		.in = {
			.name = shared.name,
			.port = shared.port,
			.options = options,
			.prepare = prepare,
			.loop = loop,
			.sockets = calls.server.listeners,
		},
	};

	return serve_datagrams(&calls.in, &calls);
}
