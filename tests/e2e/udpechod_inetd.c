/*
 * udpechod -i: sockets from inetd ("wait") or from systemd.
 *
 * Guards against a server that makes a socket of its own instead, that never gives the
 * socket back to inetd, or that believes a LISTEN_FDS which is meant for another.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

/* A bound datagram socket of loopback, and its address. */
static int
bound_socket(char address[ADDRESS_MAX])
{
	struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	EXPECT(fd != -1 && bind(fd, (struct sockaddr *)&name, sizeof name) == 0 &&
		   getsockname(fd, (struct sockaddr *)&name, &length) == 0,
	    "bind");
	snprintf(address, ADDRESS_MAX, "127.0.0.1:%d", ntohs(name.sin_port));
	return fd;
}

static void
expect_echo(const char *address)
{
	int fd = udp_client_open(address);

	udp_client_send(fd, "hello", 5);
	udp_client_hear(fd, "hello", 5);
	close(fd);
}

/* The datagram that woke inetd is still in the socket: it is answered too. */
START_TEST(socket_as_standard_input)
{
	char address[ADDRESS_MAX];
	int socket = bound_socket(address), fd = udp_client_open(address);
	struct program *p;

	udp_client_send(fd, "anybody?", 8);
	p = program_launch(&(struct launch){ .args = ARGS("-i"), .in = socket, .out = socket });
	udp_client_hear(fd, "anybody?", 8);
	expect_echo(address);
	program_signal(p, SIGTERM);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(leaves_when_nobody_asks)
{
	char address[ADDRESS_MAX];
	int socket = bound_socket(address), fd = udp_client_open(address);
	struct program *p = program_launch(
	    &(struct launch){ .args = ARGS("-i", "-t", "0.3"), .in = socket, .out = socket });

	udp_client_send(fd, "hello", 5);
	udp_client_hear(fd, "hello", 5);
	program_expect_status(p, 0);
	udp_client_send(fd, "for the next one", 16); /* inetd has the socket still */
	p = program_launch(&(struct launch){ .args = ARGS("-i"), .in = socket, .out = socket });
	udp_client_hear(fd, "for the next one", 16);
}
END_TEST

START_TEST(sockets_from_systemd)
{
	char one[ADDRESS_MAX], two[ADDRESS_MAX];
	int first = bound_socket(one), second = bound_socket(two);
	struct program *p =
	    program_launch(&(struct launch){ .args = ARGS("-i"), .pass = { first, second } });

	expect_echo(one);
	expect_echo(two);
	expect_echo(one);
	program_signal(p, SIGTERM);
	program_expect_status(p, 0);
	EXPECT(p->out.length == 0, "words on stdout: %s", p->out.text);
}
END_TEST

START_TEST(sockets_for_somebody_else)
{
	char address[ADDRESS_MAX];
	int socket = bound_socket(address);
	struct program *p = program_launch(
	    &(struct launch){ .args = ARGS("-i"), .pass = { socket }, .pass_to_other = true });

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpechod: -i: no datagram socket was passed"),
	    "no word");
}
END_TEST

/* A stream, a pipe: no datagrams come from there. */
START_TEST(no_socket_at_all)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address);
	struct program *p = program_start(ARGS("-i"));

	program_expect_status(p, 1);
	p = program_launch(&(struct launch){ .args = ARGS("-i"), .in = listener });
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpechod: -i: no datagram socket was passed"),
	    "no word");
}
END_TEST

void
udpechod_inetd(Suite *suite)
{
	const struct check checks[] = {
		{ socket_as_standard_input, ONCE, NEEDS_OPTIONS, 1,
		    "-i: the socket is descriptor 0, and already holds a datagram. inetd(8)" },
		OURS(leaves_when_nobody_asks, ONCE),
		OURS(sockets_from_systemd, ONCE),
		OURS(sockets_for_somebody_else, ONCE),
		OURS(no_socket_at_all, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
