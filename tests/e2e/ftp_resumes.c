/*
 * ftp: transfers that break, and go on.
 *
 * Guards against a begin of one file with the end of another, a retry that starts at
 * zero, one that never ends, and ^C that leaves the session out of step.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

enum {
	SIZE = 100000,
};

static unsigned char bytes[SIZE];

static const char *
size_reply(void)
{
	return text_of("213 %d", SIZE);
}

static void
begin(struct peer *peer, const char *rest)
{
	peer_facts(peer, true, "big", size_reply(), "213 " TIME_THEN);
	peer_offer(peer);
	if (rest)
		peer_answer(peer, text_of("REST %s", rest), "350 From there");
	peer_answer(peer, "RETR big", "150 Here it comes");
	peer_call(peer);
}

static void
finish(struct peer *peer, size_t from)
{
	client_send(peer->data, bytes + from, SIZE - from);
	peer_end(peer, "226 Done");
	peer_leave(peer);
}

/* The control connection breaks after so many bytes; what must be asked for then. */
START_TEST(goes_on_after_a_cut)
{
	static const size_t cuts[] = { 0, 1, 1448, 65536, SIZE - 1, SIZE };
	const char *here = ftp_enter("here");

	lab_fill(bytes, SIZE, 7);
	for (size_t i = 0; i < ARRAY_LENGTH(cuts); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "big", NULL);

		peer_login(peer, NULL);
		begin(peer, NULL);
		client_send(peer->data, bytes, cuts[i]);
		peer_cut(peer);
		peer_login(peer, NULL);
		if (cuts[i] == SIZE) {
			peer_facts(peer, true, "big", size_reply(), "213 " TIME_THEN);
			peer_leave(peer);
		} else {
			begin(peer, cuts[i] ? text_of("%zu", cuts[i]) : NULL);
			finish(peer, cuts[i]);
		}
		ftp_ends_with(p, 0, "big: 100000 bytes, verified by size alone");
		lab_expect("big", SIZE, 7);
		EXPECT(lab_temporaries(here) == 0, "something is left");
		unlink("big");
	}
}
END_TEST

START_TEST(goes_on_after_426_and_421)
{
	static const char *const ends[] = { "426 Broken", "451 Local error", "421 Going down" };

	ftp_enter("here");
	lab_fill(bytes, SIZE, 7);
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "big", NULL);

		peer_login(peer, NULL);
		begin(peer, NULL);
		client_send(peer->data, bytes, 5000);
		peer_end(peer, ends[i]);
		if (ends[i][1] == '2' && ends[i][2] == '1') {
			peer_login(peer, NULL);
			peer_answer(peer, "TYPE I", "200 Binary");
		}
		peer_facts(peer, false, "big", size_reply(), "213 " TIME_THEN);
		peer_offer(peer);
		peer_answer(peer, "REST 5000", "350 From there");
		peer_answer(peer, "RETR big", "150 Here it comes");
		peer_call(peer);
		finish(peer, 5000);
		ftp_ends_with(p, 0, "verified by size");
		lab_expect("big", SIZE, 7);
	}
}
END_TEST

/* SIZE or MDTM is another: what has come is not its begin. */
START_TEST(a_changed_file_begins_anew)
{
	static const struct {
		const char *size, *time;
	} rows[] = {
		{ "213 100000", "213 20260102030406" },
		{ "213 99999", "213 " TIME_THEN },
		{ "550 Gone", "213 " TIME_THEN },
		{ "213 100000", "550 No" },
	};

	ftp_enter("here");
	lab_fill(bytes, SIZE, 7);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "big", NULL);
		size_t size = rows[i].size[4] == '9' ? SIZE - 1 : SIZE;

		peer_login(peer, NULL);
		begin(peer, NULL);
		client_send(peer->data, "older bytes", 11);
		peer_cut(peer);
		peer_login(peer, NULL);
		peer_facts(peer, true, "big", rows[i].size, rows[i].time);
		peer_offer(peer);
		peer_answer(peer, "RETR big", "150 Here it comes");
		peer_call(peer);
		client_send(peer->data, bytes, size);
		peer_end(peer, "226 Done");
		peer_leave(peer);
		ftp_ends_with(p, 0, "big: what is here is not its begin any more");
		lab_expect("big", size, 7);
	}
}
END_TEST

