/*
 * Guards: a message that is lost, doubled or out of order, whatever the network does, and a
 * sender that sends for ever to nobody.
 *
 * The network is simulated: a bag of datagrams, of which common/lossy decides which get lost,
 * doubled or late, and a clock that the test moves. So ten thousand messages take no time,
 * and a failure can be repeated by its seed.
 */
#include "protocol/deliver.h"

#include <string.h>

#include "common/lossy.h"
#include "tests/unit/unit.h"

enum {
	DATAGRAMS = 256,
	TRIP_MS = 30,
	LATE_MS = 80, /* more than a trip: it comes behind several others */
	SEEDS = 20,
	MESSAGES = 500,
};

struct datagram {
	int64_t arrives_ms; /* 0: none */
	bool is_ack;
	uint32_t number;
	uint8_t early;
	uint32_t content;
};

struct world {
	struct datagram bag[DATAGRAMS];
	struct lossy lossy;
	int64_t now_ms;
	struct deliver_out out;
	struct deliver_in in;
	uint32_t put, released, heard;
	unsigned sent;
	bool cut; /* nothing arrives any more */
};

static uint32_t contents[MESSAGES];

static void
throw_one(struct world *w, struct datagram datagram, int64_t delay_ms)
{
	datagram.arrives_ms = w->now_ms + delay_ms;
	for (size_t i = 0; i < DATAGRAMS; i++)
		if (w->bag[i].arrives_ms == 0) {
			w->bag[i] = datagram;
			return;
		}
	ck_abort_msg("too many datagrams on their way");
}

static void throw(struct world * w, struct datagram datagram)
{
	enum lossy_fate fate = lossy_next(&w->lossy);

	if (w->cut || fate == LOSSY_LOSE)
		return;
	throw_one(w, datagram, fate == LOSSY_LATE ? LATE_MS : TRIP_MS);
	if (fate == LOSSY_TWICE)
		throw_one(w, datagram, LATE_MS + TRIP_MS);
}

static void
transmit(struct world *w)
{
	uint32_t number;
	const uint32_t *item;

	while ((item = deliver_send(&w->out, w->now_ms, &number)) != NULL) {
		w->sent++;
		throw(w, (struct datagram){ .number = number, .content = *item });
	}
}

/* At the receiver: in order, each once. */
static void
arrive(struct world *w, const struct datagram *d)
{
	uint8_t bytes[DELIVER_BYTES_MAX];
	uint32_t content;

	if (!deliver_arrived(&w->in, d->number, &d->content, sizeof d->content)) {
		/* A double so old that its sender has long been told. */
		ck_assert_uint_gt(w->in.next - d->number, DELIVER_WINDOW);
		return;
	}
	while (deliver_take(&w->in, bytes) > 0) {
		memcpy(&content, bytes, sizeof content);
		ck_assert_uint_eq(content, w->heard);
		w->heard++;
	}
	throw(w, (struct datagram){
		     .is_ack = true, .number = w->in.next, .early = deliver_early(&w->in) });
}

static void
release(struct world *w)
{
	const uint32_t *item;
	uint32_t number;

	while ((item = deliver_release(&w->out, false, &number)) != NULL) {
		ck_assert_uint_eq(*item, w->released);
		ck_assert_uint_lt(*item, w->heard); /* told "delivered": and it was */
		w->released++;
	}
}

/* One millisecond. */
static void
step(struct world *w)
{
	uint32_t number;

	while (w->put < MESSAGES && deliver_put(&w->out, &contents[w->put], &number))
		w->put++;
	transmit(w);
	for (size_t i = 0; i < DATAGRAMS; i++) {
		struct datagram d = w->bag[i];

		if (d.arrives_ms == 0 || d.arrives_ms > w->now_ms)
			continue;
		w->bag[i].arrives_ms = 0;
		if (d.is_ack)
			(void)deliver_acknowledged(&w->out, d.number, d.early, w->now_ms);
		else
			arrive(w, &d);
	}
	release(w);
	w->now_ms++;
}

static void
begin(struct world *w, int lose, int late, int twice, uint64_t seed, uint32_t first)
{
	memset(w, 0, sizeof *w);
	w->lossy = (struct lossy){ .lose = lose, .late = late, .twice = twice, .state = seed };
	w->now_ms = 1000;
	w->out.first = w->out.end = w->in.next = first;
	for (uint32_t i = 0; i < MESSAGES; i++)
		contents[i] = i;
}

static const struct {
	int lose, late, twice;
	unsigned most_sent; /* per hundred messages */
	int64_t most_ms;
} networks[] = {
	{ 0, 0, 0, 100, 6000 },
	{ 5, 5, 5, 140, 30000 },
	{ 0, 50, 0, 200, 30000 },
	{ 0, 0, 60, 150, 10000 },
	{ 20, 20, 20, 250, 100000 },
};

START_TEST(delivers_once_and_in_order)
{
	static struct world w;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		/* Numbers wrap around in the middle of it. */
		begin(&w, networks[_i].lose, networks[_i].late, networks[_i].twice, seed,
		    (uint32_t)(0 - MESSAGES / 2));
		while (w.released < MESSAGES) {
			step(&w);
			ck_assert_msg(w.now_ms < networks[_i].most_ms,
			    "seed %d: %u after %d ms", (int)seed, w.released, (int)w.now_ms);
			ck_assert(!deliver_gave_up(&w.out, w.now_ms));
		}
		ck_assert_uint_eq(w.heard, MESSAGES);
		ck_assert_uint_le(w.sent, networks[_i].most_sent * MESSAGES / 100);
		ck_assert_int_eq(deliver_due(&w.out), INT64_MAX);
	}
}
END_TEST

