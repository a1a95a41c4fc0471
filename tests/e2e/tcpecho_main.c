/*
 * e2e_tcpecho: tcpecho, or the client that SUT names, seen from outside.
 */
#include "tests/e2e/tcpecho.h"

int
main(void)
{
	Suite *suite = harness_suite("tcpecho");

	tcpecho_filter(suite);
	tcpecho_failures(suite);
	tcpecho_addresses(suite);
	tcpecho_count(suite);
	tcpecho_terminal(suite);
	tcpecho_words(suite);
	return harness_run(suite);
}
