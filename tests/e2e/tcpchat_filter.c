/*
 * tcpchat between pipes and files: the bytes arrive, both ways at once.
 *
 * Guards against a chat that takes bytes for text, that waits for one direction while
 * the other could go on, and that takes into memory what its reader does not take.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

enum {
	LARGE = 64 * 1024 * 1024,
	PIECE = 65536,
	STUCK_MS = 1000,	     /* TCP tries again now and then, and lets some more in */
	HELD_MAX = 48 * 1024 * 1024, /* the kernel's buffers of both sides, and more */
};

START_TEST(what_is_said_is_heard)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);

	program_send(p, "hello lsj 哈哈哈\n");
	client_hear(peer, "hello lsj 哈哈哈\n");
	client_say(peer, "who is there?\n");
	program_await_text(&p->out, "who is there?\n");
	client_say(peer, "no newline");
	program_await_text(&p->out, "no newline");
	program_send(p, "nor here");
	client_hear(peer, "nor here");
	program_finish(p);
	client_hear_end(peer);
	close(peer);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "who is there?\nno newline") == 0, "stdout is: %s",
	    p->out.text);
}
END_TEST

/* A terminal would have them escaped; a pipe gets what came. */
START_TEST(every_byte_both_ways)
{
	int peer;
	struct program *p = chat_call(NULL, &peer);
	char bytes[256], back[256];

	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	client_send(p->in, bytes, sizeof bytes);
	client_receive(peer, back, sizeof back);
	EXPECT(memcmp(bytes, back, sizeof back) == 0, "what arrives differs");
	client_send(peer, bytes, sizeof bytes);
	client_finish(peer);
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(p->out.length == sizeof bytes && memcmp(p->out.text, bytes, sizeof bytes) == 0,
	    "what is printed differs");
}
END_TEST

/* Send until nothing more is taken for a while: how much was. */
static size_t
fill(int fd)
{
	static char bytes[PIECE];
	size_t sent = 0;

	while (await_events(fd, POLLOUT, now_ms() + STUCK_MS) != 0) {
		ssize_t n = write(fd, bytes, sizeof bytes);

		EXPECT(n > 0 || errno == EAGAIN, "write: %s", strerror(errno));
		sent += n > 0 ? (size_t)n : 0;
		EXPECT(sent < HELD_MAX, "%zu bytes are gone, and nobody reads", sent);
	}
	return sent;
}

/* Nobody reads its output: the other side must wait, and our words still go through. */
START_TEST(full_output_holds_up_only_itself)
{
	int peer, out;
	struct program *p = chat_call(NULL, &peer);

	out = p->out.fd;
	p->out.fd = -1; /* so that await_events does not collect it */
	fill(peer);
	program_send(p, "I still can speak\n");
	client_hear(peer, "I still can speak\n");
	close(out);
	close(peer);
}
END_TEST

/* The same, and they have gone: that polls ready for ever, and nothing can be done yet. */
START_TEST(full_output_costs_no_processor)
{
	int peer, out;
	struct program *p = chat_call(NULL, &peer);
	long before;

	out = p->out.fd;
	p->out.fd = -1;
	fill(peer);
	client_reset(peer);
	await_events(-1, 0, now_ms() + QUIET_MS);
	before = process_ticks(p->pid);
	await_events(-1, 0, now_ms() + 4 * QUIET_MS);
	EXPECT(process_ticks(p->pid) - before < 4 * QUIET_MS / 20,
	    "it works while there is nothing to do");
	close(out);
	program_expect_status(p, 1);
}
END_TEST

/* The other side does not read: our input must wait, and its words still come. */
START_TEST(deaf_peer_holds_up_only_itself)
{
	const int small = PIECE; /* and it stays so: else TCP would find more room */
	int peer;
	struct program *p = chat_call(NULL, &peer);

	EXPECT(setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0, "SO_RCVBUF");
	fill(p->in);
	client_say(peer, "I still can speak\n");
	program_await_text(&p->out, "I still can speak\n");
	close(peer);
}
END_TEST

