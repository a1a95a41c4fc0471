/*
 * ftp: sending.
 *
 * Guards against a part that is taken for the whole, a file on the server that is the
 * begin of ours and the end of another, and an upload that waits for a server which has
 * already said no.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

enum {
	SIZE = 100000,
	ENDLESS = 64 << 20,
};

static unsigned char bytes[SIZE];

static void
begin(struct peer *peer, const char *rest)
{
	peer_offer(peer);
	if (rest)
		peer_answer(peer, text_of("REST %s", rest), "350 From there");
	peer_answer(peer, "STOR there", "150 Go on");
	peer_call(peer);
}

/* "notes" is sent with this verb, and we are logged in. */
static struct program *
send_notes(struct peer *peer, const char *verb, const char *features)
{
	struct program *p;

	ftp_enter("here");
	lab_write_text("notes", "hello\n");
	p = ftp_start(peer, ARGS(verb, "notes", peer_url(peer, "there")));
	peer_login(peer, features);
	return p;
}

/* It comes, or the rest of it; then this is its size there. */
static void
finish(struct peer *peer, const char *wanted, const char *size)
{
	EXPECT(strcmp(peer_receive(peer), wanted) == 0, "other bytes");
	peer_end(peer, "226 Done");
	peer_facts(peer, false, "there", size, "213 " TIME_THEN);
	peer_leave(peer);
}

/* "big" is sent, and breaks after 30000 bytes. */
static struct program *
send_and_cut(struct peer *peer, const char *size, const char *time)
{
	struct program *p;

	lab_fill(bytes, SIZE, 7);
	lab_write("big", SIZE, 7);
	p = put_start(peer, "big", "there");
	peer_login(peer, NULL);
	peer_facts(peer, true, "there", size, time);
	begin(peer, NULL);
	client_receive(peer->data, bytes, 30000);
	peer_cut(peer);
	peer_login(peer, NULL);
	return p;
}

/* It comes from there on, and is whole. */
static void
finish_big(struct peer *peer, size_t from)
{
	lab_fill(bytes, SIZE, 7);
	EXPECT(memcmp(peer_receive(peer), bytes + from, SIZE - from) == 0, "other bytes");
	peer_end(peer, "226 Done");
	peer_facts(peer, false, "there", "213 100000", "213 " TIME_THEN);
	peer_leave(peer);
}

START_TEST(whole_file)
{
	struct peer *peer = peer_open();
	struct program *p = send_notes(peer, "put", NULL);

	peer_facts(peer, true, "there", "550 No", "550 No");
	begin(peer, NULL);
	finish(peer, "hello\n", "213 6");
	ftp_ends_with(p, 0, "^ftp: notes: 6 bytes, verified by size alone$");
}
END_TEST

START_TEST(its_digest_and_its_time)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write_text("notes", "hello\n");
	EXPECT(system("touch -d @1767323045 notes") == 0, "touch");
	p = put_start(peer, "notes", "dir/");
	peer_login(peer, " SIZE\r\n XMD5\r\n MFMT\r\n");
	peer_answer(peer, "TYPE I", "200 Binary");
	peer_answer(peer, "SIZE dir/notes", "550 No");
	peer_offer(peer);
	peer_answer(peer, "STOR dir/notes", "150 Go on");
	peer_call(peer);
	peer_receive(peer);
	peer_end(peer, "226 Done");
	peer_answer(peer, "XMD5 \"dir/notes\"", "250 b1946ac92492d2347c6235b4d2611184");
	peer_answer(peer, "MFMT " TIME_THEN " dir/notes", "213 Modify=" TIME_THEN "; notes");
	peer_leave(peer);
	ftp_ends_with(p, 0, "notes: 6 bytes, verified by MD5$");
}
END_TEST

START_TEST(not_all_is_there)
{
	struct peer *peer = peer_open();
	struct program *p = send_notes(peer, "put", NULL);

	peer_facts(peer, true, "there", "550 No", "550 No");
	begin(peer, NULL);
	finish(peer, "hello\n", "213 5");
	ftp_ends_with(p, 1, "notes: 6 bytes were sent, but 5 are there");
}
END_TEST

START_TEST(from_standard_input)
{
	struct peer *peer = peer_open();
	struct program *p = put_start(peer, "-", "there");

	program_send(p, "hello\n");
	program_finish(p);
	peer_login(peer, NULL);
	peer_answer(peer, "TYPE I", "200 Binary");
	begin(peer, NULL);
	finish(peer, "hello\n", "213 6");
	ftp_ends_with(p, 0, "standard input: 6 bytes, verified by size alone");
}
END_TEST

START_TEST(text_gets_its_line_ends)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write_text("notes", "a\nb\n");
	p = ftp_start(peer, ARGS("-a", "put", "notes", peer_url(peer, "there")));
	peer_login(peer, NULL);
	peer_answer(peer, "TYPE A", "200 Text");
	begin(peer, NULL);
	EXPECT(strcmp(peer_receive(peer), "a\r\nb\r\n") == 0, "other bytes");
	peer_end(peer, "226 Done");
	peer_leave(peer);
	ftp_ends_with(p, 0, "not verified");
}
END_TEST

