/*
 * e2e_tftpd: tftpd, or the server that SUT names, seen from outside.
 */
#include "tests/e2e/tftpd.h"

int
main(void)
{
	Suite *suite = harness_suite("tftpd");

	tftpd_core(suite);
	tftpd_refusals(suite);
	tftpd_traps(suite);
	tftpd_limits(suite);
	tftpd_addresses(suite);
	tftpd_words(suite);
	return harness_run(suite);
}
