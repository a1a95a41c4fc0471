/*
 * udpechod: what it answers when it is not the plain echo: -U, -n.
 *
 * Guards against upper case that breaks UTF-8 or ends at a NUL, "the 11st datagram",
 * and an answer that is larger than its question by more than the few bytes promised.
 */
#include <stdio.h>
#include <string.h>

#include "tests/e2e/udpechod.h"

enum {
	LARGEST = 65507,
	LONGER_MAX = 64, /* what udpechod(8) promises for -n */
};

START_TEST(upper_case)
{
	struct program *server = udp_server_start(ARGS("-U"));
	int fd = udp_client_open(server->address[0]);
	const char *sent = "hello lsj 哈哈哈 äöü @[`{ az AZ",
		   *wanted = "HELLO LSJ 哈哈哈 äöü @[`{ AZ AZ";

	udp_client_send(fd, sent, strlen(sent));
	udp_client_hear(fd, wanted, strlen(wanted));
}
END_TEST

START_TEST(upper_case_of_every_byte)
{
	struct program *server = udp_server_start(ARGS("-U"));
	int fd = udp_client_open(server->address[0]);
	unsigned char sent[256], wanted[256];

	for (unsigned i = 0; i < sizeof sent; i++) {
		sent[i] = (unsigned char)i;
		wanted[i] = (unsigned char)(i >= 'a' && i <= 'z' ? i - 'a' + 'A' : i);
	}
	udp_client_send(fd, sent, sizeof sent);
	udp_client_hear(fd, wanted, sizeof wanted);
}
END_TEST

START_TEST(counts_datagrams)
{
	static const char *const endings[] = { "th", "st", "nd", "rd" };
	struct program *server = udp_server_start(ARGS("-n"));
	int fd = udp_client_open(server->address[0]);
	char wanted[64];

	for (int i = 1; i <= 123; i++) {
		int last = i % 10, tens = i % 100 / 10;

		snprintf(wanted, sizeof wanted, "the %d%s datagram: hi", i,
		    endings[last > 3 || tens == 1 ? 0 : last]);
		udp_client_send(fd, "hi", 2);
		udp_client_hear(fd, wanted, strlen(wanted));
	}
}
END_TEST

START_TEST(counts_for_all_clients)
{
	struct program *server = udp_server_start(ARGS("-n"));
	int one = udp_client_open(server->address[0]);
	int two = udp_client_open(server->address[0]);

	udp_client_send(one, "", 0);
	udp_client_hear(one, "the 1st datagram: ", 18);
	udp_client_send(two, "", 0);
	udp_client_hear(two, "the 2nd datagram: ", 18);
}
END_TEST

/* Where there is no room for the number the datagram goes back as it is. */
START_TEST(counting_is_bounded)
{
	static unsigned char bytes[LARGEST], heard[65536];
	struct program *server = udp_server_start(ARGS("-n"));
	int fd = udp_client_open(server->address[0]);

	memset(bytes, 'x', sizeof bytes);
	for (size_t size = LARGEST - 2 * LONGER_MAX; size <= LARGEST; size++) {
		size_t n;

		udp_client_send(fd, bytes, size);
		n = udp_client_receive(fd, heard, sizeof heard);
		EXPECT(n >= size && n <= size + LONGER_MAX, "%zu bytes back for %zu", n, size);
		EXPECT(memcmp(heard + n - size, bytes, size) == 0, "the text has changed");
	}
}
END_TEST

START_TEST(upper_case_and_counted)
{
	struct program *server = udp_server_start(ARGS("-n", "-U"));
	int fd = udp_client_open(server->address[0]);

	udp_client_send(fd, "hi", 2);
	udp_client_hear(fd, "the 1st datagram: HI", 20);
}
END_TEST

void
udpechod_answers(Suite *suite)
{
	const struct check checks[] = {
		{ upper_case, ONCE, NEEDS_OPTIONS, 1,
		    "-U changes a to z only; UTF-8 stays intact. udpechod(8)" },
		{ upper_case_of_every_byte, ONCE, NEEDS_OPTIONS, 1,
		    "toupper depends on the locale, strings end at NUL. udpechod(8)" },
		{ counts_datagrams, ONCE, NEEDS_OPTIONS, 1,
		    "-n: \"the 1st datagram: \", 2nd, 3rd, 11th. udpechod(8)" },
		{ counts_for_all_clients, ONCE, NEEDS_OPTIONS, 1,
		    "-n counts all datagrams, not those of one client. udpechod(8)" },
		{ counting_is_bounded, ONCE, NEEDS_OPTIONS, 1,
		    "an answer must fit, and be little longer than its question. udpechod(8)" },
		OURS(upper_case_and_counted, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
