/*
 * ftp: its command line, and what it says of it.
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

START_TEST(usage)
{
	const struct {
		const char *const *args;
		const char *words;
	} rows[] = {
		{ ARGS("-Z"), "unknown option -Z" },
		{ ARGS("-R", "x", "a"), "-R: \"x\" is not a number" },
		{ ARGS("get", "a", "b", "c"), "one argument too many" },
		{ ARGS("get", "a"), "get: which is the ftp://host/path\\?" },
		{ ARGS("a", "b"), "\"b\" is one argument too many" },
		{ ARGS("get", "ftp://127.0.0.1/a/"), "has no name of a file" },
		{ ARGS("get", "ftp://127.0.0.1"), "has no name of a file" },
		{ ARGS("get", "ftp:///a"), "is no ftp://" },
		{ ARGS("get", "ftp://127.0.0.1:x/a"), "is no ftp://" },
		{ ARGS("get", "ftp://127.0.0.1/a%0ab"), "is no ftp://" },
		{ ARGS("get", "ftp://127.0.0.1/a%00b"), "is no ftp://" },
		{ ARGS("get", "ftp://127.0.0.1/a%zz"), "is no ftp://" },
		{ ARGS("put", "-", "ftp://127.0.0.1/"), "no name for the server" },
		{ ARGS("anna@"), "is no \\[user@\\]host" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		ftp_ends_with(program_start(rows[i].args), 2, rows[i].words);
}
END_TEST

START_TEST(nobody_there)
{
	int port, fd = port_reserve(AF_INET, &port);
	struct program *p = program_start(
	    ARGS("-n", "get", text_of("ftp://a:b@127.0.0.1:%d/notes", port), "/dev/null"));

	ftp_ends_with(p, 1, "^ftp: connect 127.0.0.1:[0-9]*: ECONNREFUSED");
	close(fd);
}
END_TEST

/* The line of a transfer is drawn on a terminal, and nowhere with -q. */
START_TEST(progress)
{
	ftp_enter("here");
	for (int quiet = 0; quiet < 2; quiet++) {
		struct peer *peer = peer_open();
		int terminal;
		struct program *p = program_that_draws(
		    &terminal, ARGS(quiet ? "-qn" : "-n", "get", peer_url(peer, "notes")));
		const char *shown;

		peer_login(peer, NULL);
		peer_facts(peer, true, "notes", "213 6", "213 " TIME_THEN);
		peer_send(peer, "RETR notes", "hello\n");
		peer_leave(peer);
		EXPECT(program_await_exit(p) == 0, "status");
		shown = terminal_shows(terminal);
		EXPECT((strstr(shown, "100%") != NULL) == !quiet, "shown: %s", shown);
		close(terminal);
	}
}
END_TEST

/* What an earlier attempt has brought is done: the line begins behind it. */
START_TEST(progress_of_what_is_gone_on_with)
{
	enum { KEPT = 2000, SIZE = 2 * KEPT, TENTH = SIZE / 10 };
	unsigned char bytes[KEPT];
	struct peer *peer = peer_open();
	int terminal;
	size_t sent = 0;
	struct program *p;
	const char *shown;

	ftp_enter("here");
	lab_fill(bytes, sizeof bytes, 7);
	lab_write("notes", KEPT, 7);
	p = program_that_draws(&terminal, ARGS("-n", "reget", peer_url(peer, "notes")));
	peer_login(peer, NULL);
	peer_facts(peer, true, "notes", text_of("213 %d", SIZE), "213 " TIME_THEN);
	peer_offer(peer);
	peer_answer(peer, text_of("REST %d", KEPT), "350 From there");
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer_call(peer);
	/* a byte at a time, for less than a tenth of the file, until a line is drawn */
	while (sent < TENTH - 1 && await_events(terminal, POLLIN, now_ms() + 20) == 0)
		client_send(peer->data, bytes + sent++, 1);
	shown = terminal_shows(terminal);
	EXPECT(strstr(shown, "\r 5") != NULL, "shown: %s", shown);
	client_send(peer->data, bytes + sent, sizeof bytes - sent);
	peer_end(peer, "226 Done");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "status");
	shown = terminal_shows(terminal);
	EXPECT(strstr(shown, "100%    3.9 KiB") != NULL, "shown: %s", shown);
	close(terminal);
}
END_TEST

void
ftp_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(usage, ONCE),
		OURS(nobody_there, ONCE),
		OURS(progress, ONCE),
		OURS(progress_of_what_is_gone_on_with, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
