/*
 * rcmd: what it says about a wrong command line, and with -v.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

START_TEST(wrong_command_lines)
{
	static const struct {
		const char *args[4];
		const char *wanted;
	} all[] = {
		{ { NULL }, "host" },
		{ { "-Z", "host" }, "-Z" },
		{ { "-p", "70000", "host" }, "-p: \"70000\"" },
		{ { "-K", "anna", "host" }, "-k" },
		{ { "-s", "host" }, "-s" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		struct program *p = program_start(all[i].args);

		EXPECT(program_await_exit(p) == 2, "case %zu: exit status", i);
		EXPECT(stream_lines(&p->err) == 1 && strstr(p->err.text, all[i].wanted),
		    "case %zu: %s", i, p->err.text);
	}
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
