/*
 * tcpechod: the backlog experiment: -b, -H and -P.
 *
 * Guards against the claim of the course notes, "one is served, five wait, the
 * seventh gets an error", coming true: Linux completes N + 1 connections and leaves
 * the others unanswered.
 */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	CALLERS = 10,
	BACKLOG = 5,
	HOLD_MS = 1000,
	PACE_MS = 200,
};

struct callers {
	int fds[CALLERS];
	int connected;
};

static int
count_connected(const struct callers *callers)
{
	struct pollfd fds[CALLERS];

	for (int i = 0; i < CALLERS; i++)
		fds[i] = (struct pollfd){ .fd = callers->fds[i], .events = POLLOUT };
	return poll(fds, CALLERS, 0);
}

static bool
enough_connected(void *arg)
{
	return count_connected(arg) >= BACKLOG + 1;
}

START_TEST(backlog_of_five_takes_six)
{
	struct program *server = server_start(_i, ARGS("-b", "5", "-H", "60"));
	struct callers callers;
	int connected;

	for (int i = 0; i < CALLERS; i++)
		callers.fds[i] = client_begin(server->address[0]);
	EXPECT(await_condition(enough_connected, &callers), "only %d connected, wanted 6",
	    count_connected(&callers));
	client_hear_nothing(callers.fds[0], 2 * QUIET_MS);
	connected = count_connected(&callers);
	EXPECT(connected == BACKLOG + 1, "%d connected, wanted 6", connected);
	program_await_line(server, &server->err, "^tcpechod: .*[56][0-9]"); /* counts down */
	program_signal(server, SIGTERM);
	EXPECT(program_await_exit(server) == 0, "TERM while it holds: not exit status 0");
}
END_TEST

START_TEST(hold_then_one_by_one)
{
	struct program *server = server_start(_i, ARGS("-H", "1", "-P", "0.2"));
	int64_t start = now_ms(), took;
	int fds[3];

	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		fds[i] = client_open(server->address[0]);
		client_say(fds[i], "hello\n");
	}
	client_hear_nothing(fds[0], HOLD_MS / 2);
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		char name[ADDRESS_MAX];

		client_hear(fds[i], "hello\n");
		took = now_ms() - start;
		EXPECT(took >= HOLD_MS + PACE_MS * (int)i - 100,
		    "client %zu was served after %lld ms", i, (long long)took);
		client_local_address(fds[i], name);
		program_await_line(server, &server->err, name);
		client_finish(fds[i]);
		client_hear_end(fds[i]);
	}
}
END_TEST

void
tcpechod_backlog(Suite *suite)
{
	const struct check checks[] = {
		OURS(backlog_of_five_takes_six, FORK | ITERATIVE),
		OURS(hold_then_one_by_one, FORK | ITERATIVE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
