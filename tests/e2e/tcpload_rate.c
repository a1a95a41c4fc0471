/*
 * tcpload: messages at a rate, latency from the moment they were due, and runs that end
 * before their time.
 *
 * Guards against coordinated omission: a client that waits for a stalled server and then
 * reports the one long answer, but not the hundreds of messages that were due meanwhile.
 */
#include <signal.h>
#include <string.h>

#include "tests/e2e/tcpload.h"

START_TEST(holds_the_rate)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);
	struct program *p = load_run(port, ARGS("-r", "500", "-d", "1", "-c", "8"));

	program_expect_status(p, 0);
	EXPECT(
	    (long)figure(p, "messages") +
		    (strstr(p->out.text, "unfinished") ? (long)figure(p, "unfinished") : 0) ==
		500,
	    "not 500 messages:\n%s", p->out.text);
	EXPECT(figure(p, "round trips/s") > 300 && figure(p, "round trips/s") < 501, "%s",
	    p->out.text);
	EXPECT(figure(p, " in ") >= 0.99 && figure(p, " in ") < 3, "%s", p->out.text);
	EXPECT(seen->connections == 8, "%ld connections", seen->connections);
}
END_TEST

/*
 * The server pauses once, for 300 ms. Of 1,000 messages in a second some 300 fall due
 * meanwhile, so the slowest tenth waits longer than 150 ms by far.
 */
static void
expect_the_stall_to_show(const char *clients)
{
	const char *port;
	struct program *p;

	peer_start(PEER_STALLS, &port);
	p = load_run(port, ARGS("-r", "1000", "-n", "1000", "-c", clients));
	program_expect_status(p, 0);
	EXPECT((long)figure(p, "messages") == 1000, "%s", p->out.text);
	EXPECT(figure(p, "p90 ") > STALL_MS * 500, "the waiting of most is lost:\n%s",
	    p->out.text);
	EXPECT(figure(p, "p99 ") > STALL_MS * 900, "the waiting of some is lost:\n%s",
	    p->out.text);
	EXPECT(figure(p, "max ") > STALL_MS * 990, "the stall is lost:\n%s", p->out.text);
	EXPECT(figure(p, "p99 ") <= figure(p, "max "), "p99 above max:\n%s", p->out.text);
}

START_TEST(shows_a_stall_to_those_behind_it)
{
	expect_the_stall_to_show("4");
	expect_the_stall_to_show("1");
}
END_TEST

/* Without a rate only the clients of that moment meet the stall: -r is what corrects. */
START_TEST(omits_a_stall_without_a_rate)
{
	const char *port;
	struct program *p;

	peer_start(PEER_STALLS, &port);
	p = load_run(port, ARGS("-n", "2000", "-c", "4"));
	program_expect_status(p, 0);
	EXPECT(figure(p, "max ") > STALL_MS * 990, "the stall is lost:\n%s", p->out.text);
	EXPECT(figure(p, "p99 ") < STALL_MS * 500, "all of 2000 met it:\n%s", p->out.text);
}
END_TEST

/* 50 messages are due and one is sent: the others are not forgotten. */
START_TEST(counts_what_it_could_not_send)
{
	const char *port;
	struct program *p;

	peer_start(PEER_SILENT, &port);
	p = load_run(port, ARGS("-r", "100", "-d", "0.5", "-t", "0.8", "-c", "1"));
	program_expect_status(p, 1);
	expect_errors(p, 1, "ETIMEDOUT 1");
	EXPECT((long)figure(p, "unfinished") == 49, "%s", p->out.text);
}
END_TEST

static bool
is_loaded(void *seen)
{
	return ((struct seen *)seen)->bytes > 64 * 20;
}

START_TEST(a_signal_ends_it_with_a_report)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const char *port;

	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct seen *seen = peer_start(PEER_ECHO, &port);
		struct program *p = load_start(port, ARGS(i ? "-L" : "-S", "-d", "600"));

		EXPECT(await_condition(is_loaded, seen), "no load");
		program_signal(p, signals[i]);
		program_expect_status(p, 0);
		expect_errors(p, 0, "");
		EXPECT(figure(p, "messages") >= 20, "%s", p->out.text);
		EXPECT(figure(p, " in ") < 30, "%s", p->out.text);
	}
}
END_TEST

static bool
have_all_sent(void *seen)
{
	return ((struct seen *)seen)->bytes >= 64 * 30;
}

/* ... even if no answer comes; that is then nobody's fault. */
START_TEST(a_signal_ends_waiting)
{
	const char *port;
	struct seen *seen = peer_start(PEER_SILENT, &port);
	struct program *p = load_start(port, ARGS("-t", "0", "-n", "50", "-c", "30"));

	EXPECT(await_condition(have_all_sent, seen), "no load");
	program_signal(p, SIGINT);
	program_expect_status(p, 0);
	expect_errors(p, 0, "");
	EXPECT((long)figure(p, "unfinished") == 30, "%s", p->out.text);
}
END_TEST

void
tcpload_rate(Suite *suite)
{
	const struct check checks[] = {
		OURS(holds_the_rate, ONCE),
		OURS(shows_a_stall_to_those_behind_it, ONCE),
		OURS(omits_a_stall_without_a_rate, ONCE),
		OURS(counts_what_it_could_not_send, ONCE),
		OURS(a_signal_ends_it_with_a_report, ONCE),
		OURS(a_signal_ends_waiting, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
