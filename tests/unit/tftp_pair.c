/*
 * Guards: a transfer that ends well with other bytes than were sent, one that never ends, a
 * storm of repetitions. Two engines play together over a network of this file, which drops,
 * doubles, delays, reorders and cuts datagrams as a seed says. Time is simulated.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/tftp_engine.h"
#include "tests/unit/unit.h"

enum {
	FLIGHT_MAX = 1024, /* datagrams under way */
	DATAGRAM = 4 + 1024,
	SEEDS = 12,
};

struct flight {
	int64_t at_ms; /* when it comes; -1: free */
	int to;
	size_t len;
	uint8_t bytes[DATAGRAM];
};

struct side {
	struct tftp_engine engine;
	uint64_t got; /* bytes of the content that are right */
};

struct world {
	struct side sides[2]; /* client, server */
	struct flight flights[FLIGHT_MAX];
	uint32_t state;
	unsigned percent; /* of each kind of fault */
	uint64_t size, posted;
	int64_t now;
};

static struct world world;

static uint32_t
dice(uint32_t below)
{
	world.state = world.state * 1664525 + 1013904223;
	return (world.state >> 8) % below;
}

static bool
struck(void)
{
	return dice(100) < world.percent;
}

static uint8_t
byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8) * 7);
}

static void
launch(int to, const uint8_t *bytes, size_t len)
{
	for (int i = 0; i < FLIGHT_MAX; i++) {
		struct flight *flight = &world.flights[i];

		if (flight->at_ms != -1)
			continue;
		flight->at_ms = world.now + 1 + (struck() ? dice(300) : 0);
		flight->to = to;
		flight->len = struck() ? dice((uint32_t)len) : len;
		memcpy(flight->bytes, bytes, flight->len);
		return;
	}
	ck_abort_msg("a storm: %d datagrams under way", FLIGHT_MAX);
}

static void
post(int to, const uint8_t *bytes, size_t len)
{
	world.posted++;
	if (!struck())
		launch(to, bytes, len);
	if (struck())
		launch(to, bytes, len);
}

static void
post_block(struct tftp_engine *engine, int to, uint64_t block)
{
	uint64_t from = (block - 1) * engine->agreed.blksize, len = world.size - from;
	uint8_t bytes[DATAGRAM];

	if (len > engine->agreed.blksize)
		len = engine->agreed.blksize;
	tftp_put_data_header(bytes, tftp_wire(engine, block));
	for (uint64_t i = 0; i < len; i++)
		bytes[TFTP_HEADER + i] = byte_at(from + i);
	post(to, bytes, TFTP_HEADER + len);
}

static void
let_out(int who)
{
	struct tftp_engine *engine = &world.sides[who].engine;
	uint8_t buffer[TFTP_CONTROL_MAX];
	struct tftp_output out;

	if (engine->sends && engine->state == TFTP_MOVING)
		tftp_ends(engine, world.size);
	while ((out = tftp_output(engine, world.now, buffer)).kind != TFTP_NOTHING) {
		if (out.kind == TFTP_CONTROL)
			post(!who, buffer, out.len);
		for (uint32_t i = 0; i < out.count; i++)
			post_block(engine, !who, out.first + i);
	}
}

static void
arrive(struct flight *flight)
{
	struct side *side = &world.sides[flight->to];
	struct tftp_content content;

	if (tftp_input(&side->engine, world.now, flight->bytes, flight->len, &content) ==
	    TFTP_BLOCK) {
		for (size_t i = 0; i < content.len; i++)
			ck_assert_uint_eq(content.bytes[i], byte_at(side->got++));
		if (side->engine.state == TFTP_HELD)
			tftp_confirm(&side->engine, world.now);
	}
	flight->at_ms = -1;
}

/* The next thing that happens. False when nothing will. */
static bool
happen(void)
{
	struct flight *first = NULL;
	int64_t at = INT64_MAX;

	for (int i = 0; i < FLIGHT_MAX; i++)
		if (world.flights[i].at_ms != -1 && world.flights[i].at_ms < at) {
			first = &world.flights[i];
			at = first->at_ms;
		}
	for (int who = 0; who < 2; who++)
		if (tftp_due(&world.sides[who].engine) < at) {
			at = tftp_due(&world.sides[who].engine);
			first = NULL;
		}
	if (at == INT64_MAX)
		return false;
	world.now = at > world.now ? at : world.now;
	if (first)
		arrive(first);
	for (int who = 0; who < 2; who++) {
		tftp_tick(&world.sides[who].engine, world.now);
		let_out(who);
	}
	return true;
}

