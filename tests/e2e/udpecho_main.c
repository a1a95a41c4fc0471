/*
 * e2e_udpecho: udpecho, or the client that SUT names, seen from outside.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/udpecho.h"

long
number_before(const char *text, const char *word)
{
	const char *summary = strstr(text, " sent, ");
	const char *at = summary ? strstr(summary, word) : NULL;

	if (at == NULL || at == text)
		return -1;
	for (at--; at > text && isdigit((unsigned char)at[-1]);)
		at--;
	return strtol(at, NULL, 10);
}

int
main(void)
{
	Suite *suite = harness_suite("udpecho");

	udpecho_filter(suite);
	udpecho_terminal(suite);
	udpecho_loss(suite);
	udpecho_count(suite);
	udpecho_find(suite);
	udpecho_failures(suite);
	return harness_run(suite);
}
