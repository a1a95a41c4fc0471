/*
 * rcmdd: a command runs, and how it ended is told apart from what it wrote.
 *
 * Guards against what the course notes do: a size of 0 taken for "no such command"
 * (true writes nothing), answers of two commands glued to each other, standard error
 * mixed into standard output, and an environment full of the server's own secrets.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

START_TEST(status_of_a_command)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	const struct answer *answer = run_words(server, ARGS("true"));

	EXPECT(answer->end == EXITED && answer->number == 0 && answer->out_bytes == 0,
	    "true: end %d, number %u", (int)answer->end, answer->number);
	answer = run_words(server, ARGS("false"));
	EXPECT(answer->end == EXITED && answer->number == 1, "false: end %d, number %u",
	    (int)answer->end, answer->number);
	answer = run_line(server, "exit 77");
	EXPECT(answer->end == EXITED && answer->number == 77, "exit 77: %u", answer->number);
}
END_TEST

START_TEST(death_by_signal)
{
	const struct answer *answer = run_line(rcmdd_start(ARGS(NULL)), "kill -9 $$");

	EXPECT(answer->end == SIGNALLED && answer->number == 9, "end %d, number %u",
	    (int)answer->end, answer->number);
}
END_TEST

START_TEST(no_such_command)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	const struct answer *answer = run_words(server, ARGS("no-such-command"));

	EXPECT(answer->end == NOT_STARTED && answer->number == 127, "end %d, number %u",
	    (int)answer->end, answer->number);
	EXPECT(strstr(answer->words, "no-such-command"), "words: %s", answer->words);
	answer = run_words(server, ARGS("/etc/passwd"));
	EXPECT(answer->end == NOT_STARTED && answer->number == 126, "end %d, number %u",
	    (int)answer->end, answer->number);
	answer = run_words(server, ARGS(""));
	EXPECT(answer->end == NOT_STARTED && answer->number == 127, "the empty name");
}
END_TEST

START_TEST(two_outputs_apart)
{
	const struct answer *answer =
	    run_line(rcmdd_start(ARGS(NULL)), "echo one; echo two >&2; echo three");

	EXPECT(strcmp(answer->out, "one\nthree\n") == 0, "stdout: %s", answer->out);
	EXPECT(strcmp(answer->err, "two\n") == 0, "stderr: %s", answer->err);
}
END_TEST

START_TEST(words_without_a_shell)
{
	const struct answer *answer = run_words(
	    rcmdd_start(ARGS(NULL)), ARGS("printf", "<%s>", "$HOME; a | b", "", "*", "\"'"));

	EXPECT(strcmp(answer->out, "<$HOME; a | b><><*><\"'>") == 0, "%s", answer->out);
}
END_TEST

START_TEST(a_line_for_the_shell)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	const struct answer *answer;

	exec_line(fd, "echo abc | tr a-c x-z");
	answer = answer_await(fd);
	EXPECT(strcmp(answer->out, "xyz\n") == 0, "%s", answer->out);
	close(fd);
}
END_TEST

START_TEST(many_commands_in_a_session)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));

	for (int i = 0; i < 50; i++) {
		const struct answer *answer;
		char line[64], wanted[64];

		snprintf(line, sizeof line, "echo answer %d; exit %d", i, i);
		snprintf(wanted, sizeof wanted, "answer %d\n", i);
		exec_line(fd, line);
		answer = answer_await(fd);
		EXPECT(strcmp(answer->out, wanted) == 0, "%d: %s", i, answer->out);
		EXPECT(answer->number == (unsigned)i, "%d: status %u", i, answer->number);
	}
	close(fd);
}
END_TEST

START_TEST(environment_is_made)
{
	static const char *const wanted[] = { "PATH=/usr/local/bin:/usr/bin:/bin\n",
		"HOME=", "USER=", "LOGNAME=", "SHELL=/bin/sh\n", "LANG=C.UTF-8\n",
		"RCMD_PEER=127.0.0.1:", "RCMD_KEY=-\n" };
	const struct answer *answer;

	setenv("SECRET", "of the server's", 1);
	answer = run_words(rcmdd_start(ARGS(NULL)), ARGS("env"));
	EXPECT(strstr(answer->out, "SECRET") == NULL, "inherited: %s", answer->out);
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
		EXPECT(strstr(answer->out, wanted[i]), "no %s in: %s", wanted[i], answer->out);
}
END_TEST

/*
 * Signals 32 and 33 are the C library's own: whoever started us may ignore them, and
 * sigaction(2) refuses to change that.
 */
