/*
 * udpecho -c: numbered datagrams, measured.
 *
 * Guards against an answer that is counted twice, a stranger's that is counted at all, a
 * loss that is not seen, and a run that never ends because one answer does not come.
 */
#include <sys/socket.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

static struct program *
count(enum peer peer, const char *number, const char *option, const char *value)
{
	return program_start(ARGS("-c", number, "-i", "0.01", "-t", "0.5", "-p",
	    udp_peer_start(peer), option, value, "127.0.0.1"));
}

/* Each number in the summary. */
static void
expect_summary(const struct program *p, long sent, long received, long lost)
{
	EXPECT(number_before(p->out.text, " sent, ") == sent, "not %ld sent: %s", sent,
	    p->out.text);
	EXPECT(number_before(p->out.text, " received, ") == received, "not %ld received: %s",
	    received, p->out.text);
	EXPECT(number_before(p->out.text, " lost (") == lost, "not %ld lost: %s", lost,
	    p->out.text);
}

START_TEST(all_come_back)
{
	struct program *p = count(PEER_ECHO, "5", "-s", "100");

	program_expect_status(p, 0);
	expect_summary(p, 5, 5, 0);
	for (int i = 1; i <= 5; i++) {
		char line[128];

		snprintf(line, sizeof line,
		    "^100 bytes from 127\\.0\\.0\\.1:[0-9]+: number %d, [0-9]+\\.[0-9]{3} ms$",
		    i);
		EXPECT(program_has_line(&p->out, line), "no line of number %d", i);
	}
	EXPECT(program_has_line(&p->out, "^min/avg/p99/max ([0-9]+\\.[0-9]{3}/){3}[0-9.]+ ms$"),
	    "no times: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

START_TEST(min_avg_and_max_are_in_order)
{
	struct program *p = count(PEER_ECHO, "50", "-s", "64");
	double min, avg, p99, max;
	const char *at;

	program_expect_status(p, 0);
	at = strstr(p->out.text, "min/avg/p99/max ");
	EXPECT(at != NULL && sscanf(at, "min/avg/p99/max %lf/%lf/%lf/%lf ms", &min, &avg, &p99,
				 &max) == 4,
	    "no times: %s", p->out.text);
	EXPECT(min > 0 && min <= avg && avg <= max && min <= p99 && p99 <= max * 1.02,
	    "not in order: %s", at);
}
END_TEST

START_TEST(none_comes_back)
{
	struct program *p = count(PEER_SILENT, "3", "-s", "64");

	program_expect_status(p, 1);
	expect_summary(p, 3, 0, 3);
	EXPECT(strstr(p->out.text, "min/avg") == NULL, "times of nothing: %s", p->out.text);
}
END_TEST

START_TEST(twice_is_not_two)
{
	struct program *p = count(PEER_TWICE, "10", "-s", "64");

	program_expect_status(p, 0);
	expect_summary(p, 10, 10, 0);
	EXPECT(number_before(p->out.text, " twice") >= 9, "not seen: %s", p->out.text);
}
END_TEST

START_TEST(out_of_order_is_told)
{
	struct program *p = count(PEER_SWAPS, "10", "-s", "64");

	program_expect_status(p, 0);
	expect_summary(p, 10, 10, 0);
	EXPECT(number_before(p->out.text, " out of order") == 5, "not seen: %s", p->out.text);
}
END_TEST

/* Answers that are not what was sent are not answers. */
START_TEST(strangers_do_not_count)
{
	static const enum peer peers[] = { PEER_ALTERS, PEER_CUTS, PEER_ESCAPES };

	for (size_t i = 0; i < ARRAY_LENGTH(peers); i++) {
		struct program *p = count(peers[i], "3", "-s", "64");

		program_expect_status(p, 1);
		expect_summary(p, 3, 0, 3);
		EXPECT(
		    number_before(p->out.text, " foreign") == 3, "not seen: %s", p->out.text);
	}
}
END_TEST

/* A server that answers in upper case, counts, loses and reorders is understood. */
START_TEST(with_a_wild_server)
{
	struct program *server = program_launch(&(struct launch){ .other = "udpechod",
	    .args = ARGS("-p", "0", "-U", "-n", "-L", "20", "-O", "30", "-Z", "9") });
	struct program *p;
	long received, lost;

	program_await_ready(server);
	p = program_start(ARGS("-q", "-c", "200", "-i", "0.001", "-t", "2", "-p",
	    strrchr(server->address[0], ':') + 1, "127.0.0.1"));
	program_expect_status(p, 0);
	received = number_before(p->out.text, " received, ");
	lost = number_before(p->out.text, " lost (");
	EXPECT(received + lost == 200, "%ld and %ld are not 200", received, lost);
	EXPECT(lost > 15 && lost < 75, "%ld lost of 200 with -L 20", lost);
	EXPECT(number_before(p->out.text, " out of order") > 10, "not seen: %s", p->out.text);
	EXPECT(stream_lines(&p->out) == 2, "-q says more than the summary: %s", p->out.text);
}
END_TEST

START_TEST(without_pauses)
{
	struct program *p = program_start(ARGS("-q", "-c", "3000", "-i", "0", "-s", "1000",
	    "-p", udp_peer_start(PEER_ECHO), "127.0.0.1"));

	program_expect_status(p, 0);
	expect_summary(p, 3000, 3000, 0);
}
END_TEST

START_TEST(nobody_there)
{
	int port, fd = port_reserve(AF_INET, &port);
	int64_t began = now_ms();
	char number[16];
	struct program *p;

	snprintf(number, sizeof number, "%d", port);
	p = program_start(ARGS("-c", "3", "-i", "0.01", "-t", "60", "-p", number, "127.0.0.1"));
	program_expect_status(p, 1);
	expect_summary(p, 3, 0, 3);
	EXPECT(now_ms() - began < WAIT_MS, "it waits though nobody is there");
	EXPECT(program_has_line(&p->err, "ECONNREFUSED .*no one listens there"), "no word");
	close(fd);
}
END_TEST

/* ^C: what has come so far is summed up. */
START_TEST(interrupted)
{
	struct program *p = program_start(
	    ARGS("-c", "1000", "-i", "3600", "-p", udp_peer_start(PEER_ECHO), "127.0.0.1"));

	program_await_line(p, &p->out, "number 1, ");
	program_signal(p, SIGINT);
	program_expect_status(p, 0);
	expect_summary(p, 1, 1, 0);
}
END_TEST

void
udpecho_count(Suite *suite)
{
	const struct check checks[] = {
		OURS(all_come_back, ONCE),
		OURS(min_avg_and_max_are_in_order, ONCE),
		OURS(none_comes_back, ONCE),
		OURS(twice_is_not_two, ONCE),
		OURS(out_of_order_is_told, ONCE),
		OURS(strangers_do_not_count, ONCE),
		OURS(with_a_wild_server, ONCE),
		OURS(without_pauses, ONCE),
		OURS(nobody_there, ONCE),
		OURS(interrupted, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
