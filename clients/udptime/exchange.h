/*
 * exchange: one question in words and some probes, on one connected socket.
 *
 * The question is asked again, after waits that double, until it is answered: a
 * datagram may be lost on either way. A lost probe is not: it would only show how old
 * it is. Both go side by side, so none waits for the other.
 */
#ifndef UDPTIME_EXCHANGE_H
#define UDPTIME_EXCHANGE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "protocol/clock.h"

enum {
	EXCHANGE_ANSWER_MAX = 1024, /* udptimed's has CLOCK_ANSWER_MAX at most */
	EXCHANGE_PROBES_MAX = 100,
	EXCHANGE_RETRY_MS = 500,      /* to the second attempt; to the third twice that, ... */
	EXCHANGE_RETRY_MAX_MS = 8000, /* ... and never more than this */
	EXCHANGE_PROBE_EVERY_MS = 25,
	EXCHANGE_PROBE_WAIT_MS = 1000, /* for the answer to the last one */
};

struct exchange_probe {
	uint64_t cookie;
	int64_t t1;
	bool answered;
	struct clock_sample sample;
};

struct exchange {
	/* To be filled in: */
	int fd;
	const void *request;
	size_t request_len;
	int probe_count; /* how many probes, with a cookie each */
	struct exchange_probe probes[EXCHANGE_PROBES_MAX];
	int precision;	     /* of our clock, 2^n s */
	int64_t deadline_ms; /* in sys_now_ms() time; INT64_MAX: none */

	/* What came, and how: */
	char answer[EXCHANGE_ANSWER_MAX + 1]; /* one more, to notice a longer one */
	size_t answer_len;
	bool answered;
	int attempts;
	int probes_sent;

	/* Its own: */
	int64_t retry_ms, probe_ms; /* when the next of each is due */
};

/*
 * Ask and await: 0 when the question is answered and the probes are, or are given up.
 * -1 with errno: ETIMEDOUT, or what the socket said, as ECONNREFUSED.
 */
int exchange_run(struct exchange *exchange);

#endif