static void
play(uint32_t seed, unsigned percent, enum tftp_opcode opcode, uint64_t size, uint32_t window)
{
	const struct tftp_request request = {
		.opcode = opcode,
		.name = "f",
		.name_len = 1,
		.options = {
			.set = TFTP_SET_BLKSIZE | TFTP_SET_TSIZE | TFTP_SET_WINDOW,
			.blksize = 64,
			.tsize = size,
			.window = window,
		},
	};

	memset(&world, 0, sizeof world);
	for (int i = 0; i < FLIGHT_MAX; i++)
		world.flights[i].at_ms = -1;
	world.state = seed;
	world.percent = percent;
	world.size = size;
	tftp_ask(&world.sides[0].engine, &request, 0);
	tftp_answer(&world.sides[1].engine, &request, &request.options, 0);
	let_out(0);
	world.posted = 0;
	for (int i = 0; i < FLIGHT_MAX; i++) /* the server has begun, so the request came */
		world.flights[i].at_ms = -1;
	let_out(1);
	while (happen())
		continue;
}

static const struct {
	uint64_t size;
	uint32_t window;
} shapes[] = {
	{ 0, 1 },
	{ 63, 1 },
	{ 64, 1 },
	{ 65, 4 },
	{ 64 * 40, 1 },
	{ 64 * 100 + 7, 4 },
	{ 64 * 300, 16 },
	{ 64 * 500 + 1, 64 },
};

START_TEST(what_is_sent_is_what_comes)
{
	int well = 0, played = 0;

	for (uint32_t seed = 1; seed <= SEEDS; seed++)
		for (int write = 0; write < 2; write++, played++) {
			struct tftp_engine *ends[] = { &world.sides[0].engine,
				&world.sides[1].engine };
			bool done;

			play(seed, 10, write ? TFTP_WRQ : TFTP_RRQ, shapes[_i].size,
			    shapes[_i].window);
			ck_assert(!tftp_is_open(ends[0]) && !tftp_is_open(ends[1]));
			done = ends[!write]->state == TFTP_DONE;
			/* Who sent believes in it only if it came. */
			if (done || ends[write]->state == TFTP_DONE)
				ck_assert_uint_eq(world.sides[write].got, shapes[_i].size);
			well += done;
		}
	ck_assert_int_ge(well, played * 9 / 10);
}
END_TEST

/* Without faults each block goes once, and each window has one ACK. */
START_TEST(a_good_network_sees_nothing_twice)
{
	uint64_t blocks = shapes[_i].size / 64 + 1, window = shapes[_i].window;

	play(1, 0, TFTP_WRQ, shapes[_i].size, shapes[_i].window);
	ck_assert_int_eq(world.sides[0].engine.state, TFTP_DONE);
	ck_assert_uint_eq(world.sides[1].got, shapes[_i].size);
	ck_assert_uint_eq(world.posted, blocks + (blocks + window - 1) / window + 1);
	ck_assert_uint_eq(world.sides[0].engine.repeats + world.sides[1].engine.repeats, 0);
}
END_TEST

/* atftpd once sent 40,000 packets for 21 blocks. */
START_TEST(doubling_makes_no_storm)
{
	uint64_t blocks = shapes[_i].size / 64 + 1;

	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		play(seed, 10, TFTP_RRQ, shapes[_i].size, shapes[_i].window);
		ck_assert_uint_le(world.posted, 200 + blocks * (2 + shapes[_i].window));
	}
}
END_TEST

Suite *
tftp_pair_suite(void)
{
	Suite *suite = suite_create("tftp_pair");
	TCase *tcase = tcase_create("tftp_pair");
	const int count = sizeof shapes / sizeof *shapes;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, what_is_sent_is_what_comes, 0, count);
	tcase_add_loop_test(tcase, a_good_network_sees_nothing_twice, 0, count);
	tcase_add_loop_test(tcase, doubling_makes_no_storm, 0, count);
	suite_add_tcase(suite, tcase);
	return suite;
}
