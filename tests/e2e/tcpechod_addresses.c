/*
 * tcpechod: where it listens: -l, -p, -4, -6, unix sockets.
 *
 * Guards against a server that knows IPv4 only, that listens on all interfaces
 * unasked, or whose ready line names a port nobody can call.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

static void
expect_address(const struct program *server, size_t i, const char *start)
{
	EXPECT(strncmp(server->address[i], start, strlen(start)) == 0,
	    "address %zu is %s, wanted %s...", i, server->address[i], start);
}

/* The port behind the last colon. */
static const char *
port_of(const char *address)
{
	return strrchr(address, ':') + 1;
}

START_TEST(loopback_by_default)
{
	struct program *server = server_start(_i, ARGS(NULL));
	char line[ADDRESS_MAX * 2];

	EXPECT(server->address_count == 1, "%zu addresses, wanted 1", server->address_count);
	expect_address(server, 0, "127.0.0.1:");
	snprintf(line, sizeof line, "tcpechod: listening on tcp %s\n", server->address[0]);
	EXPECT(strcmp(server->out.text, line) == 0, "the ready line is: %s", server->out.text);
	client_visit(server->address[0]);
	program_signal(server, SIGTERM);
	program_await_exit(server);
	EXPECT(strcmp(server->out.text, line) == 0, "more on stdout: %s", server->out.text);
}
END_TEST

START_TEST(port_is_chosen_by_the_kernel)
{
	struct program *first = server_start(_i, ARGS(NULL));
	struct program *second = server_start(_i, ARGS(NULL));

	EXPECT(strcmp(first->address[0], second->address[0]) != 0, "twice the same port");
	client_visit(first->address[0]);
	client_visit(second->address[0]);
}
END_TEST

START_TEST(ipv6_loopback)
{
	struct program *server = server_start(_i, ARGS("-l", "::1"));

	expect_address(server, 0, "[::1]:");
	client_visit(server->address[0]);
}
END_TEST

/* 0.0.0.0 and :: on the same port; an IPv6 listener must not take IPv4 away. */
START_TEST(any_address)
{
	struct program *server = server_start(_i, ARGS("-l", _i == MODEL_PREFORK ? "*" : ""));
	char address[ADDRESS_MAX * 2];

	EXPECT(server->address_count == 2, "%zu addresses, wanted 2", server->address_count);
	EXPECT(strcmp(port_of(server->address[0]), port_of(server->address[1])) == 0,
	    "two ports: %s", server->out.text);
	snprintf(address, sizeof address, "127.0.0.1:%s", port_of(server->address[0]));
	client_visit(address);
	snprintf(address, sizeof address, "127.25.0.1:%s", port_of(server->address[0]));
	client_visit(address);
	snprintf(address, sizeof address, "[::1]:%s", port_of(server->address[0]));
	client_visit(address);
}
END_TEST

START_TEST(any_address_of_one_family)
{
	struct program *four = server_start(_i, ARGS("-4", "-l", ""));
	struct program *six = server_start(_i, ARGS("-6", "-l", ""));
	char address[ADDRESS_MAX * 2];

	EXPECT(four->address_count == 1, "-4: %zu addresses", four->address_count);
	EXPECT(six->address_count == 1, "-6: %zu addresses", six->address_count);
	expect_address(four, 0, "0.0.0.0:");
	expect_address(six, 0, "[::]:");
	snprintf(address, sizeof address, "[::1]:%s", port_of(six->address[0]));
	client_visit(address);
	snprintf(address, sizeof address, "127.0.0.1:%s", port_of(six->address[0]));
	EXPECT(client_is_refused(address), "-6 answers IPv4");
}
END_TEST

START_TEST(one_other_address)
{
	struct program *server = server_start(_i, ARGS("-l", "127.25.0.0"));
	char address[ADDRESS_MAX * 2];

	expect_address(server, 0, "127.25.0.0:");
	client_visit(server->address[0]);
	snprintf(address, sizeof address, "127.0.0.1:%s", port_of(server->address[0]));
	EXPECT(client_is_refused(address), "listens elsewhere, too");
}
END_TEST

