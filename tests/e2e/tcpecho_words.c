/*
 * tcpecho: what it says: -v, -x, -q, -h, -V, and about a wrong command line.
 *
 * Guards against a narration out of order or on standard output, where only the
 * answer belongs.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

static struct program *
conversation(const char *option)
{
	struct program *p =
	    program_start(ARGS(option, "-p", peer_start(PEER_ECHO), "127.0.0.1"));

	program_send(p, "hello world\n");
	program_finish(p);
	EXPECT(program_await_exit(p) == 0, "not exit status 0");
	EXPECT(strcmp(p->out.text, "hello world\n") == 0, "stdout is: %s", p->out.text);
	return p;
}

START_TEST(four_steps_in_words)
{
	expect_in_order(conversation("-v")->err.text,
	    ARGS("tcpecho: socket ", "\ntcpecho: connect ", "127.0.0.1:", "\ntcpecho: talk ",
		"12 bytes", "\ntcpecho: close "));
}
END_TEST

START_TEST(bytes_in_hex)
{
	struct program *p = conversation("-x");

	EXPECT(program_has_line(&p->err, "68 65 6c 6c 6f"), "no hex of \"hello\"");
	EXPECT(!program_has_line(&p->err, "tcpecho: socket "), "-x implies -v");
}
END_TEST

START_TEST(quiet)
{
	EXPECT(conversation("-q")->err.length == 0, "-q is not quiet");
}
END_TEST

START_TEST(help)
{
	struct program *p = program_start(ARGS("-h"));

	EXPECT(program_await_exit(p) == 0, "not exit status 0");
	EXPECT(
	    strncmp(p->out.text, "usage: tcpecho [-", 17) == 0, "stdout is: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

START_TEST(version)
{
	struct program *p = program_start(ARGS("-V"));

	EXPECT(program_await_exit(p) == 0, "not exit status 0");
	EXPECT(strcmp(p->out.text, "tcpecho (Switchboard) 0.1\n") == 0, "stdout is: %s",
	    p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

START_TEST(wrong_command_lines)
{
	static const struct mistake mistakes[] = {
		{ { NULL }, "host" },
		{ { "one", "two" }, "\"two\"" },
		{ { "-Z", "host" }, "-Z" },
		{ { "-p" }, "-p" },
		{ { "-p", "70000", "host" }, "-p: \"70000\" is not a number" },
		{ { "-p", "7x", "host" }, "-p: \"7x\" is not a number" },
		{ { "-t", "-1", "host" }, "-t: \"-1\" is not" },
		{ { "-t", "soon", "host" }, "-t: \"soon\" is not" },
		{ { "-n", "0", "host" }, "-n: \"0\" is not" },
		{ { "-n", "five", "host" }, "-n: \"five\" is not" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

void
tcpecho_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(four_steps_in_words, ONCE),
		OURS(bytes_in_hex, ONCE),
		OURS(quiet, ONCE),
		OURS(help, ONCE),
		OURS(version, ONCE),
		OURS(wrong_command_lines, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
