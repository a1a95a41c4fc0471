/*
 * e2e_udptime: udptime, or the client that SUT names, seen from outside.
 */
#include "tests/e2e/udptime_peer.h"

int
main(void)
{
	Suite *suite = harness_suite("udptime");

	udptime_answers(suite);
	udptime_failures(suite);
	udptime_offset(suite);
	udptime_words(suite);
	return harness_run(suite);
}
