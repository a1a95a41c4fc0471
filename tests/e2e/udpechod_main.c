/*
 * e2e_udpechod: udpechod, or the server that SUT names, seen from outside.
 */
#include <signal.h>
#include <string.h>

#include "tests/e2e/udpechod.h"

void
await_counters(struct program *server, const char *regex)
{
	int64_t deadline = now_ms() + WAIT_MS;

	do {
		EXPECT(now_ms() < deadline, "no counters like: %s", regex);
		program_forget(server);
		program_signal(server, SIGUSR1);
		program_await_line(server, &server->err, "dropped: .*too fast");
	} while (!program_has_line(&server->err, regex));
}

const char *
port_of(const char *address)
{
	return strrchr(address, ':') + 1;
}

int
main(void)
{
	Suite *suite = harness_suite("udpechod");

	udpechod_core(suite);
	udpechod_answers(suite);
	udpechod_lossy(suite);
	udpechod_addresses(suite);
	udpechod_guard(suite);
	udpechod_inetd(suite);
	udpechod_life(suite);
	udpechod_words(suite);
	return harness_run(suite);
}
