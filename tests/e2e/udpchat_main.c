/*
 * e2e_udpchat: udpchat, or the client that SUT names, seen from outside.
 */
#include <string.h>

#include "tests/e2e/udpchat.h"

struct program *
chat_server(void)
{
	struct program *p =
	    program_launch(&(struct launch){ .other = "udpchatd", .args = ARGS("-p", "0") });

	program_await_ready(p);
	return p;
}

const char *
port_of(const char *address)
{
	return strrchr(address, ':') + 1;
}

int
main(void)
{
	Suite *suite = harness_suite("udpchat");

	udpchat_filter(suite);
	udpchat_terminal(suite);
	udpchat_failures(suite);
	return harness_run(suite);
}
