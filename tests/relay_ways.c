/*
 * relay_ways: what happens to a datagram on a bad network. See relay.c.
 */
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "common/sys.h"
#include "tests/relay.h"

enum {
	SLOW_MS = 300, /* longer than a sender's patience, once it has measured */
};

static void
transmit(const struct relay *relay, const struct flow *flow, const struct way *way,
    const void *bytes, size_t len)
{
	const struct net_address *to = way == &flow->up ? &flow->server : &flow->client;

	(void)sendto(way == &flow->up ? flow->fd : relay->front, bytes, len, MSG_DONTWAIT,
	    &to->sa.any, to->len);
}

static void
let_go(struct relay *relay, struct flow *flow, struct way *way)
{
	if (way->held == NULL)
		return;
	transmit(relay, flow, way, way->held, way->held_len);
	free(way->held);
	way->held = NULL;
	relay->held_count--;
}

static void
hold(struct relay *relay, struct way *way, const void *bytes, size_t len)
{
	way->held = malloc(len + 1);
	if (way->held == NULL)
		relay_fail("malloc");
	memcpy(way->held, bytes, len);
	way->held_len = len;
	way->since_ms = sys_now_ms();
	relay->held_count++;
}

static void
delay(struct relay *relay, struct flow *flow, const struct way *way, const void *bytes,
    size_t len)
{
	struct slow *slow = malloc(sizeof *slow + len);

	if (slow == NULL)
		relay_fail("malloc");
	*slow = (struct slow){
		.due_ms = sys_now_ms() + SLOW_MS, .flow = flow, .way = way, .len = len
	};
	memcpy(slow->bytes, bytes, len);
	*relay->slow_end = slow;
	relay->slow_end = &slow->next;
}

static void
let_go_slow(struct relay *relay)
{
	int64_t now_ms = sys_now_ms();

	while (relay->slow && relay->slow->due_ms <= now_ms) {
		struct slow *slow = relay->slow;

		transmit(relay, slow->flow, slow->way, slow->bytes, slow->len);
		relay->slow = slow->next;
		if (relay->slow == NULL)
			relay->slow_end = &relay->slow;
		free(slow);
	}
}

void
relay_pass(
    struct relay *relay, struct flow *flow, struct way *way, const void *bytes, size_t len)
{
	enum lossy_fate fate = lossy_next(way == &flow->up ? &relay->up : &relay->down);

	if (relay->unplugged) {
		relay->unheard++;
		return;
	}
	relay->fates[fate]++;
	if (fate == LOSSY_LATE && way->held == NULL) {
		hold(relay, way, bytes, len);
		return;
	}
	if (fate == LOSSY_SLOW)
		delay(relay, flow, way, bytes, len);
	else if (fate != LOSSY_LOSE)
		transmit(relay, flow, way, bytes, fate == LOSSY_CUT && len > 0 ? len - 1 : len);
	if (fate == LOSSY_TWICE)
		transmit(relay, flow, way, bytes, len);
	let_go(relay, flow, way);
}

/* What has been held back for long enough; only looked for when there is something. */
static void
let_go_old(struct relay *relay)
{
	int64_t old_ms = sys_now_ms() - HOLD_MS;

	for (size_t i = 0; relay->held_count > 0 && i < relay->flow_count; i++) {
		struct flow *flow = relay->flows[i];

		if (flow->up.held && flow->up.since_ms <= old_ms)
			let_go(relay, flow, &flow->up);
		if (flow->down.held && flow->down.since_ms <= old_ms)
			let_go(relay, flow, &flow->down);
	}
}

bool
relay_keeps(const struct relay *relay)
{
	return relay->held_count > 0 || relay->slow;
}

void
relay_let_go(struct relay *relay)
{
	let_go_old(relay);
	let_go_slow(relay);
}
