/*
 * udpechod: a datagram comes back, whole, alone and to whom it came from.
 *
 * Guards against a server that takes datagrams for strings, for a stream or for the end
 * of one: bytes cut off, empty ones dropped, several glued together; and against one
 * that serves its first client only, or ends when a client is gone.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

enum {
	LARGEST = 65507,
	CLIENTS = 20,
	MANY = 200, /* some batches of recvmmsg */
};

static void
fill(unsigned char *bytes, size_t count, unsigned seed)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)(i % 251 + seed);
}

START_TEST(datagram_comes_back)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	udp_client_send(fd, "hello", 5);
	udp_client_hear(fd, "hello", 5);
	udp_client_hear_nothing(fd, QUIET_MS);
}
END_TEST

START_TEST(empty_datagram_comes_back)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	udp_client_send(fd, "", 0);
	udp_client_hear(fd, "", 0);
	udp_client_send(fd, "after it", 8);
	udp_client_hear(fd, "after it", 8);
}
END_TEST

START_TEST(three_sent_three_received)
{
	static const char *const texts[] = { "one", "", "three" };
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		udp_client_send(fd, texts[i], strlen(texts[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		udp_client_hear(fd, texts[i], strlen(texts[i]));
	udp_client_hear_nothing(fd, QUIET_MS);
}
END_TEST

START_TEST(every_byte_comes_back)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);
	unsigned char bytes[256];

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	udp_client_send(fd, bytes, sizeof bytes);
	udp_client_hear(fd, bytes, sizeof bytes);
}
END_TEST

/* Around what buffers, frames and fields are mostly large. */
START_TEST(every_size_comes_back)
{
	static const size_t sizes[] = { 1, 2, 63, 511, 512, 513, 1024, 1025, 1472, 1473, 2048,
		2049, 4096, 4097, 8192, 8193, 16384, 32768, 65000, LARGEST };
	static unsigned char bytes[LARGEST];
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (unsigned i = 0; i < ARRAY_LENGTH(sizes); i++) {
		fill(bytes, sizes[i], i);
		udp_client_send(fd, bytes, sizes[i]);
		udp_client_hear(fd, bytes, sizes[i]);
	}
}
END_TEST

/* All at once: more than the server takes with one call, each with its own answer. */
START_TEST(many_at_once_come_back)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (unsigned i = 0; i < MANY; i++)
		udp_client_send(fd, &i, sizeof i);
	for (unsigned i = 0; i < MANY; i++)
		udp_client_hear(fd, &i, sizeof i);
}
END_TEST

START_TEST(each_client_hears_its_own)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fds[CLIENTS];

	for (unsigned i = 0; i < CLIENTS; i++)
		fds[i] = udp_client_open(server->address[0]);
	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < CLIENTS; i++)
			udp_client_send(fds[i], &i, sizeof i);
		for (unsigned i = CLIENTS; i-- > 0;)
			udp_client_hear(fds[i], &i, sizeof i);
	}
}
END_TEST

/* The answer finds nobody, and the server hears of it: that is no reason to end. */
START_TEST(clients_that_do_not_wait)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd;

	for (int i = 0; i < CLIENTS; i++) {
		fd = udp_client_open(server->address[0]);
		udp_client_send(fd, "and off I go", 12);
		close(fd);
	}
	fd = udp_client_open(server->address[0]);
	udp_client_send(fd, "still there?", 12);
	udp_client_hear(fd, "still there?", 12);
}
END_TEST

/* Waiting is not asking again and again. */
START_TEST(no_work_when_nobody_asks)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);
	int64_t busy_ms;

	udp_client_send(fd, "hello", 5);
	udp_client_hear(fd, "hello", 5);
	busy_ms = process_busy_ms(server->pid);
	udp_client_hear_nothing(fd, 500);
	busy_ms = process_busy_ms(server->pid) - busy_ms;
	EXPECT(busy_ms < 300, "busy for %d ms of half a second of silence", (int)busy_ms);
}
END_TEST

void
udpechod_core(Suite *suite)
{
	const struct check checks[] = {
		{ datagram_comes_back, ONCE, NEEDS_PORT, 2,
		    "recvfrom tells whose it is; sendto answers there. udp(7)" },
		{ empty_datagram_comes_back, ONCE, NEEDS_PORT, 2,
		    "0 bytes are a datagram like others: UDP has no end of file. udp(7)" },
		{ three_sent_three_received, ONCE, NEEDS_PORT, 1,
		    "datagrams never stick together: one in, one out. udp(7)" },
		{ every_byte_comes_back, ONCE, NEEDS_PORT, 1,
		    "bytes are no string: use the length that recvfrom gave. udp(7)" },
		{ every_size_comes_back, ONCE, NEEDS_PORT, 2,
		    "what does not fit the buffer is cut off: have room for 65,507 bytes" },
		{ many_at_once_come_back, ONCE, NEEDS_PORT, 1,
		    "answer at once; a burst waits in the socket's buffer (SO_RCVBUF)" },
		{ each_client_hears_its_own, ONCE, NEEDS_PORT, 1,
		    "do not connect(2) the socket: it serves everybody. udp(7)" },
		{ clients_that_do_not_wait, ONCE, NEEDS_PORT, 1,
		    "ECONNREFUSED is news of one client, not the end. udp(7)" },
		{ no_work_when_nobody_asks, ONCE, NEEDS_START, 1,
		    "block in recvfrom or poll; do not ask in a loop" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
