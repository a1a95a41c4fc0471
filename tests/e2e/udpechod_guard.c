/*
 * udpechod: whom it does not answer.
 *
 * Guards against the echo storm (CERT CA-1996-01, CVE-2024-2169): a datagram with the
 * address of another server as its source makes two of them answer each other for ever.
 * And against pouring answers, at any rate, on an address that anyone can have forged.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

/* A socket of 127.0.0.1 with this port, or -1. */
static int
bind_port(int port)
{
	const struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (const struct sockaddr *)&name, sizeof name) == 0)
		return fd;
	close(fd);
	return -1;
}

static const char *
missing_low_ports(void)
{
	int fd = -1;

	for (int port = 1023; fd == -1 && port > 900; port--)
		fd = bind_port(port);
	close(fd);
	return fd == -1 ? "may not have a port below 1024" : NULL;
}

static void
expect_no_answer(struct program *server, const char *source)
{
	int fd = udp_client_open_from(server->address[0], source), good;

	udp_client_send(fd, "hello", 5);
	udp_client_send(fd, "", 0);
	good = udp_client_open(server->address[0]);
	udp_client_send(good, "after them", 10);
	udp_client_hear(good, "after them", 10);
	udp_client_hear_nothing(fd, QUIET_MS);
	close(good);
	close(fd);
}

START_TEST(low_ports_are_not_answered)
{
	struct program *server = udp_server_start(ARGS(NULL));
	char source[ADDRESS_MAX];
	int port = 1023, fd;

	while ((fd = bind_port(port)) == -1)
		port--;
	close(fd);
	snprintf(source, sizeof source, "127.0.0.1:%d", port);
	expect_no_answer(server, source);
}
END_TEST

/* Whoever has our port on another machine is probably our like. */
START_TEST(its_like_is_not_answered)
{
	struct program *server = udp_server_start(ARGS(NULL));
	char source[ADDRESS_MAX];

	snprintf(source, sizeof source, "127.0.0.2:%s", port_of(server->address[0]));
	expect_no_answer(server, source);
}
END_TEST

START_TEST(small_services_are_not_answered)
{
	static const int ports[] = { 1900, 5353, 7007, 7018, 7037, 7069, 11211 };
	struct program *server = udp_server_start(ARGS(NULL));
	char source[ADDRESS_MAX];
	int tried = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(ports); i++) {
		int fd = bind_port(ports[i]);

		if (fd == -1) /* somebody really is there */
			continue;
		close(fd);
		snprintf(source, sizeof source, "127.0.0.1:%d", ports[i]);
		expect_no_answer(server, source);
		tried++;
	}
	EXPECT(tried > 0, "none of these ports was free");
}
END_TEST

/* ---- the storm itself ---- */

static const char *
missing_raw(void)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd == -1)
		return "may not forge a source address (no raw sockets)";
	close(fd);
	return NULL;
}

/* A datagram to `to` that says it is from `from`, both "127.0.0.x:port". */
static void
forge(const char *from, const char *to)
{
	struct {
		struct iphdr ip;
		struct udphdr udp;
		char text[5];
	} packet = { .ip = { .version = 4, .ihl = 5, .ttl = 8, .protocol = IPPROTO_UDP },
		.text = "storm" };
	struct sockaddr_in name = { .sin_family = AF_INET };
	char host[ADDRESS_MAX];
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	snprintf(host, sizeof host, "%.*s", (int)strcspn(from, ":"), from);
	inet_pton(AF_INET, host, &packet.ip.saddr);
	snprintf(host, sizeof host, "%.*s", (int)strcspn(to, ":"), to);
	inet_pton(AF_INET, host, &packet.ip.daddr);
	name.sin_addr.s_addr = packet.ip.daddr;
	packet.ip.tot_len = htons(33);
	packet.udp.source = htons((uint16_t)atoi(port_of(from)));
	packet.udp.dest = htons((uint16_t)atoi(port_of(to)));
	packet.udp.len = htons(13);
	EXPECT(sendto(fd, &packet, 33, 0, (struct sockaddr *)&name, sizeof name) == 33,
	    "forge: %s", strerror(errno));
	close(fd);
}

