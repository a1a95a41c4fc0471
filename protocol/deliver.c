/*
 * deliver: each message once and in order, over datagrams. See deliver.h.
 */
#include "protocol/deliver.h"

#include <string.h>

static struct deliver_place *
place_of(struct deliver_out *out, uint32_t number)
{
	return &out->places[number % DELIVER_QUEUE];
}

size_t
deliver_waiting(const struct deliver_out *out)
{
	return out->end - out->first;
}

size_t
deliver_room(const struct deliver_out *out)
{
	return DELIVER_QUEUE - deliver_waiting(out);
}

bool
deliver_put(struct deliver_out *out, void *item, uint32_t *number)
{
	if (deliver_room(out) == 0)
		return false;
	*number = out->end++;
	*place_of(out, *number) = (struct deliver_place){ .item = item };
	return true;
}

/* Those that may be on their way: from `first` on, this many. */
static uint32_t
window_of(const struct deliver_out *out)
{
	uint32_t waiting = out->end - out->first;

	return waiting < DELIVER_WINDOW ? waiting : DELIVER_WINDOW;
}

/* How long to wait for an answer after this many tries. RFC 6298: 2.3, 5.5. */
static int
patience_ms(const struct deliver_out *out, int tries)
{
	int ms = out->smooth_ms ? out->smooth_ms + 4 * out->swing_ms : DELIVER_FIRST_MS;

	if (ms < DELIVER_LEAST_MS)
		ms = DELIVER_LEAST_MS;
	for (int i = 1; i < tries && ms < DELIVER_MOST_MS; i++)
		ms *= 2;
	return ms < DELIVER_MOST_MS ? ms : DELIVER_MOST_MS;
}

void *
deliver_send(struct deliver_out *out, int64_t now_ms, uint32_t *number)
{
	for (uint32_t i = 0; i < window_of(out); i++) {
		struct deliver_place *place = place_of(out, out->first + i);

		if (place->taken || place->due_ms > now_ms || place->tries == DELIVER_TRIES)
			continue;
		place->tries++;
		place->sent_ms = now_ms;
		place->due_ms = now_ms + patience_ms(out, place->tries);
		*number = out->first + i;
		return place->item;
	}
	return NULL;
}

/* A round trip was measured. RFC 6298, 2.2 and 2.3, in whole milliseconds. */
static void
learn_round_trip(struct deliver_out *out, int64_t ms)
{
	int trip = ms < 1 ? 1 : ms > DELIVER_MOST_MS ? DELIVER_MOST_MS : (int)ms;
	int off = trip > out->smooth_ms ? trip - out->smooth_ms : out->smooth_ms - trip;

	if (out->smooth_ms == 0) {
		out->smooth_ms = trip;
		out->swing_ms = trip / 2;
		return;
	}
	out->swing_ms = (3 * out->swing_ms + off) / 4;
	out->smooth_ms = (7 * out->smooth_ms + trip) / 8;
	if (out->smooth_ms == 0)
		out->smooth_ms = 1;
}

/* One was acknowledged. What was sent twice tells no round trip: which was it? (Karn) */
static void
mark_taken(struct deliver_out *out, uint32_t number, int64_t now_ms)
{
	struct deliver_place *place = place_of(out, number);

	if (!place->taken && place->tries == 1)
		learn_round_trip(out, now_ms - place->sent_ms);
	place->taken = true;
}

/* Whether `ahead` places from the first there is one that has been sent. */
static bool
was_sent(struct deliver_out *out, uint32_t ahead)
{
	return ahead < window_of(out) && place_of(out, out->first + ahead)->tries > 0;
}

bool
deliver_acknowledged(struct deliver_out *out, uint32_t next, uint8_t early, int64_t now_ms)
{
	uint32_t ahead = next - out->first;

	if (ahead > window_of(out)) /* from before, or about what was never sent */
		return false;
	for (uint32_t i = 0; i < ahead; i++)
		if (!was_sent(out, i))
			return false;
	for (uint32_t i = 0; i < ahead; i++)
		mark_taken(out, out->first + i, now_ms);
	for (uint32_t i = 0; i < DELIVER_WINDOW; i++)
		if (early >> i & 1 && was_sent(out, ahead + 1 + i))
			mark_taken(out, next + 1 + i, now_ms);
	return true;
}

void *
deliver_release(struct deliver_out *out, bool anyway, uint32_t *number)
{
	struct deliver_place *place = place_of(out, out->first);

	if (out->first == out->end || !(place->taken || anyway))
		return NULL;
	*number = out->first++;
	return place->item;
}

int64_t
deliver_due(const struct deliver_out *out)
{
	int64_t due = INT64_MAX;

	for (uint32_t i = 0; i < window_of(out); i++) {
		const struct deliver_place *place =
		    &out->places[(out->first + i) % DELIVER_QUEUE];

		if (!place->taken && place->due_ms < due)
			due = place->due_ms;
	}
	return due;
}

bool
deliver_gave_up(const struct deliver_out *out, int64_t now_ms)
{
	for (uint32_t i = 0; i < window_of(out); i++) {
		const struct deliver_place *place =
		    &out->places[(out->first + i) % DELIVER_QUEUE];

		if (!place->taken && place->tries == DELIVER_TRIES && place->due_ms <= now_ms)
			return true;
	}
	return false;
}

/* ---- the receiving side ---- */

bool
deliver_arrived(struct deliver_in *in, uint32_t number, const void *bytes, size_t len)
{
	uint32_t ahead = number - in->next, behind = in->next - number;

	if (len == 0 || len > DELIVER_BYTES_MAX)
		return false;
	if (ahead >= DELIVER_WINDOW) /* had before, unless it is from nowhere */
		return behind <= DELIVER_WINDOW;
	if (in->early[number % DELIVER_WINDOW].len == 0) {
		memcpy(in->early[number % DELIVER_WINDOW].bytes, bytes, len);
		in->early[number % DELIVER_WINDOW].len = len;
	}
	return true;
}

size_t
deliver_take(struct deliver_in *in, void *bytes)
{
	size_t place = in->next % DELIVER_WINDOW, len = in->early[place].len;

	if (len > 0) {
		memcpy(bytes, in->early[place].bytes, len);
		in->early[place].len = 0;
		in->next++;
	}
	return len;
}

uint8_t
deliver_early(const struct deliver_in *in)
{
	unsigned early = 0;

	for (uint32_t i = 0; i + 1 < DELIVER_WINDOW; i++)
		if (in->early[(in->next + 1 + i) % DELIVER_WINDOW].len > 0)
			early |= 1U << i;
	return (uint8_t)early;
}
