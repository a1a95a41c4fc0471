/*
 * tcpechod -m prefork: the idle children that wait in accept.
 *
 * Guards against callers who wait although the limit has room, a crowd of children
 * that never goes home, and connections lost with a child that is sent home while a
 * caller is just coming in.
 */
#include <signal.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	AT_START = 4,
	SPARE = 2,
	CROWD = 30,
	FEW = 12, /* what a shrunk crowd has at most */
	CHURN = 2000,
	CHURN_MS = 20000,
};

START_TEST(four_children_at_start)
{
	struct program *server = server_start(_i, ARGS(NULL));

	process_await_children(server->pid, AT_START, AT_START);
}
END_TEST

static void
come(const struct program *server, int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fds[i] = client_open(server->address[0]);
		client_echo(fds[i], "hello\n");
	}
}

static void
leave(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		client_finish(fds[i]);
		client_hear_end(fds[i]);
		close(fds[i]);
	}
}

START_TEST(grows_with_its_clients)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fds[CROWD];

	come(server, fds, CROWD);
	process_await_children(server->pid, CROWD + SPARE, CROWD + 4 * FEW);
	leave(fds, CROWD);
}
END_TEST

/* -c bounds those who are served; a few idle ones more are no harm. */
START_TEST(grows_to_the_limit)
{
	struct program *server = server_start(_i, ARGS("-c", "10"));
	int fds[10], waiting;

	come(server, fds, ARRAY_LENGTH(fds));
	waiting = client_open(server->address[0]);
	client_say(waiting, "me too\n");
	client_hear_nothing(waiting, QUIET_MS);
	leave(fds, 1);
	client_hear(waiting, "me too\n");
}
END_TEST

START_TEST(killed_idle_child_is_replaced)
{
	struct program *server = server_start(_i, ARGS(NULL));
	pid_t children[AT_START];

	process_await_children(server->pid, AT_START, AT_START);
	process_children(server->pid, children, AT_START);
	for (size_t i = 0; i < AT_START; i++)
		kill(children[i], SIGKILL);
	for (size_t i = 0; i < AT_START; i++)
		process_await_end(children[i]);
	client_visit(server->address[0]);
	process_await_children(server->pid, SPARE, FEW);
	process_await_no_zombies(server->pid);
}
END_TEST

/* Visits without a pause while the crowd goes home: each must be served. */
START_TEST(shrinks_and_loses_nothing)
{
	struct program *server = server_start(_i, ARGS("-q"));
	int64_t deadline = now_ms() + CHURN_MS;
	int fds[CROWD], made = 0;

	come(server, fds, CROWD);
	leave(fds, CROWD);
	while (made < CHURN || process_children(server->pid, NULL, 0) > FEW) {
		EXPECT(now_ms() < deadline, "%d visits, %zu children: it does not shrink", made,
		    process_children(server->pid, NULL, 0));
		for (int i = 0; i < CHURN / 50; i++, made++) {
			int pair[2];

			come(server, pair, 2); /* not always the same child */
			leave(pair, 2);
		}
	}
	process_await_children(server->pid, SPARE, FEW);
	process_await_no_zombies(server->pid);
	client_visit(server->address[0]);
}
END_TEST

void
tcpechod_prefork(Suite *suite)
{
	const struct check checks[] = {
		OURS(four_children_at_start, PREFORK),
		OURS(grows_with_its_clients, PREFORK),
		OURS(grows_to_the_limit, PREFORK),
		OURS(killed_idle_child_is_replaced, PREFORK),
		OURS(shrinks_and_loses_nothing, PREFORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
