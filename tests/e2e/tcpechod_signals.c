/*
 * tcpechod: how it ends: TERM, INT, HUP, and KILL, which nobody can handle.
 *
 * Guards against an end that cuts off clients who may finish, that hangs because of
 * one client, that leaves children or the port behind, or that looks like a failure.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	CLIENTS = 5,
	GRACE_MS = 5000,
};

/* What must be true when it has ended: status 0, no process, no listener. */
static void
expect_ended(struct program *server, const pid_t *children, size_t count)
{
	int status = program_await_exit(server);

	EXPECT(status == 0, "exit status %d, wanted 0", status);
	EXPECT(client_is_refused(server->address[0]), "the port is still open");
	for (size_t i = 0; i < count; i++)
		process_await_end(children[i]);
}

static void
end_with_clients(struct program *server, int signal)
{
	pid_t children[64];
	int fds[CLIENTS];
	size_t count;

	for (int i = 0; i < CLIENTS; i++) {
		fds[i] = client_open(server->address[0]);
		client_echo(fds[i], "hello\n");
	}
	count = process_children(server->pid, children, ARRAY_LENGTH(children));
	program_signal(server, signal);
	for (int i = 0; i < CLIENTS; i++)
		client_await_gone(fds[i]);
	expect_ended(server, children, count);
}

START_TEST(term_with_clients)
{
	end_with_clients(server_start(_i, ARGS(NULL)), SIGTERM);
}
END_TEST

START_TEST(int_with_clients)
{
	end_with_clients(server_start(_i, ARGS(NULL)), SIGINT);
}
END_TEST

START_TEST(term_without_clients)
{
	struct program *server = server_start(_i, ARGS(NULL));
	pid_t children[64];
	size_t count = process_children(server->pid, children, ARRAY_LENGTH(children));

	program_signal(server, SIGTERM);
	expect_ended(server, children, count);
}
END_TEST

START_TEST(term_in_a_session_without_fork)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	program_signal(server, SIGTERM);
	client_await_gone(fd);
	expect_ended(server, NULL, 0);
}
END_TEST

/* A stopped process takes no notice of TERM: after the grace, KILL does it. */
START_TEST(term_and_a_child_that_does_not_go)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int64_t start, took;
	int fd = client_open(server->address[0]);
	pid_t child;

	client_echo(fd, "hello\n");
	process_children(server->pid, &child, 1);
	process_stop(child);
	start = now_ms();
	program_signal(server, SIGTERM);
	expect_ended(server, &child, 1);
	took = now_ms() - start;
	EXPECT(
	    took >= GRACE_MS - 100, "killed after %lld ms, without a grace", (long long)took);
	client_await_gone(fd);
}
END_TEST

static bool
is_refused(void *arg)
{
	return client_is_refused(arg);
}

START_TEST(hangup_lets_clients_finish)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int first = client_open(server->address[0]);
	int second = client_open(server->address[0]);

	client_echo(first, "first\n");
	client_echo(second, "second\n");
	program_signal(server, SIGHUP);
	EXPECT(await_condition(is_refused, server->address[0]), "new clients are accepted");
	client_echo(first, "still served\n");
	client_finish(first);
	client_hear_end(first);
	client_echo(second, "I take my time\n");
	EXPECT(process_alive(server->pid), "the server left before its last client");
	client_finish(second);
	client_hear_end(second);
	expect_ended(server, NULL, 0);
}
END_TEST

START_TEST(hangup_without_clients)
{
	struct program *server = server_start(_i, ARGS(NULL));

	client_visit(server->address[0]);
	program_signal(server, SIGHUP);
	expect_ended(server, NULL, 0);
}
END_TEST

START_TEST(hangup_in_a_session_without_fork)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	program_signal(server, SIGHUP);
	client_echo(fd, "still served\n");
	client_finish(fd);
	client_hear_end(fd);
	expect_ended(server, NULL, 0);
}
END_TEST

/* TERM may come while HUP's last clients are still there. */
START_TEST(term_after_hangup)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	program_signal(server, SIGHUP);
	EXPECT(await_condition(is_refused, server->address[0]), "new clients are accepted");
	program_signal(server, SIGTERM);
	client_await_gone(fd);
	expect_ended(server, NULL, 0);
}
END_TEST

START_TEST(killed_server_takes_its_children_along)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int first = client_open(server->address[0]);
	int second = client_open(server->address[0]);
	pid_t children[64];
	size_t count;

	client_echo(first, "first\n");
	client_echo(second, "second\n");
	count = process_children(server->pid, children, ARRAY_LENGTH(children));
	EXPECT(count >= 2, "%zu children for two clients", count);
	program_signal(server, SIGKILL);
	client_await_gone(first);
	client_await_gone(second);
	EXPECT(program_await_exit(server) == 128 + SIGKILL, "not killed");
	for (size_t i = 0; i < count; i++)
		process_await_end(children[i]);
	EXPECT(client_is_refused(server->address[0]), "somebody still listens");
}
END_TEST

void
tcpechod_signals(Suite *suite)
{
	const struct check checks[] = {
		{ term_with_clients, CONCURRENT, NEEDS_OPTIONS, 1,
		    "TERM: close the listener, send TERM to the children, exit 0. "
		    "tcpechod(8)" },
		OURS(int_with_clients, CONCURRENT),
		OURS(term_without_clients, ALL_MODELS),
		OURS(term_in_a_session_without_fork, ITERATIVE),
		OURS(term_and_a_child_that_does_not_go, FORK),
		{ hangup_lets_clients_finish, CONCURRENT, NEEDS_OPTIONS, 1,
		    "HUP: close the listener, exit 0 after the last client. tcpechod(8)" },
		OURS(hangup_without_clients, ALL_MODELS),
		OURS(hangup_in_a_session_without_fork, ITERATIVE),
		OURS(term_after_hangup, CONCURRENT),
		OURS(killed_server_takes_its_children_along, FORKING),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
