/*
 * tcpchat: how a call ends: each side for itself, or both, or by accident.
 *
 * Guards against a side that is cut off because the other has finished, a call that
 * never ends although both have, and an accident that is taken for an end.
 */
#include <sys/socket.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

START_TEST(our_end_leaves_them_talking)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	program_send(p, "that is all\n");
	program_finish(p);
	client_hear(peer, "that is all\n");
	client_hear_end(peer);
	client_say(peer, "but I have something to say\n");
	program_await_text(&p->out, "but I have something to say\n");
	client_say(peer, "and more\n");
	program_await_text(&p->out, "and more\n");
	client_finish(peer);
	program_expect_status(p, 0);
	close(peer);
}
END_TEST

START_TEST(their_end_leaves_us_talking)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	client_say(peer, "that is all\n");
	client_finish(peer);
	program_await_text(&p->out, "that is all\n");
	program_send(p, "but I have something to say\n");
	client_hear(peer, "but I have something to say\n");
	program_send(p, "and more\n");
	client_hear(peer, "and more\n");
	program_finish(p);
	client_hear_end(peer);
	program_expect_status(p, 0);
	close(peer);
}
END_TEST

/* They have ended, we have nothing to say yet: a loop that reads 0 for ever would show. */
START_TEST(their_end_costs_no_processor)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);
	long before;

	client_finish(peer);
	client_hear_nothing(peer, QUIET_MS);
	before = process_ticks(p->pid);
	client_hear_nothing(peer, 4 * QUIET_MS);
	EXPECT(
	    process_ticks(p->pid) - before < 4 * QUIET_MS / 20, "it works while nobody speaks");
	program_finish(p);
	program_expect_status(p, 0);
	close(peer);
}
END_TEST

/* What they said before the line broke is printed; that it broke is told. */
START_TEST(call_is_cut_off)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	client_say(peer, "suddenly\n");
	program_await_text(&p->out, "suddenly\n");
	client_reset(peer);
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpchat: .*ECONNRESET \\("), "it does not say why");
	EXPECT(strcmp(p->out.text, "suddenly\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

/* The other has gone altogether: at the latest our next words bring that to light. */
START_TEST(words_for_nobody)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	client_say(peer, "good-bye\n");
	program_await_text(&p->out, "good-bye\n");
	close(peer);
	program_send(p, "wait!\n");
	program_expect_status(p, 1);
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, "^tcpchat: .*hung up"), "it does not say why");
	EXPECT(strcmp(p->out.text, "good-bye\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

START_TEST(nobody_reads_the_output)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	close(p->out.fd);
	p->out.fd = -1;
	client_say(peer, "hello?\n");
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpchat: standard output: EPIPE \\("),
	    "EPIPE is not said");
	client_await_gone(peer);
}
END_TEST

START_TEST(interrupt_ends_the_call)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	program_send(p, "hello\n");
	client_hear(peer, "hello\n");
	program_signal(p, SIGINT);
	program_expect_status(p, 128 + SIGINT);
	client_hear_end(peer);
	close(peer);
}
END_TEST

/* Two that have nothing to say. */
START_TEST(silence)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	program_finish(p);
	client_hear_end(peer);
	close(peer);
	program_expect_status(p, 0);
	EXPECT(p->out.length == 0 && p->err.length == 0, "words where there are none to say");
}
END_TEST

void
tcpchat_ends(Suite *suite)
{
	const struct check checks[] = {
		{ our_end_leaves_them_talking, ONCE, NEEDS_START, 2,
		    "shutdown(2) closes one direction: go on reading. tcpchat(1)" },
		{ their_end_leaves_us_talking, ONCE, NEEDS_START, 2,
		    "a read of 0 ends their side, not ours. tcpchat(1)" },
		{ their_end_costs_no_processor, ONCE, NEEDS_START, 1,
		    "the end polls readable for ever: stop asking. pitfalls(7)" },
		{ silence, ONCE, NEEDS_START, 1,
		    "when both have ended, so does the program. tcpchat(1)" },
		{ interrupt_ends_the_call, ONCE, NEEDS_START, 1,
		    "^C is the way out of every program: die of it. tcpchat(1)" },
		OURS(call_is_cut_off, ONCE),
		OURS(words_for_nobody, ONCE),
		OURS(nobody_reads_the_output, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
