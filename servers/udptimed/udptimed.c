/*
 * udptimed: tell the time, in the words that the client asks for. UDP.
 *
 *	client                          server
 *	(nothing)  ------------------>
 *	           <------------------  "2026-11-20 14:06:23"
 *	"TZ=Asia/Tokyo %H:%M"  ------>
 *	           <------------------  "23:06"
 *	"%1400Y"   ------------------>
 *	           <------------------  "error: %1: no flags or widths"
 *	probe, T1  ------------------>  T2: it came
 *	T4         <------------------  the same, T2, T3: it leaves
 *
 * What the datagrams may hold, and how long an answer can get, is in protocol/clock.h.
 * Each request is answered for itself; nothing is kept between two of them.
 *
 * What it deliberately does not do: set a clock, prove who it is (that is NTS, RFC
 * 8915), or speak the NTP or daytime protocols, which have servers of their own.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/log.h"
#include "common/opts.h"
#include "common/serve_udp.h"
#include "common/trace.h"
#include "common/wall.h"
#include "protocol/clock.h"
#include "servers/udptimed/answer.h"

enum {
	NS_PER_S = 1000000000,
};

struct time_server {
	struct zone own; /* -z, or this machine's */
	const char *folder;
	int precision; /* of our clock, for probes */

	/* An answer must stay where it is until its batch has left; each has its place. */
	char answers[UDP_BATCH][CLOCK_ANSWER_MAX];
	size_t turn;

	uint64_t told, refused, probes;
};

static const struct opts_entry time_entries[] = {
	{ 'z', "zone", "tell the time of this zone, as Europe/Berlin or UTC" },
	{ 0, NULL, NULL },
};

static const struct opts_program time_program = {
	.name = "udptimed",
	.purpose = "Tell the time over UDP, in the format that is asked for. See udptimed(8).",
	.operands = "",
	.own = time_entries,
};

/* T2 as early as we can, T3 as late: sent at once, not with the batch. */
static void
answer_probe(
    struct udp_server *server, struct time_server *state, const struct udp_packet *packet)
{
	unsigned char bytes[CLOCK_PROBE_SIZE];
	int64_t came = wall_now_ns();
	struct clock_probe probe;

	if (clock_read_probe(packet->bytes, packet->len, &probe) == -1 ||
	    probe.kind != CLOCK_ASK) {
		udp_ignore(server);
		return;
	}
	probe.kind = CLOCK_ANSWER;
	probe.precision = state->precision;
	probe.t2 = came;
	probe.t3 = wall_now_ns();
	if (clock_write_probe(bytes, sizeof bytes, &probe) == -1 ||
	    udp_send(&packet->path, bytes, sizeof bytes) == -1) {
		udp_ignore(server);
		return;
	}
	trace_bytes(TRACE_OUT, bytes, sizeof bytes);
	trace_step(TRACE_TALK, "a probe: came and left again within %" PRId64 " ns",
	    probe.t3 - probe.t2);
	state->probes++;
}

static void
tell_time(struct udp_server *server, struct time_server *state, const struct udp_packet *packet)
{
	char *answer = state->answers[state->turn++ % UDP_BATCH];
	const struct answer_asked asked = {
		.t = wall_now_ns() / NS_PER_S,
		.own = &state->own,
		.folder = state->folder,
	};
	enum clock_verdict verdict;
	size_t len;

	verdict = answer_text(&asked, packet->bytes, packet->len, answer, &len);
	if (verdict == CLOCK_SILENCE) {
		udp_ignore(server);
		return;
	}
	if (verdict == CLOCK_OK)
		state->told++;
	else
		state->refused++;
	trace_step(
	    TRACE_TALK, "%zu bytes asked, %zu told: %.*s", packet->len, len, (int)len, answer);
	udp_reply(server, &packet->path, answer, len);
}

static void
time_receive(struct udp_server *server, const struct udp_packet *packet, void *arg)
{
	if (clock_is_probe(packet->bytes, packet->len))
		answer_probe(server, arg, packet);
	else
		tell_time(server, arg, packet);
}

static void
time_report(void *arg)
{
	const struct time_server *state = arg;

	log_error("  %" PRIu64 " times told, %" PRIu64 " requests refused, %" PRIu64 " probes",
	    state->told, state->refused, state->probes);
}

static const struct udp_service time_service = {
	.name = "udptimed",
	.port = "7037",
	.receive = time_receive,
	.report = time_report,
};

static void
parse_options(int argc, char *argv[], struct udp_serve_options *options, const char **zone)
{
	struct opts opts;

	opts_udp_server(&opts, &time_program, options, argc, argv);
	while (opts_next(&opts) == 'z') {
		*zone = opts.argument;
		if (!clock_is_zone(*zone, strlen(*zone)))
			opts_fail(&opts, "-z: \"%s\" is not the name of a zone", *zone);
	}
}

/* 0, or -1: it is logged. */
static int
find_zone(struct time_server *state, const char *name)
{
	if (name && zone_open(&state->own, state->folder, name, strlen(name)) == -1) {
		log_error("-z: %s: no such time zone: %s/%s:", name, state->folder, name);
		return -1;
	}
	if (name == NULL && zone_open_own(&state->own, state->folder) == -1) {
		log_notice("the zone of this machine cannot be read, so it is UTC:");
		state->own.len = 0;
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	struct time_server state = { .turn = 0 };
	struct udp_serve_options options = UDP_SERVE_DEFAULTS;
	const char *zone = NULL;

	parse_options(argc, argv, &options, &zone);
	state.folder = zone_folder();
	state.precision = clock_precision(wall_precision_ns());
	if (find_zone(&state, zone) == -1)
		return STATUS_FAILED;
	return udp_serve(&time_service, &options, &state);
}
