/*
 * udpechod: how it starts, what it holds, and how it ends.
 *
 * Guards against a ready line that comes too early, a port that is shared with another
 * server without a word, descriptors that pile up, and an end that looks like a failure.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

static void
expect_echo(const char *address)
{
	int fd = udp_client_open(address);

	udp_client_send(fd, "hello", 5);
	udp_client_hear(fd, "hello", 5);
	close(fd);
}

START_TEST(signals_end_it)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct program *server = udp_server_start(ARGS(NULL));

		expect_echo(server->address[0]);
		program_signal(server, signals[i]);
		program_expect_status(server, 0);
	}
}
END_TEST

START_TEST(counters)
{
	struct program *server = udp_server_start(ARGS("-q"));

	for (int i = 0; i < 3; i++)
		expect_echo(server->address[0]);
	await_counters(
	    server, "^udpechod: 3 datagrams received, 0 ignored, 0 answers not sent$");
	expect_echo(server->address[0]);
}
END_TEST

/* Nothing is kept of a client: no descriptor, no process. */
START_TEST(nothing_is_left_of_clients)
{
	struct program *server = udp_server_start(ARGS(NULL));
	size_t before;

	expect_echo(server->address[0]);
	before = process_descriptors(server->pid);
	for (int i = 0; i < 50; i++)
		expect_echo(server->address[0]);
	EXPECT(process_descriptors(server->pid) == before, "%zu descriptors, wanted %zu",
	    process_descriptors(server->pid), before);
	EXPECT(process_zombies(server->pid) == 0, "zombies");
	process_await_children(server->pid, 0, 0);
}
END_TEST

START_TEST(busy_port)
{
	struct program *server = udp_server_start(ARGS(NULL));
	struct program *second = program_start(ARGS("-p", port_of(server->address[0])));

	program_expect_status(second, 1);
	EXPECT(second->out.length == 0, "it says that it is ready");
	EXPECT(program_has_line(&second->err,
		   "^udpechod: bind 127\\.0\\.0\\.1:[0-9]+: EADDRINUSE .*held by pid"),
	    "no word of who holds it");
	expect_echo(server->address[0]);
}
END_TEST

/* Its port is free again at once: there is no TIME_WAIT. */
START_TEST(restart_at_once)
{
	struct program *server = udp_server_start(ARGS(NULL));
	char port[16];

	snprintf(port, sizeof port, "%s", port_of(server->address[0]));
	expect_echo(server->address[0]);
	program_signal(server, SIGKILL);
	program_await_exit(server);
	server = program_start(ARGS("-p", port));
	program_await_ready(server);
	expect_echo(server->address[0]);
}
END_TEST

START_TEST(daemon_returns_when_ready)
{
	struct program *p = program_start(ARGS("-D", "-p", "0"));
	pid_t daemon = 0;

	program_expect_status(p, 0);
	program_await_ready(p);
	process_await_children(getpid(), 1, 1);
	process_children(getpid(), &daemon, 1);
	expect_echo(p->address[0]);
	EXPECT(getsid(daemon) != getsid(0), "the daemon is in its caller's session");
	EXPECT(kill(daemon, SIGTERM) == 0, "kill");
	process_await_end(daemon);
}
END_TEST

START_TEST(daemon_that_cannot_start)
{
	struct program *server = udp_server_start(ARGS(NULL));
	struct program *p = program_start(ARGS("-D", "-p", port_of(server->address[0])));

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpechod: bind .*EADDRINUSE"), "no word on stderr");
}
END_TEST

/* No datagram is answered as the superuser. */
START_TEST(root_is_given_up)
{
	struct program *server = udp_server_start(ARGS(NULL));

	EXPECT(process_user(server->pid) != 0, "it serves as root");
	expect_echo(server->address[0]);
}
END_TEST

void
udpechod_life(Suite *suite)
{
	const struct check checks[] = {
		{ signals_end_it, ONCE, NEEDS_OPTIONS, 1,
		    "TERM, INT and HUP: exit status 0. udpechod(8)" },
		{ nothing_is_left_of_clients, ONCE, NEEDS_START, 1,
		    "one socket serves all: there is nothing to open for a client. udp(7)" },
		OURS(counters, ONCE),
		OURS(busy_port, ONCE),
		OURS(restart_at_once, ONCE),
		OURS(daemon_returns_when_ready, ONCE),
		OURS(daemon_that_cannot_start, ONCE),
		OURS(root_is_given_up, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
