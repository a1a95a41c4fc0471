/*
 * Guards: datagrams cut off, lost between two batches or glued together, the wrong own
 * address, a client's socket that hears strangers, a broadcast that is not meant.
 */
#include "common/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct udp_inbox *inbox;
static struct udp_packet packets[UDP_BATCH];
static unsigned char large[UDP_PAYLOAD_MAX];

static void
begin(void)
{
	inbox = udp_inbox_new();
	ck_assert_ptr_nonnull(inbox);
}

static void
end(void)
{
	free(inbox);
}

/* A prepared socket on `address` and any port, whose number is returned as text. */
static int
bound(const char *address, char port[16])
{
	const struct net_listen_options where = {
		.address = address, .port = "0", .family = AF_INET
	};
	int fds[NET_LISTENERS_MAX];
	struct net_address own;
	struct net_error error;

	ck_assert_msg(net_bind_udp(&where, fds, &error) == 1, "%s", error.text);
	ck_assert_int_eq(udp_prepare(fds[0]), 0);
	ck_assert_int_eq(net_local_address(fds[0], &own), 0);
	snprintf(port, 16, "%d", ntohs(net_port(&own)));
	return fds[0];
}

static int
client(const char *host, const char *port, bool connected, struct net_address *peer)
{
	struct net_error error;
	int fd = udp_open(host, port, AF_INET, connected, peer, &error);

	ck_assert_msg(fd != -1, "%s", error.text);
	return fd;
}

static void
await(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	ck_assert_int_eq(poll(&wait, 1, 5000), 1);
}

START_TEST(nothing_there_is_no_error)
{
	char port[16];
	int server = bound("127.0.0.1", port);

	ck_assert_int_eq(udp_receive(inbox, server, packets), 0);
	close(server);
}
END_TEST

/* In batches, in order, none lost; and back through the outbox, which flushes itself. */
START_TEST(more_than_a_batch)
{
	struct udp_outbox outbox = { 0 };
	struct net_address peer;
	char port[16];
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, true, &peer), n;
	unsigned next = 0, heard;

	for (unsigned i = 0; i < 2 * UDP_BATCH + 7; i++)
		ck_assert_int_eq(send(fd, &i, sizeof i, 0), sizeof i);
	while ((n = udp_receive(inbox, server, packets)) > 0) {
		ck_assert(n == UDP_BATCH || next >= UDP_BATCH);
		for (int i = 0; i < n; i++, next++) {
			ck_assert_uint_eq(packets[i].len, sizeof next);
			ck_assert_mem_eq(packets[i].bytes, &next, sizeof next);
			ck_assert_uint_eq(
			    udp_post(&outbox, &packets[i].path, packets[i].bytes, sizeof next),
			    0);
		}
		ck_assert_uint_eq(udp_flush(&outbox), 0);
		ck_assert_uint_eq(outbox.count, 0);
	}
	ck_assert_uint_eq(next, 2 * UDP_BATCH + 7);
	for (unsigned i = 0; i < next; i++) {
		ck_assert_int_eq(recv(fd, &heard, sizeof heard, 0), sizeof heard);
		ck_assert_uint_eq(heard, i);
	}
	close(fd);
	close(server);
}
END_TEST

/* Those who expect one at a time get a burst whole, too. */
START_TEST(a_burst_after_single_ones)
{
	struct net_address peer;
	char port[16];
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, true, &peer);
	unsigned next = 0, calls = 0;
	int n;

	for (unsigned i = 0; i < UDP_BATCH; i++) {
		ck_assert_int_eq(send(fd, &i, sizeof i, 0), sizeof i);
		ck_assert_int_eq(udp_receive(inbox, server, packets), 1);
	}
	for (unsigned i = 0; i < 2 * UDP_BATCH; i++)
		ck_assert_int_eq(send(fd, &i, sizeof i, 0), sizeof i);
	for (; (n = udp_receive(inbox, server, packets)) > 0; calls++)
		for (int i = 0; i < n; i++, next++)
			ck_assert_mem_eq(packets[i].bytes, &next, sizeof next);
	ck_assert_uint_eq(next, 2 * UDP_BATCH);
	ck_assert_uint_lt(calls, UDP_BATCH);
	close(fd);
	close(server);
}
END_TEST

