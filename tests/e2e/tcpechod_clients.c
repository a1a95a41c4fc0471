/*
 * tcpechod: several clients, and clients that misbehave.
 *
 * Guards against one client that is slow, silent or gone and takes the server, or
 * the other clients, with it. A server on any address can be graded.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	CROWD = 20,
	VISITS = 50,
	SLOW_BYTES = 6,
	FLOOD = 16 * 1024 * 1024, /* more than the socket buffers of both sides hold */
};

START_TEST(two_clients_at_once)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int first = client_open(server->address[0]);
	int second = client_open(server->address[0]);

	client_echo(second, "second\n");
	client_echo(first, "first\n");
	client_say(first, "a");
	client_say(second, "b");
	client_hear(second, "b");
	client_hear(first, "a");
	client_finish(first);
	client_hear_end(first);
	client_echo(second, "still here\n");
	close(first);
	close(second);
}
END_TEST

START_TEST(twenty_clients_at_once)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fds[CROWD];

	for (int i = 0; i < CROWD; i++)
		fds[i] = client_open(server->address[0]);
	for (int i = CROWD - 1; i >= 0; i--)
		client_say(fds[i], "all together\n");
	for (int i = 0; i < CROWD; i++)
		client_hear(fds[i], "all together\n");
	for (int i = 0; i < CROWD; i++) {
		client_finish(fds[i]);
		client_hear_end(fds[i]);
		close(fds[i]);
	}
}
END_TEST

START_TEST(one_client_after_another)
{
	struct program *server = server_start(_i, ARGS(NULL));

	for (int i = 0; i < VISITS; i++)
		client_visit(server->address[0]);
}
END_TEST

/* A server that serves one at a time keeps the others waiting, not away. */
START_TEST(next_client_after_the_first)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int first = client_open(server->address[0]);
	int second;

	client_echo(first, "first\n");
	second = client_open(server->address[0]);
	client_say(second, "second\n");
	if (_i == MODEL_ITERATIVE)
		client_hear_nothing(second, QUIET_MS);
	client_finish(first);
	client_hear_end(first);
	client_hear(second, "second\n");
	close(first);
	close(second);
}
END_TEST

START_TEST(client_resets)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "now you hear me\n");
	client_reset(fd);
	client_visit(server->address[0]);
	client_reset(client_open(server->address[0]));
	client_visit(server->address[0]);
}
END_TEST

/* Closing with unread bytes makes our side send a reset; writing meets EPIPE. */
START_TEST(client_leaves_without_reading)
{
	struct program *server = server_start(_i, ARGS(NULL));
	char *bytes = calloc(1, 100000);

	EXPECT(bytes != NULL, "no memory");
	for (int i = 0; i < 5; i++) {
		int fd = client_open(server->address[0]);

		client_send(fd, bytes, 100000);
		close(fd);
	}
	client_visit(server->address[0]);
	free(bytes);
}
END_TEST

START_TEST(slow_client_among_others)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int slow = client_open(server->address[0]);

	for (int i = 0; i < SLOW_BYTES; i++) {
		client_echo(slow, ".");
		client_visit(server->address[0]);
		client_hear_nothing(slow, QUIET_MS / 3);
	}
	client_finish(slow);
	client_hear_end(slow);
	close(slow);
}
END_TEST

/* One that sends and never reads fills all buffers: its server process is stuck. */
START_TEST(deaf_client_among_others)
{
	struct program *server = server_start(_i, ARGS(NULL));
	char *bytes = calloc(1, FLOOD);
	int deaf = client_open(server->address[0]);

	EXPECT(bytes != NULL, "no memory");
	while (write(deaf, bytes, FLOOD) > 0)
		client_visit(server->address[0]);
	client_visit(server->address[0]);
	close(deaf);
	client_visit(server->address[0]);
	free(bytes);
}
END_TEST

void
tcpechod_clients(Suite *suite)
{
	const struct check checks[] = {
		{ one_client_after_another, ALL_MODELS, NEEDS_PORT, 1,
		    "go back to accept when a client has left. sockets(7)" },
		{ next_client_after_the_first, ALL_MODELS, NEEDS_PORT, 1,
		    "the kernel keeps callers waiting in the backlog. sockets(7)" },
		{ two_clients_at_once, CONCURRENT, NEEDS_PORT, 2,
		    "one process a client: the parent goes on accepting. tcpechod(8)" },
		{ twenty_clients_at_once, CONCURRENT, NEEDS_PORT, 1,
		    "one process a client: the parent goes on accepting. tcpechod(8)" },
		{ client_resets, ALL_MODELS, NEEDS_PORT, 1,
		    "read may fail with ECONNRESET: that ends one session only. sockets(7)" },
		{ client_leaves_without_reading, ALL_MODELS, NEEDS_PORT, 1,
		    "write may fail with EPIPE, and raises SIGPIPE unless ignored. "
		    "sockets(7)" },
		{ slow_client_among_others, CONCURRENT, NEEDS_PORT, 1,
		    "a slow client must keep nobody waiting. tcpechod(8)" },
		{ deaf_client_among_others, CONCURRENT, NEEDS_PORT, 1,
		    "a client that does not read must keep nobody waiting. tcpechod(8)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
