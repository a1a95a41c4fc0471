/*
 * udptime --offset: how far two clocks are apart.
 *
 * Guards against an offset with the wrong sign, one that counts the server's own time as
 * the way's, and answers to questions that were never asked.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/e2e/udptime_peer.h"

#define S    1000000000LL
#define YEAR (365 * 86400 * S)

struct report {
	double offset, offset_bound, delay, delay_bound;
	int sent, answered;
};

static void
read_report(const struct program *p, struct report *report)
{
	const char *text = strchr(p->out.text, '\n');
	int fields = sscanf(text ? text : "",
	    "\noffset %lf s, +/- %lf s\ndelay %lf s, +/- %lf s\nprobes %d, answered %d\n",
	    &report->offset, &report->offset_bound, &report->delay, &report->delay_bound,
	    &report->sent, &report->answered);

	EXPECT(fields == 6, "stdout: %s", p->out.text);
}

static void
measure(const struct peer *peer, struct report *report)
{
	struct program *p = program_start(
	    ARGS("--offset", "-c", "4", "-t", "5", "-p", peer_start(peer), "127.0.0.1"));

	program_expect_status(p, 0);
	read_report(p, report);
	EXPECT(program_has_line(&p->err, "^udptime: .*no clock was changed$"), "not told");
}

/* Within the uncertainty that it claims itself, which on loopback is far below a second. */
static void
expect_offset(const struct report *report, double wanted)
{
	double error = report->offset - wanted;

	EXPECT(error <= report->offset_bound && -error <= report->offset_bound,
	    "offset %f +/- %f, wanted %f", report->offset, report->offset_bound, wanted);
	EXPECT(report->delay >= 0 && report->offset_bound >= report->delay / 2,
	    "delay %f, uncertainty %f", report->delay, report->offset_bound);
	EXPECT(report->delay_bound > 0 && report->delay_bound < 1, "precision %f",
	    report->delay_bound);
}

START_TEST(offsets)
{
	static const int64_t ahead[] = { 0, 1000 * S, -1000 * S, 50 * YEAR, S / 4 };

	for (size_t i = 0; i < ARRAY_LENGTH(ahead); i++) {
		struct report report;

		measure(
		    &(struct peer){ .answer = "noon", .probes = true, .ahead_ns = ahead[i] },
		    &report);
		expect_offset(&report, (double)ahead[i] / (double)S);
		EXPECT(report.sent == 4 && report.answered == 4, "%d of %d answered",
		    report.answered, report.sent);
	}
}
END_TEST

/* Only the first answer to a probe counts: a second is late, or a liar's. */
START_TEST(the_first_answer_counts)
{
	struct report report;

	measure(&(struct peer){ .answer = "noon",
		    .probes = true,
		    .each_twice = true,
		    .later_ahead_ns = 500 * S },
	    &report);
	expect_offset(&report, 0);
	EXPECT(report.answered == 4, "%d answered", report.answered);
}
END_TEST

static void
expect_no_offset(struct program *p)
{
	program_expect_status(p, 1);
	EXPECT(strcmp(p->out.text, "noon\n") == 0, "stdout: %s", p->out.text);
	EXPECT(program_has_line(&p->err,
		   "^udptime: 127\\.0\\.0\\.1: none of 2 probes was answered as it must be$"),
	    "stderr: %s", p->err.text);
}

START_TEST(foreign_answers_do_not_count)
{
	static const struct peer peers[] = {
		{ .answer = "noon" },
		{ .answer = "noon", .probes = true, .wrong_cookie = true },
		{ .answer = "noon", .probes = true, .wrong_t1 = true },
		{ .answer = "noon", .probes = true, .as_request = true },
		{ .answer = "noon", .probes = true, .cut_off = true },
		{ .answer = "noon",
		    .probes = true,
		    .hold_ns = 100 * S }, /* longer than it took */
		{ .answer = "noon", .probes = true, .hold_ns = -100 * S }, /* T3 before T2 */
		{ .answer = "noon", .probes = true, .ahead_ns = -100 * YEAR }, /* before 1970 */
	};

	struct program *clients[ARRAY_LENGTH(peers)];

	for (size_t i = 0; i < ARRAY_LENGTH(peers); i++) /* side by side: each waits a second */
		clients[i] = program_start(
		    ARGS("--offset", "-c", "2", "-p", peer_start(&peers[i]), "127.0.0.1"));
	for (size_t i = 0; i < ARRAY_LENGTH(peers); i++)
		expect_no_offset(clients[i]);
}
END_TEST

/* It measures; the clock of this machine is as it was. */
START_TEST(no_clock_is_changed)
{
	struct timespec wall, steady, wall_after, steady_after;
	struct report report;
	int64_t drift;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &steady);
	measure(
	    &(struct peer){ .answer = "noon", .probes = true, .ahead_ns = 3600 * S }, &report);
	clock_gettime(CLOCK_REALTIME, &wall_after);
	clock_gettime(CLOCK_MONOTONIC, &steady_after);
	drift = (wall_after.tv_sec - wall.tv_sec) - (steady_after.tv_sec - steady.tv_sec);
	EXPECT(drift >= -60 && drift <= 60, "the clock has moved by %d s", (int)drift);
}
END_TEST

/* The words do not wait for lost probes, nor probes for lost words. */
START_TEST(words_may_be_lost_meanwhile)
{
	struct report report;

	measure(&(struct peer){ .answer = "noon", .probes = true, .deaf_to = 1 }, &report);
	expect_offset(&report, 0);
}
END_TEST

void
udptime_offset(Suite *suite)
{
	const struct check checks[] = {
		OURS(offsets, ONCE),
		OURS(the_first_answer_counts, ONCE),
		OURS(foreign_answers_do_not_count, ONCE),
		OURS(no_clock_is_changed, ONCE),
		OURS(words_may_be_lost_meanwhile, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
