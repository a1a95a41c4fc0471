/*
 * e2e_udptime: udptime, or the client that SUT names, seen from outside.
 */
#include "tests/e2e/udptime_peer.h"

void
expect_status(struct program *p, int wanted)
{
	int status = program_await_exit(p);

	EXPECT(status == wanted, "exit status %d, wanted %d; it said: %s", status, wanted,
	    p->err.text);
}

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
