/*
 * e2e_filed: filed, or the server that SUT names, seen from outside.
 */
#include "tests/e2e/filed.h"

int
main(void)
{
	Suite *suite = harness_suite("filed");

	filed_core(suite);
	filed_refusals(suite);
	filed_jail(suite);
	filed_cuts(suite);
	filed_words(suite);
	return harness_run(suite);
}
