/*
 * tcpechod: how many clients at once: -c for all, -C for each address.
 *
 * Guards against a limit that is off by one, that turns callers away who may wait,
 * that is never given back when a client leaves, or that counts everybody's
 * clients as one address's.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

static const char refusal[] = "tcpechod: refused: too many connections from your address\n";

static void
leave(int fd)
{
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
}

START_TEST(full_house_keeps_callers_waiting)
{
	struct program *server = server_start(_i, ARGS("-c", "2"));
	int first = client_open(server->address[0]);
	int second = client_open(server->address[0]);
	int third, fourth;

	client_echo(first, "first\n");
	client_echo(second, "second\n");
	third = client_open(server->address[0]);
	client_say(third, "third\n");
	fourth = client_open(server->address[0]);
	client_say(fourth, "fourth\n");
	client_hear_nothing(third, QUIET_MS);
	client_hear_nothing(fourth, QUIET_MS);
	client_echo(first, "not disturbed\n");
	leave(first);
	client_hear(third, "third\n");
	client_hear_nothing(fourth, QUIET_MS);
	leave(second);
	client_hear(fourth, "fourth\n");
	leave(third);
	leave(fourth);
	client_visit(server->address[0]);
}
END_TEST

/* A place is free again also when its client was reset or its child killed. */
START_TEST(full_house_of_one)
{
	struct program *server = server_start(_i, ARGS("-c", "1"));

	for (int i = 0; i < 10; i++) {
		int fd = client_open(server->address[0]);

		client_echo(fd, "mine\n");
		client_reset(fd);
	}
	client_visit(server->address[0]);
}
END_TEST

struct retry {
	const char *address;
	int fd;
};

/* Whether a client from this address is served now; the place is freed by a reaped child. */
static bool
is_served(void *arg)
{
	struct retry *retry = arg;
	char got[sizeof refusal] = "";

	retry->fd = client_open(retry->address);
	(void)!write(retry->fd, "again\n", 6);
	client_receive(retry->fd, got, 6);
	if (strcmp(got, "again\n") == 0)
		return true;
	EXPECT(strncmp(got, refusal, 6) == 0, "neither echo nor refusal: %s", got);
	close(retry->fd);
	return false;
}

START_TEST(too_many_from_one_address)
{
	struct program *server = server_start(_i, ARGS("-C", "2"));
	const char *address = server->address[0];
	int first = client_open(address);
	int second = client_open(address);
	int third, other;
	struct retry retry = { .address = address };

	client_echo(first, "first\n");
	client_echo(second, "second\n");
	third = client_open(address);
	client_hear(third, refusal);
	client_hear_end(third);
	close(third);
	other = client_open_from(address, "127.0.0.2");
	client_echo(other, "I live elsewhere\n");
	client_echo(first, "still served\n");
	leave(second);
	EXPECT(await_condition(is_served, &retry), "the place is not given back");
	client_echo(first, "always served\n");
}
END_TEST

/* The refused are told without waiting for what they have to say, one and all. */
START_TEST(refusal_keeps_nobody_waiting)
{
	struct program *server = server_start(_i, ARGS("-C", "1"));
	int first = client_open(server->address[0]);

	client_echo(first, "first\n");
	for (int i = 0; i < 100; i++) {
		int fd = client_open(server->address[0]);

		client_hear(fd, refusal);
		client_hear_end(fd);
		close(fd);
	}
	client_echo(first, "unimpressed\n");
	program_signal(server, SIGUSR1);
	program_await_line(server, &server->err, "clients of at most .*, 100 refused");
}
END_TEST

START_TEST(no_limit_for_an_address)
{
	struct program *server = server_start(_i, ARGS("-C", "0"));
	int fds[50];

	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++)
		fds[i] = client_open(server->address[0]);
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++)
		client_echo(fds[i], "one of fifty\n");
}
END_TEST

void
tcpechod_limits(Suite *suite)
{
	const struct check checks[] = {
		{ full_house_keeps_callers_waiting, CONCURRENT, NEEDS_OPTIONS, 1,
		    "-c: when full, accept nobody; the backlog keeps them. tcpechod(8)" },
		{ full_house_of_one, CONCURRENT, NEEDS_OPTIONS, 1,
		    "-c: reap children, and count them down. tcpechod(8)" },
		{ too_many_from_one_address, CONCURRENT, NEEDS_OPTIONS, 1,
		    "-C: accept, say why not, close; count each address alone. tcpechod(8)" },
		OURS(refusal_keeps_nobody_waiting, CONCURRENT),
		OURS(no_limit_for_an_address, CONCURRENT),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