START_TEST(gives_up_at_last)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p = ftp_start(peer, ARGS("-R", "2", "get", peer_url(peer, "big")));

	lab_fill(bytes, SIZE, 7);
	for (int i = 0; i < 3; i++) {
		peer_login(peer, NULL);
		begin(peer, i ? "3000" : NULL);
		client_send(peer->data, bytes, i ? 0 : 3000);
		peer_cut(peer);
	}
	ftp_ends_with(p, 1, "big: broken off$");
	lab_expect_missing("big");
	EXPECT(lab_temporaries(here) == 1, "what came is not kept");
	/* reget goes on behind it */
	p = ftp_start(peer, ARGS("reget", peer_url(peer, "big")));
	peer_login(peer, NULL);
	begin(peer, "3000");
	finish(peer, 3000);
	ftp_ends_with(p, 0, "verified by size");
	lab_expect("big", SIZE, 7);
	EXPECT(lab_temporaries(here) == 0, "something is left");
}
END_TEST

/* A part under the file's own name, as other clients leave it. */
START_TEST(reget_of_a_part)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_fill(bytes, SIZE, 7);
	lab_write("big", 4000, 7);
	p = ftp_start(peer, ARGS("reget", peer_url(peer, "big")));
	peer_login(peer, NULL);
	begin(peer, "4000");
	client_send(peer->data, bytes + 4000, 100);
	lab_expect("big", 4000, 7); /* it stays until all is there */
	client_send(peer->data, bytes + 4100, SIZE - 4100);
	peer_end(peer, "226 Done");
	peer_leave(peer);
	ftp_ends_with(p, 0, "verified by size");
	lab_expect("big", SIZE, 7);
}
END_TEST

/* What is here was changed before the server's file: they have nothing in common. */
START_TEST(reget_of_an_older_part)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_fill(bytes, SIZE, 7);
	lab_write("big", 4000, 8);
	p = ftp_start(peer, ARGS("reget", peer_url(peer, "big")));
	peer_login(peer, NULL);
	peer_facts(peer, true, "big", size_reply(), "213 29990101000000");
	peer_offer(peer);
	peer_answer(peer, "RETR big", "150 Here it comes");
	peer_call(peer);
	finish(peer, 0);
	ftp_ends_with(p, 0, "not its begin any more");
	lab_expect("big", SIZE, 7);
}
END_TEST

/* It looks like a part and is none: only the digest tells. */
START_TEST(another_begin_is_fetched_anew)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write_text("notes", "HEL");
	p = ftp_start(peer, ARGS("reget", peer_url(peer, "notes")));
	peer_login(peer, " SIZE\r\n REST STREAM\r\n XMD5\r\n");
	peer_answer(peer, "TYPE I", "200 Binary");
	for (int i = 0; i < 2; i++) {
		peer_answer(peer, "SIZE notes", "213 6");
		peer_offer(peer);
		if (i == 0)
			peer_answer(peer, "REST 3", "350 From there");
		peer_answer(peer, "RETR notes", "150 Here it comes");
		peer_call(peer);
		client_say(peer->data, i == 0 ? "lo\n" : "hello\n");
		peer_end(peer, "226 Done");
		peer_answer(peer, "XMD5 \"notes\"", "250 b1946ac92492d2347c6235b4d2611184");
	}
	peer_leave(peer);
	ftp_ends_with(p, 0, "notes: 6 bytes, verified by MD5");
	lab_expect_text("notes", "hello\n");
}
END_TEST

START_TEST(server_without_rest)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_fill(bytes, SIZE, 7);
	p = get_start(peer, "big", NULL);
	peer_login(peer, " SIZE\r\n MDTM\r\n");
	begin(peer, NULL);
	client_send(peer->data, bytes, 5000);
	peer_end(peer, "426 Broken");
	peer_facts(peer, false, "big", size_reply(), "213 " TIME_THEN);
	peer_offer(peer);
	peer_answer(peer, "RETR big", "150 Here it comes");
	peer_call(peer);
	finish(peer, 0);
	ftp_ends_with(p, 0, "verified by size");
	lab_expect("big", SIZE, 7);
}
END_TEST

