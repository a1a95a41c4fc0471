/*
 * Guards: the Sorcerer's Apprentice, an unconfirmed end that passes for a success, timers
 * that duplicates restart, the roll from 65535.
 */
#include "tests/unit/tftp_play.h"

START_TEST(a_repeated_ack_raises_no_sorcerer)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 1);

	OUT(&engine, 0, "1-1");
	engine_ack(&engine, 1, 1);
	OUT(&engine, 1, "2-2");
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(engine_ack(&engine, 2, 1), TFTP_IGNORED);
	OUT(&engine, 2, "");
	engine_ack(&engine, 3, 2);
	OUT(&engine, 3, "3-3");
}
END_TEST

START_TEST(a_window_goes_on_behind_the_hole)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 4);

	ck_assert_uint_eq(tftp_window_end(&engine), 4);
	OUT(&engine, 0, "1-4");
	engine_ack(&engine, 1, 4);
	OUT(&engine, 1, "5-8");
	engine_ack(&engine, 2, 6); /* 7 was lost */
	OUT(&engine, 2, "7-10");
	engine_ack(&engine, 3, 10);
	OUT(&engine, 3, "11-14");
	ck_assert_uint_eq(engine.repeats, 2);
}
END_TEST

/* Its first block was lost: that ACK is heeded, its own repetition is not. */
START_TEST(a_window_is_repeated_once_for_a_repeated_ack)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 4);

	OUT(&engine, 0, "1-4");
	engine_ack(&engine, 1, 4);
	OUT(&engine, 1, "5-8");
	ck_assert_int_eq(engine_ack(&engine, 2, 4), TFTP_HEEDED);
	OUT(&engine, 2, "5-8");
	ck_assert_int_eq(engine_ack(&engine, 3, 4), TFTP_IGNORED);
	/* The window that went twice is acknowledged twice, and there it ends. */
	engine_ack(&engine, 4, 8);
	OUT(&engine, 4, "9-12");
	ck_assert_int_eq(engine_ack(&engine, 5, 8), TFTP_IGNORED);
	OUT(&engine, 5, "");
	engine_ack(&engine, 6, 12);
	OUT(&engine, 6, "13-16");
	ck_assert_int_eq(engine_ack(&engine, 7, 12), TFTP_HEEDED);
}
END_TEST

START_TEST(an_ack_of_what_was_not_sent_is_ignored)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 4);

	OUT(&engine, 0, "1-4");
	ck_assert_int_eq(engine_ack(&engine, 1, 5), TFTP_IGNORED);
	ck_assert_int_eq(engine_ack(&engine, 1, 65535), TFTP_IGNORED);
	ck_assert_uint_eq(engine.blocks, 0);
}
END_TEST

START_TEST(the_end_is_the_end)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 4);

	tftp_ends(&engine, 16); /* a multiple of 8: block 3 is empty */
	OUT(&engine, 0, "1-3");
	engine_ack(&engine, 1, 3);
	ck_assert_int_eq(engine.state, TFTP_DONE);
	ck_assert_int_eq(tftp_due(&engine), INT64_MAX);
	OUT(&engine, 1, "");
}
END_TEST

START_TEST(an_unconfirmed_end_is_no_success)
{
	struct tftp_engine engine = engine_open(TFTP_WRQ, true, 4);
	int64_t now = 0;

	tftp_ends(&engine, 9);
	while (tftp_is_open(&engine)) {
		OUT(&engine, now, "1-2");
		now = tftp_due(&engine);
		tftp_tick(&engine, now);
	}
	ck_assert_int_eq(engine.failure, TFTP_UNCONFIRMED);
	ck_assert_int_eq(now, TFTP_GIVE_UP_MS);
}
END_TEST

/* tftpy's timer was restarted by each stray packet, and never fired. */
START_TEST(duplicates_do_not_restart_the_timer)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 1);
	int64_t due;

	OUT(&engine, 0, "1-1");
	engine_ack(&engine, 10, 1);
	OUT(&engine, 10, "2-2");
	due = tftp_due(&engine);
	ck_assert_int_eq(due, 10 + TFTP_RTO_MIN_MS);
	for (int64_t now = 20; now < due; now += 10) {
		engine_ack(&engine, now, 1);
		engine_data(&engine, now, 1, 8);
		tftp_input(&engine, now, "junk", 4, &engine_content);
		tftp_tick(&engine, now);
		OUT(&engine, now, "");
		ck_assert_int_eq(tftp_due(&engine), due);
	}
	tftp_tick(&engine, due);
	OUT(&engine, due, "2-2");
	ck_assert_int_eq(tftp_due(&engine), due + 2 * TFTP_RTO_MIN_MS);
}
END_TEST

START_TEST(a_slow_road_gets_its_time)
{
	const struct tftp_request request = engine_request(TFTP_RRQ, TFTP_SET_BLKSIZE, 8, 0);
	struct tftp_engine engine;
	int64_t now = 700;

	tftp_answer(&engine, &request, &request.options, 0);
	OUT(&engine, 0, "O");
	engine_ack(&engine, now, 0);
	for (uint16_t block = 1; block < 20; block++) {
		(void)tftp_output(&engine, now, engine_buffer);
		now += 700;
		ck_assert_int_lt(now, tftp_due(&engine));
		ck_assert_int_eq(engine_ack(&engine, now, block), TFTP_HEEDED);
	}
	ck_assert_int_gt(tftp_due(&engine) - now, 700);
	ck_assert_int_lt(tftp_due(&engine) - now, 1500);
}
END_TEST

START_TEST(numbers_roll_for_a_sender)
{
	struct tftp_engine engine = engine_open(TFTP_RRQ, false, 1);
	int64_t now = 0;

	for (uint64_t block = 1; block <= 140000; block++) {
		uint16_t wire = _i ? (uint16_t)((block - 1) % 65535 + 1) : (uint16_t)block;

		ck_assert_int_eq(tftp_output(&engine, now, engine_buffer).kind, TFTP_BLOCKS);
		if (tftp_wire(&engine, block) != wire) { /* once: such a peer says nothing */
			ck_assert_uint_eq(block, 65536);
			now = tftp_due(&engine);
			tftp_tick(&engine, now);
			(void)tftp_output(&engine, now, engine_buffer);
		}
		ck_assert_uint_eq(tftp_wire(&engine, block), wire);
		ck_assert_int_eq(engine_ack(&engine, now, wire), TFTP_HEEDED);
		ck_assert_uint_eq(engine.blocks, block);
	}
}
END_TEST

void
tftp_sender_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_repeated_ack_raises_no_sorcerer);
	tcase_add_test(tcase, a_window_goes_on_behind_the_hole);
	tcase_add_test(tcase, a_window_is_repeated_once_for_a_repeated_ack);
	tcase_add_test(tcase, an_ack_of_what_was_not_sent_is_ignored);
	tcase_add_test(tcase, the_end_is_the_end);
	tcase_add_test(tcase, an_unconfirmed_end_is_no_success);
	tcase_add_test(tcase, duplicates_do_not_restart_the_timer);
	tcase_add_test(tcase, a_slow_road_gets_its_time);
	tcase_add_loop_test(tcase, numbers_roll_for_a_sender, 0, 2);
}
