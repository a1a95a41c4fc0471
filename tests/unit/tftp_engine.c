/*
 * Guards, for the opening and the endings of a TFTP transfer: an OACK that was not asked
 * for, a repeated one that advances an upload, amplification, an ERROR that is answered.
 * The other traps are in tftp_sender.c and tftp_receiver.c.
 */
#include "tests/unit/tftp_play.h"

START_TEST(a_client_asks_and_acknowledges_options)
{
	const struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_BLKSIZE, 1024, 0);
	static const char oack[] = "\0\6blksize\0001000";
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	OUT(&engine, 0, "R");
	OUT(&engine, 0, "");
	ck_assert_int_eq(
	    tftp_input(&engine, 5, oack, sizeof oack, &engine_content), TFTP_HEEDED);
	ck_assert_uint_eq(engine.agreed.blksize, 1000);
	OUT(&engine, 5, "A0");
	/* Repeated, because ACK 0 was lost. */
	ck_assert_int_eq(
	    tftp_input(&engine, 6, oack, sizeof oack, &engine_content), TFTP_HEEDED);
	OUT(&engine, 6, "A0");
	ck_assert_int_eq(engine_data(&engine, 7, 1, 1000), TFTP_BLOCK);
	OUT(&engine, 7, "A1");
	ck_assert_int_eq(
	    tftp_input(&engine, 8, oack, sizeof oack, &engine_content), TFTP_IGNORED);
	OUT(&engine, 8, "");
}
END_TEST

/* curl 7.88 answers a repeated OACK with the next block, and has lost one. */
START_TEST(a_repeated_oack_does_not_advance_an_upload)
{
	const struct tftp_request request = engine_request(TFTP_WRQ, TFTP_SET_BLKSIZE, 1024, 0);
	static const char oack[] = "\0\6blksize\0001024";
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	OUT(&engine, 0, "W");
	tftp_input(&engine, 1, oack, sizeof oack, &engine_content);
	OUT(&engine, 1, "1-1");
	ck_assert_int_eq(
	    tftp_input(&engine, 2, oack, sizeof oack, &engine_content), TFTP_IGNORED);
	ck_assert_int_eq(engine_ack(&engine, 2, 0), TFTP_IGNORED);
	OUT(&engine, 2, "");
	ck_assert_int_eq(engine_ack(&engine, 3, 1), TFTP_HEEDED);
	OUT(&engine, 3, "2-2");
}
END_TEST

START_TEST(an_old_server_gives_blocks_of_512)
{
	const struct tftp_request read = engine_request(TFTP_RRQ, TFTP_SET_BLKSIZE, 1024, 0);
	const struct tftp_request write = engine_request(TFTP_WRQ, TFTP_SET_BLKSIZE, 1024, 0);
	struct tftp_engine engine;

	tftp_ask(&engine, &read, 0);
	OUT(&engine, 0, "R");
	ck_assert_int_eq(engine_data(&engine, 1, 2, 512), TFTP_IGNORED);
	ck_assert_int_eq(engine_data(&engine, 1, 1, 512), TFTP_BLOCK);
	OUT(&engine, 1, "A1");
	ck_assert_int_eq(engine_data(&engine, 1, 2, 513), TFTP_HEEDED);
	ck_assert_int_eq(engine.failure, TFTP_BAD_BLOCK);
	OUT(&engine, 1, "E4");
	tftp_ask(&engine, &write, 0);
	OUT(&engine, 0, "W");
	ck_assert_int_eq(engine_ack(&engine, 1, 1), TFTP_IGNORED);
	ck_assert_int_eq(engine_ack(&engine, 1, 0), TFTP_HEEDED);
	ck_assert_uint_eq(engine.agreed.blksize, 512);
	OUT(&engine, 1, "1-1");
}
END_TEST

static const struct {
	const char *oack;
	size_t len;
} wrong[] = {
#define WRONG(text)                                                                            \
	{                                                                                      \
		text, sizeof(text)                                                             \
	}
	WRONG("\0\6blksize\0001025"),
	WRONG("\0\6tsize\0005"),
	WRONG("\0\6blksize\0001024\0windowsize\0002"),
	WRONG("\0\6blksize\0"),
	WRONG("\0\6blksize\0004"),
	{ "\0\6", 2 },
};

START_TEST(an_oack_of_other_options_is_refused)
{
	const struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_BLKSIZE, 1024, 0);
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	OUT(&engine, 0, "R");
	tftp_input(&engine, 1, wrong[_i].oack, wrong[_i].len, &engine_content);
	ck_assert_int_eq(engine.state, TFTP_FAILED);
	ck_assert_int_eq(engine.failure, TFTP_OPTIONS);
	OUT(&engine, 1, "E8");
	OUT(&engine, 1, "");
}
END_TEST

/* An unproven address gets one block and a few repetitions, or a few OACKs. */
START_TEST(little_goes_to_an_address_that_never_answered)
{
	const struct tftp_request plain = engine_request(TFTP_RRQ, 0, 0, 0);
	const struct tftp_request options = engine_request(TFTP_RRQ, TFTP_SET_WINDOW, 0, 64);
	const struct tftp_request *requests[] = { &plain, &options };
	const int most[] = { TFTP_FIRST_BLOCKS_MAX, TFTP_OFFERS_MAX };
	const char *first[] = { "1-1", "O" };
	struct tftp_engine engine;

	for (int i = 0; i < 2; i++) {
		int64_t now = 0;
		int sent = 0;

		tftp_answer(&engine, requests[i], &requests[i]->options, now);
		while (tftp_is_open(&engine)) {
			OUT(&engine, now, first[i]);
			OUT(&engine, now, "");
			sent++;
			now = tftp_due(&engine);
			tftp_tick(&engine, now);
		}
		ck_assert_int_eq(sent, most[i]);
		ck_assert_int_eq(engine.failure, TFTP_SILENCE);
		ck_assert_int_le(now, TFTP_GIVE_UP_MS + 1000);
		OUT(&engine, now, "");
	}
}
END_TEST

