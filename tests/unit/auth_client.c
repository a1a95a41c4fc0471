/*
 * Guards: a client that trusts a server which does not know the key, or believes what a
 * stranger answers.
 */
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "tests/unit/auth.h"

static void
meet_client(struct raw *hello)
{
	start_client(SECRET);
	expect_frame(hello, FRAME_HELLO, FRAME_NONCE + sizeof NAME - 1);
	ck_assert_uint_eq(hello->frame.value, AUTH_RCMD);
	ck_assert_mem_eq(hello->payload + FRAME_NONCE, NAME, sizeof NAME - 1);
}

/* Its proof is right, and the answer is as `_i` says. */
START_TEST(a_server_that_does_not_prove_itself)
{
	uint8_t want[FRAME_MAC], answer[FRAME_MAC] = { 0 };
	struct raw hello, proof;

	meet_client(&hello);
	say(FRAME_CHALLENGE, 0, our_nonce, FRAME_NONCE);
	expect_frame(&proof, FRAME_PROOF, FRAME_MAC);
	prove(SECRET, "client", AUTH_RCMD, hello.payload, our_nonce, want);
	ck_assert_mem_eq(proof.payload, want, sizeof want);
	prove(SECRET, "server", AUTH_RCMD, hello.payload, our_nonce, want);
	switch (_i) {
	case 0: /* right, so that the others prove something */
		say(FRAME_WELCOME, KEYS_READ, want, sizeof want);
		expect_end(WELCOMED + KEYS_READ, "");
		return;
	case 1: /* it says yes to everybody */
		say(FRAME_WELCOME, KEYS_ALL, NULL, 0);
		break;
	case 2: /* our own proof sent back */
		say(FRAME_WELCOME, KEYS_ALL, proof.payload, FRAME_MAC);
		break;
	case 3:
		say(FRAME_WELCOME, KEYS_ALL, answer, FRAME_MAC);
		break;
	case 4: /* right, but for the last byte, which it leaves out */
		say(FRAME_WELCOME, KEYS_ALL, want, sizeof want - 1);
		break;
	default: /* goes on as if all were said */
		say(FRAME_STDOUT, 0, want, sizeof want);
	}
	expect_end(STATUS_REFUSED, "do not trust it");
}
END_TEST

static const struct {
	uint8_t type;
	uint64_t value;
	const char *payload;
	size_t size;
	int status;
	const char *says;
} answers[] = {
	{ FRAME_WELCOME, KEYS_ALL, NULL, 0, STATUS_REFUSED, "does not ask for the key" },
	{ FRAME_CHALLENGE, 0, "short", 5, STATUS_FAILED, "of the wrong size" },
	{ FRAME_CHALLENGE, 0, NULL, 0, STATUS_FAILED, "of the wrong size" },
	{ FRAME_EXIT, 0, NULL, 0, STATUS_FAILED, "out of turn" },
	{ FRAME_HELLO, 1, "it is I", 7, STATUS_FAILED, "out of turn" },
	{ FRAME_ERROR, FRAME_E_LIMIT, "too many\nunit: \x1b[2J", 19, STATUS_REFUSED,
	    "too many\\x0aunit: \\x1b[2J\n" },
	{ FRAME_ERROR, FRAME_E_DENIED, "no", 2, STATUS_REFUSED, ": no\n" },
	{ FRAME_ERROR, FRAME_E_FAILED, "no", 2, STATUS_FAILED, ": no\n" },
	{ FRAME_ERROR, 12345, NULL, 0, STATUS_FAILED, "unit" },
};

START_TEST(servers_that_answer_otherwise)
{
	struct raw hello;

	meet_client(&hello);
	say(answers[_i].type, answers[_i].value, answers[_i].payload, answers[_i].size);
	expect_end(answers[_i].status, answers[_i].says);
}
END_TEST

START_TEST(a_server_of_another_kind)
{
	struct raw hello;

	meet_client(&hello);
	ck_assert_int_eq(write(meeting.end, "SSH-2.0-", 8), 8);
	ck_assert(hear(&hello));
	ck_assert_int_eq(hello.frame.type, FRAME_ERROR);
	shutdown(meeting.end, SHUT_WR);
	ck_assert_int_eq(await_child(), STATUS_FAILED);
	ck_assert_ptr_nonnull(strstr(meeting.said, "no SWBD"));
	ck_assert_ptr_nonnull(strstr(meeting.said, "is it the right port?"));
}
END_TEST

/* After `_i` bytes of CHALLENGE the server is gone. */
START_TEST(a_server_that_is_cut)
{
	const struct frame challenge = { .type = FRAME_CHALLENGE, .size = FRAME_NONCE };
	uint8_t bytes[FRAME_HEADER + FRAME_NONCE] = { 0 };
	struct raw raw;

	ck_assert(frame_pack(&challenge, bytes));
	meet_client(&raw);
	ck_assert_int_eq(write(meeting.end, bytes, (size_t)_i), _i);
	shutdown(meeting.end, SHUT_WR);
	expect_end(
	    STATUS_FAILED, _i == 0 || _i == sizeof bytes ? "the server hung up" : "ECONNRESET");
}
END_TEST

void
auth_add_client_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, a_server_that_does_not_prove_itself, 0, 6);
	tcase_add_loop_test(
	    tcase, servers_that_answer_otherwise, 0, (int)(sizeof answers / sizeof *answers));
	tcase_add_test(tcase, a_server_of_another_kind);
	tcase_add_loop_test(tcase, a_server_that_is_cut, 0, FRAME_HEADER + FRAME_NONCE + 1);
}
