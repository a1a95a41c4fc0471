/*
 * tcpechod: many clients, one after another and at once.
 *
 * Guards against what shows only in numbers: a place, a process or a descriptor
 * lost once in a thousand times, and a server that is lost in a crowd.
 */
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	SHORT_VISITS = 5000,
	SHORT_VISITS_MS = 60000,
	AT_ONCE = 500,
};

START_TEST(five_thousand_short_visits)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int64_t deadline = now_ms() + SHORT_VISITS_MS;

	for (int i = 0; i < SHORT_VISITS; i++) {
		client_visit(server->address[0]);
		EXPECT(now_ms() < deadline, "only %d visits in a minute", i);
	}
	if (server->pid != 0)
		process_await_no_zombies(server->pid);
}
END_TEST

START_TEST(five_hundred_at_once)
{
	struct program *server = server_start(_i, ARGS(NULL));
	static int fds[AT_ONCE];

	for (int i = 0; i < AT_ONCE; i++)
		fds[i] = client_open(server->address[0]);
	for (int i = 0; i < AT_ONCE; i++)
		client_say(fds[i], "one of very many\n");
	for (int i = 0; i < AT_ONCE; i++)
		client_hear(fds[i], "one of very many\n");
	for (int i = AT_ONCE - 1; i >= 0; i--)
		client_echo(fds[i], "and back\n");
	for (int i = 0; i < AT_ONCE; i++) {
		client_finish(fds[i]);
		client_hear_end(fds[i]);
		close(fds[i]);
	}
	if (server->pid != 0)
		process_await_no_zombies(server->pid);
	client_visit(server->address[0]);
}
END_TEST

void
tcpechod_load(Suite *suite)
{
	const struct check checks[] = {
		{ five_thousand_short_visits, (enum models)(CONCURRENT & ~NONBLOCK),
		    NEEDS_START, 1,
		    "whatever is taken for a client must be given back. tcpechod(8)" },
		{ five_hundred_at_once, CONCURRENT, NEEDS_START, 1,
		    "ask listen(2) for a long backlog, and never wait for one client. "
		    "tcpechod(8)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
