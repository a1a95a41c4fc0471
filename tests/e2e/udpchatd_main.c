/*
 * e2e_udpchatd: udpchatd, or the server that SUT names, seen from outside.
 */
#include "tests/e2e/udpchatd.h"

int
main(void)
{
	Suite *suite = harness_suite("udpchatd");

	udpchatd_door(suite);
	udpchatd_talk(suite);
	udpchatd_members(suite);
	udpchatd_operator(suite);
	udpchatd_crowd(suite);
	return harness_run(suite);
}