START_TEST(gives_up_within_a_bound)
{
	static struct world w;

	begin(&w, 0, 0, 0, 1, 0);
	w.cut = true;
	while (!deliver_gave_up(&w.out, w.now_ms)) {
		step(&w);
		ck_assert_int_lt(w.now_ms, 40000);
	}
	ck_assert_int_gt(w.now_ms, 10000);
	ck_assert_uint_eq(w.sent, DELIVER_WINDOW * DELIVER_TRIES);
	ck_assert_uint_eq(w.heard, 0);
}
END_TEST

START_TEST(waits_longer_each_time)
{
	static struct world w;
	int64_t last = 0, gap = 0, at;
	uint32_t number;

	begin(&w, 0, 0, 0, 1, 0);
	ck_assert(deliver_put(&w.out, &contents[0], &number));
	for (int i = 0; i < DELIVER_TRIES; i++) {
		at = w.now_ms;
		ck_assert_ptr_eq(deliver_send(&w.out, at, &number), &contents[0]);
		ck_assert_ptr_null(deliver_send(&w.out, at, &number));
		ck_assert_int_ge(at - last, gap);
		gap = last ? at - last : 0;
		last = at;
		w.now_ms = deliver_due(&w.out);
	}
	ck_assert_ptr_null(deliver_send(&w.out, w.now_ms, &number));
	ck_assert(deliver_gave_up(&w.out, w.now_ms));
}
END_TEST

/* Who lies about what has come gains nothing. */
START_TEST(senseless_acknowledgements_do_nothing)
{
	static struct world w;
	uint32_t number;

	begin(&w, 0, 0, 0, 1, 100);
	for (int i = 0; i < 3; i++)
		ck_assert(deliver_put(&w.out, &contents[i], &number));
	ck_assert(!deliver_acknowledged(&w.out, 101, 0, 0)); /* not even sent */
	ck_assert(deliver_send(&w.out, 0, &number) && number == 100);
	ck_assert(deliver_send(&w.out, 0, &number) && number == 101);
	ck_assert(!deliver_acknowledged(&w.out, 99, 0, 0));  /* before the first */
	ck_assert(!deliver_acknowledged(&w.out, 103, 0, 0)); /* 102 was not sent */
	ck_assert(!deliver_acknowledged(&w.out, 5000, 0xff, 0));
	ck_assert_ptr_null(deliver_release(&w.out, false, &number));
	ck_assert(deliver_acknowledged(&w.out, 100, 0xff, 0)); /* 101 early; others ignored */
	ck_assert_ptr_null(deliver_release(&w.out, false, &number));
	ck_assert(deliver_acknowledged(&w.out, 101, 0, 0));
	ck_assert_ptr_eq(deliver_release(&w.out, false, &number), &contents[0]);
	ck_assert_ptr_eq(deliver_release(&w.out, false, &number), &contents[1]);
	ck_assert_ptr_null(deliver_release(&w.out, false, &number));
	ck_assert_ptr_eq(deliver_release(&w.out, true, &number), &contents[2]);
	ck_assert_uint_eq(deliver_waiting(&w.out), 0);
}
END_TEST

START_TEST(refuses_what_cannot_be)
{
	static struct deliver_in in;
	static uint8_t big[DELIVER_BYTES_MAX + 1];
	uint8_t bytes[DELIVER_BYTES_MAX];

	in = (struct deliver_in){ .next = 50 };
	ck_assert(!deliver_arrived(&in, 50, "", 0));
	ck_assert(!deliver_arrived(&in, 50, big, sizeof big));
	ck_assert(!deliver_arrived(&in, 50 + DELIVER_WINDOW, "x", 1)); /* beyond the window */
	ck_assert(!deliver_arrived(&in, 50 - DELIVER_WINDOW - 1, "x", 1));
	ck_assert(deliver_arrived(&in, 49, "x", 1)); /* a double: acknowledged again */
	ck_assert_uint_eq(deliver_take(&in, bytes), 0);
	ck_assert(deliver_arrived(&in, 52, "c", 1));
	ck_assert_uint_eq(deliver_early(&in), 1 << 1);
	ck_assert(deliver_arrived(&in, 50, big, DELIVER_BYTES_MAX));
	ck_assert(deliver_arrived(&in, 50, "other", 5)); /* the first one counts */
	ck_assert_uint_eq(deliver_take(&in, bytes), DELIVER_BYTES_MAX);
	ck_assert_uint_eq(deliver_take(&in, bytes), 0);
	ck_assert_uint_eq(in.next, 51);
}
END_TEST

START_TEST(queue_is_bounded)
{
	static struct deliver_out out;
	uint32_t number;

	out = (struct deliver_out){ 0 };
	for (int i = 0; i < DELIVER_QUEUE; i++)
		ck_assert(deliver_put(&out, &contents[0], &number));
	ck_assert_uint_eq(deliver_room(&out), 0);
	ck_assert(!deliver_put(&out, &contents[0], &number));
}
END_TEST

Suite *
deliver_suite(void)
{
	Suite *suite = suite_create("deliver");
	TCase *tcase = tcase_create("deliver");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
	    tcase, delivers_once_and_in_order, 0, (int)(sizeof networks / sizeof *networks));
	tcase_add_test(tcase, gives_up_within_a_bound);
	tcase_add_test(tcase, waits_longer_each_time);
	tcase_add_test(tcase, senseless_acknowledgements_do_nothing);
	tcase_add_test(tcase, refuses_what_cannot_be);
	tcase_add_test(tcase, queue_is_bounded);
	suite_add_tcase(suite, tcase);
	return suite;
}
