/*
 * tftp: what it says to its user.
 *
 * Guards against progress in a log file, packets that nobody can read, and a wrong command
 * line that does something all the same.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

static void
expect_usage(const char *const *args, const char *regex)
{
	tftp_ends_with(program_start(args), 2, regex);
}

START_TEST(wrong_usage)
{
	expect_usage(ARGS("get"), "^tftp: missing: .*host:");
	expect_usage(ARGS("put", "a"), "^tftp: missing: .*host:");
	expect_usage(ARGS("get", "a"), "^tftp: \"a\" is not host:");
	expect_usage(ARGS("put", "a", "b"), "^tftp: \"b\" is not host:");
	expect_usage(ARGS("get", "h:"), "^tftp: \"h:\".* name");
	expect_usage(ARGS("get", "h:a", "b", "c"), "^tftp: \"c\" is one argument too many");
	expect_usage(ARGS("put", "-", "h:"), "^tftp: \"h:\".* name");
	expect_usage(ARGS("host", "a"), "^tftp: \"a\" is one argument too many");
	expect_usage(ARGS("-B", "7", "get", "h:a"), "^tftp: -B: \"7\"");
	expect_usage(ARGS("-B", "65465", "get", "h:a"), "^tftp: -B: \"65465\"");
	expect_usage(ARGS("-w", "0", "get", "h:a"), "^tftp: -w: \"0\"");
	expect_usage(ARGS("-w", "65536", "get", "h:a"), "^tftp: -w: \"65536\"");
}
END_TEST

/* A request is 512 bytes at most: a longer name is not cut, but said. */
START_TEST(name_too_long)
{
	struct peer *peer = peer_open();
	char name[600];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	tftp_ends_with(get_start(peer, name, "-"), 1, "^tftp: .*too long");
	udp_client_hear_nothing(peer->door, QUIET_MS);
}
END_TEST

/* Standard error on a terminal: a line that is drawn; with -q nothing at all. */
START_TEST(progress_on_a_terminal)
{
	for (int quiet = 0; quiet < 2; quiet++) {
		struct peer *peer = peer_open();
		int terminal;
		struct program *p =
		    program_that_draws(&terminal, ARGS(quiet ? "-q" : "-4", "-p", peer->port,
						      "get", "127.0.0.1:f", "/dev/null"));
		const char *shown;

		peer_hear_request(peer, "RRQ");
		peer_oack(peer, "tsize", "300");
		peer_hear_ack(peer, 0);
		peer_block(peer, 1, 0, 300, 1);
		peer_hear_ack(peer, 1);
		EXPECT(program_await_exit(p) == 0, "it fails");
		shown = terminal_shows(terminal);
		EXPECT(quiet ? *shown == '\0' : strstr(shown, "100%") && strstr(shown, "300 B"),
		    "it shows: %s", shown);
		close(terminal);
		program_release(p);
	}
}
END_TEST

START_TEST(packets_in_words)
{
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-x", "get", "127.0.0.1:f", "-"));

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "blksize", "600");
	peer_hear_ack(peer, 0);
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	program_has_line(&p->err, "-> ");
	EXPECT(program_has_line(&p->err, "->.*RRQ"), "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "<-.*OACK"), "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "<-.*blksize"), "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "<-.*DATA"), "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "->.*ACK"), "%s", p->err.text);
}
END_TEST

START_TEST(steps_in_words)
{
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-v", "get", "127.0.0.1:f", "-"));

	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "^tftp: socket "), "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "^tftp: talk .*3 bytes"), "%s", p->err.text);
}
END_TEST

void
tftp_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(wrong_usage, ONCE),
		OURS(name_too_long, ONCE),
		OURS(progress_on_a_terminal, ONCE),
		OURS(packets_in_words, ONCE),
		OURS(steps_in_words, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
