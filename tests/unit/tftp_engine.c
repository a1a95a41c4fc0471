/*
 * Guards, one for each trap of TFTP: the Sorcerer's Apprentice, the lost last ACK, the
 * receiver that repeats an old ACK for ever, timers that duplicates restart, the roll from
 * 65535, an OACK that was not asked for, a damaged last block, amplification.
 */
#include "protocol/tftp_engine.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static uint8_t buffer[TFTP_CONTROL_MAX];
static struct tftp_content content;

static struct tftp_request
request_for(enum tftp_opcode opcode, unsigned set, uint32_t blksize, uint32_t window)
{
	return (struct tftp_request){
		.opcode = opcode,
		.name = "f",
		.name_len = 1,
		.options = { .set = set, .blksize = blksize, .window = window },
	};
}

/* A machine in the middle of things: blocks of 8 bytes, a window. */
static struct tftp_engine
open_engine(enum tftp_opcode opcode, bool asks, uint32_t window)
{
	const struct tftp_request request =
	    request_for(opcode, TFTP_SET_BLKSIZE | TFTP_SET_WINDOW, 8, window);
	struct tftp_engine engine;
	uint8_t oack[64];
	ssize_t len = tftp_encode_oack(oack, sizeof oack, &request.options);

	if (asks)
		tftp_ask(&engine, &request, 0);
	else
		tftp_answer(&engine, &request, &request.options, 0);
	(void)tftp_output(&engine, 0, buffer);
	if (asks)
		tftp_input(&engine, 0, oack, (size_t)len, &content);
	else if (engine.sends)
		tftp_input(&engine, 0, "\0\4\0\0", 4, &content);
	if (!engine.sends)
		(void)tftp_output(&engine, 0, buffer);
	return engine;
}

static enum tftp_event
ack(struct tftp_engine *engine, int64_t now, uint16_t block)
{
	uint8_t bytes[4];

	tftp_encode_ack(bytes, sizeof bytes, block);
	return tftp_input(engine, now, bytes, sizeof bytes, &content);
}

static enum tftp_event
data(struct tftp_engine *engine, int64_t now, uint16_t block, size_t len)
{
	uint8_t bytes[TFTP_HEADER + 1024] = { 0 };

	tftp_put_data_header(bytes, block);
	return tftp_input(engine, now, bytes, TFTP_HEADER + len, &content);
}

/* What comes out: "3-5" are blocks, "A5" an ACK, "E5" an ERROR's code, "O", "R", "" nothing. */
static const char *
out(struct tftp_engine *engine, int64_t now)
{
	static char words[64];
	struct tftp_output output = tftp_output(engine, now, buffer);
	struct tftp_packet packet;

	words[0] = '\0';
	if (output.kind == TFTP_BLOCKS)
		snprintf(words, sizeof words, "%lu-%lu", (unsigned long)output.first,
		    (unsigned long)(output.first + output.count - 1));
	if (output.kind != TFTP_CONTROL)
		return words;
	ck_assert_int_eq(tftp_decode(&packet, buffer, output.len), TFTP_OK);
	if (packet.opcode == TFTP_ACK)
		snprintf(words, sizeof words, "A%u", packet.block);
	else if (packet.opcode == TFTP_ERROR)
		snprintf(words, sizeof words, "E%u", packet.code);
	else
		snprintf(words, sizeof words, "%.1s", tftp_opcode_name(packet.opcode));
	return words;
}

#define OUT(engine, now, expected) ck_assert_str_eq(out(engine, now), expected)

/* ---- the opening ---- */

