/*
 * Guards: a way in without the key. Each trick that a protocol of this kind has fallen
 * for once is tried: a recorded proof, one's own proof sent back, that of the other side
 * or of the other service, a frame out of turn, a name that is told apart by the answer.
 */
#include "tests/unit/auth.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

/* ---- both ends of ours ---- */

START_TEST(both_know_the_key)
{
	unsigned rights = 0;
	int status = 0;

	start_server(meeting.keys_path);
	ck_assert_int_eq(greet(NAME, SECRET, &rights, &status), 0);
	ck_assert_uint_eq(rights, KEYS_RUN | KEYS_WRITE);
	ck_assert_str_eq(meeting.said, "");
	expect_end(WELCOMED + KEYS_RUN + KEYS_WRITE, "");
	ck_assert_str_eq(meeting.said, "");
}
END_TEST

START_TEST(neither_has_a_key)
{
	unsigned rights = 0;
	int status = 0;

	start_server(NULL);
	ck_assert_int_eq(greet(NULL, "", &rights, &status), 0);
	ck_assert_uint_eq(rights, KEYS_ALL);
	expect_end(WELCOMED + KEYS_ALL, "");
}
END_TEST

static const struct {
	const char *name, *secret;
	bool server_asks;
	const char *client_says, *server_says;
} refusals[] = {
	{ NAME, "correct-horse-batterz", true, "no such key, or another secret",
	    "key \"anna\" refused" },
	{ NAME, "correct-horse-batter", true, "no such key, or another secret",
	    "key \"anna\" refused" },
	{ "nobody", SECRET, true, "no such key, or another secret", "key \"nobody\" refused" },
	{ "ben", SECRET, true, "no such key, or another secret", "key \"ben\" refused" },
	{ NULL, "", true, "give its file with -k", "" },
	{ NAME, SECRET, false, "does not ask for the key", NULL },
};

START_TEST(refusals_are_told)
{
	unsigned rights = 0;
	int status = 0;

	start_server(refusals[_i].server_asks ? meeting.keys_path : NULL);
	ck_assert_int_eq(greet(refusals[_i].name, refusals[_i].secret, &rights, &status), -1);
	ck_assert_int_eq(status, STATUS_REFUSED);
	ck_assert_uint_eq(rights, 0);
	ck_assert_msg(
	    strstr(meeting.said, refusals[_i].client_says) != NULL, "%s", meeting.said);
	ck_assert_ptr_eq(strchr(meeting.said, '\n'), strrchr(meeting.said, '\n'));
	close(meeting.end);
	if (refusals[_i].server_says)
		expect_end(STATUS_FAILED, refusals[_i].server_says);
	else /* it knew no better: the client left */
		ck_assert_int_eq(await_child(), 97);
}
END_TEST

START_TEST(keys_that_cannot_be_used)
{
	chmod(meeting.keys_path, 0644);
	start_server(meeting.keys_path);
	say_hello(NAME, AUTH_RCMD);
	expect_error(FRAME_E_FAILED, "cannot read its keys"); /* and not where they lie */
	expect_end(STATUS_FAILED, "chmod 600");
}
END_TEST

/* ---- tricks on the server ---- */

/* The raw client does get in when it does all right: else the tests below prove nothing. */
START_TEST(a_right_proof)
{
	uint8_t nonce[FRAME_NONCE], proof[FRAME_MAC];
	struct raw raw;

	be_challenged(NAME, nonce);
	prove(SECRET, "client", AUTH_RCMD, our_nonce, nonce, proof);
	say(FRAME_PROOF, 0, proof, sizeof proof);
	expect_frame(&raw, FRAME_WELCOME, FRAME_MAC);
	ck_assert_uint_eq(raw.frame.value, KEYS_RUN | KEYS_WRITE);
	prove(SECRET, "server", AUTH_RCMD, our_nonce, nonce, proof);
	ck_assert_mem_eq(raw.payload, proof, sizeof proof);
	expect_end(WELCOMED + KEYS_RUN + KEYS_WRITE, "");
}
END_TEST

