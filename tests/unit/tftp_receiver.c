/*
 * Guards: the lost last ACK, the receiver that repeats an old ACK for ever, a damaged last
 * block taken for the end, the roll from 65535.
 */
#include "tests/unit/tftp_play.h"

START_TEST(a_window_is_acknowledged_at_its_end)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 3);

	ck_assert_int_eq(engine_data(&engine, 1, 1, 8), TFTP_BLOCK);
	ck_assert_int_eq(engine_data(&engine, 1, 2, 8), TFTP_BLOCK);
	OUT(&engine, 1, "");
	ck_assert_int_eq(engine_data(&engine, 1, 3, 8), TFTP_BLOCK);
	OUT(&engine, 1, "A3");
	OUT(&engine, 1, "");
}
END_TEST

START_TEST(a_hole_is_told_once)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 4);

	engine_data(&engine, 1, 1, 8);
	ck_assert_int_eq(engine_data(&engine, 1, 3, 8), TFTP_HEEDED);
	OUT(&engine, 1, "A1");
	ck_assert_int_eq(engine_data(&engine, 1, 4, 8), TFTP_IGNORED);
	OUT(&engine, 1, "");
	for (uint16_t block = 2; block <= 4; block++)
		ck_assert_int_eq(engine_data(&engine, 2, block, 8), TFTP_BLOCK);
	OUT(&engine, 2, "");
	engine_data(&engine, 2, 5, 8);
	OUT(&engine, 2, "A5");
}
END_TEST

START_TEST(a_timeout_acknowledges_what_is_here)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 4);
	int64_t due;

	engine_data(&engine, 1, 1, 8);
	engine_data(&engine, 1, 2, 8);
	due = tftp_due(&engine);
	ck_assert_int_ge(due, 1 + 2 * TFTP_RTO_MIN_MS);
	tftp_tick(&engine, due - 1);
	OUT(&engine, due - 1, "");
	tftp_tick(&engine, due);
	OUT(&engine, due, "A2");
	/* The window begins anew behind it. */
	for (uint16_t block = 3; block <= 5; block++)
		engine_data(&engine, due + 1, block, 8);
	OUT(&engine, due + 1, "");
	engine_data(&engine, due + 1, 6, 8);
	OUT(&engine, due + 1, "A6");
}
END_TEST

/* Our ACK 4 was lost: the sender begins again at 1, and its window ends at 4. */
START_TEST(a_repeated_window_is_acknowledged_at_its_end)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 4);

	for (int again = 0; again < 3; again++) {
		for (uint16_t block = 1; block <= 4; block++) {
			OUT(&engine, again, "");
			ck_assert_int_eq(
			    engine_data(&engine, again, block, 8) == TFTP_BLOCK, !again);
		}
		OUT(&engine, again, "A4");
	}
	/* An ACK for a hole was lost: the window of the sender ends before ours would. */
	engine_data(&engine, 5, 5, 8);
	engine_data(&engine, 5, 7, 8);
	OUT(&engine, 5, "A5");
	for (uint16_t block = 5; block <= 8; block++)
		engine_data(&engine, 300, block, 8);
	OUT(&engine, 300, "A8");
}
END_TEST

START_TEST(a_block_twice_is_acknowledged_twice_and_taken_once)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 1);

	ck_assert_int_eq(engine_data(&engine, 1, 1, 8), TFTP_BLOCK);
	OUT(&engine, 1, "A1");
	ck_assert_int_eq(engine_data(&engine, 2, 1, 8), TFTP_HEEDED);
	OUT(&engine, 2, "A1");
	ck_assert_int_eq(engine_data(&engine, 3, 2, 8), TFTP_BLOCK);
	OUT(&engine, 3, "A2");
	ck_assert_int_eq(engine_data(&engine, 4, 1, 8), TFTP_IGNORED);
	ck_assert_int_eq(engine_data(&engine, 4, 0, 8), TFTP_IGNORED);
	ck_assert_int_eq(engine_data(&engine, 4, 9, 8), TFTP_IGNORED);
	OUT(&engine, 4, "");
}
END_TEST

START_TEST(the_last_ack_waits_for_the_file_and_is_repeated)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 4);

	engine_data(&engine, 1, 1, 8);
	ck_assert_int_eq(engine_data(&engine, 1, 2, 3), TFTP_BLOCK);
	ck_assert_int_eq(engine.state, TFTP_HELD);
	OUT(&engine, 1, "");
	ck_assert_int_eq(tftp_due(&engine), INT64_MAX);
	tftp_confirm(&engine, 10);
	OUT(&engine, 10, "A2");
	ck_assert_int_eq(engine_data(&engine, 1000, 2, 3), TFTP_HEEDED);
	OUT(&engine, 1000, "A2");
	ck_assert_int_eq(tftp_due(&engine), 1000 + TFTP_DALLY_ASKED_MS);
	tftp_tick(&engine, tftp_due(&engine));
	ck_assert_int_eq(engine.state, TFTP_DONE);
	/* Even one who repeats it for ever comes to an end. */
	engine = engine_open(TFTP_WRQ, false, 1);
	engine_data(&engine, 0, 1, 0);
	tftp_confirm(&engine, 0);
	for (int64_t now = 0; tftp_is_open(&engine); now += 100) {
		ck_assert_int_le(now, TFTP_DALLY_MAX_MS + 100);
		engine_data(&engine, now, 1, 0);
		tftp_tick(&engine, now);
	}
}
END_TEST

