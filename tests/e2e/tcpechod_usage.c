/*
 * tcpechod: command lines that are wrong.
 *
 * Guards against numbers that atoi would take, options that are silently ignored,
 * and a mistake answered by a page of text: one line, and exit status 2.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

START_TEST(bad_port)
{
	static const struct mistake mistakes[] = {
		{ { "-p", "70000" }, "-p: \"70000\" is not a number from 0 to 65535" },
		{ { "-p", "65536" }, "-p: \"65536\" is not a number from 0 to 65535" },
		{ { "-p", "-1" }, "-p: \"-1\" is not a number from 0 to 65535" },
		{ { "-p", "" }, "-p: \"\" is not a number from 0 to 65535" },
		{ { "-p", "80x" }, "-p: \"80x\" is not a number from 0 to 65535" },
		{ { "-p", "0x50" }, "-p: \"0x50\" is not a number from 0 to 65535" },
		{ { "-p", "nosuchservice" }, "-p: \"nosuchservice\" is not a number" },
		{ { "-p", "99999999999999999999" }, "-p: \"99999999999999999999\" is not" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

START_TEST(bad_limits)
{
	static const struct mistake mistakes[] = {
		{ { "-c", "0" }, "-c: \"0\" is not" },
		{ { "-c", "-1" }, "-c: \"-1\" is not" },
		{ { "-c", "many" }, "-c: \"many\" is not" },
		{ { "-C", "-1" }, "-C: \"-1\" is not" },
		{ { "-C", "1.5" }, "-C: \"1.5\" is not" },
		{ { "-b", "-1" }, "-b: \"-1\" is not" },
		{ { "-b", "5five" }, "-b: \"5five\" is not" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

START_TEST(bad_times)
{
	static const struct mistake mistakes[] = {
		{ { "-t", "-1" }, "-t: \"-1\" is not" },
		{ { "-t", "1s" }, "-t: \"1s\" is not" },
		{ { "-t", " 1" }, "-t: \" 1\" is not" },
		{ { "-T", "nan" }, "-T: \"nan\" is not" },
		{ { "-T", "99999999999999" }, "-T: \"99999999999999\" is not" },
		{ { "-H", "-1" }, "-H: \"-1\" is not" },
		{ { "-P", "1.2.3" }, "-P: \"1.2.3\" is not" },
		{ { "-P", "inf" }, "-P: \"inf\" is not" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

START_TEST(bad_words)
{
	static const struct mistake mistakes[] = {
		{ { "-m", "threads" }, "\"threads\"" },
		{ { "-m", "" }, "-m" },
		{ { "-Z" }, "-Z" },
		{ { "-p" }, "-p" },
		{ { "-r" }, "-r" },
		{ { "somewhere" }, "\"somewhere\"" },
		{ { "-U", "-r", "x" }, "exclude each other" },
		{ { "-H", "1", "-m", "prefork" }, "-m prefork" }, /* children accept there */
		{ { "-m", "prefork", "-P", "1" }, "-m prefork" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

/* What a shell script may pass by mistake must not reach the terminal as it is. */
START_TEST(hostile_words)
{
	struct program *p = program_start(ARGS("-p", "\033[2J\nforged"));

	EXPECT(program_await_exit(p) == 2, "not exit status 2");
	EXPECT(strchr(p->err.text, '\033') == NULL, "an escape sequence came through");
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
}
END_TEST

void
tcpechod_usage(Suite *suite)
{
	const struct check checks[] = {
		OURS(bad_port, FORK),
		OURS(bad_limits, FORK),
		OURS(bad_times, FORK),
		OURS(bad_words, FORK),
		OURS(hostile_words, FORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
