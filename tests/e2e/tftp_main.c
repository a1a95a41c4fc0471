/*
 * e2e_tftp: tftp, or the client that SUT names, seen from outside. The server is the
 * suite's own.
 */
#include "tests/e2e/tftp.h"

int
main(void)
{
	Suite *suite = harness_suite("tftp");

	tftp_gets(suite);
	tftp_puts(suite);
	tftp_options(suite);
	tftp_traps(suite);
	tftp_windows(suite);
	tftp_ends(suite);
	tftp_files(suite);
	tftp_shell(suite);
	tftp_words(suite);
	return harness_run(suite);
}