START_TEST(a_client_asks_and_acknowledges_options)
{
	const struct tftp_request request = request_for(TFTP_RRQ, TFTP_SET_BLKSIZE, 1024, 0);
	static const char oack[] = "\0\6blksize\0001000";
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	OUT(&engine, 0, "R");
	OUT(&engine, 0, "");
	ck_assert_int_eq(tftp_input(&engine, 5, oack, sizeof oack, &content), TFTP_HEEDED);
	ck_assert_uint_eq(engine.agreed.blksize, 1000);
	OUT(&engine, 5, "A0");
	/* Repeated, because ACK 0 was lost. */
	ck_assert_int_eq(tftp_input(&engine, 6, oack, sizeof oack, &content), TFTP_HEEDED);
	OUT(&engine, 6, "A0");
	ck_assert_int_eq(data(&engine, 7, 1, 1000), TFTP_BLOCK);
	OUT(&engine, 7, "A1");
	ck_assert_int_eq(tftp_input(&engine, 8, oack, sizeof oack, &content), TFTP_IGNORED);
	OUT(&engine, 8, "");
}
END_TEST

/* curl 7.88 answers a repeated OACK with the next block, and has lost one. */
START_TEST(a_repeated_oack_does_not_advance_an_upload)
{
	const struct tftp_request request = request_for(TFTP_WRQ, TFTP_SET_BLKSIZE, 1024, 0);
	static const char oack[] = "\0\6blksize\0001024";
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	OUT(&engine, 0, "W");
	tftp_input(&engine, 1, oack, sizeof oack, &content);
	OUT(&engine, 1, "1-1");
	ck_assert_int_eq(tftp_input(&engine, 2, oack, sizeof oack, &content), TFTP_IGNORED);
	ck_assert_int_eq(ack(&engine, 2, 0), TFTP_IGNORED);
	OUT(&engine, 2, "");
	ck_assert_int_eq(ack(&engine, 3, 1), TFTP_HEEDED);
	OUT(&engine, 3, "2-2");
}
END_TEST

START_TEST(an_old_server_gives_blocks_of_512)
{
	const struct tftp_request read = request_for(TFTP_RRQ, TFTP_SET_BLKSIZE, 1024, 0);
	const struct tftp_request write = request_for(TFTP_WRQ, TFTP_SET_BLKSIZE, 1024, 0);
	struct tftp_engine engine;

	tftp_ask(&engine, &read, 0);
	OUT(&engine, 0, "R");
	ck_assert_int_eq(data(&engine, 1, 2, 512), TFTP_IGNORED);
	ck_assert_int_eq(data(&engine, 1, 1, 512), TFTP_BLOCK);
	OUT(&engine, 1, "A1");
	ck_assert_int_eq(data(&engine, 1, 2, 513), TFTP_HEEDED);
	ck_assert_int_eq(engine.failure, TFTP_BAD_BLOCK);
	OUT(&engine, 1, "E4");
	tftp_ask(&engine, &write, 0);
	OUT(&engine, 0, "W");
	ck_assert_int_eq(ack(&engine, 1, 1), TFTP_IGNORED);
	ck_assert_int_eq(ack(&engine, 1, 0), TFTP_HEEDED);
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
	const struct tftp_request request = request_for(TFTP_RRQ, TFTP_SET_BLKSIZE, 1024, 0);
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	OUT(&engine, 0, "R");
	tftp_input(&engine, 1, wrong[_i].oack, wrong[_i].len, &content);
	ck_assert_int_eq(engine.state, TFTP_FAILED);
	ck_assert_int_eq(engine.failure, TFTP_OPTIONS);
	OUT(&engine, 1, "E8");
	OUT(&engine, 1, "");
}
END_TEST

/* An unproven address gets one block and a few repetitions, or a few OACKs. */
START_TEST(little_goes_to_an_address_that_never_answered)
{
	const struct tftp_request plain = request_for(TFTP_RRQ, 0, 0, 0);
	const struct tftp_request options = request_for(TFTP_RRQ, TFTP_SET_WINDOW, 0, 64);
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

/* ---- sender ---- */

START_TEST(a_repeated_ack_raises_no_sorcerer)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 1);

	OUT(&engine, 0, "1-1");
	ack(&engine, 1, 1);
	OUT(&engine, 1, "2-2");
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(ack(&engine, 2, 1), TFTP_IGNORED);
	OUT(&engine, 2, "");
	ack(&engine, 3, 2);
	OUT(&engine, 3, "3-3");
}
END_TEST

