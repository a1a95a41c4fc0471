/*
 * A TFTP server by hand. See tftp.h.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

enum opcode {
	RRQ = 1,
	WRQ,
	DATA,
	ACK,
	ERROR,
	OACK,
};

enum {
	PEERS_MAX = 24,
	RECEIVE_BUFFER = 1 << 20,
};

static int
open_socket(struct sockaddr_in *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t length = sizeof *name;
	const int buffer = RECEIVE_BUFFER;

	*name = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	EXPECT(fd != -1 && bind(fd, (const struct sockaddr *)name, sizeof *name) == 0 &&
		   getsockname(fd, (struct sockaddr *)name, &length) == 0,
	    "socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	return fd;
}

struct peer *
peer_open(void)
{
	static struct peer peers[PEERS_MAX];
	static size_t count;
	struct peer *peer = &peers[count];
	struct sockaddr_in name;

	EXPECT(count++ < PEERS_MAX, "too many servers in one test");
	peer->door = open_socket(&name);
	peer->fd = -1;
	snprintf(peer->port, sizeof peer->port, "%d", ntohs(name.sin_port));
	return peer;
}

static int
connect_to_client(const struct peer *peer)
{
	struct sockaddr_in name;
	int fd = open_socket(&name);

	EXPECT(connect(fd, (const struct sockaddr *)&peer->client, sizeof peer->client) == 0,
	    "connect: %s", strerror(errno));
	return fd;
}

/* ---- what is heard ---- */

static unsigned
number_at(const struct peer *peer, size_t at)
{
	return (unsigned)peer->packet[at] << 8 | peer->packet[at + 1];
}

static const char *
shown(const struct peer *peer)
{
	static char text[256];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < peer->length && i < 60; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		    peer->packet[i] > ' ' && peer->packet[i] < 127 ? "%c" : "\\%02x",
		    peer->packet[i]);
	return text;
}

static bool
is_patient(const struct peer *peer)
{
	const char *timeout = peer_option(peer, "timeout");

	return timeout && strcmp(timeout, TFTP_PATIENCE) == 0;
}

const char *
peer_hear_request(struct peer *peer, const char *kind)
{
	socklen_t length = sizeof peer->client;
	ssize_t n;

	EXPECT(await_events(peer->door, POLLIN, now_ms() + WAIT_MS) != 0, "no %s comes", kind);
	n = recvfrom(peer->door, peer->packet, sizeof peer->packet - 1, 0,
	    (struct sockaddr *)&peer->client, &length);
	EXPECT(n >= 4, "no request: %s", strerror(errno));
	peer->length = (size_t)n;
	EXPECT(number_at(peer, 0) == (strcmp(kind, "RRQ") == 0 ? RRQ : WRQ), "no %s: %s", kind,
	    shown(peer));
	EXPECT(peer->packet[n - 1] == '\0', "the request does not end in NUL: %s", shown(peer));
	if (peer->fd != -1)
		close(peer->fd);
	peer->fd = connect_to_client(peer);
	peer->patient = is_patient(peer);
	memset(peer->last, 0, sizeof peer->last);
	return (const char *)peer->packet + 2;
}

const char *
peer_mode(const struct peer *peer)
{
	return (const char *)peer->packet + 2 + strlen((const char *)peer->packet + 2) + 1;
}

const char *
peer_option(const struct peer *peer, const char *name)
{
	const char *end = (const char *)peer->packet + peer->length;
	const char *at = peer_mode(peer);

	for (at += strlen(at) + 1; at < end;) {
		const char *value = at + strlen(at) + 1;

		EXPECT(value < end, "an option without a value: %s", shown(peer));
		if (strcmp(at, name) == 0)
			return value;
		at = value + strlen(value) + 1;
	}
	return NULL;
}

void
peer_expect_option(const struct peer *peer, const char *name, const char *value)
{
	const char *got = peer_option(peer, name);

	EXPECT(got != NULL, "it does not ask for %s", name);
	EXPECT(strcmp(got, value) == 0, "%s is %s, wanted %s", name, got, value);
}

static bool
is_packet(const struct peer *peer, unsigned opcode, unsigned number)
{
	return number_at(peer, 0) == opcode && number_at(peer, 2) == number;
}

/* The last one once more; and not at once, as no timer would. */
static bool
is_repeated(const struct peer *peer)
{
	return memcmp(peer->packet, peer->last, sizeof peer->last) == 0 &&
	       now_ms() >= peer->heard_ms + QUIET_MS;
}

static void
hear(struct peer *peer, unsigned opcode, unsigned number)
{
	do {
		peer->length = udp_client_receive(peer->fd, peer->packet, sizeof peer->packet);
		EXPECT(peer->length >= 4, "a packet of %zu bytes", peer->length);
	} while (!is_packet(peer, opcode, number) && is_repeated(peer));
	memcpy(peer->last, peer->packet, sizeof peer->last);
	peer->heard_ms = now_ms();
}