START_TEST(a_full_disk_is_told_instead_of_the_last_ack)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, false, 1);

	engine_data(&engine, 1, 1, 0);
	tftp_abort(&engine, TFTP_DISK_FULL, "disk full");
	ck_assert_int_eq(engine.state, TFTP_FAILED);
	OUT(&engine, 2, "E3");
	OUT(&engine, 2, "");
}
END_TEST

/* A client looks whether the server is gone, and then need not wait. */
START_TEST(a_client_learns_that_its_ack_has_come)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, true, 1);
	int probes = 0;

	engine_data(&engine, 1, 1, 0);
	tftp_confirm(&engine, 2);
	for (int64_t now = 2; tftp_is_open(&engine); now = tftp_due(&engine)) {
		tftp_tick(&engine, now);
		if (!tftp_is_open(&engine))
			break;
		OUT(&engine, now, "A1");
		probes++;
	}
	ck_assert_int_ge(probes, 4);
	ck_assert_int_le(probes, 8);
	engine = engine_open(TFTP_RRQ, true, 1);
	engine_data(&engine, 1, 1, 0);
	tftp_confirm(&engine, 2);
	OUT(&engine, 2, "A1");
	tftp_unreachable(&engine);
	ck_assert_int_eq(engine.state, TFTP_DONE);
}
END_TEST

START_TEST(a_damaged_last_block_is_not_the_end)
{
	const struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_TSIZE, 0, 0);
	static const char oack[] = "\0\6tsize\000600";
	struct tftp_engine engine;

	for (int early = 0; early < 2; early++) {
		tftp_ask(&engine, &request, 0);
		(void)tftp_output(&engine, 0, engine_buffer);
		tftp_input(&engine, 0, oack, sizeof oack, &engine_content);
		(void)tftp_output(&engine, 0, engine_buffer);
		ck_assert_int_eq(engine_data(&engine, 1, 1, 100), TFTP_IGNORED);
		ck_assert_int_eq(engine_data(&engine, 1, 1, 512), TFTP_BLOCK);
		ck_assert_int_eq(engine_data(&engine, 1, 2, 87), TFTP_IGNORED);
		ck_assert_int_eq(engine_data(&engine, 1, 2, 87), TFTP_IGNORED);
		ck_assert_int_eq(engine_data(&engine, 1, 2, early ? 87 : 88),
		    early ? TFTP_HEEDED : TFTP_BLOCK);
		ck_assert_int_eq(engine.state, early ? TFTP_FAILED : TFTP_HELD);
	}
	ck_assert_int_eq(engine.failure, TFTP_SIZE);
	OUT(&engine, 1, "E0");
}
END_TEST

START_TEST(more_than_was_announced_is_a_failure)
{
	const struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_TSIZE, 0, 0);
	static const char oack[] = "\0\6tsize\000512";
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	(void)tftp_output(&engine, 0, engine_buffer);
	tftp_input(&engine, 0, oack, sizeof oack, &engine_content);
	ck_assert_int_eq(engine_data(&engine, 1, 1, 512), TFTP_BLOCK);
	ck_assert_int_eq(engine_data(&engine, 1, 2, 1), TFTP_HEEDED);
	ck_assert_int_eq(engine.failure, TFTP_SIZE);
}
END_TEST

/* After 65535 comes 0, and for a few peers 1. */
START_TEST(numbers_roll_for_a_receiver)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, true, 1);

	for (uint64_t block = 1; block <= 140000; block++) {
		uint16_t wire = _i ? (uint16_t)((block - 1) % 65535 + 1) : (uint16_t)block;

		ck_assert_int_eq(engine_data(&engine, 1, wire, 8), TFTP_BLOCK);
		ck_assert_uint_eq(engine.blocks, block);
		(void)tftp_output(&engine, 1, engine_buffer);
		ck_assert_uint_eq((unsigned)engine_buffer[2] << 8 | engine_buffer[3], wire);
	}
}
END_TEST

void
tftp_receiver_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_window_is_acknowledged_at_its_end);
	tcase_add_test(tcase, a_hole_is_told_once);
	tcase_add_test(tcase, a_timeout_acknowledges_what_is_here);
	tcase_add_test(tcase, a_repeated_window_is_acknowledged_at_its_end);
	tcase_add_test(tcase, a_block_twice_is_acknowledged_twice_and_taken_once);
	tcase_add_test(tcase, the_last_ack_waits_for_the_file_and_is_repeated);
	tcase_add_test(tcase, a_full_disk_is_told_instead_of_the_last_ack);
	tcase_add_test(tcase, a_client_learns_that_its_ack_has_come);
	tcase_add_test(tcase, a_damaged_last_block_is_not_the_end);
	tcase_add_test(tcase, more_than_was_announced_is_a_failure);
	tcase_add_loop_test(tcase, numbers_roll_for_a_receiver, 0, 2);
}
