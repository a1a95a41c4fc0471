/*
 * e2e_rcmdd: rcmdd, or the server that SUT names, seen from outside.
 */
#include "tests/e2e/rcmdd.h"

int
main(void)
{
	Suite *suite = harness_suite("rcmdd");

	rcmdd_core(suite);
	rcmdd_streams(suite);
	rcmdd_end(suite);
	rcmdd_limits(suite);
	rcmdd_who(suite);
	rcmdd_frames(suite);
	rcmdd_words(suite);
	return harness_run(suite);
}
