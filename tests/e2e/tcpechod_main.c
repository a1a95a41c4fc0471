/*
 * e2e_tcpechod: tcpechod, or the server that SUT names, seen from outside.
 */
#include "tests/e2e/tcpechod.h"

int
main(void)
{
	Suite *suite = harness_suite("tcpechod");

	tcpechod_core(suite);
	tcpechod_clients(suite);
	tcpechod_answers(suite);
	tcpechod_addresses(suite);
	tcpechod_limits(suite);
	tcpechod_timeouts(suite);
	tcpechod_shortage(suite);
	tcpechod_hygiene(suite);
	tcpechod_signals(suite);
	tcpechod_table(suite);
	tcpechod_prefork(suite);
	tcpechod_models(suite);
	tcpechod_load(suite);
	tcpechod_inetd(suite);
	tcpechod_daemon(suite);
	tcpechod_backlog(suite);
	tcpechod_words(suite);
	tcpechod_usage(suite);
	tcpechod_errors(suite);
	tcpechod_pitfalls(suite);
	return harness_run(suite);
}
