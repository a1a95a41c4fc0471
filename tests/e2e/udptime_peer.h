/*
 * The groups of udptime's checks, and the servers that they talk to.
 */
#ifndef TESTS_E2E_UDPTIME_H
#define TESTS_E2E_UDPTIME_H

#include "tests/harness.h"

void udptime_answers(Suite *suite);
void udptime_failures(Suite *suite);
void udptime_offset(Suite *suite);
void udptime_words(Suite *suite);

/* How a server behaves; what is zero it does not. */
struct peer {
	const char *answer; /* the same to each question; NULL: the question back */
	size_t answer_len;  /* 0: that of the string; of a longer one than the string: bytes of
			       it */
	bool silent;	    /* never an answer to a question */
	int deaf_to;	    /* of the first so many questions it hears nothing */

	bool probes;	  /* it knows them ... */
	int64_t ahead_ns; /* ... by a clock that is so far ahead */
	int64_t hold_ns;  /* T2 is earlier by this, as if it had thought so long */
	bool wrong_cookie, wrong_t1, as_request, cut_off; /* with these faults */
	bool each_twice;
	int64_t later_ahead_ns; /* second answers of each_twice are by another clock */
};

/* Start it on a port of its own, in a process that dies with this test; the port as text. */
const char *peer_start(const struct peer *peer);

#endif
