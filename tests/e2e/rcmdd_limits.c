/*
 * rcmdd: what a command may use is bounded, and a limit is told as such.
 *
 * Guards against a command that runs for ever, writes for ever, eats the memory or the
 * processor, and against a client that keeps a session for ever.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

enum {
	MEBIBYTE = 1024 * 1024,
};

START_TEST(time_is_over)
{
	const struct answer *answer = run_line(
	    rcmdd_start(ARGS("-W", "0.3")), "echo begun; sleep 1000 & sleep 1000; echo no");

	EXPECT(answer->end == TIMED_OUT && answer->number == SIGTERM, "end %d, number %u",
	    (int)answer->end, answer->number);
	EXPECT(strcmp(answer->out, "begun\n") == 0, "%s", answer->out);
}
END_TEST

START_TEST(time_is_over_for_the_stubborn)
{
	const struct answer *answer = run_line(
	    rcmdd_start(ARGS("-W", "0.2")), "trap '' TERM; while :; do sleep 0.1; done");

	EXPECT(answer->end == TIMED_OUT && answer->number == SIGKILL, "end %d, number %u",
	    (int)answer->end, answer->number);
}
END_TEST

START_TEST(output_is_cut)
{
	struct program *server = rcmdd_start(ARGS("-O", "1"));
	const struct answer *answer = run_line(server, "yes >&2 & yes");

	EXPECT(answer->end == OUTPUT_LIMIT, "end %d", (int)answer->end);
	EXPECT(answer->out_bytes + answer->err_bytes == MEBIBYTE, "%llu bytes",
	    (unsigned long long)(answer->out_bytes + answer->err_bytes));
	answer = run_line(server, "head -c 1048576 /dev/zero");
	EXPECT(answer->end == EXITED && answer->number == 0 && answer->out_bytes == MEBIBYTE,
	    "exactly the limit: end %d", (int)answer->end);
}
END_TEST

START_TEST(processor_time)
{
	const struct answer *answer =
	    run_line(rcmdd_start(ARGS("-P", "1")), "while :; do :; done");

	EXPECT(answer->end == SIGNALLED &&
		   (answer->number == SIGXCPU || answer->number == SIGKILL),
	    "end %d, number %u", (int)answer->end, answer->number);
}
END_TEST

START_TEST(memory)
{
	const struct answer *answer = run_words(rcmdd_start(ARGS("-M", "64")),
	    ARGS("dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1"));

	EXPECT(answer->number != 0, "256 MiB fit in 64");
	EXPECT(strstr(answer->err, "memory"), "%s", answer->err);
}
END_TEST

START_TEST(limits_are_the_commands)
{
	const struct answer *answer = run_line(
	    rcmdd_start(ARGS("-P", "60", "-M", "100", "-N", "5000")), "cat /proc/self/limits");

	EXPECT(strstr(answer->out, "Max cpu time              60                   61"), "%s",
	    answer->out);
	EXPECT(strstr(answer->out, "Max address space         104857600            104857600"),
	    "%s", answer->out);
	EXPECT(strstr(answer->out, "Max processes             5000                 5000"), "%s",
	    answer->out);
	EXPECT(strstr(answer->out, "Max core file size        0                    0"), "%s",
	    answer->out);
}
END_TEST

START_TEST(commands_of_a_session)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS("-n", "2")));

	for (int i = 0; i < 2; i++) {
		exec_words(fd, ARGS("true"));
		EXPECT(answer_await(fd)->end == EXITED, "command %d", i);
	}
	exec_words(fd, ARGS("true"));
	frame_hear_error(fd, E_LIMIT);
	close(fd);
}
END_TEST

START_TEST(sessions_of_an_address)
{
	struct program *server = rcmdd_start(ARGS("-C", "1"));
	int first = rcmdd_hello(server), second = client_open(server->address[0]);

	frame_hear_error(second, E_LIMIT);
	exec_words(first, ARGS("true"));
	EXPECT(answer_await(first)->end == EXITED, "the first suffers");
	close(first);
	close(second);
}
END_TEST

START_TEST(idle_between_commands)
{
	struct program *server = rcmdd_start(ARGS("-t", "0.3"));
	int fd = rcmdd_hello(server);

	exec_line(fd, "sleep 0.6; echo patient"); /* a silent command is not idle */
	EXPECT(strcmp(answer_await(fd)->out, "patient\n") == 0, "cut off");
	client_hear_end(fd);
	close(fd);
}
END_TEST

START_TEST(session_of_many_words)
{
	struct program *server = rcmdd_start(ARGS("-T", "0.5"));
	int fd = rcmdd_hello(server);
	pid_t pid;

	exec_line(fd, "echo $$; exec sleep 1000");
	pid = hear_pid(fd);
	process_await_end(pid);
	client_await_gone(fd);
	close(fd);
}
END_TEST

/* Who does not say who it is, is not waited for. */
START_TEST(silent_strangers)
{
	int fd = client_open(rcmdd_start(ARGS(NULL))->address[0]);

	client_await_gone(fd);
	close(fd);
}
END_TEST

void
rcmdd_limits(Suite *suite)
{
	const struct check checks[] = {
		{ time_is_over, ONCE, NEEDS_OPTIONS, 1, "-W: TERM to the group. rcmdd(8)" },
		{ time_is_over_for_the_stubborn, ONCE, NEEDS_OPTIONS, 1,
		    "KILL after the grace" },
		{ output_is_cut, ONCE, NEEDS_OPTIONS, 1, "-O counts both outputs. rcmdd(8)" },
		{ processor_time, ONCE, NEEDS_OPTIONS, 1, "-P: RLIMIT_CPU in the child" },
		{ memory, ONCE, NEEDS_OPTIONS, 1, "-M: RLIMIT_AS in the child" },
		OURS(limits_are_the_commands, ONCE),
		{ commands_of_a_session, ONCE, NEEDS_OPTIONS, 1, "-n: an ERROR of kind limit" },
		{ sessions_of_an_address, ONCE, NEEDS_OPTIONS, 1, "-C: an ERROR, then close" },
		{ idle_between_commands, ONCE, NEEDS_OPTIONS, 1,
		    "-t counts while nothing runs. rcmdd(8)" },
		OURS(session_of_many_words, ONCE),
		OURS(silent_strangers, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
