/*
 * tftp_time: round trips, repetitions and giving up. See tftp_engine.h.
 */
#include "protocol/tftp_engine_internal.h"

enum {
	PROBE_FIRST_MS = 2, /* after the last ACK: is the peer still there? */
	PROBE_FACTOR = 4,
	GIVE_UP_TIMEOUTS = 4,
	MS = 1000,
};

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static bool
has_own_timeout(const struct tftp_engine *engine)
{
	return engine->agreed.set & TFTP_SET_TIMEOUT;
}

static bool
has_exact_timeout(const struct tftp_engine *engine)
{
	return has_own_timeout(engine) && engine->exact_timeout;
}

/* The timeout that nothing has doubled yet. */
static int64_t
base_rto(const struct tftp_engine *engine)
{
	int64_t min = engine->sends ? TFTP_RTO_MIN_MS : 2 * TFTP_RTO_MIN_MS, rto,
		max = TFTP_RTO_MAX_MS;

	if (has_own_timeout(engine))
		max = (int64_t)engine->agreed.timeout * MS;
	if (has_exact_timeout(engine))
		return max;
	if (engine->rtt_ms < 0)
		return least(TFTP_RTO_FIRST_MS, max);
	rto = engine->rtt_ms / 8 + engine->variation_ms;
	if (!engine->sends) /* the sender first: one repetition is enough */
		rto *= 2;
	if (rto < min)
		return min;
	return least(rto, max);
}

void
tftp_time_begin(struct tftp_engine *engine, int64_t now_ms)
{
	engine->give_up_ms = TFTP_GIVE_UP_MS;
	engine->dally_ms = engine->asks ? TFTP_DALLY_ASKING_MS : TFTP_DALLY_ASKED_MS;
	engine->rtt_ms = -1;
	engine->sent_ms = -1;
	engine->rto_ms = TFTP_RTO_FIRST_MS;
	engine->progress_ms = now_ms;
	engine->due_ms = now_ms + engine->rto_ms;
}

/* A timeout may have been agreed. */
void
tftp_time_agree(struct tftp_engine *engine)
{
	int64_t timeout = (int64_t)engine->agreed.timeout * MS;

	if (!has_own_timeout(engine))
		return;
	engine->rto_ms = base_rto(engine);
	if (!has_exact_timeout(engine)) /* a bound makes nobody more patient */
		return;
	if (engine->give_up_ms < GIVE_UP_TIMEOUTS * timeout)
		engine->give_up_ms = GIVE_UP_TIMEOUTS * timeout;
	if (!engine->asks && engine->dally_ms < 3 * timeout)
		engine->dally_ms = 3 * timeout;
}

/* RFC 6298, in integers: the mean is kept eight times, the deviation four times. */
static void
measure(struct tftp_engine *engine, int64_t round_ms)
{
	int64_t off;

	if (engine->rtt_ms < 0) {
		engine->rtt_ms = 8 * round_ms;
		engine->variation_ms = 2 * round_ms;
		return;
	}
	off = round_ms - engine->rtt_ms / 8;
	engine->rtt_ms += off;
	engine->variation_ms += (off < 0 ? -off : off) - engine->variation_ms / 4;
}

/* Something new has come: the only thing that starts the timers anew. */
void
tftp_progress(struct tftp_engine *engine, int64_t now_ms)
{
	if (engine->sent_ms >= 0) /* Karn: what went twice is not measured */
		measure(engine, now_ms - engine->sent_ms);
	engine->sent_ms = -1;
	engine->rto_ms = base_rto(engine);
	engine->progress_ms = now_ms;
	engine->due_ms = now_ms + engine->rto_ms;
}

int64_t
tftp_due(const struct tftp_engine *engine)
{
	int64_t due = engine->due_ms;

	if (!tftp_is_open(engine) || engine->state == TFTP_HELD)
		return INT64_MAX;
	if (engine->state == TFTP_DALLYING)
		return least(due, engine->dally_end_ms);
	if (engine->deadline_ms)
		due = least(due, engine->deadline_ms);
	return least(due, engine->progress_ms + engine->give_up_ms);
}

/* An address that has proved nothing gets few repetitions. */
static bool
has_offered_enough(struct tftp_engine *engine)
{
	int max = engine->state == TFTP_OFFERING ? TFTP_OFFERS_MAX : TFTP_FIRST_BLOCKS_MAX;

	return !engine->asks && !engine->proven && ++engine->offers >= max;
}

static void
give_up(struct tftp_engine *engine)
{
	bool all_sent = engine->last && engine->highest == engine->last;

	tftp_fail(engine, all_sent ? TFTP_UNCONFIRMED : TFTP_SILENCE, engine->proven,
	    TFTP_NOT_DEFINED, "no answer for too long");
}

/* The timer of what was sent last has run out. */
static void
repeat(struct tftp_engine *engine, int64_t now_ms)
{
	int64_t max = has_exact_timeout(engine) ? 2 * base_rto(engine) : TFTP_RTO_MAX_MS;

	engine->rto_ms = least(2 * engine->rto_ms, max);
	engine->due_ms = now_ms + engine->rto_ms;
	engine->sent_ms = -1;
	if (engine->state == TFTP_MOVING && engine->sends) {
		engine->next = engine->blocks + 1;
		engine->resent = true;
		/* Perhaps this peer goes on with 1 after 65535. Its ACK will tell. */
		if (engine->blocks == UINT16_MAX && engine->agreed.window == 1)
			engine->from_one = !engine->from_one;
		return;
	}
	engine->control = true;
	engine->repeats++;
	engine->ack_at = engine->blocks + engine->agreed.window;
	engine->holed = false;
}

void
tftp_confirm(struct tftp_engine *engine, int64_t now_ms)
{
	if (engine->state != TFTP_HELD)
		return;
	engine->state = TFTP_DALLYING;
	engine->control = true;
	engine->progress_ms = now_ms;
	engine->dally_end_ms = now_ms + engine->dally_ms;
	engine->probe_ms = PROBE_FIRST_MS;
	engine->due_ms = engine->asks ? now_ms + engine->probe_ms : INT64_MAX;
}

/*
 * The last ACK is out. Who asked sends it again now and then: a peer that has it is gone,
 * and its machine says so (tftp_unreachable). Who answered only waits, since a client may
 * use its port for something else by now.
 */
static void
dally(struct tftp_engine *engine, int64_t now_ms)
{
	if (now_ms >= engine->dally_end_ms) {
		engine->state = TFTP_DONE;
		return;
	}
	engine->control = true;
	engine->probe_ms *= PROBE_FACTOR;
	engine->due_ms = now_ms + engine->probe_ms;
}

void
tftp_tick(struct tftp_engine *engine, int64_t now_ms)
{
	if (now_ms < tftp_due(engine))
		return;
	if (engine->state == TFTP_DALLYING)
		dally(engine, now_ms);
	else if (engine->deadline_ms && now_ms >= engine->deadline_ms)
		tftp_fail(engine, TFTP_LATE, engine->proven, TFTP_NOT_DEFINED, "out of time");
	else if (now_ms >= engine->progress_ms + engine->give_up_ms ||
		 has_offered_enough(engine))
		give_up(engine);
	else
		repeat(engine, now_ms);
}