START_TEST(a_recorded_proof)
{
	uint8_t nonce[FRAME_NONCE], proof[FRAME_MAC], other[FRAME_NONCE];
	struct raw raw;

	be_challenged(NAME, nonce);
	prove(SECRET, "client", AUTH_RCMD, our_nonce, nonce, proof);
	say(FRAME_PROOF, 0, proof, sizeof proof);
	expect_frame(&raw, FRAME_WELCOME, FRAME_MAC);
	expect_end(WELCOMED + KEYS_RUN + KEYS_WRITE, "");

	be_challenged(NAME, other);
	ck_assert_mem_ne(nonce, other, FRAME_NONCE);
	say(FRAME_PROOF, 0, proof, sizeof proof);
	expect_error(FRAME_E_DENIED, "no such key");
	expect_end(STATUS_FAILED, "refused, failure 1");
}
END_TEST

static const struct {
	const char *what, *who;
	int service;
	bool swapped;
} tricks[] = {
	{ "the proof of the other side", "server", AUTH_RCMD, false },
	{ "that of the other service", "client", AUTH_FILE, false },
	{ "the nonces exchanged", "client", AUTH_RCMD, true },
};

START_TEST(a_proof_of_something_else)
{
	uint8_t nonce[FRAME_NONCE], proof[FRAME_MAC];

	be_challenged(NAME, nonce);
	prove(SECRET, tricks[_i].who, tricks[_i].service,
	    tricks[_i].swapped ? nonce : our_nonce, tricks[_i].swapped ? our_nonce : nonce,
	    proof);
	say(FRAME_PROOF, 0, proof, sizeof proof);
	expect_error(FRAME_E_DENIED, "no such key");
	expect_end(STATUS_FAILED, "refused");
}
END_TEST

/* A single bit of the proof, wherever it is. */
START_TEST(nearly_a_proof)
{
	uint8_t nonce[FRAME_NONCE], proof[FRAME_MAC];

	be_challenged(NAME, nonce);
	prove(SECRET, "client", AUTH_RCMD, our_nonce, nonce, proof);
	proof[_i] ^= 1;
	say(FRAME_PROOF, 0, proof, sizeof proof);
	expect_error(FRAME_E_DENIED, "no such key");
	expect_end(STATUS_FAILED, "refused");
}
END_TEST

/* What a stranger is told of a name that exists, and of one that does not. */
START_TEST(names_are_not_told_apart)
{
	static const char *const names[] = { NAME, "nobody" };
	static const uint8_t guess[FRAME_MAC];
	struct raw raw, first = { .payload = "" };
	uint8_t nonce[FRAME_NONCE];

	for (int i = 0; i < 2; i++) {
		be_challenged(names[i], nonce);
		say(FRAME_PROOF, 0, guess, sizeof guess);
		ck_assert(hear(&raw));
		if (i == 0)
			first = raw;
		ck_assert_mem_eq(&raw, &first, sizeof raw);
		ck_assert(!hear(&raw));
		ck_assert_int_eq(await_child(), STATUS_FAILED);
	}
}
END_TEST

START_TEST(the_other_service)
{
	start_server(meeting.keys_path);
	say_hello(NAME, AUTH_FILE);
	expect_error(FRAME_E_PROTOCOL, "another service");
	expect_end(STATUS_FAILED, "another service");
}
END_TEST

/* Instead of HELLO (0) or of PROOF (1): a frame that has no place there. */
static const struct {
	int turn;
	uint8_t type;
	size_t size;
} out_of_turn[] = {
	{ 0, FRAME_PROOF, FRAME_MAC },
	{ 0, FRAME_CHALLENGE, FRAME_NONCE },
	{ 0, FRAME_WELCOME, FRAME_MAC },
	{ 0, FRAME_EXEC, 5 },
	{ 0, FRAME_ERROR, 0 },
	{ 0, FRAME_HELLO, 0 },
	{ 0, FRAME_HELLO, FRAME_NONCE },
	{ 1, FRAME_HELLO, FRAME_NONCE + 4 },
	{ 1, FRAME_WELCOME, FRAME_MAC },
	{ 1, FRAME_EXEC, 5 },
	{ 1, FRAME_DONE, 0 },
	{ 1, FRAME_PROOF, 0 },
	{ 1, FRAME_PROOF, FRAME_MAC - 1 },
};

