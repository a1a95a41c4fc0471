/*
 * right_tftp: what the broken TFTP clients of this directory do right; see right_tftp.h.
 */
#include "tests/pitfalls/right_tftp.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

enum {
	RRQ = 1,
	WRQ = 2,
	ERROR = 5,
	WAIT_MS = 1000,
};

/* ---- packets ---- */

static void
send_to(const struct right_tftp *tftp, const struct sockaddr_in *whom, const void *bytes,
    size_t size)
{
	if (sendto(tftp->fd, bytes, size, 0, (const struct sockaddr *)whom, sizeof *whom) == -1)
		right_fail("sendto");
}

static void
send_numbers(const struct right_tftp *tftp, const struct sockaddr_in *whom, unsigned opcode,
    unsigned number, const unsigned char *bytes, size_t size)
{
	unsigned char packet[4 + RIGHT_BLOCK] = { 0, (unsigned char)opcode,
		(unsigned char)(number >> 8), (unsigned char)number };

	if (size > 0)
		memcpy(packet + 4, bytes, size);
	send_to(tftp, whom, packet, 4 + size);
}

void
right_tftp_ack(const struct right_tftp *tftp, unsigned block)
{
	send_numbers(tftp, &tftp->server, RIGHT_ACK, block, NULL, 0);
}

void
right_tftp_data(
    const struct right_tftp *tftp, unsigned block, const unsigned char *bytes, size_t size)
{
	send_numbers(tftp, &tftp->server, RIGHT_DATA, block, bytes, size);
}

unsigned
right_tftp_opcode(const struct right_tftp *tftp)
{
	return (unsigned)tftp->packet[0] << 8 | tftp->packet[1];
}

unsigned
right_tftp_block(const struct right_tftp *tftp)
{
	return (unsigned)tftp->packet[2] << 8 | tftp->packet[3];
}

bool
right_tftp_receive(struct right_tftp *tftp, struct sockaddr_in *from)
{
	struct pollfd wait = { .fd = tftp->fd, .events = POLLIN };
	socklen_t length = sizeof *from;
	ssize_t n;

	if (poll(&wait, 1, WAIT_MS) != 1) {
		errno = ETIMEDOUT;
		return false;
	}
	n = recvfrom(
	    tftp->fd, tftp->packet, sizeof tftp->packet, 0, (struct sockaddr *)from, &length);
	tftp->size = n < 4 ? 0 : (size_t)n;
	return tftp->size > 0;
}

bool
right_tftp_hear(struct right_tftp *tftp)
{
	struct sockaddr_in from = { 0 };

	while (right_tftp_receive(tftp, &from)) {
		if (!tftp->answered || from.sin_port == tftp->server.sin_port) {
			tftp->server = from;
			tftp->answered = true;
			if (right_tftp_opcode(tftp) != ERROR)
				return true;
			errno = ECONNABORTED;
			right_fail("the server's ERROR");
		}
		if (right_tftp_opcode(tftp) != ERROR)
			send_numbers(tftp, &from, ERROR, 5, (const unsigned char *)"", 1);
	}
	return false;
}

/* ---- the beginning ---- */

static void
send_request(const struct right_tftp *tftp, const char *name)
{
	unsigned char packet[RIGHT_BLOCK] = { 0, tftp->puts ? WRQ : RRQ };
	int size = snprintf((char *)packet + 2, sizeof packet - 2, "%s%coctet", name, '\0');

	send_to(tftp, &tftp->server, packet, 2 + (size_t)size + 1);
}

void
right_tftp_begin(struct right_tftp *tftp, int argc, char *argv[])
{
	const char *last = argv[argc - 1], *before = argv[argc - 2], *remote;

	*tftp = (struct right_tftp){
		.fd = socket(AF_INET, SOCK_DGRAM, 0),
		.puts = strcmp(argv[argc - 3], "put") == 0,
		.server = { .sin_family = AF_INET,
		    .sin_port = htons(right_port(argc, argv)),
		    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
	};
	tftp->local = tftp->puts ? before : last;
	remote = strchr(tftp->puts ? last : before, ':');
	if (tftp->fd == -1 || remote == NULL)
		right_fail("no host:name");
	send_request(tftp, remote + 1);
}

/* ---- files ---- */

static const char *
temporary(const struct right_tftp *tftp)
{
	static char name[4096];

	snprintf(name, sizeof name, "%s.new", tftp->local);
	return name;
}

FILE *
right_tftp_open(const struct right_tftp *tftp)
{
	FILE *file = fopen(tftp->puts ? tftp->local : temporary(tftp), tftp->puts ? "r" : "w");

	if (file == NULL)
		right_fail(tftp->local);
	return file;
}

void
right_tftp_publish(const struct right_tftp *tftp, FILE *file)
{
	if (fclose(file) == EOF || rename(temporary(tftp), tftp->local) == -1)
		right_fail(tftp->local);
}

/* ---- transfers ---- */

void
right_tftp_dally(struct right_tftp *tftp)
{
	if (fork() != 0)
		return;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	while (right_tftp_hear(tftp))
		right_tftp_ack(tftp, right_tftp_block(tftp));
	_exit(0);
}

int
right_tftp_get(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
	unsigned short block = 1;
	size_t size = RIGHT_BLOCK;

	for (int tries = 0; size == RIGHT_BLOCK && tries < RIGHT_TRIES;) {
		if (!right_tftp_hear(tftp)) {
			tries++;
			continue;
		}
		if (right_tftp_opcode(tftp) == RIGHT_DATA && right_tftp_block(tftp) == block) {
			size = tftp->size - 4;
			fwrite(tftp->packet + 4, 1, size, file);
			block++;
			tries = 0;
		}
		right_tftp_ack(tftp, (unsigned short)(block - 1));
	}
	if (size == RIGHT_BLOCK)
		right_fail("no answer");
	right_tftp_publish(tftp, file);
	right_tftp_dally(tftp);
	return 0;
}

/* Whether this block's ACK comes, and nothing else counts. */
static bool
await_ack(struct right_tftp *tftp, unsigned block)
{
	while (right_tftp_hear(tftp))
		if (right_tftp_opcode(tftp) == RIGHT_ACK && right_tftp_block(tftp) == block)
			return true;
	return false;
}

int
right_tftp_put(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
	unsigned char bytes[RIGHT_BLOCK];
	size_t size = RIGHT_BLOCK;

	if (!await_ack(tftp, 0))
		right_fail("no answer");
	for (unsigned short block = 1; size == RIGHT_BLOCK; block++) {
		int tries = 0;

		size = fread(bytes, 1, sizeof bytes, file);
		do
			right_tftp_data(tftp, block, bytes, size);
		while (!await_ack(tftp, block) && ++tries < RIGHT_TRIES);
		if (tries == RIGHT_TRIES)
			right_fail("no answer");
	}
	return 0;
}