START_TEST(a_window_goes_on_behind_the_hole)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 4);

	ck_assert_uint_eq(tftp_window_end(&engine), 4);
	OUT(&engine, 0, "1-4");
	ack(&engine, 1, 4);
	OUT(&engine, 1, "5-8");
	ack(&engine, 2, 6); /* 7 was lost */
	OUT(&engine, 2, "7-10");
	ack(&engine, 3, 10);
	OUT(&engine, 3, "11-14");
	ck_assert_uint_eq(engine.repeats, 2);
}
END_TEST

/* Its first block was lost: that ACK is heeded, its own repetition is not. */
START_TEST(a_window_is_repeated_once_for_a_repeated_ack)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 4);

	OUT(&engine, 0, "1-4");
	ack(&engine, 1, 4);
	OUT(&engine, 1, "5-8");
	ck_assert_int_eq(ack(&engine, 2, 4), TFTP_HEEDED);
	OUT(&engine, 2, "5-8");
	ck_assert_int_eq(ack(&engine, 3, 4), TFTP_IGNORED);
	/* The window that went twice is acknowledged twice, and there it ends. */
	ack(&engine, 4, 8);
	OUT(&engine, 4, "9-12");
	ck_assert_int_eq(ack(&engine, 5, 8), TFTP_IGNORED);
	OUT(&engine, 5, "");
	ack(&engine, 6, 12);
	OUT(&engine, 6, "13-16");
	ck_assert_int_eq(ack(&engine, 7, 12), TFTP_HEEDED);
}
END_TEST

START_TEST(an_ack_of_what_was_not_sent_is_ignored)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 4);

	OUT(&engine, 0, "1-4");
	ck_assert_int_eq(ack(&engine, 1, 5), TFTP_IGNORED);
	ck_assert_int_eq(ack(&engine, 1, 65535), TFTP_IGNORED);
	ck_assert_uint_eq(engine.blocks, 0);
}
END_TEST

START_TEST(the_end_is_the_end)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 4);

	tftp_ends(&engine, 16); /* a multiple of 8: block 3 is empty */
	OUT(&engine, 0, "1-3");
	ack(&engine, 1, 3);
	ck_assert_int_eq(engine.state, TFTP_DONE);
	ck_assert_int_eq(tftp_due(&engine), INT64_MAX);
	OUT(&engine, 1, "");
}
END_TEST

START_TEST(an_unconfirmed_end_is_no_success)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, true, 4);
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
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 1);
	int64_t due;

	OUT(&engine, 0, "1-1");
	ack(&engine, 10, 1);
	OUT(&engine, 10, "2-2");
	due = tftp_due(&engine);
	ck_assert_int_eq(due, 10 + TFTP_RTO_MIN_MS);
	for (int64_t now = 20; now < due; now += 10) {
		ack(&engine, now, 1);
		data(&engine, now, 1, 8);
		tftp_input(&engine, now, "junk", 4, &content);
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
	const struct tftp_request request = request_for(TFTP_RRQ, TFTP_SET_BLKSIZE, 8, 0);
	struct tftp_engine engine;
	int64_t now = 700;

	tftp_answer(&engine, &request, &request.options, 0);
	OUT(&engine, 0, "O");
	ack(&engine, now, 0);
	for (uint16_t block = 1; block < 20; block++) {
		(void)tftp_output(&engine, now, buffer);
		now += 700;
		ck_assert_int_lt(now, tftp_due(&engine));
		ck_assert_int_eq(ack(&engine, now, block), TFTP_HEEDED);
	}
	ck_assert_int_gt(tftp_due(&engine) - now, 700);
	ck_assert_int_lt(tftp_due(&engine) - now, 1500);
}
END_TEST

/* ---- receiver ---- */

