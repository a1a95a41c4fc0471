/*
 * ftp: data connections.
 *
 * Guards against the address of a 227, with which a server sends its clients wherever it
 * likes (or which is wrong behind NAT); a stranger who takes the server's place; and a
 * way to the data that is closed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

static const char *
pasv_reply(struct peer *peer, const char *address)
{
	char where[ADDRESS_MAX];
	int port;

	peer->data_door = listener_open(4, where);
	sscanf(strrchr(where, ':') + 1, "%d", &port);
	return text_of("227 Entering (%s,%d,%d)", address, port / 256, port % 256);
}

/* "notes" is asked for, and we are about to say where it comes. */
static struct program *
ask_for_notes(struct peer *peer, const char *const *args)
{
	struct program *p = ftp_start(peer, args);

	peer_login(peer, NULL);
	peer_facts(peer, true, "notes", "213 3", "213 " TIME_THEN);
	return p;
}

/* It comes over the data connection. */
static void
give_notes(struct peer *peer, struct program *p, const char *words)
{
	client_say(peer->data, "abc");
	peer_end(peer, "226 Done");
	peer_leave(peer);
	program_await_exit(p);
	EXPECT(strcmp(p->out.text, "abc") == 0, "out: %s", p->out.text);
	ftp_ends_with(p, 0, words);
}

START_TEST(only_the_port_of_a_227)
{
	struct peer *peer = peer_open();
	struct program *p = ask_for_notes(peer, ARGS("-v", "cat", peer_url(peer, "notes")));

	peer_answer(peer, "EPSV", "500 What?");
	peer_answer(peer, "PASV", pasv_reply(peer, "192,0,2,1"));
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer_call(peer);
	give_notes(peer, p, "192.0.2.1: not called: only its port counts");
}
END_TEST

/* What was refused once is not tried again. */
START_TEST(pasv_is_remembered)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "cat a; cat b");

	peer_login(peer, NULL);
	peer_facts(peer, true, "a", "213 1", "213 " TIME_THEN);
	peer_answer(peer, "EPSV", "502 No");
	for (int i = 0; i < 2; i++) {
		if (i == 1)
			peer_facts(peer, false, "b", "213 1", "213 " TIME_THEN);
		peer_answer(peer, "PASV", pasv_reply(peer, "127,0,0,1"));
		peer_answer(peer, i ? "RETR b" : "RETR a", "150 Here it comes");
		peer_call(peer);
		client_say(peer->data, "x");
		peer_end(peer, "226 Done");
	}
	peer_leave(peer);
	ftp_ends_with(p, 0, "verified");
}
END_TEST

START_TEST(no_way_in)
{
	static const char *const replies[] = { "229 Here (|||1|)", "229 Here (|||0|)",
		"229 Here (|||65536|)", "229 Here", "425 No port is free" };

	for (size_t i = 0; i < ARRAY_LENGTH(replies); i++) {
		struct peer *peer = peer_open();
		struct program *p = ask_for_notes(peer, ARGS("cat", peer_url(peer, "notes")));

		peer_answer(peer, "EPSV", replies[i]);
		peer_leave(peer);
		ftp_ends_with(p, 1, "^ftp: 127.0.0.1: no data connection: ");
	}
}
END_TEST

/* ---- active ---- */

/* "|1|127.0.0.1|4321|" as an address to call. */
static const char *
called_address(struct peer *peer)
{
	char line[128], *at;
	size_t n = 0;

	do {
		client_receive(peer->control, line + n, 1);
		n++;
		EXPECT(n < sizeof line - 1, "a long line");
	} while (line[n - 1] != '\n');
	line[n] = '\0';
	EXPECT(strncmp(line, "EPRT |1|127.0.0.1|", 18) == 0, "no EPRT: %s", line);
	at = strrchr(line, '|');
	*at = '\0';
	return text_of("127.0.0.1:%s", line + 18);
}

START_TEST(active)
{
	struct peer *peer = peer_open();
	struct program *p = ask_for_notes(peer, ARGS("-A", "cat", peer_url(peer, "notes")));
	const char *address;

	address = called_address(peer);
	peer_say(peer, "200 Well");
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer->data = client_open(address);
	give_notes(peer, p, "verified");
}
END_TEST

START_TEST(a_stranger_calls)
{
	struct peer *peer = peer_open();
	struct program *p = ask_for_notes(peer, ARGS("-A", "cat", peer_url(peer, "notes")));
	const char *address;
	int stranger;

	address = called_address(peer);
	stranger = client_open_from(address, "127.0.0.2");
	peer_say(peer, "200 Well");
	peer_answer(peer, "RETR notes", "150 Here it comes");
	client_await_gone(stranger);
	peer->data = client_open(address);
	give_notes(peer, p, "127.0.0.2:[0-9]* called in the server's place: sent away");
}
END_TEST

/* A server of 1985 knows PORT alone. */
START_TEST(port_alone)
{
	struct peer *peer = peer_open();
	struct program *p = ask_for_notes(peer, ARGS("-A", "cat", peer_url(peer, "notes")));
	const char *address;
	int port;

	address = called_address(peer);
	sscanf(strrchr(address, ':') + 1, "%d", &port);
	peer_say(peer, "500 What?");
	peer_answer(peer, text_of("PORT 127,0,0,1,%d,%d", port / 256, port % 256), "200 Well");
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer->data = client_open(address);
	give_notes(peer, p, "verified");
}
END_TEST

START_TEST(nobody_calls)
{
	struct peer *peer = peer_open();
	struct program *p =
	    ask_for_notes(peer, ARGS("-A", "-t", "1", "cat", peer_url(peer, "notes")));

	called_address(peer);
	peer_say(peer, "200 Well");
	peer_answer(peer, "RETR notes", "150 Here it comes");
	program_await_line(p, &p->err, "no data connection: the server does not call");
	peer_say(peer, "425 Cannot");
	peer_leave(peer);
	ftp_ends_with(p, 1, "does not call");
}
END_TEST

START_TEST(data_that_stops)
{
	struct peer *peer = peer_open();
	struct program *p =
	    ask_for_notes(peer, ARGS("-R", "0", "-t", "1", "cat", peer_url(peer, "notes")));

	peer_offer(peer);
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer_call(peer);
	client_say(peer->data, "a");
	peer_answer(peer, "ABOR", "426 Stopped\r\n226 Done");
	peer_answer(peer, "NOOP", "200 Well");
	peer_leave(peer);
	ftp_ends_with(p, 1, "notes: the data connection: ETIMEDOUT");
}
END_TEST

void
ftp_data(Suite *suite)
{
	const struct check checks[] = {
		OURS(only_the_port_of_a_227, ONCE),
		OURS(pasv_is_remembered, ONCE),
		OURS(no_way_in, ONCE),
		OURS(active, ONCE),
		OURS(a_stranger_calls, ONCE),
		OURS(port_alone, ONCE),
		OURS(nobody_calls, ONCE),
		OURS(data_that_stops, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