START_TEST(two_servers_do_not_talk)
{
	struct program *one = udp_server_start(ARGS(NULL)), *two;
	char source[ADDRESS_MAX];

	two = program_start(ARGS("-p", port_of(one->address[0]), "-l", "127.0.0.2"));
	program_await_ready(two);
	snprintf(source, sizeof source, "127.0.0.2:%s", port_of(one->address[0]));
	forge(source, one->address[0]);
	await_counters(one, "^udpechod:   1 dropped: from a port that servers use");
	await_counters(two, "^udpechod: 0 datagrams received");
}
END_TEST

/* Sources that no host has: the kernel lets some of them through. */
START_TEST(sources_that_are_no_host)
{
	static const char *const sources[] = { "127.0.0.1:0", "224.0.0.1:40000" };
	struct program *server = udp_server_start(ARGS(NULL));
	int fd;

	for (size_t i = 0; i < ARRAY_LENGTH(sources); i++)
		forge(sources[i], server->address[0]);
	fd = udp_client_open(server->address[0]);
	udp_client_send(fd, "alive", 5);
	udp_client_hear(fd, "alive", 5);
	await_counters(server, "^udpechod:   [12] dropped: from an address that is no host's");
}
END_TEST

/* ---- the rate ---- */

/* Answers that come to `sent` datagrams, each as soon as it is sent. */
static int
answers_to(struct program *server, int fd, int sent)
{
	unsigned char heard[16];
	char all[64];
	int count = 0;

	for (int i = 0; i < sent; i++)
		udp_client_send(fd, "more", 4);
	snprintf(all, sizeof all, "^udpechod: %d datagrams received", sent);
	await_counters(server, all);
	while (await_events(fd, POLLIN, now_ms()) != 0) {
		udp_client_receive(fd, heard, sizeof heard);
		count++;
	}
	return count;
}

START_TEST(rate_is_limited)
{
	struct program *server = udp_server_start(ARGS("-r", "5"));
	int64_t began = now_ms();
	int fd = udp_client_open(server->address[0]), count = answers_to(server, fd, 100);
	int allowed = 5 + (int)((now_ms() - began) * 5 / 1000) + 1;

	EXPECT(count >= 5, "%d answers, wanted at least 5", count);
	EXPECT(count <= allowed, "%d answers, wanted at most %d", count, allowed);
	await_counters(server, "[0-9][0-9] dropped: from an address that sends too fast");
}
END_TEST

/* One that is too fast does not take it from another. */
START_TEST(rate_is_each_ones_own)
{
	struct program *server = udp_server_start(ARGS("-r", "5"));
	int fd = udp_client_open(server->address[0]), other;

	answers_to(server, fd, 100);
	other = udp_client_open_from(server->address[0], "127.0.0.9:0");
	udp_client_send(other, "hello", 5);
	udp_client_hear(other, "hello", 5);
}
END_TEST

START_TEST(no_limit_on_loopback_by_default)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (int i = 0; i < 3000; i++) {
		udp_client_send(fd, "more", 4);
		udp_client_hear(fd, "more", 4);
	}
}
END_TEST

void
udpechod_guard(Suite *suite)
{
	const struct check low[] = {
		{ low_ports_are_not_answered, ONCE, NEEDS_PORT, 2,
		    "a port below 1024 is a server's: answered, it answers back for ever" },
	};
	const struct check checks[] = {
		{ its_like_is_not_answered, ONCE, NEEDS_START, 1,
		    "a source with our own port is an echo server: a storm. udpechod(8)" },
		OURS(small_services_are_not_answered, ONCE),
		{ rate_is_limited, ONCE, NEEDS_OURS, 0, "" },
		OURS(rate_is_each_ones_own, ONCE),
		OURS(no_limit_on_loopback_by_default, ONCE),
	};
	const struct check raw[] = {
		OURS(two_servers_do_not_talk, ONCE),
		OURS(sources_that_are_no_host, ONCE),
	};

	harness_add_unless(missing_low_ports(), suite, low, ARRAY_LENGTH(low));
	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_raw(), suite, raw, ARRAY_LENGTH(raw));
}