START_TEST(a_window_is_acknowledged_at_its_end)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 3);

	ck_assert_int_eq(data(&engine, 1, 1, 8), TFTP_BLOCK);
	ck_assert_int_eq(data(&engine, 1, 2, 8), TFTP_BLOCK);
	OUT(&engine, 1, "");
	ck_assert_int_eq(data(&engine, 1, 3, 8), TFTP_BLOCK);
	OUT(&engine, 1, "A3");
	OUT(&engine, 1, "");
}
END_TEST

START_TEST(a_hole_is_told_once)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 4);

	data(&engine, 1, 1, 8);
	ck_assert_int_eq(data(&engine, 1, 3, 8), TFTP_HEEDED);
	OUT(&engine, 1, "A1");
	ck_assert_int_eq(data(&engine, 1, 4, 8), TFTP_IGNORED);
	OUT(&engine, 1, "");
	for (uint16_t block = 2; block <= 4; block++)
		ck_assert_int_eq(data(&engine, 2, block, 8), TFTP_BLOCK);
	OUT(&engine, 2, "");
	data(&engine, 2, 5, 8);
	OUT(&engine, 2, "A5");
}
END_TEST

START_TEST(a_timeout_acknowledges_what_is_here)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 4);
	int64_t due;

	data(&engine, 1, 1, 8);
	data(&engine, 1, 2, 8);
	due = tftp_due(&engine);
	ck_assert_int_ge(due, 1 + 2 * TFTP_RTO_MIN_MS);
	tftp_tick(&engine, due - 1);
	OUT(&engine, due - 1, "");
	tftp_tick(&engine, due);
	OUT(&engine, due, "A2");
}
END_TEST

/* Our ACK 4 was lost: the sender begins again at 1, and its window ends at 4. */
START_TEST(a_repeated_window_is_acknowledged_at_its_end)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 4);

	for (int again = 0; again < 3; again++) {
		for (uint16_t block = 1; block <= 4; block++) {
			OUT(&engine, again, "");
			ck_assert_int_eq(data(&engine, again, block, 8) == TFTP_BLOCK, !again);
		}
		OUT(&engine, again, "A4");
	}
	/* An ACK for a hole was lost: the window of the sender ends before ours would. */
	data(&engine, 5, 5, 8);
	data(&engine, 5, 7, 8);
	OUT(&engine, 5, "A5");
	for (uint16_t block = 5; block <= 8; block++)
		data(&engine, 300, block, 8);
	OUT(&engine, 300, "A8");
}
END_TEST

START_TEST(a_block_twice_is_acknowledged_twice_and_taken_once)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 1);

	ck_assert_int_eq(data(&engine, 1, 1, 8), TFTP_BLOCK);
	OUT(&engine, 1, "A1");
	ck_assert_int_eq(data(&engine, 2, 1, 8), TFTP_HEEDED);
	OUT(&engine, 2, "A1");
	ck_assert_int_eq(data(&engine, 3, 2, 8), TFTP_BLOCK);
	OUT(&engine, 3, "A2");
	ck_assert_int_eq(data(&engine, 4, 1, 8), TFTP_IGNORED);
	ck_assert_int_eq(data(&engine, 4, 0, 8), TFTP_IGNORED);
	ck_assert_int_eq(data(&engine, 4, 9, 8), TFTP_IGNORED);
	OUT(&engine, 4, "");
}
END_TEST

START_TEST(the_last_ack_waits_for_the_file_and_is_repeated)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 4);

	data(&engine, 1, 1, 8);
	ck_assert_int_eq(data(&engine, 1, 2, 3), TFTP_BLOCK);
	ck_assert_int_eq(engine.state, TFTP_HELD);
	OUT(&engine, 1, "");
	ck_assert_int_eq(tftp_due(&engine), INT64_MAX);
	tftp_confirm(&engine, 10);
	OUT(&engine, 10, "A2");
	ck_assert_int_eq(data(&engine, 1000, 2, 3), TFTP_HEEDED);
	OUT(&engine, 1000, "A2");
	ck_assert_int_eq(tftp_due(&engine), 1000 + TFTP_DALLY_ASKED_MS);
	tftp_tick(&engine, tftp_due(&engine));
	ck_assert_int_eq(engine.state, TFTP_DONE);
	/* Even one who repeats it for ever comes to an end. */
	engine = open_engine(TFTP_WRQ, false, 1);
	data(&engine, 0, 1, 0);
	tftp_confirm(&engine, 0);
	for (int64_t now = 0; tftp_is_open(&engine); now += 100) {
		ck_assert_int_le(now, TFTP_DALLY_MAX_MS + 100);
		data(&engine, now, 1, 0);
		tftp_tick(&engine, now);
	}
}
END_TEST

