/*
 * rcmdd: what it says: a line for each command, and about a wrong command line.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

START_TEST(a_line_for_each_command)
{
	struct program *server = rcmdd_start(ARGS(NULL));

	run_words(server, ARGS("echo", "one", "two\n\033[31m"));
	program_await_line(server, &server->err,
	    "127\\.0\\.0\\.1:[0-9]+ \\(-\\): \"echo one two\\\\x0a\\\\x1b\\[31m\" exited with "
	    "0 "
	    "after 0\\.[0-9]+ s: [0-9]+ bytes out, 0 err");
	run_words(server, ARGS("no-such-command"));
	program_await_line(server, &server->err, "\"no-such-command\" not started: .*ENOENT");
}
END_TEST

START_TEST(wrong_command_lines)
{
	static const struct mistake mistakes[] = {
		{ { "-W", "soon" }, "-W: \"soon\"" },
		{ { "-O", "-1" }, "-O: \"-1\"" },
		{ { "-n", "x" }, "-n: \"x\"" },
		{ { "-d", "/no/such" }, "-d: \"/no/such\"" },
		{ { "-a", "/no/such" }, "/no/such" },
		{ { "operand" }, "\"operand\"" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++)
		program_expect_line(rcmdd_launch(mistakes[i].args), 2, mistakes[i].words);
}
END_TEST

void
rcmdd_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(a_line_for_each_command, ONCE),
		OURS(wrong_command_lines, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
