/*
 * tcpecho: where to call: names with several addresses, IPv6, unix sockets.
 *
 * Guards against a client that gives up when the first address of a name refuses,
 * as `localhost` does to many when only one family listens.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

static const char both_ways[] = "127.0.0.1 two.test\n::1 two.test\n";

static void
expect_echo(struct program *p)
{
	int status;

	program_send(p, "hello\n");
	program_finish(p);
	status = program_await_exit(p);
	EXPECT(status == 0, "exit status %d, wanted 0", status);
	EXPECT(strcmp(p->out.text, "hello\n") == 0, "stdout is: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}

static struct program *
call_two_test(int port, const char *option)
{
	char number[16];

	snprintf(number, sizeof number, "%d", port);
	return program_launch(&(struct launch){
	    .args = ARGS("-p", number, "two.test", option), .hosts = both_ways });
}

static int
listen_on(int family, int *port)
{
	int fd = port_reserve(family, port);

	EXPECT(fd != -1 && listen(fd, 5) == 0, "cannot listen");
	return fd;
}

START_TEST(only_ipv4_listens)
{
	int port;

	peer_start_on(listen_on(AF_INET, &port), PEER_ECHO);
	expect_echo(call_two_test(port, NULL));
}
END_TEST

START_TEST(only_ipv6_listens)
{
	int port;

	peer_start_on(listen_on(AF_INET6, &port), PEER_ECHO);
	expect_echo(call_two_test(port, NULL));
}
END_TEST

START_TEST(nobody_listens_on_either)
{
	int port, holder = port_reserve(AF_INET6, &port);
	struct program *p = call_two_test(port, NULL);

	EXPECT(program_await_exit(p) == 1, "not exit status 1");
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, "^tcpecho: connect .*ECONNREFUSED \\("), "no cause");
	close(holder);
}
END_TEST

START_TEST(localhost)
{
	expect_echo(program_start(ARGS("-p", peer_start(PEER_ECHO), "localhost")));
}
END_TEST

START_TEST(ipv6_loopback)
{
	char number[16];
	int port;

	peer_start_on(listen_on(AF_INET6, &port), PEER_ECHO);
	snprintf(number, sizeof number, "%d", port);
	expect_echo(program_start(ARGS("-6", "-p", number, "::1")));
}
END_TEST

START_TEST(unix_socket)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char where[sizeof sun.sun_path + 8];

	snprintf(sun.sun_path, sizeof sun.sun_path, "%s/echo", temporary_directory());
	EXPECT(
	    bind(fd, (struct sockaddr *)&sun, sizeof sun) == 0 && listen(fd, 5) == 0, "listen");
	peer_start_on(fd, PEER_ECHO);
	snprintf(where, sizeof where, "unix:%s", sun.sun_path);
	expect_echo(program_start(ARGS(where)));
}
END_TEST

void
tcpecho_addresses(Suite *suite)
{
	const struct check plain[] = {
		{ localhost, ONCE, NEEDS_START, 1,
		    "getaddrinfo knows names; try each address it gives. sockets(7)" },
		{ unix_socket, ONCE, NEEDS_OPTIONS, 1,
		    "unix:PATH: AF_UNIX and sockaddr_un. sockets(7)" },
	};
	const struct check ipv6[] = {
		{ ipv6_loopback, ONCE, NEEDS_OPTIONS, 1,
		    "take the family from getaddrinfo. sockets(7)" },
	};
	const struct check hosts[] = {
		{ only_ipv4_listens, ONCE, NEEDS_START, 1,
		    "try each address that getaddrinfo gives. sockets(7)" },
		{ only_ipv6_listens, ONCE, NEEDS_START, 1,
		    "try each address that getaddrinfo gives. sockets(7)" },
		OURS(nobody_listens_on_either, ONCE),
	};
	const char *missing = missing_ipv6();

	harness_add(suite, plain, ARRAY_LENGTH(plain));
	harness_add_unless(missing, suite, ipv6, ARRAY_LENGTH(ipv6));
	harness_add_unless(
	    missing != NULL ? missing : missing_hosts(), suite, hosts, ARRAY_LENGTH(hosts));
}