START_TEST(a_full_disk_is_told_instead_of_the_last_ack)
{
	struct tftp_engine engine = open_engine(TFTP_WRQ, false, 1);

	data(&engine, 1, 1, 0);
	tftp_abort(&engine, TFTP_DISK_FULL, "disk full");
	ck_assert_int_eq(engine.state, TFTP_FAILED);
	OUT(&engine, 2, "E3");
	OUT(&engine, 2, "");
}
END_TEST

/* A client looks whether the server is gone, and then need not wait. */
START_TEST(a_client_learns_that_its_ack_has_come)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, true, 1);
	int probes = 0;

	data(&engine, 1, 1, 0);
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
	engine = open_engine(TFTP_RRQ, true, 1);
	data(&engine, 1, 1, 0);
	tftp_confirm(&engine, 2);
	OUT(&engine, 2, "A1");
	tftp_unreachable(&engine);
	ck_assert_int_eq(engine.state, TFTP_DONE);
}
END_TEST

/* ---- sizes and numbers ---- */

START_TEST(a_damaged_last_block_is_not_the_end)
{
	const struct tftp_request request = request_for(TFTP_RRQ, TFTP_SET_TSIZE, 0, 0);
	static const char oack[] = "\0\6tsize\000600";
	struct tftp_engine engine;

	for (int early = 0; early < 2; early++) {
		tftp_ask(&engine, &request, 0);
		(void)tftp_output(&engine, 0, buffer);
		tftp_input(&engine, 0, oack, sizeof oack, &content);
		(void)tftp_output(&engine, 0, buffer);
		ck_assert_int_eq(data(&engine, 1, 1, 100), TFTP_IGNORED);
		ck_assert_int_eq(data(&engine, 1, 1, 512), TFTP_BLOCK);
		ck_assert_int_eq(data(&engine, 1, 2, 87), TFTP_IGNORED);
		ck_assert_int_eq(data(&engine, 1, 2, 87), TFTP_IGNORED);
		ck_assert_int_eq(
		    data(&engine, 1, 2, early ? 87 : 88), early ? TFTP_HEEDED : TFTP_BLOCK);
		ck_assert_int_eq(engine.state, early ? TFTP_FAILED : TFTP_HELD);
	}
	ck_assert_int_eq(engine.failure, TFTP_SIZE);
	OUT(&engine, 1, "E0");
}
END_TEST

START_TEST(more_than_was_announced_is_a_failure)
{
	const struct tftp_request request = request_for(TFTP_RRQ, TFTP_SET_TSIZE, 0, 0);
	static const char oack[] = "\0\6tsize\000512";
	struct tftp_engine engine;

	tftp_ask(&engine, &request, 0);
	(void)tftp_output(&engine, 0, buffer);
	tftp_input(&engine, 0, oack, sizeof oack, &content);
	ck_assert_int_eq(data(&engine, 1, 1, 512), TFTP_BLOCK);
	ck_assert_int_eq(data(&engine, 1, 2, 1), TFTP_HEEDED);
	ck_assert_int_eq(engine.failure, TFTP_SIZE);
}
END_TEST

