/*
 * udpecho on a terminal: a conversation, line by line.
 *
 * Guards against a prompt that is not flushed, an empty line that is not sent, ways out
 * that do not lead out, and a server's absence that ends the conversation or hangs it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

static struct program *
start_on_terminal(int *terminal, const char *port)
{
	return program_on_terminal(terminal, ARGS("-t", "0.5", "-p", port, "127.0.0.1"));
}

START_TEST(prompt_and_answers)
{
	const char *port = udp_peer_start(PEER_ECHO);
	int terminal;
	struct program *p = start_on_terminal(&terminal, port);

	client_hear(terminal, "> ");
	client_say(terminal, "hello lsj 哈哈哈\n");
	client_hear(terminal, "hello lsj 哈哈哈\n> ");
	client_say(terminal, "quite\n"); /* begins like a word that leaves */
	client_hear(terminal, "quite\n> ");
	client_say(terminal, "q\n");
	program_expect_status(p, 0);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

/* UDP has an empty message. */
START_TEST(empty_line_is_sent)
{
	struct program *server = program_launch(
	    &(struct launch){ .other = "udpechod", .args = ARGS("-n", "-p", "0") });
	int terminal;
	struct program *p;

	program_await_ready(server);
	p = start_on_terminal(&terminal, strrchr(server->address[0], ':') + 1);
	client_hear(terminal, "> ");
	client_say(terminal, "\n");
	client_hear(terminal, "the 1st datagram: \n> ");
	client_say(terminal, "quit\n");
	program_expect_status(p, 0);
}
END_TEST

START_TEST(end_of_file_leaves)
{
	const char *port = udp_peer_start(PEER_ECHO);
	int terminal;
	struct program *p = start_on_terminal(&terminal, port);

	client_hear(terminal, "> ");
	client_say(terminal, "\004"); /* control-D */
	program_expect_status(p, 0);
}
END_TEST

/* There is no connection that could end: the user may wait for the server to come back. */
START_TEST(nobody_there_and_then_somebody)
{
	struct program *server =
	    program_launch(&(struct launch){ .other = "udpechod", .args = ARGS("-p", "0") });
	char port[16];
	int terminal;
	struct program *p;

	program_await_ready(server);
	snprintf(port, sizeof port, "%s", strrchr(server->address[0], ':') + 1);
	program_signal(server, SIGTERM);
	program_expect_status(server, 0);
	p = start_on_terminal(&terminal, port);
	client_hear(terminal, "> ");
	client_say(terminal, "hello?\n");
	program_await_line(p, &p->err, "ECONNREFUSED .*no one listens there");
	client_hear(terminal, "> ");
	server =
	    program_launch(&(struct launch){ .other = "udpechod", .args = ARGS("-p", port) });
	program_await_ready(server);
	client_say(terminal, "hello!\n");
	client_hear(terminal, "hello!\n> ");
	client_say(terminal, "q\n");
	program_expect_status(p, 1); /* one line had no answer */
}
END_TEST

START_TEST(server_never_answers)
{
	const char *port = udp_peer_start(PEER_SILENT);
	int terminal;
	struct program *p = start_on_terminal(&terminal, port);

	client_hear(terminal, "> ");
	client_say(terminal, "hello?\n");
	program_await_line(p, &p->err, "^udpecho: line 1: no answer for 0\\.5 s");
	client_hear(terminal, "> ");
	client_say(terminal, "q\n");
	program_expect_status(p, 1);
}
END_TEST

void
udpecho_terminal(Suite *suite)
{
	const struct check checks[] = {
		{ prompt_and_answers, ONCE, NEEDS_OPTIONS, 1,
		    "a terminal (isatty): prompt \"> \", flushed; q leaves. udpecho(1)" },
		{ end_of_file_leaves, ONCE, NEEDS_OPTIONS, 1,
		    "end of file leaves: status 0. udpecho(1)" },
		OURS(empty_line_is_sent, ONCE),
		OURS(nobody_there_and_then_somebody, ONCE),
		OURS(server_never_answers, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
