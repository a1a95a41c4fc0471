/*
 * udptime: what was asked reaches the server, and its answer the terminal.
 *
 * Guards against a client that gives up when one datagram is lost, and one that lets a
 * server write to the terminal as it likes.
 */
#include <string.h>

#include "tests/e2e/udptime_peer.h"

static void
expect_answer(struct program *p, const char *wanted)
{
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, wanted) == 0, "stdout: \"%s\" instead of \"%s\"",
	    p->out.text, wanted);
}

START_TEST(the_answer_is_printed)
{
	const struct peer peer = { .answer = "2026-11-20 14:17:59" };

	expect_answer(
	    program_start(ARGS("-p", peer_start(&peer), "127.0.0.1")), "2026-11-20 14:17:59\n");
}
END_TEST

/* The peer sends the question back. */
START_TEST(the_format_is_sent)
{
	const struct peer peer = { .answer = NULL };

	expect_answer(
	    program_start(ARGS("-p", peer_start(&peer), "127.0.0.1", "%H:%M")), "%H:%M\n");
}
END_TEST

START_TEST(a_lost_datagram_is_asked_again)
{
	const struct peer peer = { .answer = "noon", .deaf_to = 1 };

	expect_answer(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1")), "noon\n");
}
END_TEST

START_TEST(the_zone_is_sent)
{
	const struct peer peer = { .answer = NULL };
	const char *port = peer_start(&peer);

	expect_answer(program_start(ARGS("-z", "Asia/Tokyo", "-p", port, "127.0.0.1", "%H")),
	    "TZ=Asia/Tokyo %H\n");
	expect_answer(program_start(ARGS("-z", "UTC", "-p", port, "127.0.0.1")), "TZ=UTC\n");
}
END_TEST

START_TEST(a_newline_is_not_doubled)
{
	const struct peer peer = { .answer = "noon\n" };

	expect_answer(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1")), "noon\n");
}
END_TEST

START_TEST(the_terminal_is_safe)
{
	const struct peer peer = { .answer = "\033[2J\n\r\007 noon \xc2\x9b"
					     "1m \xff" };

	expect_answer(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1")),
	    "\\x1b[2J\\x0a\\x0d\\x07 noon \\xc2\\x9b1m \\xff\n");
}
END_TEST

START_TEST(with_udptimed)
{
	struct program *server = program_launch(
	    &(struct launch){ .other = "udptimed", .args = ARGS("-p", "0", "-z", "UTC") });
	struct program *client;

	program_await_ready(server);
	client = program_start(ARGS("-p", strrchr(server->address[0], ':') + 1, "--offset",
	    "-c", "3", "127.0.0.1", "%Z"));
	program_expect_status(client, 0);
	EXPECT(
	    strncmp(client->out.text, "UTC\noffset ", 11) == 0, "stdout: %s", client->out.text);
	EXPECT(program_has_line(&client->out, "^probes 3, answered [1-3]$"), "stdout: %s",
	    client->out.text);
}
END_TEST

void
udptime_answers(Suite *suite)
{
	const struct check checks[] = {
		{ the_answer_is_printed, ONCE, NEEDS_START, 2,
		    "send an empty datagram, print what comes and a newline. udptime(1)" },
		{ the_format_is_sent, ONCE, NEEDS_START, 2,
		    "the argument behind the host is the datagram. udptime(1)" },
		{ a_lost_datagram_is_asked_again, ONCE, NEEDS_START, 2,
		    "UDP loses datagrams: wait a while, then ask again. udptime(1)" },
		{ the_terminal_is_safe, ONCE, NEEDS_OPTIONS, 1,
		    "a server may be hostile: print control bytes as \\xNN" },
		OURS(the_zone_is_sent, ONCE),
		OURS(a_newline_is_not_doubled, ONCE),
		OURS(with_udptimed, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