/* ---- breaks ---- */

START_TEST(goes_on_after_a_cut)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = send_and_cut(peer, "550 No", "550 No");
	peer_facts(peer, true, "there", "213 30000", "213 " TIME_THEN);
	begin(peer, "30000");
	finish_big(peer, 30000);
	ftp_ends_with(p, 0, "big: 100000 bytes, verified by size alone");
}
END_TEST

/* What lies there is what lay there before, or more than we have sent: none of ours. */
START_TEST(what_was_there_is_not_ours)
{
	static const struct {
		const char *before_size, *before_time, *size, *time;
	} rows[] = {
		{ "213 20000", "213 " TIME_THEN, "213 20000", "213 " TIME_THEN },
		{ "550 No", "550 No", "213 100001", "213 " TIME_THEN },
		{ "550 No", "550 No", "550 No", "550 No" },
	};

	ftp_enter("here");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct peer *peer = peer_open();
		struct program *p =
		    send_and_cut(peer, rows[i].before_size, rows[i].before_time);

		peer_facts(peer, true, "there", rows[i].size, rows[i].time);
		begin(peer, NULL);
		finish_big(peer, 0);
		ftp_ends_with(p, 0, "verified by size alone");
	}
}
END_TEST

/* The server can tell that the part there is another's. */
START_TEST(part_is_compared_first)
{
	struct peer *peer = peer_open();
	struct program *p = send_notes(peer, "reput", " SIZE\r\n REST STREAM\r\n XMD5\r\n");

	peer_answer(peer, "TYPE I", "200 Binary");
	peer_answer(peer, "SIZE there", "213 3");
	peer_answer(peer, "XMD5 \"there\" 0 3", "250 00000000000000000000000000000000");
	begin(peer, NULL);
	EXPECT(strcmp(peer_receive(peer), "hello\n") == 0, "other bytes");
	peer_end(peer, "226 Done");
	peer_answer(peer, "XMD5 \"there\"", "250 b1946ac92492d2347c6235b4d2611184");
	peer_leave(peer);
	ftp_ends_with(p, 0, "verified by MD5");
}
END_TEST

START_TEST(reput)
{
	struct peer *peer = peer_open();
	struct program *p = send_notes(peer, "reput", NULL);

	peer_facts(peer, true, "there", "213 3", "213 " TIME_THEN);
	begin(peer, "3");
	finish(peer, "lo\n", "213 6");
	ftp_ends_with(p, 0, "notes: 6 bytes, verified by size alone");
}
END_TEST

/* proftpd as it is delivered: REST is fine, STOR behind it is not. */
START_TEST(server_without_rest_before_stor)
{
	struct peer *peer = peer_open();
	struct program *p = send_notes(peer, "reput", NULL);

	peer_facts(peer, true, "there", "213 3", "213 " TIME_THEN);
	peer_offer(peer);
	peer_answer(peer, "REST 3", "350 From there");
	peer_answer(peer, "STOR there", "451 Append/Restart not permitted, try again");
	peer_facts(peer, false, "there", "213 3", "213 " TIME_THEN);
	begin(peer, NULL);
	finish(peer, "hello\n", "213 6");
	ftp_ends_with(p, 0, "verified by size alone");
}
END_TEST

/* The server says no in the middle, and reads nothing any more. */
START_TEST(refused_in_the_middle)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write("big", ENDLESS, 7);
	p = put_start(peer, "big", "there");
	peer_login(peer, NULL);
	peer_facts(peer, true, "there", "550 No", "550 No");
	begin(peer, NULL);
	client_receive(peer->data, bytes, 3000);
	peer_say(peer, "552 Your quota is used up");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: there: 552 Your quota is used up$");
}
END_TEST

START_TEST(changed_meanwhile)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write("big", SIZE, 7);
	p = put_start(peer, "big", "there");
	peer_login(peer, NULL);
	peer_facts(peer, true, "there", "550 No", "550 No");
	begin(peer, NULL);
	client_receive(peer->data, bytes, 30000);
	lab_write("big", SIZE / 2, 8);
	peer_cut(peer);
	peer_login(peer, NULL);
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: big: was changed meanwhile");
}
END_TEST

START_TEST(nothing_to_send)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = put_start(peer, "nothing", "there");
	peer_login(peer, NULL);
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: nothing: ENOENT");
	p = put_start(peer, ".", "there");
	peer_login(peer, NULL);
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: .: not a file");
}
END_TEST

void
ftp_puts(Suite *suite)
{
	const struct check checks[] = {
		OURS(whole_file, ONCE),
		OURS(its_digest_and_its_time, ONCE),
		OURS(not_all_is_there, ONCE),
		OURS(from_standard_input, ONCE),
		OURS(text_gets_its_line_ends, ONCE),
		OURS(goes_on_after_a_cut, ONCE),
		OURS(what_was_there_is_not_ours, ONCE),
		OURS(part_is_compared_first, ONCE),
		OURS(reput, ONCE),
		OURS(server_without_rest_before_stor, ONCE),
		OURS(refused_in_the_middle, ONCE),
		OURS(changed_meanwhile, ONCE),
		OURS(nothing_to_send, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
