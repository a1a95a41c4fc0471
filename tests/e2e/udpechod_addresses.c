/*
 * udpechod: which of its addresses an answer comes from, and what is sent to all.
 *
 * Guards against an answer from another address than the one that was asked, which
 * a connected client never sees; against an answer from a broadcast address; and against
 * IPv6 that is forgotten, or takes IPv4's place.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

static void
expect_echo(const char *host, const char *port)
{
	char address[ADDRESS_MAX];
	int fd;

	snprintf(address, sizeof address, "%s:%s", host, port);
	fd = udp_client_open(address);
	udp_client_send(fd, host, strlen(host));
	udp_client_hear(fd, host, strlen(host));
	close(fd);
}

START_TEST(answers_from_the_address_asked)
{
	struct program *server = udp_server_start(ARGS("-4", "-l", "*"));
	const char *port = port_of(server->address[0]);

	expect_echo("127.0.0.1", port);
	expect_echo("127.0.0.5", port);
	expect_echo("127.200.3.4", port);
}
END_TEST

START_TEST(one_address_and_no_other)
{
	struct program *server = udp_server_start(ARGS("-l", "127.0.0.5"));
	char other[ADDRESS_MAX];
	char byte;
	int fd;

	expect_echo("127.0.0.5", port_of(server->address[0]));
	snprintf(other, sizeof other, "127.0.0.1:%s", port_of(server->address[0]));
	fd = udp_client_open(other);
	udp_client_send(fd, "hello?", 6);
	await_events(fd, POLLIN, now_ms() + QUIET_MS);
	EXPECT(read(fd, &byte, 1) == -1 && errno == ECONNREFUSED, "it is on 127.0.0.1 too");
}
END_TEST

START_TEST(on_ipv6)
{
	struct program *server = udp_server_start(ARGS("-l", "::1"));
	static unsigned char bytes[65527];
	int fd = udp_client_open(server->address[0]);

	expect_echo("[::1]", port_of(server->address[0]));
	memset(bytes, 'y', sizeof bytes); /* IPv6 has room for 20 more: not its own header */
	udp_client_send(fd, bytes, sizeof bytes);
	udp_client_hear(fd, bytes, sizeof bytes);
}
END_TEST

START_TEST(on_both_families)
{
	struct program *server = udp_server_start(ARGS("-l", "*"));

	EXPECT(server->address_count == 2, "%zu addresses, wanted 2", server->address_count);
	expect_echo("127.0.0.1", port_of(server->address[0]));
	expect_echo("[::1]", port_of(server->address[1]));
}
END_TEST

/* IPv6 keeps one back, too; here the larger one of the two. */
START_TEST(kept_back_on_ipv6)
{
	struct program *server = udp_server_start(ARGS("-l", "::1", "-O", "100"));
	static unsigned char bytes[65527];
	int fd = udp_client_open(server->address[0]);

	memset(bytes, 'z', sizeof bytes);
	udp_client_send(fd, bytes, sizeof bytes);
	udp_client_hear(fd, bytes, sizeof bytes);
}
END_TEST

/* Send from a socket that may broadcast; the answer and whose it is. */
static ssize_t
ask_all(const char *to, const char *port, struct sockaddr_in *from)
{
	struct sockaddr_in all = { .sin_family = AF_INET };
	socklen_t length = sizeof *from;
	int on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char heard[16];

	inet_pton(AF_INET, to, &all.sin_addr);
	all.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	EXPECT(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) == 0, "SO_BROADCAST");
	EXPECT(sendto(fd, "Hi", 2, 0, (struct sockaddr *)&all, sizeof all) == 2,
	    "send to %s: %s", to, strerror(errno));
	if (await_events(fd, POLLIN, now_ms() + 3 * QUIET_MS) == 0)
		return -1;
	return recvfrom(fd, heard, sizeof heard, 0, (struct sockaddr *)from, &length);
}