START_TEST(frames_out_of_turn)
{
	static const uint8_t payload[FRAME_NONCE + 4];
	uint8_t nonce[FRAME_NONCE];

	if (out_of_turn[_i].turn == 0)
		start_server(meeting.keys_path);
	else
		be_challenged(NAME, nonce);
	say(out_of_turn[_i].type, AUTH_RCMD, payload, out_of_turn[_i].size);
	expect_error(FRAME_E_PROTOCOL, "HELLO\0PROOF" + 6 * out_of_turn[_i].turn);
	expect_end(STATUS_FAILED, frame_name(out_of_turn[_i].type));
}
END_TEST

/* The connection is cut after `_i` bytes of what the client says. */
START_TEST(a_client_that_is_cut)
{
	uint8_t bytes[HELLO_BYTES + PROOF_BYTES], nonce[FRAME_NONCE];
	const struct frame hello = {
		.type = FRAME_HELLO, .value = AUTH_RCMD, .size = HELLO_BYTES - FRAME_HEADER
	};
	const struct frame proof = { .type = FRAME_PROOF, .size = FRAME_MAC };
	struct raw raw;
	size_t first = _i < HELLO_BYTES ? (size_t)_i : HELLO_BYTES;

	ck_assert(frame_pack(&hello, bytes) && frame_pack(&proof, bytes + HELLO_BYTES));
	memcpy(bytes + FRAME_HEADER, our_nonce, FRAME_NONCE);
	memcpy(bytes + FRAME_HEADER + FRAME_NONCE, NAME, sizeof NAME - 1);
	start_server(meeting.keys_path);
	ck_assert_int_eq(write(meeting.end, bytes, first), (ssize_t)first);
	if (first == HELLO_BYTES) {
		expect_frame(&raw, FRAME_CHALLENGE, FRAME_NONCE);
		memcpy(nonce, raw.payload, FRAME_NONCE);
		prove(SECRET, "client", AUTH_RCMD, our_nonce, nonce,
		    bytes + HELLO_BYTES + FRAME_HEADER);
		ck_assert_int_eq(
		    write(meeting.end, bytes + first, (size_t)_i - first), _i - (int)first);
	}
	shutdown(meeting.end, SHUT_WR);
	ck_assert(!hear(&raw));
	expect_end(STATUS_FAILED, _i == 0 || _i == HELLO_BYTES ? "" : "ECONNRESET");
}
END_TEST

Suite *
auth_suite(void)
{
	Suite *suite = suite_create("auth");
	TCase *tcase = tcase_create("auth");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, meeting_setup, meeting_teardown);
	tcase_add_test(tcase, both_know_the_key);
	tcase_add_test(tcase, neither_has_a_key);
	tcase_add_loop_test(
	    tcase, refusals_are_told, 0, (int)(sizeof refusals / sizeof *refusals));
	tcase_add_test(tcase, keys_that_cannot_be_used);
	tcase_add_test(tcase, a_right_proof);
	tcase_add_test(tcase, a_recorded_proof);
	tcase_add_loop_test(tcase, a_proof_of_something_else, 0, 3);
	tcase_add_loop_test(tcase, nearly_a_proof, 0, FRAME_MAC);
	tcase_add_test(tcase, names_are_not_told_apart);
	tcase_add_test(tcase, the_other_service);
	tcase_add_loop_test(
	    tcase, frames_out_of_turn, 0, (int)(sizeof out_of_turn / sizeof *out_of_turn));
	tcase_add_loop_test(tcase, a_client_that_is_cut, 0, HELLO_BYTES + PROOF_BYTES);
	auth_add_client_tests(tcase);
	auth_add_failure_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