/* ---- ^C ---- */

START_TEST(interrupt_keeps_what_came)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p = get_start(peer, "big", NULL);

	lab_fill(bytes, SIZE, 7);
	peer_login(peer, NULL);
	begin(peer, NULL);
	client_send(peer->data, bytes, 5000);
	while (lab_temporaries(here) == 0)
		await_events(-1, 0, now_ms() + 10);
	program_signal(p, SIGINT);
	peer_answer(peer, "ABOR", "426 Stopped\r\n226 Done");
	peer_answer(peer, "NOOP", "200 Well");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: big: interrupted$");
	lab_expect_missing("big");
}
END_TEST

/* However many replies ABOR has, the next command gets its own. */
START_TEST(session_goes_on_after_an_interrupt)
{
	static const char *const ways[] = {
		"426 Stopped\r\n226 Done",
		"226 Done\r\n225 Nothing to stop",
		"225 Nothing to stop",
		"500 What?",
		"226-Done\r\n 200 is not this\r\n226 Done\r\n226 Done",
	};

	ftp_enter("here");
	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
		struct peer *peer = peer_open();
		int terminal;
		struct program *p;

		p = program_on_terminal(&terminal, ARGS("-q", "-n", peer_url(peer, "")));
		peer_login(peer, NULL);
		client_hear(terminal, "ftp> ");
		client_say(terminal, "get big\n");
		begin(peer, NULL);
		client_say(terminal, "\003");
		peer_answer(peer, "ABOR", ways[i]);
		peer_answer(peer, "NOOP", "200 Well");
		client_hear(terminal, "ftp> ");
		client_say(terminal, "pwd\n");
		peer_answer(peer, "PWD", "257 \"/here\"");
		client_hear(terminal, "/here\nftp> ");
		client_say(terminal, "quit\n");
		peer_leave(peer);
		ftp_ends_with(p, 1, "big: interrupted");
		close(terminal);
	}
}
END_TEST

/* Nobody answers, and there is no limit: only ^C ends that. */
START_TEST(interrupted_while_it_calls)
{
	char address[ADDRESS_MAX];
	int door = listener_open(0, address), waiting = client_open(address);
	struct program *p = program_start(ARGS("-n", "-v", "-t", "0", "get",
	    text_of("ftp://anna:secret@%s/big", address), "/dev/null"));

	program_await_line(p, &p->err, "connect +dial: 127");
	program_signal(p, SIGINT);
	ftp_ends_with(p, 1, "^ftp: connect 127.*: interrupted$");
	close(waiting);
	close(door);
}
END_TEST

START_TEST(interrupted_while_it_calls_for_data)
{
	struct peer *peer = peer_open();
	char address[ADDRESS_MAX];
	int door = listener_open(0, address), waiting = client_open(address);
	struct program *p;

	ftp_enter("here");
	p = ftp_start(peer, ARGS("-v", "-t", "0", "get", peer_url(peer, "big")));
	peer_login(peer, NULL);
	peer_facts(peer, true, "big", size_reply(), "213 " TIME_THEN);
	peer_answer(peer, "EPSV", text_of("229 Here (|||%s|)", strrchr(address, ':') + 1));
	program_await_line(p, &p->err, text_of("connect +dial: %s", address));
	program_signal(p, SIGINT);
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: big: interrupted$");
	close(waiting);
	close(door);
}
END_TEST

void
ftp_resumes(Suite *suite)
{
	const struct check checks[] = {
		OURS(goes_on_after_a_cut, ONCE),
		OURS(goes_on_after_426_and_421, ONCE),
		OURS(a_changed_file_begins_anew, ONCE),
		OURS(gives_up_at_last, ONCE),
		OURS(reget_of_a_part, ONCE),
		OURS(reget_of_an_older_part, ONCE),
		OURS(another_begin_is_fetched_anew, ONCE),
		OURS(server_without_rest, ONCE),
		OURS(interrupt_keeps_what_came, ONCE),
		OURS(session_goes_on_after_an_interrupt, ONCE),
		OURS(interrupted_while_it_calls, ONCE),
		OURS(interrupted_while_it_calls_for_data, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
