/*
 * e2e_ftp: ftp seen from outside. The server is played by hand, and in ftp_pair.c ftpd:
 * other people's are in tests/interop/ftp.sh.
 */
#include "tests/e2e/ftp.h"

int
main(void)
{
	Suite *suite = harness_suite("ftp");

	ftp_gets(suite);
	ftp_resumes(suite);
	ftp_puts(suite);
	ftp_data(suite);
	ftp_traps(suite);
	ftp_logins(suite);
	ftp_shell(suite);
	ftp_trees(suite);
	ftp_pair(suite);
	ftp_words(suite);
	return harness_run(suite);
}
