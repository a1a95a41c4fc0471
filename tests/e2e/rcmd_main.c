/*
 * e2e_rcmd: rcmd, or the client that SUT names, seen from outside.
 */
#include "tests/e2e/rcmd.h"

int
rcmd_finish(struct program *server, const char *const *args, struct program **client)
{
	*client = rcmd_start(server, args);
	program_finish(*client);
	return program_await_exit(*client);
}

int
main(void)
{
	Suite *suite = harness_suite("rcmd");

	rcmd_status(suite);
	rcmd_streams(suite);
	rcmd_signals(suite);
	rcmd_lines(suite);
	rcmd_peer(suite);
	rcmd_usage(suite);
	return harness_run(suite);
}
