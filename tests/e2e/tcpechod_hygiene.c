/*
 * tcpechod: what is left of a client that was there: nothing.
 *
 * Guards against zombies, descriptors that pile up, the copy of the connection that
 * the parent forgot to close, the listener in the child, a session that reads 0 for
 * ever, and a server that still is root.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	CLIENTS = 200,
	WATCH_MS = 300,
	BUSY_MS = 200, /* of those; a loop without a rest takes them all */
};

START_TEST(no_zombies)
{
	struct program *server = server_start(_i, ARGS(NULL));

	for (int i = 0; i < CLIENTS; i++)
		client_visit(server->address[0]);
	process_await_no_zombies(server->pid);
	if (_i == MODEL_FORK)
		process_await_children(server->pid, 0, 0);
}
END_TEST

START_TEST(no_descriptors_left_open)
{
	struct program *server = server_start(_i, ARGS(NULL));
	size_t before, after;
	int fd;

	client_visit(server->address[0]);
	before = process_descriptors(server->pid);
	for (int i = 0; i < CLIENTS; i++)
		client_visit(server->address[0]);
	after = process_descriptors(server->pid);
	EXPECT(after <= before, "%zu descriptors were open, now %zu", before, after);

	fd = client_open(server->address[0]); /* one that stays is the child's alone */
	client_echo(fd, "hello\n");
	if (process_children(server->pid, NULL, 0) > 0)
		EXPECT(process_sockets(server->pid, TCP_STATE_ESTABLISHED) == 0,
		    "the parent keeps its copy of the connection");
}
END_TEST

/* The only child of a server that forks for each client. */
static pid_t
only_child(const struct program *server)
{
	pid_t child = 0;

	process_await_children(server->pid, 1, 1);
	process_children(server->pid, &child, 1);
	return child;
}

START_TEST(child_does_not_hold_the_listener)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);
	pid_t child;

	client_echo(fd, "hello\n");
	child = only_child(server);
	EXPECT(process_sockets(child, TCP_STATE_ESTABLISHED) == 1,
	    "the child has %zu connections", process_sockets(child, TCP_STATE_ESTABLISHED));
	EXPECT(process_sockets(child, TCP_STATE_LISTEN) == 0, "the child holds the listener");
}
END_TEST

/* The second child inherits the first client's connection from a careless parent. */
START_TEST(child_holds_no_other_client)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int first = client_open(server->address[0]);
	int second;
	pid_t children[64];
	size_t count;

	client_echo(first, "first\n");
	second = client_open(server->address[0]);
	client_echo(second, "second\n");
	count = process_children(server->pid, children, ARRAY_LENGTH(children));
	if (_i != MODEL_COUNT) /* a graded server may have threads, or one process */
		EXPECT(count >= 2, "%zu children for two clients", count);
	for (size_t i = 0; i < count; i++)
		EXPECT(process_sockets(children[i], TCP_STATE_ESTABLISHED) <= 1,
		    "a child holds two connections");
	close(first);
	close(second);
}
END_TEST

START_TEST(client_sees_its_child_killed)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	kill(only_child(server), SIGKILL);
	client_await_gone(fd);
	process_await_no_zombies(server->pid);
	client_visit(server->address[0]);
}
END_TEST

START_TEST(killed_child_is_logged)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);
	pid_t children[64];
	size_t count;

	client_echo(fd, "hello\n");
	count = process_children(server->pid, children, ARRAY_LENGTH(children));
	for (size_t i = 0; i < count; i++)
		if (process_sockets(children[i], TCP_STATE_ESTABLISHED) == 1)
			kill(children[i], SIGKILL);
	client_await_gone(fd);
	program_await_line(server, &server->err,
	    "^tcpechod: child [0-9]+ \\(127\\.0\\.0\\.1:[0-9]+\\) .*signal 9");
	client_visit(server->address[0]);
}
END_TEST

/* A reset is the client's business: the peer and a status are logged, no more. */
START_TEST(reset_is_logged_with_the_peer)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	client_reset(fd);
	program_await_line(server, &server->err, "127\\.0\\.0\\.1:[0-9]+: ECONNRESET \\(");
	if (_i == MODEL_FORK || _i == MODEL_PREFORK)
		program_await_line(server, &server->err,
		    "^tcpechod.*: child [0-9]+ \\(127\\.0\\.0\\.1:[0-9]+\\) .*status 1");
	client_visit(server->address[0]);
}
END_TEST

static int64_t
busy_ms_of_all(const struct program *server)
{
	pid_t children[64];
	size_t count = process_children(server->pid, children, ARRAY_LENGTH(children));
	int64_t sum = process_busy_ms(server->pid);

	for (size_t i = 0; i < count && i < ARRAY_LENGTH(children); i++)
		sum += process_busy_ms(children[i]);
	return sum;
}

/* A loop that does not leave when read returns 0 burns a processor. */
START_TEST(no_work_when_idle)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int talker = client_open(server->address[0]);
	int64_t before;

	client_echo(talker, "I leave without a word\n");
	close(talker);
	talker = client_open(server->address[0]);
	client_echo(talker, "and I stay, silent\n");
	if (_i == MODEL_FORK)
		process_await_children(server->pid, 1, 1);
	before = busy_ms_of_all(server);
	client_hear_nothing(talker, WATCH_MS);
	EXPECT(busy_ms_of_all(server) - before < BUSY_MS, "busy while nobody speaks");
}
END_TEST

START_TEST(root_is_left_behind)
{
	struct program *server = server_start(_i, ARGS(NULL));
	pid_t children[64];
	size_t count;
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	count = process_children(server->pid, children, ARRAY_LENGTH(children));
	EXPECT(process_user(server->pid) != 0, "the server is root");
	for (size_t i = 0; i < count; i++)
		EXPECT(process_user(children[i]) != 0, "a child is root");
	if (geteuid() == 0)
		program_await_line(server, &server->err, "^tcpechod: .*nobody");
}
END_TEST

void
tcpechod_hygiene(Suite *suite)
{
	const struct check checks[] = {
		{ no_zombies, ALL_MODELS, NEEDS_START, 2,
		    "wait for children that have exited, all of them. tcpechod(8)" },
		{ no_descriptors_left_open, ALL_MODELS, NEEDS_START, 2,
		    "the parent must close its copy of the connection. tcpechod(8)" },
		{ child_holds_no_other_client, FORKING, NEEDS_START, 1,
		    "the parent must close its copy of the connection. tcpechod(8)" },
		{ no_work_when_idle, ALL_MODELS, NEEDS_START, 1,
		    "read returns 0 for ever: leave the loop; wait, do not poll. sockets(7)" },
		OURS(child_does_not_hold_the_listener, FORK),
		OURS(client_sees_its_child_killed, FORK),
		OURS(killed_child_is_logged, FORKING),
		OURS(reset_is_logged_with_the_peer, ALL_MODELS),
		OURS(root_is_left_behind, ALL_MODELS),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
