/*
 * tcpchat: what it says: -v, -x, -q, -h, -V, and about a wrong command line.
 *
 * Guards against a narration out of order or on standard output, where only the
 * other side's words belong.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

/* A line from us, and the end of both. */
static void
converse(struct program *p, int peer)
{
	program_send(p, "hello\n");
	client_hear(peer, "hello\n");
	program_finish(p);
	client_hear_end(peer);
	client_say(peer, "well\n");
	client_finish(peer);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "well\n") == 0, "stdout is: %s", p->out.text);
	close(peer);
}

START_TEST(steps_of_the_caller)
{
	int peer;
	struct program *p = chat_call("-v", &peer);

	converse(p, peer);
	expect_in_order(p->err.text,
	    ARGS("tcpchat: socket  buy a phone: ", "\ntcpchat: connect dial: 127.0.0.1:",
		"\ntcpchat: talk    our side has ended", "\ntcpchat: talk    6 bytes out, 5",
		"\ntcpchat: close   hang up: 127.0.0.1:"));
}
END_TEST

START_TEST(steps_of_the_called)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait("-v", address);

	converse(p, client_open(address));
	expect_in_order(p->err.text,
	    ARGS("tcpchat: socket  buy a phone: ", "\ntcpchat: bind    insert the SIM card: ",
		"\ntcpchat: listen  switch it on: ", "\ntcpchat: listening on tcp ",
		"\ntcpchat: accept  answer the call: 127.0.0.1:",
		"\ntcpchat: talk    6 bytes out", "\ntcpchat: close   hang up: 127.0.0.1:"));
}
END_TEST

START_TEST(bytes_in_hex)
{
	int peer;
	struct program *p = chat_call("-x", &peer);

	converse(p, peer);
	EXPECT(program_has_line(&p->err, "-> .*68 65 6c 6c 6f"), "no hex of \"hello\"");
	EXPECT(program_has_line(&p->err, "<- .*77 65 6c 6c"), "no hex of \"well\"");
	EXPECT(!program_has_line(&p->err, "tcpchat: socket "), "-x implies -v");
}
END_TEST

START_TEST(quiet)
{
	int peer;
	struct program *p = chat_call("-q", &peer);

	converse(p, peer);
	EXPECT(p->err.length == 0, "-q is not quiet");
}
END_TEST

START_TEST(help_and_version)
{
	struct program *p = program_start(ARGS("-h"));

	program_expect_status(p, 0);
	EXPECT(
	    strncmp(p->out.text, "usage: tcpchat [-", 17) == 0, "stdout is: %s", p->out.text);
	p = program_start(ARGS("-V"));
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "tcpchat (Switchboard) 0.1\n") == 0, "stdout is: %s",
	    p->out.text);
}
END_TEST

START_TEST(wrong_command_lines)
{
	static const struct mistake mistakes[] = {
		{ { NULL }, "-l to wait" },
		{ { "-1" }, "a host to call" },
		{ { "one", "two" }, "\"two\"" },
		{ { "-l", "one", "two" }, "\"two\"" },
		{ { "-Z", "host" }, "-Z" },
		{ { "-p", "70000", "host" }, "-p: \"70000\" is not a number" },
		{ { "-t", "soon", "host" }, "-t: \"soon\" is not" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

void
tcpchat_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(steps_of_the_caller, ONCE),
		OURS(steps_of_the_called, ONCE),
		OURS(bytes_in_hex, ONCE),
		OURS(quiet, ONCE),
		OURS(help_and_version, ONCE),
		OURS(wrong_command_lines, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
