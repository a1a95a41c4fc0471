/*
 * ftp: fetching.
 *
 * Guards against a file that has its name before it is whole, one that is taken though it
 * is not what the server has, and words that claim more than was compared.
 */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

/* sha256sum and md5sum of "hello\n". */
#define SHA256_HELLO "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define MD5_HELLO    "b1946ac92492d2347c6235b4d2611184"

static void
serve_hello(struct peer *peer, const char *features)
{
	peer_login(peer, features);
	if (strstr(features, "HASH "))
		peer_answer(peer, "OPTS HASH SHA-256", "200 SHA-256");
	peer_answer(peer, "TYPE I", "200 Binary");
	peer_answer(peer, "SIZE notes", "213 6");
	peer_send(peer, "RETR notes", "hello\n");
}

START_TEST(whole_file)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p = get_start(peer, "notes", NULL);
	struct stat st;

	peer_login(peer, NULL);
	peer_facts(peer, true, "notes", "213 6", "213 " TIME_THEN);
	peer_offer(peer);
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer_call(peer);
	lab_write_text("notes", "older");
	client_say(peer->data, "hel");
	lab_expect_text("notes", "older");
	client_say(peer->data, "lo\n");
	peer_end(peer, "226 Done");
	peer_leave(peer);
	ftp_ends_with(p, 0, "^ftp: notes: 6 bytes, verified by size alone$");
	lab_expect_text("notes", "hello\n");
	EXPECT(lab_temporaries(here) == 0, "something is left");
	EXPECT(stat("notes", &st) == 0 && st.st_mtime == SECONDS_THEN, "its time is not kept");
}
END_TEST

START_TEST(path_of_a_url)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = ftp_start(peer, ARGS("-q", "get", peer_url(peer, "%2Fa%20b/c%3bd"), "mine"));
	peer_login(peer, NULL);
	peer_facts(peer, true, "/a b/c;d", "213 2", "213 " TIME_THEN);
	peer_send(peer, "RETR /a b/c;d", "ab");
	peer_leave(peer);
	ftp_ends_with(p, 0, NULL);
	lab_expect_text("mine", "ab");
}
END_TEST

START_TEST(to_standard_output)
{
	struct peer *peer = peer_open();
	struct program *p = ftp_start(peer, ARGS("-q", "cat", peer_url(peer, "notes")));

	peer_login(peer, NULL);
	peer_facts(peer, true, "notes", "213 6", "213 " TIME_THEN);
	peer_send(peer, "RETR notes", "hello\n");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "hello\n") == 0, "out: %s", p->out.text);
}
END_TEST

START_TEST(text_gets_its_line_ends)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = ftp_start(peer, ARGS("-a", "get", peer_url(peer, "notes")));
	peer_login(peer, NULL);
	peer_answer(peer, "TYPE A", "200 Text");
	peer_send(peer, "RETR notes", "a\r\nb\rc\r\n");
	peer_leave(peer);
	ftp_ends_with(p, 0, "not verified");
	lab_expect_text("notes", "a\nb\rc\n");
}
END_TEST

/* ---- compared ---- */

START_TEST(verified_by_hash)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = get_start(peer, "notes", NULL);
	serve_hello(peer, " SIZE\r\n HASH SHA-1;SHA-256;MD5*\r\n XMD5\r\n");
	peer_answer(peer, "HASH notes", "213 SHA-256 0-6 " SHA256_HELLO " notes");
	peer_leave(peer);
	ftp_ends_with(p, 0, "notes: 6 bytes, verified by SHA-256$");
	lab_expect_text("notes", "hello\n");
}
END_TEST

