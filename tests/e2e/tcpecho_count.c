/*
 * tcpecho -n: how many calls does a server take that does not answer?
 *
 * Guards against connections that are closed before the last is made (the backlog
 * would never fill), and against a wait without an end when it is full.
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

static struct program *
start_counting(const char *address, const char *count)
{
	return program_start(
	    ARGS("-n", count, "-t", "1", "-p", strchr(address, ':') + 1, "127.0.0.1"));
}

static void
expect_connection_lines(struct program *p, int count)
{
	for (int i = 1; i <= count; i++) {
		char regex[120];

		snprintf(regex, sizeof regex,
		    "^connection %d: 127\\.0\\.0\\.1:[0-9]+ connected after 0\\.[0-9]{3} s$",
		    i);
		program_await_line(p, &p->out, regex);
	}
}

START_TEST(five_connections)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(10, address);
	struct program *p = start_counting(address, "5");

	expect_connection_lines(p, 5);
	EXPECT(program_await_exit(p) == 0, "not exit status 0");
	EXPECT(stream_lines(&p->out) == 5, "%zu lines, wanted 5", stream_lines(&p->out));
	EXPECT(p->err.length == 0, "words on stderr");
	close(listener);
}
END_TEST

/* A backlog of 2 holds 3; the fourth call is not answered, and ends the counting. */
START_TEST(full_backlog)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(2, address);
	struct program *p = start_counting(address, "9");

	expect_connection_lines(p, 3);
	program_await_line(p, &p->out, "^connection 4: no answer for 1 s$");
	EXPECT(program_await_exit(p) == 1, "not exit status 1");
	EXPECT(stream_lines(&p->out) == 4, "%zu lines, wanted 4", stream_lines(&p->out));
	close(listener);
}
END_TEST

/* While the fourth waits, the three are still open; at the end all hang up. */
START_TEST(connections_are_held)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(2, address);
	struct program *p = start_counting(address, "9");
	int first;

	expect_connection_lines(p, 3);
	first = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	EXPECT(first != -1, "accept");
	client_hear_nothing(first, QUIET_MS);
	EXPECT(program_await_exit(p) == 1, "not exit status 1");
	client_hear_end(first);
	close(first);
	close(listener);
}
END_TEST

START_TEST(counting_where_nobody_listens)
{
	int port, holder = port_reserve(AF_INET, &port);
	char address[ADDRESS_MAX];
	struct program *p;

	snprintf(address, sizeof address, "127.0.0.1:%d", port);
	p = start_counting(address, "3");
	EXPECT(program_await_exit(p) == 1, "not exit status 1");
	EXPECT(program_has_line(&p->err, "^tcpecho: .*ECONNREFUSED \\("), "no cause");
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
	close(holder);
}
END_TEST

void
tcpecho_count(Suite *suite)
{
	const struct check checks[] = {
		{ five_connections, ONCE, NEEDS_OPTIONS, 1,
		    "-n: connect, print, and keep the descriptor. tcpecho(1)" },
		{ full_backlog, ONCE, NEEDS_OPTIONS, 1,
		    "-n, -t: a limit for connect: non-blocking, then poll. tcpecho(1)" },
		{ connections_are_held, ONCE, NEEDS_OPTIONS, 1,
		    "-n: keep all connections open until the end. tcpecho(1)" },
		OURS(counting_where_nobody_listens, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
