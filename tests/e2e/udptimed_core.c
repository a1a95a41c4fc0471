/*
 * udptimed: the right time, to whoever asks, and never more than was asked for.
 *
 * Guards against the server of a lesson: one that answers the first client only, that
 * ends at a format it cannot read, and that sends 65,000 bytes to whose address stands
 * on seven.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udptimed.h"

enum {
	CLIENTS = 20,
	LARGEST = 65506, /* an even number, for whole conversions */
	HEADERS = 28,	 /* of IPv4 and UDP */
	GENEROUS = 10,	 /* (headers + answer) / (headers + request) that loses no point yet */
};

START_TEST(nothing_asks_for_the_default)
{
	struct program *server = udp_server_start(ARGS(NULL));

	expect_time(udp_client_open(server->address[0]), "", "%Y-%m-%d %X");
}
END_TEST

START_TEST(a_format_is_expanded)
{
	static const char *const formats[] = { "%H:%M:%S", "%Y", "%d.%m.%Y %H:%M", "%A, %d %B",
		"%I:%M %p", "day %j", "100%% %H" };
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		expect_time(fd, formats[i], formats[i]);
}
END_TEST

START_TEST(each_client_hears_its_own)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fds[CLIENTS];
	char request[16];

	for (int i = 0; i < CLIENTS; i++)
		fds[i] = udp_client_open(server->address[0]);
	for (int i = 0; i < CLIENTS; i++) {
		snprintf(request, sizeof request, "%%Y %d", i);
		udp_client_send(fds[i], request, strlen(request));
	}
	for (int i = CLIENTS - 1; i >= 0; i--) {
		char wanted[16], got[ANSWER_MAX];
		size_t len = udp_client_receive(fds[i], got, sizeof got);

		snprintf(wanted, sizeof wanted, " %d", i);
		EXPECT(len == 4 + strlen(wanted) && memcmp(got + 4, wanted, len - 4) == 0,
		    "client %d heard: %.*s", i, (int)len, got);
	}
}
END_TEST

/* It may answer or be silent, but then it must go on. */
static void
insult(int fd, const char *address, const void *bytes, size_t count)
{
	char got[ANSWER_MAX];
	ssize_t n;

	udp_client_send(fd, bytes, count);
	expect_time(udp_client_open(address), "%Y", "%Y");
	if (await_events(fd, POLLIN, now_ms() + QUIET_MS) == 0)
		return;
	n = read(fd, got, sizeof got);
	EXPECT(n <= GENEROUS * (HEADERS + (ssize_t)count) - HEADERS,
	    "%zu bytes asked, %zd answered: an amplifier", count, n);
}

START_TEST(hostile_formats_are_bounded)
{
	static const char *const formats[] = { "%1400Y", "%65000d", "%9999999999d",
		"%1400Y%1400Y%1400Y%1400Y", "%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c", "%", "%Q", "%E",
		"%O%", "%\xff", "\033[2J", "%n%n%n%n", "%5000%",
		"TZ=../../../../etc/passwd %c" };
	struct program *server = udp_server_start(ARGS(NULL));

	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		insult(udp_client_open(server->address[0]), server->address[0], formats[i],
		    strlen(formats[i]));
}
END_TEST

START_TEST(nul_bytes_do_not_end_it)
{
	struct program *server = udp_server_start(ARGS(NULL));

	insult(udp_client_open(server->address[0]), server->address[0], "\0", 1);
	insult(udp_client_open(server->address[0]), server->address[0], "%Y\0%m", 5);
	insult(udp_client_open(server->address[0]), server->address[0], "\xff\xfe\0\0", 4);
}
END_TEST

START_TEST(the_largest_format)
{
	static char bytes[LARGEST];
	struct program *server = udp_server_start(ARGS(NULL));

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = i % 2 ? 'c' : '%';
	insult(udp_client_open(server->address[0]), server->address[0], bytes, sizeof bytes);
	memset(bytes, 'x', sizeof bytes);
	insult(udp_client_open(server->address[0]), server->address[0], bytes, sizeof bytes);
}
END_TEST

START_TEST(clients_that_do_not_wait)
{
	struct program *server = udp_server_start(ARGS(NULL));

	for (int i = 0; i < CLIENTS; i++) {
		int fd = udp_client_open(server->address[0]);

		udp_client_send(fd, "%H", 2);
		close(fd);
	}
	expect_time(udp_client_open(server->address[0]), "%Y", "%Y");
}
END_TEST

void
udptimed_core(Suite *suite)
{
	const struct check checks[] = {
		{ nothing_asks_for_the_default, ONCE, NEEDS_PORT, 3,
		    "0 bytes are a question too: answer %Y-%m-%d %X. udptimed(8)" },
		{ a_format_is_expanded, ONCE, NEEDS_PORT, 3,
		    "give the request to strftime(3), as long as it is harmless" },
		{ each_client_hears_its_own, ONCE, NEEDS_PORT, 1,
		    "answer to the address that recvfrom gave. udp(7)" },
		{ hostile_formats_are_bounded, ONCE, NEEDS_PORT, 3,
		    "%1400Y: allow a list of conversions, no widths. udptimed(8)" },
		{ nul_bytes_do_not_end_it, ONCE, NEEDS_PORT, 1,
		    "a datagram is no string; strftime may refuse it: go on" },
		{ the_largest_format, ONCE, NEEDS_PORT, 2,
		    "bound the format before you expand it. udptimed(8)" },
		{ clients_that_do_not_wait, ONCE, NEEDS_PORT, 1,
		    "ECONNREFUSED is news of one client, not the end. udp(7)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
