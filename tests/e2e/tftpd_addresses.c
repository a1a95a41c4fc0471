/*
 * tftpd: from which address it answers, and sockets that were passed.
 *
 * Guards against an answer from another address than was asked, which the client throws
 * away; against one to whoever asks all machines at once (RFC 1123, 4.2.3.4); and against a
 * server that never gives its socket back to inetd.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tftpd.h"

#define LOOPBACK_BROADCAST ((in_addr_t)0x7fffffff) /* 127.255.255.255 */

static void
ask_at(struct call *talk, in_addr_t address)
{
	struct sockaddr_in name;

	memcpy(&name, &talk->asks, sizeof name);
	name.sin_addr.s_addr = htonl(address);
	memcpy(&talk->asks, &name, sizeof name);
}

/* The transfer, too, comes from the address that was asked, whichever the kernel prefers. */
START_TEST(answers_from_the_address_asked)
{
	struct program *server = udp_server_start(ARGS("-q", "-4", "-l", "*", tftp_top(600)));
	struct call *talk = call_with(server);
	struct sockaddr_in name;

	ask_at(talk, INADDR_LOOPBACK + 1);
	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 512);
	memcpy(&name, &talk->peer, sizeof name);
	EXPECT(name.sin_addr.s_addr == htonl(INADDR_LOOPBACK + 1), "from %s",
	    inet_ntoa(name.sin_addr));
	call_ack(talk, 1);
	call_hear_data(talk, 2, 88);
	call_ack(talk, 2);
	ASK(talk, 1, "missing\0octet");
	call_hear_error(talk, 1);
	memcpy(&name, &talk->peer, sizeof name);
	EXPECT(name.sin_addr.s_addr == htonl(INADDR_LOOPBACK + 1), "from %s",
	    inet_ntoa(name.sin_addr));
	call_end(talk);
}
END_TEST

START_TEST(a_broadcast_is_ignored)
{
	struct program *server = udp_server_start(ARGS("-v", "-4", "-l", "*", tftp_top(10)));
	struct call *talk = call_with(server);
	const int on = 1;

	EXPECT(
	    setsockopt(talk->fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) == 0, "broadcast");
	ask_at(talk, LOOPBACK_BROADCAST);
	ASK(talk, 1, "f\0octet");
	program_await_line(server, &server->err, "bytes dropped: sent to many at once");
	call_hear_nothing(talk);
	ask_at(talk, INADDR_LOOPBACK);
	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	call_end(talk);
}
END_TEST

START_TEST(serves_ipv6)
{
	struct program *server = udp_server_start(ARGS("-q", "-l", "::1", tftp_top(10)));
	struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	struct call *talk = call_with(server);

	name.sin6_port = ((struct sockaddr_in *)&talk->asks)->sin_port;
	close(talk->fd);
	talk->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	talk->len = sizeof name;
	memcpy(&talk->asks, &name, sizeof name);
	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	call_end(talk);
}
END_TEST

/* The request that woke inetd is still in the socket; without more it ends. */
START_TEST(gives_the_socket_back_to_inetd)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *top = tftp_top(10);
	socklen_t len = sizeof name;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct program listening = { .address = { "127.0.0.1:0" } };
	struct call *talk = call_with(&listening);
	struct program *p;

	EXPECT(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 &&
		   getsockname(fd, (struct sockaddr *)&name, &len) == 0,
	    "bind");
	memcpy(&talk->asks, &name, sizeof name);
	ASK(talk, 1, "f\0octet");
	p = program_launch(&(struct launch){
	    .args = ARGS("-q", "-i", "-t", "0.2", top), .in = fd, .out = fd });
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	EXPECT(program_await_exit(p) == 0, "exit status");
	call_end(talk);
}
END_TEST

void
tftpd_addresses(Suite *suite)
{
	const struct check checks[] = {
		OURS(gives_the_socket_back_to_inetd, ONCE),
	};
	const struct check v6[] = {
		OURS(serves_ipv6, ONCE),
	};
	const struct check many[] = {
		OURS(answers_from_the_address_asked, ONCE),
		OURS(a_broadcast_is_ignored, ONCE),
	};
#if defined(__linux__) && !defined(PORTABLE)
	const char *missing_asked = NULL;
#else
	const char *missing_asked = "is a portable build: the kernel chooses";
#endif

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_ipv6(), suite, v6, ARRAY_LENGTH(v6));
	harness_add_unless(missing_asked, suite, many, ARRAY_LENGTH(many));
}
