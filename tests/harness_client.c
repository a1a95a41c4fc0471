/*
 * harness: a client of bare sockets that sends and expects exact bytes.
 *
 * Guards against an answer that is short, long, late or altered: each function
 * says what it got instead, and where they begin to differ.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	SHOWN = 60, /* bytes of a wrong answer in the message */
};

/* Bytes as text for a message. */
static const char *
printable(const unsigned char *bytes, size_t count)
{
	static char texts[2][SHOWN * 4 + 4];
	static int turn;
	char *text = texts[turn ^= 1];
	size_t used = 0;

	for (size_t i = 0; i < count && i < SHOWN; i++)
		used += (size_t)snprintf(text + used, 5,
		    bytes[i] >= ' ' && bytes[i] <= '~' ? "%c" : "\\x%02x", bytes[i]);
	snprintf(text + used, 4, "%s", count > SHOWN ? "..." : "");
	return text;
}

void
client_send(int fd, const void *bytes, size_t count)
{
	const char *next = bytes;
	int64_t deadline = now_ms() + WAIT_MS;

	while (count > 0) {
		ssize_t n = write(fd, next, count);

		if (n > 0) {
			next += n;
			count -= (size_t)n;
			continue;
		}
		EXPECT(n == -1 && (errno == EAGAIN || errno == EINTR), "cannot send: %s",
		    strerror(errno));
		EXPECT(await_events(fd, POLLOUT, deadline) != 0, "cannot send: nobody reads");
	}
}

void
client_say(int fd, const char *text)
{
	client_send(fd, text, strlen(text));
}

/* What has come, up to count bytes; 0 at the end of file; -1 with errno. */
static ssize_t
receive_some(int fd, void *bytes, size_t count, int64_t deadline, const char *what)
{
	for (;;) {
		ssize_t n = read(fd, bytes, count);

		if (n >= 0 || (errno != EAGAIN && errno != EINTR))
			return n;
		EXPECT(await_events(fd, POLLIN, deadline) != 0, "%s does not come", what);
	}
}

void
client_receive(int fd, void *bytes, size_t count)
{
	int64_t deadline = now_ms() + WAIT_MS;
	size_t got = 0;

	while (got < count) {
		ssize_t n = receive_some(
		    fd, (char *)bytes + got, count - got, deadline, "the (whole) answer");

		EXPECT(n != 0, "hung up after %zu of %zu bytes: \"%s\"", got, count,
		    printable(bytes, got));
		EXPECT(n > 0, "cannot receive: %s", strerror(errno));
		got += (size_t)n;
	}
}

static void
expect_same(const unsigned char *got, const unsigned char *wanted, size_t count)
{
	size_t at = 0;

	while (at < count && got[at] == wanted[at])
		at++;
	if (at < count)
		harness_fail(__FILE__, __LINE__, "from byte %zu on: got \"%s\", wanted \"%s\"",
		    at, printable(got + at, count - at), printable(wanted + at, count - at));
}

void
client_hear(int fd, const char *text)
{
	size_t length = strlen(text);
	unsigned char *got = malloc(length + 1);

	EXPECT(got != NULL, "no memory");
	client_receive(fd, got, length);
	expect_same(got, (const unsigned char *)text, length);
	free(got);
}

void
client_echo(int fd, const char *text)
{
	client_say(fd, text);
	client_hear(fd, text);
}

/* Sizes that no buffer is a multiple of, growing from 1 byte. */
static size_t
odd_piece(size_t turn)
{
	static const size_t pieces[] = { 1, 3, 1021, 7, 4099, 8191, 1449, 16411, 65521, 2 };

	return pieces[turn % ARRAY_LENGTH(pieces)];
}

static size_t
send_piece(int fd, const unsigned char *bytes, size_t count, size_t turn)
{
	size_t piece = odd_piece(turn);
	ssize_t n = write(fd, bytes, piece < count ? piece : count);

	EXPECT(n > 0 || errno == EAGAIN || errno == EINTR, "cannot send: %s", strerror(errno));
	return n > 0 ? (size_t)n : 0;
}