static bool
no_signal_is_set(const char *status)
{
	static const char *const masks[] = { "SigBlk:", "SigIgn:", "SigCgt:" };
	const unsigned long long librarys_own = 3ULL << 31;

	for (size_t i = 0; i < ARRAY_LENGTH(masks); i++) {
		const char *at = strstr(status, masks[i]);

		if (at == NULL ||
		    (strtoull(at + strlen(masks[i]), NULL, 16) & ~librarys_own) != 0)
			return false;
	}
	return true;
}

START_TEST(nothing_else_is_inherited)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	const struct answer *answer =
	    run_line(server, "cd /proc/self/fd; echo *; umask; pwd; ulimit -c");

	/* 3 is the shell's own, for the folder */
	EXPECT(strncmp(answer->out, "0 1 2", 5) == 0, "descriptors: %s", answer->out);
	EXPECT(strstr(answer->out, "0022\n"), "umask: %s", answer->out);
	EXPECT(strstr(answer->out, "\n0\n"), "core: %s", answer->out);
	answer = run_words(server, ARGS("cat", "/proc/self/status"));
	EXPECT(no_signal_is_set(answer->out), "signals: %s", answer->out);
}
END_TEST

START_TEST(leads_its_own_session)
{
	const struct answer *answer =
	    run_line(rcmdd_start(ARGS(NULL)), "echo $$; cut -d' ' -f 5,6,7 /proc/$$/stat");
	char wanted[64];
	int pid = atoi(answer->out);

	snprintf(wanted, sizeof wanted, "%d\n%d %d 0\n", pid, pid, pid);
	EXPECT(strcmp(answer->out, wanted) == 0, "group, session, terminal: %s", answer->out);
}
END_TEST

START_TEST(folder_is_chosen)
{
	const struct answer *answer = run_words(rcmdd_start(ARGS("-d", "/usr")), ARGS("pwd"));

	EXPECT(strcmp(answer->out, "/usr\n") == 0, "%s", answer->out);
	answer = run_words(rcmdd_start(ARGS(NULL)), ARGS("pwd"));
	EXPECT(strcmp(answer->out, "/\n") == 0, "%s", answer->out);
}
END_TEST

START_TEST(several_clients_at_once)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int slow = rcmdd_hello(server);

	exec_line(slow, "echo $$; read line; echo $line");
	hear_pid(slow);
	EXPECT(run_words(server, ARGS("true"))->number == 0, "the second waits for the first");
	frame_send(slow, STDIN, 0, "now\n", 4);
	EXPECT(strcmp(answer_await(slow)->out, "now\n") == 0, "the first is lost");
	close(slow);
}
END_TEST

START_TEST(each_model_serves)
{
	static const char *const models[] = { "fork", "prefork", "iterative" };

	for (size_t i = 0; i < ARRAY_LENGTH(models); i++) {
		struct program *server = rcmdd_start(ARGS("-m", models[i]));

		for (int j = 0; j < 6; j++)
			EXPECT(strcmp(run_words(server, ARGS("echo", "x"))->out, "x\n") == 0,
			    "%s", models[i]);
		process_await_no_zombies(server->pid);
		program_signal(server, SIGTERM);
		EXPECT(program_await_exit(server) == 0, "%s: TERM", models[i]);
	}
}
END_TEST

void
rcmdd_core(Suite *suite)
{
	const struct check checks[] = {
		{ status_of_a_command, ONCE, NEEDS_PORT, 2,
		    "an empty output is no missing command: send the status apart. rcmdd(8)" },
		{ death_by_signal, ONCE, NEEDS_PORT, 1, "WIFSIGNALED, WTERMSIG. wait(2)" },
		{ no_such_command, ONCE, NEEDS_PORT, 2,
		    "tell execve's errno through a close-on-exec pipe. rcmdd(8)" },
		{ two_outputs_apart, ONCE, NEEDS_PORT, 1, "two pipes, not one. rcmdd(8)" },
		{ words_without_a_shell, ONCE, NEEDS_PORT, 1,
		    "execve takes words as they are" },
		{ a_line_for_the_shell, ONCE, NEEDS_PORT, 1, "/bin/sh -c line" },
		{ many_commands_in_a_session, ONCE, NEEDS_PORT, 2,
		    "each answer has its length: nothing sticks to the next. frame(5)" },
		{ environment_is_made, ONCE, NEEDS_START, 1, "build it: do not inherit it" },
		{ nothing_else_is_inherited, ONCE, NEEDS_START, 1,
		    "FD_CLOEXEC on all; signals to SIG_DFL; an empty mask" },
		{ leads_its_own_session, ONCE, NEEDS_START, 1, "setsid(2) in the child" },
		{ folder_is_chosen, ONCE, NEEDS_OPTIONS, 1, "-d: chdir in the child" },
		{ several_clients_at_once, ONCE, NEEDS_PORT, 1, "a child for each. serve" },
		OURS(each_model_serves, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
