/*
 * e2e_udptimed: udptimed, or the server that SUT names, seen from outside.
 */
#include <string.h>

#include "tests/e2e/udptimed.h"

const char *
ask_bytes(int fd, const void *bytes, size_t count, size_t *len)
{
	static char answer[ANSWER_MAX + 1];

	udp_client_send(fd, bytes, count);
	*len = udp_client_receive(fd, answer, ANSWER_MAX);
	answer[*len] = '\0';
	return answer;
}

const char *
ask(int fd, const char *request)
{
	size_t len;

	return ask_bytes(fd, request, strlen(request), &len);
}

void
expect_time(int fd, const char *request, const char *format)
{
	time_t t = time(NULL);
	const char *answer = ask(fd, request);
	const time_t after = time(NULL) + 1; /* time(2) may be a tick behind other clocks */
	char wanted[ANSWER_MAX];
	struct tm tm;

	for (; t <= after; t++)
		if (strftime(wanted, sizeof wanted, format, localtime_r(&t, &tm)) > 0 &&
		    strcmp(answer, wanted) == 0)
			return;
	EXPECT(false, "asked \"%s\": \"%s\" instead of \"%s\"", request, answer, wanted);
}

int
main(void)
{
	Suite *suite = harness_suite("udptimed");

	udptimed_core(suite);
	udptimed_formats(suite);
	udptimed_probes(suite);
	udptimed_options(suite);
	return harness_run(suite);
}
