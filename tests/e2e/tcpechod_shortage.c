/*
 * tcpechod: no process for a client, or no descriptor.
 *
 * Guards against a server that exits, spins or never recovers when fork(2) or
 * accept(2) fails. The limits are set on the running server, and lifted again.
 */
#include <sys/resource.h>

#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	POOL = 4, /* prefork's children at start */
};

/* A limit of one process for the user: the server itself is that one. */
START_TEST(fork_fails)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd;

	client_visit(server->address[0]);
	process_limit(server->pid, RLIMIT_NPROC, 1);
	for (int i = 0; i < 3; i++) {
		fd = client_open(server->address[0]);
		client_await_gone(fd);
		close(fd);
	}
	program_await_line(server, &server->err, "fork: .*EAGAIN \\(");
	process_limit(server->pid, RLIMIT_NPROC, RLIM_INFINITY);
	client_visit(server->address[0]);
}
END_TEST

/* prefork: those who are there serve; more come when they may. */
START_TEST(fork_fails_while_growing)
{
	struct program *server = server_start(_i, ARGS(NULL));
	size_t before = process_children(server->pid, NULL, 0);
	int fds[12];

	process_limit(server->pid, RLIMIT_NPROC, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		fds[i] = client_open(server->address[0]);
		client_say(fds[i], "hello\n");
		if (i < before)
			client_hear(fds[i], "hello\n");
	}
	program_await_line(server, &server->err, "fork: .*EAGAIN \\(");
	process_limit(server->pid, RLIMIT_NPROC, RLIM_INFINITY);
	for (size_t i = before; i < ARRAY_LENGTH(fds); i++)
		client_hear(fds[i], "hello\n");
	client_visit(server->address[0]);
}
END_TEST

START_TEST(no_descriptor_left)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int64_t before;
	int fd;

	client_visit(server->address[0]);
	process_await_children(server->pid, 0, 0);
	process_limit(server->pid, RLIMIT_NOFILE, (rlim_t)process_free_descriptor(server->pid));
	fd = client_open(server->address[0]);
	client_say(fd, "I can wait\n");
	program_await_line(server, &server->err, "accept: .*EMFILE \\(");
	before = process_busy_ms(server->pid);
	client_hear_nothing(fd, 2 * QUIET_MS);
	EXPECT(process_busy_ms(server->pid) - before < QUIET_MS, "the server spins");
	process_limit(server->pid, RLIMIT_NOFILE, RLIM_INFINITY);
	client_hear(fd, "I can wait\n");
	client_finish(fd);
	client_hear_end(fd);
	client_visit(server->address[0]);
}
END_TEST

/* Whether a process has no connection, any more or again. */
static bool
has_no_connection(void *arg)
{
	return process_sockets(*(const pid_t *)arg, TCP_STATE_ESTABLISHED) == 0;
}

/* The listener rests until a child is reaped: what it gives back is used at once. */
START_TEST(descriptor_comes_back)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int first = client_open(server->address[0]);
	int second;

	client_echo(first, "hello\n");
	if (_i == MODEL_FORK) /* the parent has a copy for a moment */
		EXPECT(await_condition(has_no_connection, &server->pid),
		    "the parent keeps its copy");
	process_limit(server->pid, RLIMIT_NOFILE, (rlim_t)process_free_descriptor(server->pid));
	second = client_open(server->address[0]);
	client_say(second, "me too\n");
	program_await_line(server, &server->err, "accept: .*EMFILE \\(");
	process_limit(server->pid, RLIMIT_NOFILE, RLIM_INFINITY);
	client_reset(first);
	client_hear(second, "me too\n");
	for (int i = 0; i < 20; i++)
		client_visit(server->address[0]);
}
END_TEST

/* prefork: four children, all busy; none can accept when its client has left. */
START_TEST(no_descriptor_for_idle_children)
{
	struct program *server = server_start(_i, ARGS("-c", "4"));
	pid_t children[POOL];
	int fds[POOL], waiting;

	process_await_children(server->pid, POOL, POOL);
	process_children(server->pid, children, POOL);
	for (int i = 0; i < POOL; i++) { /* so that each has begun */
		fds[i] = client_open(server->address[0]);
		client_echo(fds[i], "hello\n");
	}
	for (int i = 0; i < POOL; i++)
		close(fds[i]);
	for (int i = 0; i < POOL; i++)
		EXPECT(await_condition(has_no_connection, &children[i]),
		    "a child keeps its client");
	for (int i = 0; i < POOL; i++) {
		fds[i] = client_open(server->address[0]);
		client_echo(fds[i], "hello\n");
	}
	for (int i = 0; i < POOL; i++)
		process_limit(children[i], RLIMIT_NOFILE, STDERR_FILENO + 1);
	waiting = client_open(server->address[0]);
	client_say(waiting, "I can wait\n");
	for (int i = 0; i < POOL; i++)
		close(fds[i]);
	program_await_line(server, &server->err, "accept: .*EMFILE \\(");
	client_hear_nothing(waiting, 2 * QUIET_MS);
	for (int i = 0; i < POOL; i++)
		process_limit(children[i], RLIMIT_NOFILE, RLIM_INFINITY);
	client_hear(waiting, "I can wait\n");
	client_visit(server->address[0]);
}
END_TEST

void
tcpechod_shortage(Suite *suite)
{
	const struct check checks[] = {
		OURS(fork_fails, FORK),
		OURS(fork_fails_while_growing, PREFORK),
		OURS(no_descriptor_left, FORK | ITERATIVE | IN_ONE_PROCESS),
		OURS(descriptor_comes_back, FORK | IN_ONE_PROCESS),
		OURS(no_descriptor_for_idle_children, PREFORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