/* One more than fits is no error and no loss: the first batch goes before it. */
START_TEST(an_outbox_that_is_full_sends)
{
	struct udp_outbox outbox = { 0 };
	struct net_address peer;
	struct udp_path path = { 0 };
	char port[16];
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, false, &peer);
	char byte = 'x';

	path.fd = fd;
	path.peer = peer;
	for (int i = 0; i < UDP_BATCH + 1; i++)
		ck_assert_uint_eq(udp_post(&outbox, &path, &byte, 1), 0);
	ck_assert_uint_eq(outbox.count, 1);
	ck_assert_int_eq(udp_receive(inbox, server, packets), UDP_BATCH);
	udp_flush(&outbox);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 1);
	close(fd);
	close(server);
}
END_TEST

/* Of these lengths, some may travel as one message: as many come out as were put in. */
static void
send_and_compare(int server, int fd, const struct net_address *peer)
{
	static const size_t lengths[UDP_BATCH] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7, 7, 7,
		7, 7, 7, 8, 1201, 1201, 1201, 1201, 1201, 1201, 1201, 1201, 1, 1200, 1200, 2,
		1 };
	const struct udp_path path = { .fd = fd, .peer = *peer };
	struct udp_outbox outbox = { 0 };

	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (unsigned char)(i / 251);
	for (size_t i = 0; i < UDP_BATCH; i++)
		ck_assert_uint_eq(udp_post(&outbox, &path, large + i * 1300, lengths[i]), 0);
	ck_assert_uint_eq(udp_flush(&outbox), 0);
	ck_assert_int_eq(udp_receive(inbox, server, packets), UDP_BATCH);
	for (size_t i = 0; i < UDP_BATCH; i++) {
		ck_assert_uint_eq(packets[i].len, lengths[i]);
		ck_assert_mem_eq(packets[i].bytes, large + i * 1300, lengths[i]);
	}
}

START_TEST(bursts_stay_apart)
{
	struct net_address peer;
	char port[16];
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, false, &peer);

	send_and_compare(server, fd, &peer);
#ifdef SO_NO_CHECK /* and where the system refuses to take many as one */
	const int on = 1;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
	send_and_compare(server, fd, &peer);
#endif
	close(fd);
	close(server);
}
END_TEST

START_TEST(bursts_to_two_peers)
{
	struct udp_outbox outbox = { 0 };
	struct udp_path paths[2] = { 0 };
	char port[2][16];
	int servers[2] = { bound("127.0.0.1", port[0]), bound("127.0.0.1", port[1]) };
	int fd = client("127.0.0.1", port[0], false, &paths[0].peer);

	close(client("127.0.0.1", port[1], false, &paths[1].peer));
	paths[0].fd = paths[1].fd = fd;
	for (size_t i = 0; i < UDP_BATCH; i++) /* 12 for the second, from the 10th on */
		ck_assert_uint_eq(udp_post(&outbox, &paths[i >= 10 && i < 22], large, 5), 0);
	ck_assert_uint_eq(udp_flush(&outbox), 0);
	ck_assert_int_eq(udp_receive(inbox, servers[0], packets), 20);
	ck_assert_int_eq(udp_receive(inbox, servers[1], packets), 12);
	for (int i = 0; i < 2; i++)
		close(servers[i]);
	close(fd);
}
END_TEST

START_TEST(empty_and_largest)
{
	struct net_address peer;
	char port[16];
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, true, &peer);

	memset(large, 'L', sizeof large);
	ck_assert_int_eq(send(fd, "", 0, 0), 0);
	ck_assert_int_eq(send(fd, large, sizeof large, 0), sizeof large);
	ck_assert_int_eq(send(fd, "", 0, 0), 0);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 3);
	ck_assert_uint_eq(packets[0].len, 0);
	ck_assert_uint_eq(packets[1].len, sizeof large);
	ck_assert_mem_eq(packets[1].bytes, large, sizeof large);
	ck_assert_uint_eq(packets[2].len, 0);
	close(fd);
	close(server);
}
END_TEST

#if defined(__linux__) && !defined(PORTABLE)
/* Bound to all addresses: asked at one of them, it answers from that one. */
START_TEST(own_address_is_known)
{
	struct net_address peer;
	char port[16];
	int server = bound("*", port), fd = client("127.0.0.5", port, true, &peer);
	char heard[8];

	ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 1);
	ck_assert(packets[0].path.own_known);
	ck_assert(!packets[0].path.to_many);
	ck_assert_uint_eq(packets[0].path.own.in.s_addr, inet_addr("127.0.0.5"));
	ck_assert_int_eq(udp_send(&packets[0].path, "hello", 5), 0);
	await(fd);
	ck_assert_int_eq(recv(fd, heard, sizeof heard, 0), 5);
	close(fd);
	close(server);
}
END_TEST