START_TEST(a_peers_error_ends_it_and_is_not_answered)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 4);

	OUT(&engine, 0, "1-4");
	tftp_input(&engine, 1, "\0\5\0\3full\0junk", 13, &engine_content);
	ck_assert_int_eq(engine.failure, TFTP_PEER_ERROR);
	ck_assert_uint_eq(engine.code, TFTP_DISK_FULL);
	ck_assert_uint_eq(engine.text_len, 4);
	ck_assert_mem_eq(engine.text, "full", 4);
	OUT(&engine, 1, "");
}
END_TEST

START_TEST(an_agreed_timeout_is_kept)
{
	struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_TIMEOUT, 0, 0);
	struct tftp_engine engine;

	request.options.timeout = 60;
	tftp_answer(&engine, &request, &request.options, 0);
	OUT(&engine, 0, "O");
	ck_assert_int_eq(tftp_due(&engine), 60000);
	engine_ack(&engine, 10, 0);
	OUT(&engine, 10, "1-1");
	ck_assert_int_eq(tftp_due(&engine), 60010);
	ck_assert_int_eq(engine.give_up_ms, 240000);
}
END_TEST

/* One second is the least the option can say: a round trip that is faster counts. */
START_TEST(a_timeout_of_one_second_is_an_upper_bound)
{
	struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_TIMEOUT, 0, 0);
	struct tftp_engine engine;

	request.options.timeout = 1;
	tftp_answer(&engine, &request, &request.options, 0);
	OUT(&engine, 0, "O");
	ck_assert_int_eq(tftp_due(&engine), 1000);
	engine_ack(&engine, 10, 0);
	OUT(&engine, 10, "1-1");
	ck_assert_int_eq(tftp_due(&engine), 10 + TFTP_RTO_MIN_MS);
	engine_ack(&engine, 910, 1); /* slow by now: 3 s, were there no bound */
	OUT(&engine, 910, "2-2");
	engine_ack(&engine, 1810, 2);
	OUT(&engine, 1810, "3-3");
	ck_assert_int_eq(tftp_due(&engine), 2810);
	tftp_tick(&engine, 2810);
	OUT(&engine, 2810, "3-3");
	ck_assert_int_eq(tftp_due(&engine), 4810); /* but back-off is not bound */
	ck_assert_int_eq(engine.give_up_ms, TFTP_GIVE_UP_MS);
	ck_assert_int_eq(engine.dally_ms, TFTP_DALLY_ASKED_MS);
}
END_TEST

/* Who asked measures, unless his user insists. */
START_TEST(who_asked_keeps_a_timeout_if_told_so)
{
	for (int exact = 0; exact <= 1; exact++) {
		struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_TIMEOUT, 0, 0);
		struct tftp_engine engine;

		request.options.timeout = 5;
		tftp_ask(&engine, &request, 0);
		engine.exact_timeout = exact;
		engine.give_up_ms = 9000;
		OUT(&engine, 0, "R");
		tftp_input(&engine, 10, "\0\6timeout\0005\0", 12, &engine_content);
		OUT(&engine, 10, "A0");
		ck_assert_int_eq(engine.give_up_ms, exact ? 20000 : 9000);
		ck_assert_int_eq(tftp_due(&engine), exact ? 5010 : 10 + 2 * TFTP_RTO_MIN_MS);
		tftp_tick(&engine, tftp_due(&engine));
		OUT(&engine, 6000, "A0");
		ck_assert_int_eq(engine.rto_ms, exact ? 10000 : 4 * TFTP_RTO_MIN_MS);
	}
}
END_TEST

START_TEST(a_deadline_ends_even_what_moves)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 1);
	int64_t now = 0;

	engine.deadline_ms = 5000;
	for (uint16_t block = 1; tftp_is_open(&engine); block++) {
		(void)tftp_output(&engine, now, engine_buffer);
		now += 100;
		engine_ack(&engine, now, block);
		tftp_tick(&engine, now);
	}
	ck_assert_int_eq(now, 5000);
	ck_assert_int_eq(engine.failure, TFTP_LATE);
	OUT(&engine, now, "E0");
}
END_TEST

Suite *
tftp_engine_suite(void)
{
	Suite *suite = suite_create("tftp_engine");
	TCase *tcase = tcase_create("tftp_engine");

	tcase_add_test(tcase, a_client_asks_and_acknowledges_options);
	tcase_add_test(tcase, a_repeated_oack_does_not_advance_an_upload);
	tcase_add_test(tcase, an_old_server_gives_blocks_of_512);
	tcase_add_loop_test(
	    tcase, an_oack_of_other_options_is_refused, 0, sizeof wrong / sizeof *wrong);
	tcase_add_test(tcase, little_goes_to_an_address_that_never_answered);
	tcase_add_test(tcase, a_peers_error_ends_it_and_is_not_answered);
	tcase_add_test(tcase, an_agreed_timeout_is_kept);
	tcase_add_test(tcase, a_timeout_of_one_second_is_an_upper_bound);
	tcase_add_test(tcase, who_asked_keeps_a_timeout_if_told_so);
	tcase_add_test(tcase, a_deadline_ends_even_what_moves);
	tcase_set_timeout(tcase, 60);
	tftp_sender_tests(tcase);
	tftp_receiver_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