/* After 65535 comes 0, and for a few peers 1. */
START_TEST(numbers_roll_for_a_receiver)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, true, 1);

	for (uint64_t block = 1; block <= 200000; block++) {
		uint16_t wire = _i ? (uint16_t)((block - 1) % 65535 + 1) : (uint16_t)block;

		ck_assert_int_eq(data(&engine, 1, wire, 8), TFTP_BLOCK);
		ck_assert_uint_eq(engine.blocks, block);
		(void)tftp_output(&engine, 1, buffer);
		ck_assert_uint_eq((unsigned)buffer[2] << 8 | buffer[3], wire);
	}
}
END_TEST

START_TEST(numbers_roll_for_a_sender)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 1);
	int64_t now = 0;

	for (uint64_t block = 1; block <= 200000; block++) {
		uint16_t wire = _i ? (uint16_t)((block - 1) % 65535 + 1) : (uint16_t)block;

		ck_assert_int_eq(tftp_output(&engine, now, buffer).kind, TFTP_BLOCKS);
		if (tftp_wire(&engine, block) != wire) { /* once: such a peer says nothing */
			ck_assert_uint_eq(block, 65536);
			now = tftp_due(&engine);
			tftp_tick(&engine, now);
			(void)tftp_output(&engine, now, buffer);
		}
		ck_assert_uint_eq(tftp_wire(&engine, block), wire);
		ck_assert_int_eq(ack(&engine, now, wire), TFTP_HEEDED);
		ck_assert_uint_eq(engine.blocks, block);
	}
}
END_TEST

START_TEST(a_peers_error_ends_it_and_is_not_answered)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 4);

	OUT(&engine, 0, "1-4");
	tftp_input(&engine, 1, "\0\5\0\3full\0junk", 13, &content);
	ck_assert_int_eq(engine.failure, TFTP_PEER_ERROR);
	ck_assert_uint_eq(engine.code, TFTP_DISK_FULL);
	ck_assert_uint_eq(engine.text_len, 4);
	ck_assert_mem_eq(engine.text, "full", 4);
	OUT(&engine, 1, "");
}
END_TEST

START_TEST(an_agreed_timeout_is_kept)
{
	struct tftp_request request = request_for(TFTP_RRQ, TFTP_SET_TIMEOUT, 0, 0);
	struct tftp_engine engine;

	request.options.timeout = 60;
	tftp_answer(&engine, &request, &request.options, 0);
	OUT(&engine, 0, "O");
	ck_assert_int_eq(tftp_due(&engine), 60000);
	ack(&engine, 10, 0);
	OUT(&engine, 10, "1-1");
	ck_assert_int_eq(tftp_due(&engine), 60010);
	ck_assert_int_eq(engine.give_up_ms, 240000);
}
END_TEST

START_TEST(a_deadline_ends_even_what_moves)
{
	struct tftp_engine engine = open_engine(TFTP_RRQ, false, 1);
	int64_t now = 0;

	engine.deadline_ms = 5000;
	for (uint16_t block = 1; tftp_is_open(&engine); block++) {
		(void)tftp_output(&engine, now, buffer);
		now += 100;
		ack(&engine, now, block);
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
	tcase_add_test(tcase, a_repeated_ack_raises_no_sorcerer);
	tcase_add_test(tcase, a_window_goes_on_behind_the_hole);
	tcase_add_test(tcase, a_window_is_repeated_once_for_a_repeated_ack);
	tcase_add_test(tcase, an_ack_of_what_was_not_sent_is_ignored);
	tcase_add_test(tcase, the_end_is_the_end);
	tcase_add_test(tcase, an_unconfirmed_end_is_no_success);
	tcase_add_test(tcase, duplicates_do_not_restart_the_timer);
	tcase_add_test(tcase, a_slow_road_gets_its_time);
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
	tcase_add_loop_test(tcase, numbers_roll_for_a_sender, 0, 2);
	tcase_add_test(tcase, a_peers_error_ends_it_and_is_not_answered);
	tcase_add_test(tcase, an_agreed_timeout_is_kept);
	tcase_add_test(tcase, a_deadline_ends_even_what_moves);
	suite_add_tcase(suite, tcase);
	return suite;
}
