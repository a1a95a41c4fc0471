/*
 * tcpechod: what it answers when it is not the plain echo, and to whom: -U, -r, -1.
 *
 * Guards against upper case that breaks UTF-8 or depends on the locale, a fixed
 * reply that comes twice or never, and an exit status of -1 that says nothing.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

START_TEST(upper_case)
{
	struct program *server = server_start(_i, ARGS("-U"));
	int fd = client_open(server->address[0]);

	client_say(fd, "hello lsj 哈哈哈\n");
	client_hear(fd, "HELLO LSJ 哈哈哈\n");
	client_say(fd, "äöü ß @[`{ az AZ 09 ÿ é\n");
	client_hear(fd, "äöü ß @[`{ AZ AZ 09 ÿ é\n");
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
}
END_TEST

/* Each byte value alone: only a to z may change, NUL and all above 127 stay. */
START_TEST(upper_case_of_every_byte)
{
	struct program *server = server_start(_i, ARGS("-U"));
	int fd = client_open(server->address[0]);
	unsigned char sent[256], got[256];

	for (unsigned i = 0; i < 256; i++)
		sent[i] = (unsigned char)i;
	client_send(fd, sent, sizeof sent);
	client_receive(fd, got, sizeof got);
	for (unsigned i = 0; i < 256; i++) {
		unsigned wanted = i >= 'a' && i <= 'z' ? i - 'a' + 'A' : i;

		EXPECT(got[i] == wanted, "byte %u came back as %u", i, got[i]);
	}
	close(fd);
}
END_TEST

START_TEST(fixed_reply)
{
	struct program *server = server_start(_i, ARGS("-r", "hello big baby~"));
	int fd = client_open(server->address[0]);

	client_hear_nothing(fd, QUIET_MS);
	client_say(fd, "anything\n");
	client_hear(fd, "hello big baby~\n");
	client_say(fd, "x");
	client_hear(fd, "hello big baby~\n");
	client_hear_nothing(fd, QUIET_MS);
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
}
END_TEST

START_TEST(fixed_reply_excludes_upper_case)
{
	struct program *p = program_start(ARGS("-p", "0", "-U", "-r", "thank you !"));
	int status = program_await_exit(p);

	EXPECT(status == 2, "exit status %d, wanted 2", status);
	EXPECT(p->out.length == 0, "words on stdout: %s", p->out.text);
}
END_TEST

START_TEST(one_client_then_exit)
{
	struct program *server = server_start(_i, ARGS("-1"));
	int status, fd = client_open(server->address[0]);

	client_echo(fd, "only me\n");
	EXPECT(process_children(server->pid, NULL, 0) == 0, "-1 must not fork");
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
	status = program_await_exit(server);
	EXPECT(status == 0, "exit status %d, wanted 0", status);
	EXPECT(client_is_refused(server->address[0]), "the port is still open");
}
END_TEST

START_TEST(one_client_that_resets)
{
	struct program *server = server_start(_i, ARGS("-1"));
	int status, fd = client_open(server->address[0]);

	client_echo(fd, "and off I go\n");
	client_reset(fd);
	status = program_await_exit(server);
	EXPECT(status == 1, "exit status %d, wanted 1", status);
	EXPECT(program_has_line(&server->err, "127\\.0\\.0\\.1:[0-9]+: ECONNRESET"),
	    "the peer and ECONNRESET are not in the log");
}
END_TEST

void
tcpechod_answers(Suite *suite)
{
	const struct check checks[] = {
		{ upper_case, ALL_MODELS, NEEDS_OPTIONS, 1,
		    "-U changes a to z only; UTF-8 stays intact. tcpechod(8)" },
		{ upper_case_of_every_byte, FORK, NEEDS_OPTIONS, 1,
		    "toupper depends on the locale, strings end at NUL. tcpechod(8)" },
		{ fixed_reply, ALL_MODELS, NEEDS_OPTIONS, 1,
		    "-r TEXT: each read is answered by TEXT and a newline. tcpechod(8)" },
		{ fixed_reply_excludes_upper_case, FORK, NEEDS_OPTIONS, 1,
		    "-U and -r exclude each other: exit status 2. tcpechod(8)" },
		{ one_client_then_exit, FORK, NEEDS_OPTIONS, 1,
		    "-1: serve one client without a fork, then exit. tcpechod(8)" },
		OURS(one_client_that_resets, FORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