void
peer_hear_ack(struct peer *peer, unsigned block)
{
	hear(peer, ACK, block);
	EXPECT(is_packet(peer, ACK, block) && peer->length == 4, "no ACK %u: %s", block,
	    shown(peer));
}

void
peer_await_ack(struct peer *peer, unsigned block)
{
	do
		hear(peer, ACK, block);
	while (!is_packet(peer, ACK, block));
}

void
peer_hear_data(struct peer *peer, unsigned block, const void *bytes, size_t size)
{
	hear(peer, DATA, block);
	EXPECT(is_packet(peer, DATA, block), "no DATA %u: %s", block, shown(peer));
	EXPECT(peer->length == size + 4, "DATA %u of %zu bytes, wanted %zu", block,
	    peer->length - 4, size);
	EXPECT(memcmp(peer->packet + 4, bytes, size) == 0, "DATA %u with other bytes", block);
}

static void
expect_error(const unsigned char *packet, size_t length, unsigned code)
{
	EXPECT(length >= 5 && packet[0] == 0 && packet[1] == ERROR, "no ERROR but opcode %d",
	    packet[1]);
	EXPECT(packet[3] == code, "ERROR %d, wanted %u", packet[3], code);
	EXPECT(packet[length - 1] == '\0', "the words of ERROR do not end in NUL");
}

void
peer_hear_error(struct peer *peer, unsigned code)
{
	hear(peer, ERROR, code);
	expect_error(peer->packet, peer->length, code);
}

unsigned
peer_hear_any(struct peer *peer)
{
	int64_t deadline = now_ms() + WAIT_MS;
	ssize_t n = -1;

	while (n == -1 && now_ms() < deadline) {
		await_events(peer->fd, POLLIN, deadline);
		n = recv(peer->fd, peer->packet, sizeof peer->packet, MSG_DONTWAIT);
	}
	EXPECT(n >= 4, "no packet: %s", strerror(errno));
	peer->length = (size_t)n;
	return number_at(peer, 0);
}

void
peer_hear_nothing(struct peer *peer)
{
	udp_client_hear_nothing(peer->fd, QUIET_MS);
}

/* ---- what is said ---- */

static size_t
put_number(unsigned char *at, unsigned number)
{
	at[0] = (unsigned char)(number >> 8);
	at[1] = (unsigned char)number;
	return 2;
}

void
peer_send(const struct peer *peer, const void *bytes, size_t size)
{
	udp_client_send(peer->fd, bytes, size);
}

static size_t
put_text(unsigned char *at, const char *text)
{
	memcpy(at, text, strlen(text) + 1);
	return strlen(text) + 1;
}

void
peer_send_oack(const struct peer *peer, const char *const *options)
{
	unsigned char packet[BLOCK];
	size_t length = put_number(packet, OACK);

	if (peer->patient) {
		length += put_text(packet + length, "timeout");
		length += put_text(packet + length, TFTP_PATIENCE);
	}
	for (; *options; options++)
		length += put_text(packet + length, *options);
	peer_send(peer, packet, length);
}

void
peer_accept(const struct peer *peer)
{
	if (peer->patient)
		peer_oack(peer, NULL);
	else
		peer_ack(peer, 0);
}

void
peer_data(const struct peer *peer, unsigned block, const void *bytes, size_t size)
{
	static unsigned char packet[PACKET_MAX];

	put_number(packet, DATA);
	put_number(packet + 2, block & 0xffff);
	memcpy(packet + 4, bytes, size);
	peer_send(peer, packet, size + 4);
}

void
peer_block(const struct peer *peer, unsigned block, size_t at, size_t size, unsigned seed)
{
	unsigned char *bytes = malloc(at + size + 1);

	EXPECT(bytes != NULL, "memory");
	lab_fill(bytes, at + size, seed);
	peer_data(peer, block, bytes + at, size);
	free(bytes);
}

void
peer_ack(const struct peer *peer, unsigned block)
{
	unsigned char packet[4];

	put_number(packet, ACK);
	put_number(packet + 2, block & 0xffff);
	peer_send(peer, packet, sizeof packet);
}

void
peer_error(const struct peer *peer, unsigned code, const char *words)
{
	unsigned char packet[BLOCK];

	put_number(packet, ERROR);
	put_number(packet + 2, code);
	memcpy(packet + 4, words, strlen(words) + 1);
	peer_send(peer, packet, strlen(words) + 5);
}

/* ---- strangers ---- */

int
stranger_open(const struct peer *peer)
{
	return connect_to_client(peer);
}

void
stranger_hear_error(int fd, unsigned code)
{
	unsigned char packet[BLOCK];

	expect_error(packet, udp_client_receive(fd, packet, sizeof packet), code);
}