START_TEST(broadcast_is_answered_by_a_host)
{
	struct program *server = udp_server_start(ARGS("-4", "-l", "*"));
	struct sockaddr_in from;

	EXPECT(ask_all("127.255.255.255", port_of(server->address[0]), &from) == 2,
	    "no answer to a broadcast");
	EXPECT(from.sin_addr.s_addr == htonl(INADDR_LOOPBACK), "the answer is from %s",
	    inet_ntoa(from.sin_addr));
}
END_TEST

START_TEST(broadcast_can_be_ignored)
{
	struct program *server = udp_server_start(ARGS("-4", "-l", "*", "-B"));
	struct sockaddr_in from;

	EXPECT(ask_all("127.255.255.255", port_of(server->address[0]), &from) == -1,
	    "an answer to a broadcast in spite of -B");
	expect_echo("127.0.0.1", port_of(server->address[0]));
	await_counters(server, "^udpechod: 2 datagrams received, 1 ignored");
}
END_TEST

/* A loopback of our own knows multicast once it is told to. */
static const char *
missing_multicast(void)
{
	return system("ip -V >/dev/null 2>&1 && unshare -n true 2>/dev/null") == 0 ?
		   NULL :
		   "no right to make a network namespace, or no ip(8)";
}

START_TEST(answers_its_groups)
{
	struct program *server;
	struct sockaddr_in from;

	EXPECT(network_of_its_own(), "no namespace");
	EXPECT(system("ip link set lo multicast on && ip route add 239.0.0.0/8 dev lo src "
		      "127.0.0.1") == 0,
	    "no multicast on lo");
	server = udp_server_start(ARGS("-4", "-l", "*", "-g", "239.7.0.7"));
	EXPECT(ask_all("239.7.0.7", port_of(server->address[0]), &from) == 2, "no answer");
	EXPECT(ntohl(from.sin_addr.s_addr) >> 24 == 127, "the answer is from %s",
	    inet_ntoa(from.sin_addr));
	EXPECT(ask_all("239.7.0.8", port_of(server->address[0]), &from) == -1,
	    "an answer in a group that it has not joined");
}
END_TEST

START_TEST(a_group_that_is_none)
{
	struct program *p = program_start(ARGS("-p", "0", "-g", "10.0.0.1"));

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpechod: join 10\\.0\\.0\\.1: EINVAL"), "no word");
	EXPECT(p->out.length == 0, "it says that it is ready");
}
END_TEST

static const char *
missing_own_address(void)
{
#ifdef PORTABLE
	return "a portable build leaves the address of an answer to the kernel";
#else
	return NULL;
#endif
}

void
udpechod_addresses(Suite *suite)
{
	const struct check own[] = {
		{ answers_from_the_address_asked, ONCE, NEEDS_OPTIONS, 2,
		    "IP_PKTINFO tells which address was asked; answer from it. ip(7)" },
		OURS(broadcast_can_be_ignored, ONCE),
	};
	const struct check checks[] = {
		{ one_address_and_no_other, ONCE, NEEDS_OPTIONS, 1,
		    "-l: bind that address, not all. udpechod(8)" },
		OURS(a_group_that_is_none, ONCE),
	};
	const struct check broadcasts[] = {
		{ broadcast_is_answered_by_a_host, ONCE, NEEDS_OPTIONS, 1,
		    "nobody may answer from a broadcast address. ip(7)" },
	};
	const struct check six[] = {
		{ on_ipv6, ONCE, NEEDS_OPTIONS, 1,
		    "getaddrinfo and sockaddr_storage know both families. udpechod(8)" },
		OURS(on_both_families, ONCE),
		OURS(kept_back_on_ipv6, ONCE),
	};
	const struct check groups[] = {
		OURS(answers_its_groups, ONCE),
	};

	harness_add_unless(missing_own_address(), suite, own, ARRAY_LENGTH(own));
	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add(suite, broadcasts, ARRAY_LENGTH(broadcasts));
	harness_add_unless(missing_ipv6(), suite, six, ARRAY_LENGTH(six));
	harness_add_unless(missing_multicast(), suite, groups, ARRAY_LENGTH(groups));
}