START_TEST(name_with_one_address_or_more)
{
	struct program *server = server_start(_i, ARGS("-l", "localhost"));

	for (size_t i = 0; i < server->address_count; i++)
		client_visit(server->address[i]);
}
END_TEST

START_TEST(name_with_two_addresses)
{
	const char *const args[] = { "-p", "0", "-m", harness_model(_i), "-l", "two.test",
		NULL };
	struct program *server = program_launch(
	    &(struct launch){ .args = args, .hosts = "127.0.0.1 two.test\n::1 two.test\n" });

	program_await_ready(server);
	EXPECT(server->address_count == 2, "%zu addresses, wanted 2", server->address_count);
	EXPECT(strcmp(port_of(server->address[0]), port_of(server->address[1])) == 0,
	    "two ports: %s", server->out.text);
	client_visit(server->address[0]);
	client_visit(server->address[1]);
}
END_TEST

START_TEST(unix_socket)
{
	char where[ADDRESS_MAX];
	struct program *server;
	struct stat st;

	snprintf(where, sizeof where, "unix:%s/echo", temporary_directory());
	server = server_start(_i, ARGS("-l", where));
	EXPECT(strcmp(server->address[0], where) == 0, "listens on %s", server->address[0]);
	EXPECT(stat(where + 5, &st) == 0 && S_ISSOCK(st.st_mode), "no socket at %s", where + 5);
	client_visit(where);
	client_visit(where);
}
END_TEST

START_TEST(port_by_number)
{
	int port, fd = port_reserve(AF_INET, &port);
	char number[16], address[ADDRESS_MAX];
	struct program *server;

	close(fd); /* nobody gets it now but by asking for it */
	snprintf(number, sizeof number, "%d", port);
	snprintf(address, sizeof address, "127.0.0.1:%d", port);
	server = program_start(ARGS("-p", number));
	program_await_ready(server);
	EXPECT(strcmp(server->address[0], address) == 0, "listens on %s", server->address[0]);
	client_visit(address);
}
END_TEST

void
tcpechod_addresses(Suite *suite)
{
	const struct check plain[] = {
		OURS(loopback_by_default, ALL_MODELS),
		{ port_is_chosen_by_the_kernel, FORK, NEEDS_START, 1,
		    "-p 0: bind port 0, then ask getsockname and print that. sockets(7)" },
		{ port_by_number, FORK, NEEDS_START, 1, "-p PORT: listen there. tcpechod(8)" },
		{ one_other_address, FORK, NEEDS_OPTIONS, 1,
		    "-l ADDRESS: bind that one only. tcpechod(8)" },
		{ name_with_one_address_or_more, FORK, NEEDS_OPTIONS, 1,
		    "-l NAME: getaddrinfo knows it. sockets(7)" },
		{ unix_socket, ALL_MODELS, NEEDS_OPTIONS, 1,
		    "unix:PATH: AF_UNIX and sockaddr_un. sockets(7)" },
	};
	const struct check ipv6[] = {
		{ ipv6_loopback, ALL_MODELS, NEEDS_OPTIONS, 1,
		    "take the family from getaddrinfo. sockets(7)" },
		{ any_address, ALL_MODELS, NEEDS_OPTIONS, 1,
		    "a socket for each family, with IPV6_V6ONLY. sockets(7)" },
		{ any_address_of_one_family, FORK, NEEDS_OPTIONS, 1,
		    "-4 and -6: the family in getaddrinfo's hints. sockets(7)" },
	};
	const struct check hosts[] = {
		OURS(name_with_two_addresses, CONCURRENT),
	};

	harness_add(suite, plain, ARRAY_LENGTH(plain));
	harness_add_unless(missing_ipv6(), suite, ipv6, ARRAY_LENGTH(ipv6));
	harness_add_unless(missing_hosts(), suite, hosts, ARRAY_LENGTH(hosts));
}
