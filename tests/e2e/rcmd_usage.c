/*
 * rcmd: what it says about a wrong command line, and with -v.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

START_TEST(wrong_command_lines)
{
	static const struct mistake mistakes[] = {
		{ { NULL }, "host" },
		{ { "-Z", "host" }, "-Z" },
		{ { "-p", "70000", "host" }, "-p: \"70000\"" },
		{ { "-K", "anna", "host" }, "-k" },
		{ { "-s", "host" }, "-s" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

START_TEST(frames_in_words)
{
	struct program *p;

	EXPECT(
	    rcmd_finish(rcmdd_start(ARGS(NULL)), ARGS("-v", "127.0.0.1", "echo", "x"), &p) == 0,
	    "status");
	EXPECT(strstr(p->err.text, "EXEC") && strstr(p->err.text, "STDOUT") &&
		   strstr(p->err.text, "EXIT"),
	    "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "x\n") == 0, "%s", p->out.text);
}
END_TEST

void
rcmd_usage(Suite *suite)
{
	const struct check checks[] = {
		OURS(wrong_command_lines, ONCE),
		OURS(frames_in_words, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