void
client_exchange(int fd, const unsigned char *bytes, size_t count)
{
	int64_t deadline = now_ms() + WAIT_MS;
	size_t sent = 0, received = 0, turn = 0;
	unsigned char got[32768];

	while (received < count) {
		short wanted = (short)(POLLIN | (sent < count ? POLLOUT : 0));
		short came = await_events(fd, wanted, deadline);
		ssize_t n;

		EXPECT(
		    came != 0, "stuck: %zu of %zu bytes sent, %zu back", sent, count, received);
		if (sent < count && (came & POLLOUT) != 0)
			sent += send_piece(fd, bytes + sent, count - sent, turn++);
		if ((came & ~POLLOUT) == 0)
			continue;
		n = read(fd, got, odd_piece(turn) % sizeof got);
		EXPECT(n != 0, "hung up after %zu of %zu bytes", received, count);
		EXPECT(n > 0, "cannot receive: %s", strerror(errno));
		EXPECT(received + (size_t)n <= sent, "more came back than was sent");
		expect_same(got, bytes + received, (size_t)n);
		received += (size_t)n;
	}
}

void
client_hear_end(int fd)
{
	unsigned char byte[SHOWN];
	ssize_t n = receive_some(fd, byte, sizeof byte, now_ms() + WAIT_MS, "the hanging up");

	EXPECT(n != -1, "%s instead of the end", strerror(errno));
	EXPECT(n == 0, "\"%s\" instead of the end", printable(byte, (size_t)n));
}

void
client_await_gone(int fd)
{
	int64_t deadline = now_ms() + WAIT_MS;
	char bytes[65536];
	ssize_t n;

	while ((n = receive_some(fd, bytes, sizeof bytes, deadline, "the hanging up")) > 0)
		EXPECT(now_ms() < deadline, "it goes on and on");
	EXPECT(n == 0 || errno == ECONNRESET || errno == EPIPE, "receive: %s", strerror(errno));
}

void
client_hear_nothing(int fd, int ms)
{
	unsigned char bytes[SHOWN];
	ssize_t n;

	if (await_events(fd, POLLIN, now_ms() + ms) == 0)
		return;
	n = read(fd, bytes, sizeof bytes);
	EXPECT(n == -1 && errno == EAGAIN, "%s%s where nothing was due",
	    n > 0 ? printable(bytes, (size_t)n) : "",
	    n == -1 ? strerror(errno) :
	    n == 0  ? "the end" :
		      "");
}

void
client_finish(int fd)
{
	EXPECT(shutdown(fd, SHUT_WR) == 0, "shutdown: %s", strerror(errno));
}

void
client_reset(int fd)
{
	const struct linger at_once = { .l_onoff = 1 };

	EXPECT(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0,
	    "SO_LINGER: %s", strerror(errno));
	close(fd);
}

void
client_visit(const char *address)
{
	int fd = client_open(address);

	client_echo(fd, "good morning\n");
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
}

/* ---- datagrams ---- */

void
udp_client_send(int fd, const void *bytes, size_t count)
{
	EXPECT(send(fd, bytes, count, 0) == (ssize_t)count, "cannot send %zu bytes: %s", count,
	    strerror(errno));
}

size_t
udp_client_receive(int fd, void *bytes, size_t capacity)
{
	ssize_t n = receive_some(fd, bytes, capacity, now_ms() + WAIT_MS, "the datagram");

	EXPECT(n != -1, "no datagram: %s", strerror(errno));
	return (size_t)n;
}

void
udp_client_hear(int fd, const void *bytes, size_t count)
{
	static unsigned char heard[65536];
	size_t n = udp_client_receive(fd, heard, sizeof heard);

	EXPECT(n == count, "a datagram of %zu bytes instead of %zu: %s", n, count,
	    printable(heard, n));
	EXPECT(memcmp(heard, bytes, count) == 0,
	    "a datagram with other bytes: %s instead of %s", printable(heard, n),
	    printable(bytes, count));
}

void
udp_client_hear_nothing(int fd, int ms)
{
	unsigned char heard[SHOWN];
	ssize_t n;

	if (await_events(fd, POLLIN, now_ms() + ms) == 0)
		return;
	n = read(fd, heard, sizeof heard);
	EXPECT(n == -1, "a datagram that should not be: %s",
	    printable(heard, n > 0 ? (size_t)n : 0));
}
