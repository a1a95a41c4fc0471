/*
 * e2e_tcpload: tcpload, seen from outside, and how its report is read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/tcpload.h"

enum {
	ARGUMENTS = 20,
};

struct program *
load_start(const char *port, const char *const *args)
{
	const char *argv[ARGUMENTS + 4] = { NULL };
	size_t n = 0;

	for (; *args != NULL && n < ARGUMENTS; args++)
		argv[n++] = *args;
	argv[n++] = "-p";
	argv[n++] = port;
	argv[n++] = "127.0.0.1";
	return program_start(argv);
}

struct program *
load_run(const char *port, const char *const *args)
{
	struct program *p = load_start(port, args);

	program_await_exit(p);
	return p;
}

double
figure(const struct program *p, const char *name)
{
	const char *at = strstr(p->out.text, name);
	char *end = NULL;
	double value = 0;

	if (at != NULL)
		value = strtod(at + strlen(name), &end);
	EXPECT(at != NULL && end != at + strlen(name), "no figure \"%s\" in:\n%s", name,
	    p->out.text);
	return value;
}

void
expect_errors(const struct program *p, long count, const char *names)
{
	char line[200];

	snprintf(line, sizeof line, "\nerrors         %ld%s%s\n", count, count > 0 ? ": " : "",
	    names);
	EXPECT(strstr(p->out.text, line) != NULL, "not among the lines: %s-- but:\n%s",
	    line + 1, p->out.text);
}

int
main(void)
{
	Suite *suite = harness_suite("tcpload");

	tcpload_counts(suite);
	tcpload_errors(suite);
	tcpload_rate(suite);
	tcpload_remote(suite);
	tcpload_words(suite);
	return harness_run(suite);
}
