/*
 * e2e_httpd: httpd, or the server that SUT names, seen from outside.
 */
#include "tests/e2e/httpd.h"

int
main(void)
{
	Suite *suite = harness_suite("httpd");

	httpd_core(suite);
	httpd_framing(suite);
	httpd_files(suite);
	httpd_conditions(suite);
	httpd_auth(suite);
	httpd_cgi(suite);
	httpd_cgi_ends(suite);
	httpd_hosts(suite);
	httpd_limits(suite);
	httpd_routes(suite);
	httpd_workers(suite);
	httpd_words(suite);
	return harness_run(suite);
}
