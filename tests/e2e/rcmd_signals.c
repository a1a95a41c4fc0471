/*
 * rcmd: a signal is for the command, and the second one for rcmd.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

START_TEST(signals_are_carried)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct program *server = rcmdd_start(ARGS(NULL));

	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct program *p =
		    rcmd_start(server, ARGS("-n", "127.0.0.1", "echo go; exec sleep 1000"));
		int status;

		program_await_text(&p->out, "go\n");
		program_signal(p, signals[i]);
		status = program_await_exit(p);
		EXPECT(status == 128 + signals[i], "signal %d: status %d", signals[i], status);
	}
}
END_TEST

START_TEST(command_may_answer_a_signal)
{
	struct program *p = rcmd_start(rcmdd_start(ARGS(NULL)),
	    ARGS("-n", "127.0.0.1",
		"trap 'echo caught; exit 9' INT; sleep 1000 & echo go; wait"));

	program_await_text(&p->out, "go\n");
	program_signal(p, SIGINT);
	EXPECT(program_await_exit(p) == 9, "status");
	EXPECT(strcmp(p->out.text, "go\ncaught\n") == 0, "%s", p->out.text);
}
END_TEST

START_TEST(second_one_gives_up)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	struct program *p = rcmd_start(
	    server, ARGS("-n", "127.0.0.1",
			"trap 'echo first' INT; echo go; while :; do sleep 0.1; done"));

	program_await_text(&p->out, "go\n");
	program_signal(p, SIGINT);
	program_await_text(&p->out, "first\n");
	program_signal(p, SIGINT);
	EXPECT(program_await_exit(p) == 130, "status");
	process_await_children(server->pid, 0, 0);
}
END_TEST

/* Standard output is full and nobody reads it: ^C must still be heeded. */
START_TEST(signal_while_output_is_full)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int ends[2];
	struct program *p;

	EXPECT(pipe(ends) == 0, "pipe");
	p = program_launch(
	    &(struct launch){ .args = ARGS("-p", strrchr(server->address[0], ':') + 1, "-n",
				  "127.0.0.1", "echo go >&2; exec yes"),
		.out = ends[1] });
	close(ends[1]);
	program_await_text(&p->err, "go\n");
	program_signal(p, SIGINT);
	program_await_line(server, &server->err, "ended by signal 2");
	program_signal(p, SIGINT); /* EXIT waits behind what nobody reads */
	EXPECT(program_await_exit(p) == 130, "status");
	close(ends[0]);
}
END_TEST

START_TEST(a_server_that_does_not_answer_term)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	struct program *p =
	    rcmd_start(server, ARGS("-n", "127.0.0.1", "echo go; exec sleep 1000"));
	pid_t session;

	program_await_text(&p->out, "go\n");
	EXPECT(process_children(server->pid, &session, 1) == 1, "no session");
	process_stop(session);
	program_signal(p, SIGTERM);
	EXPECT(program_await_exit(p) == 143, "status");
	kill(session, SIGCONT);
}
END_TEST

void
rcmd_signals(Suite *suite)
{
	const struct check checks[] = {
		{ signals_are_carried, ONCE, NEEDS_START, 2, "a SIGNAL frame. rcmd(1)" },
		{ command_may_answer_a_signal, ONCE, NEEDS_START, 1, "wait for EXIT. rcmd(1)" },
		{ second_one_gives_up, ONCE, NEEDS_START, 1, "close at the second. rcmd(1)" },
		OURS(signal_while_output_is_full, ONCE),
		OURS(a_server_that_does_not_answer_term, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
