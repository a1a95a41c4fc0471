/*
 * deliver: each message once and in order, over datagrams that get lost, doubled and mixed.
 *
 * The sender numbers its messages and keeps each until it is acknowledged; what is not
 * acknowledged in time is sent again, after twice the time, and so on, up to a bound. The
 * receiver takes what is next, keeps a few that came early, drops what it has had, and
 * acknowledges every datagram, because the acknowledgement may be what was lost:
 *
 *	sender                              receiver
 *	5 "good"     ------------------>    takes 5            next 6
 *	6 "morning"  ------ lost
 *	7 "Ben"      ------------------>    keeps 7 (early)    next 6, early 7
 *	             <------------------    "I wait for 6, and have 7"
 *	6 "morning"  ------------------>    takes 6 and 7      next 8
 *	             <------ lost
 *	6 "morning"  ------------------>    has had it: drops it, and says next 8 again
 *
 * This is selective repeat with a window of DELIVER_WINDOW messages; the waiting time
 * follows the round trips that are measured (RFC 6298, and RFC 8085, 3.1.1). Numbers are of
 * 32 bits and may wrap around.
 *
 * No sockets, no clock, no memory of its own: the caller says what time it is, sends what it
 * is told to, and owns what is sent. So a test can play a bad network in no time at all.
 */
#ifndef PROTOCOL_DELIVER_H
#define PROTOCOL_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DELIVER_WINDOW = 8, /* messages on their way at once; `early` has a bit for each */
	DELIVER_QUEUE = 64, /* messages that wait, those on their way among them */
	DELIVER_BYTES_MAX = 1184, /* of one message, at the receiver */

	DELIVER_FIRST_MS = 500, /* to wait for the first acknowledgement of all */
	DELIVER_LEAST_MS = 100,
	DELIVER_MOST_MS = 4000,
	DELIVER_TRIES = 9, /* then it is given up: about 20 s after the first */
};

/* ---- the sending side ---- */

struct deliver_place {
	void *item; /* the caller's */
	int64_t sent_ms, due_ms;
	int tries;
	bool taken; /* acknowledged */
};

struct deliver_out {
	struct deliver_place places[DELIVER_QUEUE];
	uint32_t first;		 /* the oldest that has not been released */
	uint32_t end;		 /* the number of the next one put */
	int smooth_ms, swing_ms; /* of the round trips; 0: none measured */
};

/* How many wait, and how many more may. */
size_t deliver_waiting(const struct deliver_out *out);
size_t deliver_room(const struct deliver_out *out);

/* Queue an item, which stays the caller's: its number in *number. False: no room. */
bool deliver_put(struct deliver_out *out, void *item, uint32_t *number);

/*
 * The next item to be sent at `now_ms`, and its number; NULL when there is none now. It
 * counts as sent. Call it until it says NULL.
 */
void *deliver_send(struct deliver_out *out, int64_t now_ms, uint32_t *number);

/* What the receiver says. False: it makes no sense, and nothing is done. */
bool
deliver_acknowledged(struct deliver_out *out, uint32_t next, uint8_t early, int64_t now_ms);

/*
 * Take back an item that has been acknowledged, in the order of putting; NULL when the
 * oldest has not. With `anyway` also those that have not: to empty the queue.
 */
void *deliver_release(struct deliver_out *out, bool anyway, uint32_t *number);

/* When deliver_send should be asked again; INT64_MAX: not before something is put. */
int64_t deliver_due(const struct deliver_out *out);

/* An item was sent DELIVER_TRIES times and the time for an answer is over. */
bool deliver_gave_up(const struct deliver_out *out, int64_t now_ms);

/* ---- the receiving side ---- */

struct deliver_in {
	uint32_t next; /* the number that is wanted */
	struct {
		size_t len; /* 0: none */
		uint8_t bytes[DELIVER_BYTES_MAX];
	} early[DELIVER_WINDOW]; /* by number modulo DELIVER_WINDOW */
};

/*
 * A message has come. False: it is none that the sender could have sent now, and should not
 * be acknowledged. True: new or not, acknowledge with `next` and deliver_early.
 */
bool deliver_arrived(struct deliver_in *in, uint32_t number, const void *bytes, size_t len);

/*
 * The next message in order, copied to `bytes` (DELIVER_BYTES_MAX): its length, or 0 when it
 * has not come yet. Its number is in->next before the call.
 */
size_t deliver_take(struct deliver_in *in, void *bytes);

uint8_t deliver_early(const struct deliver_in *in);

#endif