START_TEST(broadcast_is_known)
{
	struct net_address peer;
	const int on = 1;
	char port[16];
	int server = bound("*", port), fd = client("127.255.255.255", port, false, &peer);

	ck_assert_int_eq(sendto(fd, "Hi", 2, 0, &peer.sa.any, peer.len), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on), 0);
	ck_assert_int_eq(sendto(fd, "Hi", 2, 0, &peer.sa.any, peer.len), 2);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 1);
	ck_assert(packets[0].path.to_many);
	ck_assert_uint_eq(packets[0].path.own.in.s_addr, htonl(INADDR_LOOPBACK));
	close(fd);
	close(server);
}
END_TEST
#endif

/* A peer that has gone is news of that peer: receiving goes on. */
START_TEST(a_peer_that_has_gone)
{
	struct net_address peer;
	char port[16];
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, true, &peer);

	ck_assert_int_eq(send(fd, "bye", 3, 0), 3);
	close(fd);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 1);
	ck_assert_int_eq(udp_send(&packets[0].path, "bye", 3), 0);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 0);
	fd = client("127.0.0.1", port, true, &peer);
	ck_assert_int_eq(send(fd, "here", 4, 0), 4);
	ck_assert_int_eq(udp_receive(inbox, server, packets), 1);
	close(fd);
	close(server);
}
END_TEST

START_TEST(connected_hears_of_nobody)
{
	struct net_address peer;
	char port[16], byte;
	int server = bound("127.0.0.1", port), fd = client("127.0.0.1", port, true, &peer);
	int open = client("127.0.0.1", port, false, &peer);

	close(server);
	ck_assert_int_eq(send(fd, "hello?", 6, 0), 6);
	await(fd);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(sendto(open, "hello?", 6, 0, &peer.sa.any, peer.len), 6);
	ck_assert_int_eq(recv(open, &byte, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(fd);
	close(open);
}
END_TEST

static const struct {
	const char *host, *words;
} bad_hosts[] = {
	{ "nosuch.invalid", "nosuch.invalid: " },
	{ "255.255.255.255", "connect 255.255.255.255: E" },
	{ "239.1.2.3%nosuchif", "239.1.2.3%nosuchif: there is no such interface" },
	{ "127.0.0.1%", "127.0.0.1%: there is no such interface" },
};

START_TEST(what_cannot_be_opened_is_told)
{
	struct net_address peer;
	struct net_error error;

	for (size_t i = 0; i < sizeof bad_hosts / sizeof *bad_hosts; i++) {
		ck_assert_int_eq(
		    udp_open(bad_hosts[i].host, "7007", AF_UNSPEC, true, &peer, &error), -1);
		ck_assert_msg(
		    strncmp(error.text, bad_hosts[i].words, strlen(bad_hosts[i].words)) == 0,
		    "%s", error.text);
	}
}
END_TEST

START_TEST(groups)
{
	struct net_error error;
	char port[16];
	int fd = bound("*", port);

	ck_assert_int_eq(udp_join(fd, "10.1.2.3", &error), -1);
	ck_assert_int_eq(error.code, EINVAL);
	ck_assert_int_eq(udp_join(fd, "239.1.2.3%nosuchif", &error), -1);
	ck_assert_int_eq(error.code, ENODEV);
	ck_assert_int_eq(udp_join(fd, "a.name", &error), -1);
	ck_assert_int_eq(error.code, 0);
	ck_assert_int_eq(udp_join(fd, "ff02::1234", &error), 0); /* of the other family */
#if defined(__linux__) && !defined(PORTABLE)
	ck_assert_msg(udp_join(fd, "239.1.2.3%lo", &error) == 0, "%s", error.text);
#endif
	close(fd);
}
END_TEST

Suite *
udp_suite(void)
{
	Suite *suite = suite_create("udp");
	TCase *tcase = tcase_create("udp");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, nothing_there_is_no_error);
	tcase_add_test(tcase, more_than_a_batch);
	tcase_add_test(tcase, a_burst_after_single_ones);
	tcase_add_test(tcase, an_outbox_that_is_full_sends);
	tcase_add_test(tcase, bursts_stay_apart);
	tcase_add_test(tcase, bursts_to_two_peers);
	tcase_add_test(tcase, empty_and_largest);
#if defined(__linux__) && !defined(PORTABLE)
	tcase_add_test(tcase, own_address_is_known);
	tcase_add_test(tcase, broadcast_is_known);
#endif
	tcase_add_test(tcase, a_peer_that_has_gone);
	tcase_add_test(tcase, connected_hears_of_nobody);
	tcase_add_test(tcase, what_cannot_be_opened_is_told);
	tcase_add_test(tcase, groups);
	suite_add_tcase(suite, tcase);
	return suite;
}
