/*
 * tftp: commands, typed one by one.
 *
 * Guards against commands that classic clients have and this one has not, a failure that
 * ends the conversation, and a script whose failure nobody learns of.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

static struct program *
start_on_terminal(int *terminal, const struct peer *peer)
{
	return program_on_terminal(terminal, ARGS("-q", "-p", peer->port, "127.0.0.1"));
}

static void
serve_text(struct peer *peer, const char *name, const char *text)
{
	const char *asked = peer_hear_request(peer, "RRQ");

	EXPECT(strcmp(asked, name) == 0, "it asks for %s", asked);
	peer_data(peer, 1, text, strlen(text));
	peer_hear_ack(peer, 1);
}

static void
take_text(struct peer *peer, const char *name, const char *text)
{
	const char *asked = peer_hear_request(peer, "WRQ");

	EXPECT(strcmp(asked, name) == 0, "it asks for %s", asked);
	peer_ack(peer, 0);
	peer_hear_data(peer, 1, text, strlen(text));
	peer_ack(peer, 1);
}

/* Await the prompt, and type a line. */
static void
type(int terminal, const char *line)
{
	client_hear(terminal, "tftp> ");
	client_say(terminal, text_of("%s\n", line));
}

START_TEST(get_and_put)
{
	const char *here = lab_directory("here");
	struct peer *peer = peer_open();
	int terminal;
	struct program *p;

	tftp_enter(here);
	p = start_on_terminal(&terminal, peer);
	type(terminal, "get a");
	serve_text(peer, "a", "the text");
	client_hear(terminal, "tftp> ");
	lab_expect_text("a", "the text");
	client_say(terminal, "get a b\n");
	serve_text(peer, "a", "more");
	client_hear(terminal, "tftp> ");
	lab_expect_text("b", "more");
	client_say(terminal, "put b\n");
	take_text(peer, "b", "more");
	type(terminal, "put b 'a name'");
	take_text(peer, "a name", "more");
	type(terminal, "quit");
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
}
END_TEST

START_TEST(failure_goes_on)
{
	const char *here = lab_directory("here");
	struct peer *peer = peer_open();
	int terminal;
	struct program *p;

	tftp_enter(here);
	p = start_on_terminal(&terminal, peer);
	type(terminal, "get a");
	peer_hear_request(peer, "RRQ");
	peer_error(peer, ERROR_NOT_FOUND, "none");
	client_hear(terminal, "tftp> ");
	EXPECT(
	    program_has_line(&p->err, "^tftp: 127.0.0.1: a: .*not found"), "%s", p->err.text);
	client_say(terminal, "get a\n");
	serve_text(peer, "a", "now");
	client_hear(terminal, "tftp> ");
	client_say(terminal, "\004"); /* control-D */
	EXPECT(program_await_exit(p) == 1, "a failure is told at the end, too");
}
END_TEST

/* ^C ends the transfer, not the conversation. */
START_TEST(interrupt_ends_the_transfer)
{
	struct peer *peer = peer_open();
	int terminal;
	struct program *p = start_on_terminal(&terminal, peer);

	type(terminal, "get a /dev/null");
	peer_hear_request(peer, "RRQ");
	peer_block(peer, 1, 0, BLOCK, 1);
	peer_hear_ack(peer, 1);
	client_say(terminal, "\003");
	peer_hear_error(peer, 0);
	client_hear(terminal, "tftp> ");
	EXPECT(program_has_line(&p->err, "interrupted"), "%s", p->err.text);
	client_say(terminal, "quit\n");
	program_await_exit(p);
}
END_TEST

START_TEST(settings)
{
	struct peer *peer = peer_open();
	int terminal;
	struct program *p = start_on_terminal(&terminal, peer);

	type(terminal, "mode ascii");
	type(terminal, "blksize 1000");
	type(terminal, "windowsize 3");
	type(terminal, "timeout 1");
	type(terminal, "get a /dev/null");
	peer_hear_request(peer, "RRQ");
	EXPECT(strcmp(peer_mode(peer), "netascii") == 0, "mode %s", peer_mode(peer));
	peer_expect_option(peer, "blksize", "1000");
	peer_expect_option(peer, "windowsize", "3");
	program_await_line(p, &p->err, "127.0.0.1: a: .*1 s");
	client_hear(terminal, "tftp> ");
	client_say(terminal, "binary\nquit\n");
	program_await_exit(p);
}
END_TEST

START_TEST(connect_elsewhere)
{
	struct peer *peer = peer_open(), *other = peer_open();
	int terminal;
	struct program *p = start_on_terminal(&terminal, peer);

	type(terminal, text_of("connect 127.0.0.1 %s", other->port));
	type(terminal, "get a /dev/null");
	serve_text(other, "a", "text");
	type(terminal, "q");
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
}
END_TEST

/* What the terminal shows, until this is among it: it may come in pieces. */
static const char *
await_shown(int terminal, const char *wanted)
{
	static char shown[8192];
	size_t length = 0;
	int64_t deadline = now_ms() + WAIT_MS;

	shown[0] = '\0';
	while (strstr(shown, wanted) == NULL && length < sizeof shown - 1 &&
	       await_events(terminal, POLLIN, deadline)) {
		ssize_t n = read(terminal, shown + length, sizeof shown - 1 - length);

		if (n <= 0)
			break;
		length += (size_t)n;
		shown[length] = '\0';
	}
	return shown;
}

START_TEST(help_and_status)
{
	struct peer *peer = peer_open();
	int terminal;
	struct program *p = start_on_terminal(&terminal, peer);
	const char *shown;

	client_hear(terminal, "tftp> ");
	client_say(terminal, "status\nhelp\nnonsense\n?\nmode\ntrace\nquit\n");
	program_await_exit(p);
	shown = await_shown(terminal, "mode octet\r\ntftp> "); /* of the command mode */
	EXPECT(strstr(shown, text_of("127.0.0.1, port %s", peer->port)), "%s", shown);
	EXPECT(strstr(shown, "connect") && strstr(shown, "put"), "%s", shown);
	EXPECT(program_has_line(&p->err, "^tftp: nonsense: "), "%s", p->err.text);
}
END_TEST

/* A script: no prompt, each line a command, and a status at the end. */
START_TEST(commands_from_a_pipe)
{
	const char *here = lab_directory("here");
	struct peer *peer = peer_open();
	struct program *p;

	tftp_enter(here);
	p = tftp_start(peer, ARGS("127.0.0.1"));
	program_send(p, "get a\n\nget b c\n");
	program_finish(p);
	serve_text(peer, "a", "one");
	serve_text(peer, "b", "two");
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(p->out.length == 0, "it prompts: %s", p->out.text);
	lab_expect_text("a", "one");
	lab_expect_text("c", "two");
}
END_TEST

START_TEST(no_host_yet)
{
	struct program *p = program_start(ARGS(NULL));

	program_send(p, "get a\n");
	program_finish(p);
	EXPECT(program_await_exit(p) == 1, "status");
	EXPECT(program_has_line(&p->err, "^tftp: get: .*connect"), "%s", p->err.text);
}
END_TEST

void
tftp_shell(Suite *suite)
{
	const struct check checks[] = {
		OURS(get_and_put, ONCE),
		OURS(failure_goes_on, ONCE),
		OURS(interrupt_ends_the_transfer, ONCE),
		OURS(settings, ONCE),
		OURS(connect_elsewhere, ONCE),
		OURS(help_and_status, ONCE),
		OURS(commands_from_a_pipe, ONCE),
		OURS(no_host_yet, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
