/*
 * tftpd_talk: a TFTP client by hand, which does right or wrong as a check wants. It shares
 * no code with the server.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tftpd.h"

const char *
tftp_top(size_t size)
{
	const char *top = lab_directory("top");

	lab_write(text_of("%s/f", top), size, 1);
	return top;
}

struct call *
call_with(const struct program *server)
{
	struct call *talk = calloc(1, sizeof *talk);
	struct sockaddr_in any = { .sin_family = AF_INET }, to = any;
	const char *address = server->address[0], *colon = strrchr(address, ':');

	to.sin_port = htons((uint16_t)atoi(colon + 1));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	any.sin_addr = to.sin_addr;
	memcpy(&talk->asks, &to, sizeof to);
	talk->peer = talk->asks;
	talk->len = sizeof to;
	talk->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	EXPECT(bind(talk->fd, (struct sockaddr *)&any, sizeof any) == 0, "bind: %s",
	    strerror(errno));
	return talk;
}

void
call_end(struct call *talk)
{
	close(talk->fd);
	free(talk);
}

static void
send_to(struct call *talk, const struct sockaddr_storage *to, const void *bytes, size_t len)
{
	EXPECT(sendto(talk->fd, bytes, len, 0, (const struct sockaddr *)to, talk->len) ==
		   (ssize_t)len,
	    "sendto: %s", strerror(errno));
}

void
call_ask(struct call *talk, int opcode, const void *fields, size_t len)
{
	unsigned char bytes[2048] = { 0, (unsigned char)opcode };

	EXPECT(len + 2 <= sizeof bytes, "too long a request");
	memcpy(bytes + 2, fields, len);
	send_to(talk, &talk->asks, bytes, len + 2);
}

void
call_say(struct call *talk, const void *bytes, size_t len)
{
	send_to(talk, &talk->peer, bytes, len);
}

void
call_ack(struct call *talk, unsigned block)
{
	const unsigned char bytes[] = { 0, 4, (unsigned char)(block >> 8),
		(unsigned char)block };

	call_say(talk, bytes, sizeof bytes);
}

void
call_data(struct call *talk, unsigned block, const void *content, size_t len)
{
	unsigned char *bytes = malloc(len + 4);

	bytes[0] = 0;
	bytes[1] = 3;
	bytes[2] = (unsigned char)(block >> 8);
	bytes[3] = (unsigned char)block;
	memcpy(bytes + 4, content, len);
	call_say(talk, bytes, len + 4);
	free(bytes);
}

static void
receive(struct call *talk)
{
	socklen_t len = sizeof talk->peer;
	ssize_t n;

	EXPECT(await_events(talk->fd, POLLIN, now_ms() + WAIT_MS), "the server says nothing");
	n = recvfrom(
	    talk->fd, talk->bytes, sizeof talk->bytes, 0, (struct sockaddr *)&talk->peer, &len);
	EXPECT(n >= 4, "%zd bytes came", n);
	talk->got = (size_t)n;
}

static unsigned
number_at(const struct call *talk, size_t at)
{
	return (unsigned)talk->bytes[at] << 8 | talk->bytes[at + 1];
}

static bool
is_last_again(const struct call *talk)
{
	return memcmp(talk->bytes, talk->last, sizeof talk->last) == 0;
}

/* A repetition that comes at once is no timer's: it counts. */
static void
hear(struct call *talk, unsigned opcode, unsigned number)
{
	bool wanted;

	do {
		receive(talk);
		wanted = number_at(talk, 0) == opcode && number_at(talk, 2) == number;
	} while (!wanted && is_last_again(talk) && now_ms() >= talk->heard_ms + QUIET_MS);
	memcpy(talk->last, talk->bytes, sizeof talk->last);
	talk->heard_ms = now_ms();
	EXPECT(number_at(talk, 0) == opcode, "opcode %u came, wanted %u: %.*s",
	    number_at(talk, 0), opcode, number_at(talk, 0) == 5 ? (int)talk->got - 4 : 0,
	    talk->bytes + 4);
}

void
call_hear_error(struct call *talk, unsigned code)
{
	hear(talk, 5, code);
	EXPECT(number_at(talk, 2) == code, "ERROR %u (%s), wanted %u", number_at(talk, 2),
	    talk->bytes + 4, code);
	EXPECT(talk->bytes[talk->got - 1] == '\0', "the text does not end with NUL");
}

void
call_hear_ack(struct call *talk, unsigned block)
{
	hear(talk, 4, block);
	EXPECT(number_at(talk, 2) == block, "ACK %u, wanted %u", number_at(talk, 2), block);
	EXPECT(talk->got == 4, "an ACK of %zu bytes", talk->got);
}

void
call_hear_data(struct call *talk, unsigned block, size_t len)
{
	hear(talk, 3, block);
	EXPECT(number_at(talk, 2) == block, "DATA %u, wanted %u", number_at(talk, 2), block);
	EXPECT(talk->got == len + 4, "%zu bytes in block %u, wanted %zu", talk->got - 4, block,
	    len);
}

void
call_hear_oack(struct call *talk, const void *options, size_t len)
{
	const unsigned char *first = options;

	hear(talk, 6, (unsigned)first[0] << 8 | first[1]);
	EXPECT(talk->got == len + 2 && memcmp(talk->bytes + 2, options, len) == 0,
	    "an OACK of %zu bytes that begins with %s", talk->got, talk->bytes + 2);
}

void
call_hear_nothing(struct call *talk)
{
	EXPECT(!await_events(talk->fd, POLLIN, now_ms() + QUIET_MS),
	    "something comes that must not");
}

void
call_hear_nothing_new(struct call *talk)
{
	while (await_events(talk->fd, POLLIN, now_ms() + QUIET_MS)) {
		receive(talk);
		EXPECT(is_last_again(talk), "something new comes");
	}
}

struct call *
call_begin(const struct program *server)
{
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet\0timeout\0009");
	HEAR_OACK(talk, "timeout\0009");
	call_ack(talk, 0);
	call_hear_data(talk, 1, 512);
	return talk;
}

void
call_finish(struct call *talk)
{
	call_ack(talk, 1);
	call_hear_data(talk, 2, 88);
	call_ack(talk, 2);
	call_end(talk);
}

void
call_expect_content(const struct call *talk, size_t size, size_t offset, size_t len)
{
	unsigned char *all = malloc(size + 1);

	lab_fill(all, size, 1);
	EXPECT(memcmp(talk->bytes + 4, all + offset, len) == 0, "wrong bytes at offset %zu",
	    offset);
	free(all);
}
