/*
 * answer: from a text request to its answer. No sockets, and no clock of its own, so
 * that tests can ask at any time and in any zone.
 */
#ifndef UDPTIMED_ANSWER_H
#define UDPTIMED_ANSWER_H

#include <sys/types.h>

#include <time.h>

#include "protocol/clock.h"
#include "servers/udptimed/zone.h"

struct answer_asked {
	int64_t t;		/* now, in s since 1970 */
	const struct zone *own; /* for who names no zone */
	const char *folder;	/* of the zones that may be named */
};

/*
 * Answer the request of `len` bytes: *answer_len bytes, at most clock_answer_limit(len),
 * of which nothing is to be sent with CLOCK_SILENCE. The result is why it is an error.
 */
enum clock_verdict answer_text(const struct answer_asked *asked, const void *request,
    size_t len, char answer[CLOCK_ANSWER_MAX], size_t *answer_len);

/*
 * Expand a checked request for what a clock shows. `t` is for %s. CLOCK_OK, or
 * CLOCK_YEAR when it is longer than the list of conversions says.
 */
enum clock_verdict answer_expand(const struct clock_request *request, const struct tm *shown,
    const struct tz_local *local, int64_t t, char answer[CLOCK_ANSWER_MAX], size_t *answer_len);

#endif