/* A file of LARGE bytes without a period that is a power of two. */
static int
make_file(const char *name, unsigned seed)
{
	static unsigned char bytes[PIECE];
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/%s", temporary_directory(), name);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	EXPECT(fd != -1, "%s: %s", path, strerror(errno));
	for (size_t at = 0; at < LARGE; at += sizeof bytes) {
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (unsigned char)((at + i) % 251 + (at + i) / 65521 + seed);
		EXPECT(write(fd, bytes, sizeof bytes) == sizeof bytes, "%s: full disk?", path);
	}
	EXPECT(lseek(fd, 0, SEEK_SET) == 0, "lseek");
	return fd;
}

static int
make_empty(const char *name)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/%s", temporary_directory(), name);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	EXPECT(fd != -1, "%s: %s", path, strerror(errno));
	return fd;
}

static void
expect_same_files(int sent, int received)
{
	static unsigned char a[PIECE], b[PIECE];
	size_t at = 0;
	ssize_t n;

	while ((n = pread(sent, a, sizeof a, (off_t)at)) > 0) {
		EXPECT(pread(received, b, sizeof b, (off_t)at) == n, "cut at byte %zu", at);
		EXPECT(memcmp(a, b, (size_t)n) == 0, "differs near byte %zu", at);
		at += (size_t)n;
	}
	EXPECT(n == 0 && pread(received, b, 1, (off_t)at) == 0, "too long: over %zu", at);
}

/* Both sides the program under test, and both with much to say: who waits for whom? */
START_TEST(large_files_both_ways)
{
	int to_right = make_file("a", 0), to_left = make_file("b", 7);
	int at_right = make_empty("c"), at_left = make_empty("d");
	char address[ADDRESS_MAX];
	struct program *left, *right;

	right = program_launch(
	    &(struct launch){ .args = ARGS("-l", "-p", "0"), .in = to_left, .out = at_right });
	chat_await_address(right, address);
	left = program_launch(
	    &(struct launch){ .args = ARGS("-p", strrchr(address, ':') + 1, "127.0.0.1"),
		.in = to_right,
		.out = at_left });
	program_expect_status(left, 0);
	program_expect_status(right, 0);
	expect_same_files(to_right, at_right);
	expect_same_files(to_left, at_left);
}
END_TEST

/* The same into pipes, one of which is read late: what does not fit must wait, not block. */
START_TEST(large_stream_into_a_slow_pipe)
{
	int file = make_file("a", 3), out;
	char address[ADDRESS_MAX];
	struct program *left, *right = chat_wait(NULL, address);
	static unsigned char bytes[PIECE];
	size_t got = 0;
	ssize_t n;

	out = right->out.fd;
	right->out.fd = -1;
	left = program_launch(&(struct launch){
	    .args = ARGS("-p", strrchr(address, ':') + 1, "127.0.0.1"), .in = file });
	program_send(right, "first my words\n");
	program_await_text(&left->out, "first my words\n");
	program_finish(right);
	while (await_events(out, POLLIN, now_ms() + WAIT_MS) != 0 &&
	       (n = read(out, bytes, sizeof bytes)) > 0)
		got += (size_t)n;
	EXPECT(got == LARGE, "%zu bytes came through, wanted %d", got, LARGE);
	program_expect_status(left, 0);
	program_expect_status(right, 0);
	close(out);
}
END_TEST

void
tcpchat_filter(Suite *suite)
{
	const struct check checks[] = {
		{ what_is_said_is_heard, ONCE, NEEDS_START, 2,
		    "input to the socket, socket to the output, at once. tcpchat(1)" },
		{ every_byte_both_ways, ONCE, NEEDS_START, 1,
		    "bytes are no strings; change nothing unless on a terminal. tcpchat(1)" },
		{ full_output_holds_up_only_itself, ONCE, NEEDS_START, 2,
		    "poll the output, too, and stop reading when it is full. tcpchat(1)" },
		{ full_output_costs_no_processor, ONCE, NEEDS_START, 1,
		    "a hang-up polls ready for ever: leave that descriptor out. poll(2)" },
		{ deaf_peer_holds_up_only_itself, ONCE, NEEDS_START, 2,
		    "never wait in send: poll for room, or the words that come are not "
		    "heard. tcpchat(1)" },
		{ large_files_both_ways, ONCE, NEEDS_START, 2,
		    "two that first send all wait for each other for ever. tcpchat(1)" },
		{ large_stream_into_a_slow_pipe, ONCE, NEEDS_START, 1,
		    "a write to a full pipe blocks: poll it, write PIPE_BUF. tcpchat(1)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
