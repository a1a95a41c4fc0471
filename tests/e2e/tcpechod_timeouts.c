/*
 * tcpechod: how long a client may stay: -t idle, -T in all.
 *
 * Guards against clients that hold a place for ever, and against a clock that
 * counts a slow client, who does speak, as idle.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	FLOOD = 16 * 1024 * 1024, /* more than the socket buffers of both sides hold */
	SOON_MS = 900,		  /* one second, less what two clocks may differ */
};

/* A client that sends and never reads: the session is stuck in its write. */
static int
open_deaf_client(const char *address)
{
	char *bytes = calloc(1, FLOOD);
	int fd = client_open(address);

	EXPECT(bytes != NULL, "no memory");
	while (await_events(fd, POLLOUT, now_ms() + QUIET_MS) != 0)
		if (write(fd, bytes, FLOOD) == -1)
			break;
	free(bytes);
	return fd;
}

static void
expect_idle_line(struct program *server, int fd)
{
	char name[ADDRESS_MAX], regex[ADDRESS_MAX * 2];

	client_local_address(fd, name);
	snprintf(regex, sizeof regex, "%s.* idle for 1(\\.0+)? s", name);
	program_await_line(server, &server->err, regex);
}

/* One says nothing and one reads nothing: both waits of a session have the limit. */
START_TEST(idle_clients_are_closed)
{
	struct program *server = server_start(_i, ARGS("-t", "1"));
	int64_t start = now_ms();
	int silent = client_open(server->address[0]);
	int deaf = -1;

	client_echo(silent, "last words\n");
	if (_i != MODEL_ITERATIVE)
		deaf = open_deaf_client(server->address[0]);
	client_hear_nothing(silent, SOON_MS - (int)(now_ms() - start));
	client_hear_end(silent);
	expect_idle_line(server, silent);
	if (_i == MODEL_ITERATIVE) /* one after the other, there */
		deaf = open_deaf_client(server->address[0]);
	expect_idle_line(server, deaf);
	client_await_gone(deaf);
	client_visit(server->address[0]);
}
END_TEST

START_TEST(idle_time_begins_with_the_last_byte)
{
	struct program *server = server_start(_i, ARGS("-t", "2"));
	int64_t start = now_ms();
	int fd = client_open(server->address[0]);

	while (now_ms() - start < 2300) {
		client_echo(fd, ".");
		client_hear_nothing(fd, 400);
	}
	client_finish(fd);
	client_hear_end(fd);
	EXPECT(!program_has_line(&server->err, "idle"), "a slow client was called idle");
}
END_TEST

START_TEST(no_idle_limit)
{
	struct program *server = server_start(_i, ARGS("-t", "0"));
	int fd = client_open(server->address[0]);

	client_hear_nothing(fd, QUIET_MS);
	client_echo(fd, "patience\n");
}
END_TEST

/* Talk without a pause until the server hangs up. */
static int64_t
talk_until_closed(int fd)
{
	int64_t start = now_ms();
	char byte = 'b';

	while (now_ms() - start < WAIT_MS) {
		if (write(fd, &byte, 1) != 1)
			break;
		if (await_events(fd, POLLIN, now_ms() + WAIT_MS) == 0 ||
		    read(fd, &byte, 1) != 1)
			break;
	}
	return now_ms() - start;
}

START_TEST(total_time_ends_a_busy_client)
{
	struct program *server = server_start(_i, ARGS("-T", "1"));
	int fd = client_open(server->address[0]);
	int64_t took = talk_until_closed(fd);

	EXPECT(took >= SOON_MS && took < WAIT_MS, "closed after %lld ms, wanted 1 s",
	    (long long)took);
	close(fd);
	client_visit(server->address[0]);
}
END_TEST

void
tcpechod_timeouts(Suite *suite)
{
	const struct check checks[] = {
		OURS(idle_clients_are_closed, ALL_MODELS),
		{ idle_time_begins_with_the_last_byte, CONCURRENT, NEEDS_OPTIONS, 1,
		    "-t: the limit is for each wait, not for the session. tcpechod(8)" },
		{ no_idle_limit, FORK, NEEDS_OPTIONS, 1, "-t 0: no limit. tcpechod(8)" },
		{ total_time_ends_a_busy_client, CONCURRENT, NEEDS_OPTIONS, 1,
		    "-T: the parent keeps the time and sends TERM. tcpechod(8)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
