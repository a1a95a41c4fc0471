/*
 * tcpecho as a filter: standard input to the server, its answer to standard output.
 *
 * Guards against a client that first sends all and then reads all (a deadlock once
 * the buffers are full), that leaves before the answer is complete, or that takes
 * bytes for text.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

enum {
	LARGE = 64 * 1024 * 1024,
	PIECE = 65536,
};

START_TEST(line_there_and_back)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_ECHO), "127.0.0.1"));

	program_send(p, "hello lsj 哈哈哈\n");
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "hello lsj 哈哈哈\n") == 0, "stdout is: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

/* What is typed into a pipe comes back at once, not at the end. */
START_TEST(line_by_line)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_ECHO), "127.0.0.1"));

	program_send(p, "one\n");
	program_await_text(&p->out, "one\n");
	program_send(p, "tw");
	program_await_text(&p->out, "one\ntw");
	program_send(p, "o");
	program_await_text(&p->out, "one\ntwo");
	program_finish(p);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(nothing_there_and_back)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_ECHO), "127.0.0.1"));

	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(p->out.length == 0 && p->err.length == 0, "words where there are none to say");
}
END_TEST

START_TEST(every_byte_there_and_back)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_IN_PIECES), "127.0.0.1"));
	char bytes[256];

	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	client_send(p->in, bytes, sizeof bytes);
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(p->out.length == sizeof bytes && memcmp(p->out.text, bytes, sizeof bytes) == 0,
	    "the answer differs");
}
END_TEST

/* The suite's own pair, for once together. */
START_TEST(with_tcpechod)
{
	struct program *server = program_launch(
	    &(struct launch){ .other = "tcpechod", .args = ARGS("-p", "0", "-U") });
	struct program *p;

	program_await_ready(server);
	p = program_start(ARGS("-p", strchr(server->address[0], ':') + 1, "127.0.0.1"));
	program_send(p, "hello\n");
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "HELLO\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

/* The byte at an offset of the stream: no power of two as a period. */
static unsigned char
byte_at(size_t offset)
{
	return (unsigned char)(offset % 251 + offset / 65521);
}

static size_t
feed(int fd, size_t sent)
{
	static unsigned char bytes[PIECE];
	size_t count = LARGE - sent < PIECE ? LARGE - sent : PIECE;
	ssize_t n;

	for (size_t i = 0; i < count; i++)
		bytes[i] = byte_at(sent + i);
	n = write(fd, bytes, count);
	EXPECT(n > 0 || errno == EAGAIN, "its standard input: %s", strerror(errno));
	return n > 0 ? (size_t)n : 0;
}

/* Returns what came; the end is 0. */
static size_t
drain(int fd, size_t received)
{
	static unsigned char bytes[PIECE];
	ssize_t n = read(fd, bytes, PIECE);

	EXPECT(n >= 0, "its standard output: %s", strerror(errno));
	for (ssize_t i = 0; i < n; i++)
		EXPECT(bytes[i] == byte_at(received + (size_t)i), "byte %zu differs",
		    received + (size_t)i);
	return (size_t)n;
}

/* Our ends of its pipes: await_events would collect 64 MiB, so it does not know of them. */
static void
pump(int in, int out)
{
	int64_t deadline = now_ms() + 6 * WAIT_MS;
	size_t sent = 0, received = 0, n = 1;

	while (n > 0) {
		struct pollfd fds[] = {
			{ .fd = sent < LARGE ? in : -1, .events = POLLOUT },
			{ .fd = out, .events = POLLIN },
		};

		EXPECT(poll(fds, 2, WAIT_MS) > 0 && now_ms() < deadline,
		    "stuck: %zu bytes went in, %zu came out", sent, received);
		if (fds[0].revents != 0) {
			sent += feed(in, sent);
			if (sent == LARGE)
				close(in);
		}
		if (fds[1].revents != 0)
			received += n = drain(out, received);
	}
	EXPECT(received == LARGE, "%zu bytes came back, wanted %d", received, LARGE);
}

START_TEST(large_stream_there_and_back)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_ECHO), "127.0.0.1"));
	int in = p->in, out = p->out.fd;

	p->in = p->out.fd = -1;
	pump(in, out);
	close(out);
	program_expect_status(p, 0);
}
END_TEST

/* Its reader has gone, as with head(1): an error and status 1, not death by SIGPIPE. */
START_TEST(nobody_reads_the_answer)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_ECHO), "127.0.0.1"));

	close(p->out.fd);
	p->out.fd = -1;
	program_send(p, "hello?\n");
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpecho: .*EPIPE \\("), "EPIPE is not said");
}
END_TEST

void
tcpecho_filter(Suite *suite)
{
	const struct check checks[] = {
		{ line_there_and_back, ONCE, NEEDS_START, 2,
		    "copy input to the server and its answer to the output. tcpecho(1)" },
		{ line_by_line, ONCE, NEEDS_START, 1,
		    "poll both directions; flush what you print. tcpecho(1)" },
		{ nothing_there_and_back, ONCE, NEEDS_START, 1,
		    "at the end of the input, shutdown(2) the sending half. sockets(7)" },
		{ every_byte_there_and_back, ONCE, NEEDS_START, 1,
		    "bytes are no strings; an answer may come in pieces. sockets(7)" },
		{ large_stream_there_and_back, ONCE, NEEDS_START, 2,
		    "read while you send, or both sides fill up and wait for ever. "
		    "sockets(7)" },
		OURS(with_tcpechod, ONCE),
		OURS(nobody_reads_the_answer, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