START_TEST(verified_by_elder_commands)
{
	static const struct {
		const char *features, *command, *reply, *words;
	} rows[] = {
		{ " SIZE\r\n XSHA256\r\n XMD5\r\n", "XSHA256 \"notes\"", "250 " SHA256_HELLO,
		    "verified by SHA-256$" },
		{ " SIZE\r\n XMD5 filename\r\n", "XMD5 \"notes\"",
		    "250 B1946AC92492D2347C6235B4D2611184", "verified by MD5$" },
		{ " SIZE\r\n XMD5\r\n", "XMD5 \"notes\"", "550 Not now",
		    "verified by size alone$" },
	};

	ftp_enter("here");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "notes", NULL);

		serve_hello(peer, rows[i].features);
		peer_answer(peer, rows[i].command, rows[i].reply);
		peer_leave(peer);
		ftp_ends_with(p, 0, rows[i].words);
	}
}
END_TEST

START_TEST(another_digest_is_not_taken)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p;

	lab_write_text("notes", "older");
	p = get_start(peer, "notes", NULL);
	serve_hello(peer, " SIZE\r\n XMD5\r\n");
	peer_answer(peer, "XMD5 \"notes\"", "250 00000ac92492d2347c6235b4d2611184");
	peer_leave(peer);
	ftp_ends_with(p, 1, "notes: not the same as the server's \\(MD5\\): not taken");
	lab_expect_text("notes", "older");
	EXPECT(lab_temporaries(here) == 0, "something is left");
}
END_TEST

START_TEST(another_size_is_not_taken)
{
	static const char *const sizes[] = { "213 5", "213 7", "213 18446744073709551615" };
	const char *here = ftp_enter("here");

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "notes", NULL);

		peer_login(peer, NULL);
		peer_facts(peer, true, "notes", sizes[i], "213 " TIME_THEN);
		peer_send(peer, "RETR notes", "hello\n");
		peer_leave(peer);
		ftp_ends_with(p, 1, "notes: 6 bytes came, but its size was said to be");
		lab_expect_missing("notes");
		EXPECT(lab_temporaries(here) == 0, "something is left");
	}
}
END_TEST

START_TEST(size_that_is_none)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = get_start(peer, "notes", NULL);
	peer_login(peer, NULL);
	peer_facts(peer, true, "notes", "213 -1", "213 yesterday");
	peer_send(peer, "RETR notes", "hello\n");
	peer_leave(peer);
	ftp_ends_with(p, 0, "not verified: the server tells no size");
}
END_TEST

/* ---- refused ---- */

START_TEST(refused)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p = get_start(peer, "nothing", NULL);

	peer_login(peer, NULL);
	peer_facts(peer, true, "nothing", "550 No", "550 No");
	peer_offer(peer);
	peer_answer(peer, "RETR nothing", "550 There is \033[31mnothing");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: nothing: 550 There is \\\\x1b\\[31mnothing$");
	lab_expect_missing("nothing");
	EXPECT(lab_temporaries(here) == 0, "something is left");
}
END_TEST

START_TEST(no_place_here)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = get_start(peer, "notes", "no/where");
	peer_login(peer, NULL);
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: no/: ENOENT");
}
END_TEST

START_TEST(a_full_disk)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	p = get_start(peer, "notes", "/dev/full");
	peer_login(peer, NULL);
	peer_facts(peer, true, "notes", "213 6", "213 " TIME_THEN);
	peer_offer(peer);
	peer_answer(peer, "RETR notes", "150 Here it comes");
	peer_call(peer);
	client_say(peer->data, "hello\n");
	peer_answer(peer, "ABOR", "426 Stopped\r\n226 Done");
	peer_answer(peer, "NOOP", "200 Well");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: /dev/full: ENOSPC");
}
END_TEST

void
ftp_gets(Suite *suite)
{
	const struct check checks[] = {
		OURS(whole_file, ONCE),
		OURS(path_of_a_url, ONCE),
		OURS(to_standard_output, ONCE),
		OURS(text_gets_its_line_ends, ONCE),
		OURS(verified_by_hash, ONCE),
		OURS(verified_by_elder_commands, ONCE),
		OURS(another_digest_is_not_taken, ONCE),
		OURS(another_size_is_not_taken, ONCE),
		OURS(size_that_is_none, ONCE),
		OURS(refused, ONCE),
		OURS(no_place_here, ONCE),
		OURS(a_full_disk, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
