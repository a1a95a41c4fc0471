/*
 * tcpechod: the bytes come back, all of them and no others.
 *
 * Guards against what beginners' servers do: treat bytes as a string, lose what
 * did not fit in one read or one write, take one read for one message, and stop
 * sending when the client has stopped. A server on any address can be graded.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	MEBIBYTE = 1024 * 1024,
	TAIL = 200000, /* more than a server is likely to read at once */
};

/* Bytes of every value, in an order that shows a piece moved or lost. */
static unsigned char *
all_kinds_of_bytes(size_t count)
{
	unsigned char *bytes = malloc(count);
	uint32_t state = 2463534242;

	EXPECT(bytes != NULL, "no memory");
	for (size_t i = 0; i < count; i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		bytes[i] = (unsigned char)(state >> 8);
	}
	return bytes;
}

static int
open_client(int model)
{
	return client_open(server_start(model, ARGS(NULL))->address[0]);
}

START_TEST(echo_text)
{
	int fd = open_client(_i);

	client_echo(fd, "hello\n");
	client_echo(fd, "and once more, without a newline");
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
}
END_TEST

START_TEST(echo_utf8)
{
	int fd = open_client(_i);

	client_echo(fd, "hello lsj 哈哈哈\n");
	close(fd);
}
END_TEST

START_TEST(echo_nul_bytes)
{
	static const unsigned char bytes[] = { 0, 'a', 0, 0, 255, '\r', '\n', 26, 4, 0 };
	unsigned char *all = all_kinds_of_bytes(3000);
	int fd = open_client(_i);

	client_exchange(fd, bytes, sizeof bytes);
	client_exchange(fd, all, 3000);
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
	free(all);
}
END_TEST

START_TEST(echo_one_byte_at_a_time)
{
	int fd = open_client(_i);

	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;

		client_exchange(fd, &byte, 1);
	}
	close(fd);
}
END_TEST

START_TEST(echo_mebibyte_in_odd_pieces)
{
	unsigned char *bytes = all_kinds_of_bytes(MEBIBYTE);
	int fd = open_client(_i);

	client_exchange(fd, bytes, MEBIBYTE);
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
	free(bytes);
}
END_TEST

/* We send all, say that we are done, and only then begin to read. */
START_TEST(echo_after_half_close)
{
	unsigned char *bytes = all_kinds_of_bytes(TAIL);
	unsigned char *got = malloc(TAIL);
	int fd = open_client(_i);

	EXPECT(got != NULL, "no memory");
	client_send(fd, bytes, TAIL);
	client_finish(fd);
	client_receive(fd, got, TAIL);
	EXPECT(memcmp(got, bytes, TAIL) == 0, "the answer differs");
	client_hear_end(fd);
	close(fd);
	free(bytes);
	free(got);
}
END_TEST

START_TEST(echo_glued_messages)
{
	int fd = open_client(_i);

	client_say(fd, "one\n");
	client_say(fd, "two\n");
	client_say(fd, "three");
	client_hear(fd, "one\ntwo\nthree");
	client_hear_nothing(fd, QUIET_MS);
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
}
END_TEST

START_TEST(end_at_once)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_finish(fd);
	client_hear_end(fd);
	close(fd);
	client_visit(server->address[0]);
}
END_TEST

/* An open line on which nobody speaks is no reason to speak or to hang up. */
START_TEST(silence_is_answered_by_silence)
{
	int fd = open_client(_i);

	client_hear_nothing(fd, QUIET_MS);
	client_echo(fd, "still there?\n");
	client_hear_nothing(fd, QUIET_MS);
	client_echo(fd, "good.\n");
	close(fd);
}
END_TEST

void
tcpechod_core(Suite *suite)
{
	const struct check checks[] = {
		{ echo_text, ALL_MODELS, NEEDS_PORT, 2,
		    "send back each read, until read returns 0; then close. sockets(7)" },
		{ echo_utf8, ALL_MODELS, NEEDS_PORT, 1,
		    "bytes are not characters: send them as they came. sockets(7)" },
		{ echo_nul_bytes, ALL_MODELS, NEEDS_PORT, 1,
		    "what read gives is no string: use its count, not strlen. sockets(7)" },
		{ echo_one_byte_at_a_time, ALL_MODELS, NEEDS_PORT, 1,
		    "answer what has come; do not wait for a line or a full buffer. "
		    "sockets(7)" },
		{ echo_mebibyte_in_odd_pieces, ALL_MODELS, NEEDS_PORT, 2,
		    "write may take less than you gave it: loop until all is sent. "
		    "sockets(7)" },
		{ echo_after_half_close, ALL_MODELS, NEEDS_PORT, 2,
		    "a client that has finished sending still reads. sockets(7)" },
		{ echo_glued_messages, ALL_MODELS, NEEDS_PORT, 1,
		    "TCP keeps bytes, not messages: several sends may be one read. "
		    "sockets(7)" },
		{ end_at_once, ALL_MODELS, NEEDS_PORT, 1,
		    "read returns 0 when the client is done: leave the loop. sockets(7)" },
		{ silence_is_answered_by_silence, ALL_MODELS, NEEDS_PORT, 1,
		    "send only what came; wait in read for more. tcpechod(8)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
