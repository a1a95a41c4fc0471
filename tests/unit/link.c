/*
 * Guards: a frame that is read short, a stranger who is waited for, a length that is
 * believed, last words that a reset overtakes, -x that shows something else than is sent.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"
#include "link/frames.h"
#include "tests/unit/unit.h"

enum {
	IDLE_MS = 10000,
	STILL_SENDING = 4 * 1024 * 1024,
};

static struct conn conn;
static struct link here;
static int other;

static void
open_over(int ends[2])
{
	log_open("unit", LOG_LEVEL_ERROR);
	other = ends[1];
	conn_open(&conn, ends[0], ends[0], NULL, IDLE_MS, NULL);
	ck_assert_int_eq(link_open(&here, &conn), 0);
}

static void
open_pair(void)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	open_over(ends);
}

/* Over TCP, which alone has resets. */
static void
open_tcp_pair(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t len = sizeof name;
	int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2];

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&name, sizeof name), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&name, &len), 0);
	ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(ends[1], (struct sockaddr *)&name, sizeof name), 0);
	ends[0] = accept(listener, NULL, NULL);
	ck_assert_int_ge(ends[0], 0);
	close(listener);
	open_over(ends);
}

/* The rest of the test in a child is the peer; `other` is its end. */
static pid_t
fork_peer(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	close(pid == 0 ? conn.in : other);
	return pid;
}

static void
expect_peer_content(pid_t peer)
{
	int status;

	ck_assert_int_eq(waitpid(peer, &status, 0), peer);
	ck_assert_msg(status == 0, "the peer has seen something else: status %#x", status);
}

static size_t
make_frame(uint8_t *whole, uint8_t type, uint64_t value, size_t size)
{
	const struct frame frame = { .type = type, .value = value, .size = size };

	ck_assert(frame_pack(&frame, whole));
	memset(whole + FRAME_HEADER, 'x', size);
	return FRAME_HEADER + size;
}

static void
send_all(int fd, const void *bytes, size_t len)
{
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
}

/* Exactly that many, or as many as come before the end. */
static size_t
receive(int fd, uint8_t *bytes, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len && (n = read(fd, bytes + have, len - have)) > 0)
		have += (size_t)n;
	return have;
}

START_TEST(reads_frames_in_pieces)
{
	uint8_t bytes[4 * FRAME_HEADER + 100];
	size_t len = make_frame(bytes, FRAME_STDOUT, 7, 90);
	pid_t peer;

	open_pair();
	len += make_frame(bytes + len, FRAME_STDIN, 0, 0);
	peer = fork_peer();
	if (peer == 0) {
		for (size_t i = 0; i < len; i++)
			if (write(other, bytes + i, 1) != 1 || poll(NULL, 0, 0) == -1)
				_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(link_read(&here), 1);
	ck_assert_int_eq(here.frame.type, FRAME_STDOUT);
	ck_assert_uint_eq(here.frame.value, 7);
	ck_assert_uint_eq(here.frame.size, 90);
	ck_assert_mem_eq(here.payload, bytes + FRAME_HEADER, 90);
	ck_assert_int_eq(link_read(&here), 1);
	ck_assert_int_eq(here.frame.type, FRAME_STDIN);
	ck_assert(!here.over);
	ck_assert_int_eq(link_read(&here), 0);
	ck_assert(here.over);
	expect_peer_content(peer);
	link_close(&here);
}
END_TEST

/* The stream ends after `_i` bytes of a frame: an end only before the first. */
START_TEST(a_stream_that_ends)
{
	uint8_t bytes[FRAME_HEADER + 10];
	size_t len = make_frame(bytes, FRAME_STDOUT, 0, 10);
	int want = _i == 0 ? 0 : _i < (int)len ? -1 : 1;

	open_pair();
	send_all(other, bytes, (size_t)_i);
	close(other);
	errno = 0;
	ck_assert_int_eq(link_read(&here), want);
	ck_assert_int_eq(errno, want == -1 ? ECONNRESET : 0);
	ck_assert_int_eq(here.over, want != 1);
	link_close(&here);
}
END_TEST

/* It stays connected and waits for an answer, which must come before 24 bytes have. */
static const struct {
	const char *bytes;
	size_t len;
	const char *words;
} strangers[] = {
	{ "GET / HT", 8, "no SWBD" },
	{ "\x16\x03\x01", 3, "no SWBD" },
	{ "SWBD\x02", 5, "another version" },
	{ "SWBD\x01\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24, "type" },
	{ "SWBD\x01\x13\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0", 24, "larger" },
};

START_TEST(strangers_are_told)
{
	uint8_t answer[FRAME_HEADER + FRAME_TEXT_MAX] = { 0 };
	struct frame frame;
	pid_t peer;

	open_tcp_pair();
	peer = fork_peer();
	if (peer == 0) {
		size_t len;

		send_all(other, strangers[_i].bytes, strangers[_i].len);
		len = receive(other, answer, sizeof answer - 1);
		if (len < FRAME_HEADER || frame_unpack(&frame, answer, len) != FRAME_OK ||
		    frame.type != FRAME_ERROR || frame.value != FRAME_E_PROTOCOL ||
		    frame.size != len - FRAME_HEADER ||
		    !strstr((char *)answer + FRAME_HEADER, strangers[_i].words))
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(link_read(&here), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert(here.over);
	expect_peer_content(peer);
	link_close(&here);
}
END_TEST

/* A refusal while the peer goes on sending: it hears the words, and not a reset. */
START_TEST(last_words_are_heard)
{
	uint8_t answer[FRAME_HEADER + 64], rest;
	pid_t peer;

	open_tcp_pair();
	peer = fork_peer();
	if (peer == 0) {
		static char much[STILL_SENDING];
		struct frame frame;

		for (size_t done = 0; done < sizeof much;) {
			ssize_t n = send(other, much + done, sizeof much - done, MSG_NOSIGNAL);

			if (n == -1)
				_exit(1);
			done += (size_t)n;
		}
		if (receive(other, answer, FRAME_HEADER) != FRAME_HEADER ||
		    frame_unpack(&frame, answer, FRAME_HEADER) != FRAME_OK ||
		    receive(other, answer, frame.size) != 4 || memcmp(answer, "why?", 4) != 0)
			_exit(2);
		_exit(read(other, &rest, 1) == 0 ? 0 : 3);
	}
	ck_assert_int_eq(link_refuse(&here, FRAME_E_LIMIT, "why?"), 0);
	link_hang_up(&here);
	close(conn.in);
	expect_peer_content(peer);
	link_close(&here);
}
END_TEST

START_TEST(writes_what_may_be)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 70000, FRAME_CHUNK_MAX };
	static uint8_t want[FRAME_HEADER + FRAME_CHUNK_MAX], got[sizeof want];
	size_t len = make_frame(want, FRAME_DATA, 3, sizes[_i]);
	pid_t peer;

	open_pair();
	peer = fork_peer();
	if (peer == 0) {
		size_t n = receive(other, got, sizeof got);

		_exit(n == len && memcmp(got, want, len) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(link_write(&here, FRAME_DATA, 3, want + FRAME_HEADER, sizes[_i]), 0);
	close(conn.in);
	expect_peer_content(peer);
	link_close(&here);
}
END_TEST

START_TEST(writes_nothing_that_may_not_be)
{
	static uint8_t much[FRAME_CHUNK_MAX + 1];
	struct pollfd wait;

	open_pair();
	errno = 0;
	ck_assert_int_eq(link_write(&here, FRAME_DATA, 0, much, sizeof much), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(link_write(&here, FRAME_STDIN - 8, 0, much, 1), -1);
	ck_assert_int_eq(link_write(&here, FRAME_DONE, 0, much, 1), -1);
	ck_assert_int_eq(link_write_header(&here, FRAME_DATA, 0, UINT64_MAX), -1);
	wait = (struct pollfd){ .fd = other, .events = POLLIN };
	ck_assert_int_eq(poll(&wait, 1, 0), 0);
	link_close(&here);
}
END_TEST

START_TEST(refusals_fit)
{
	char words[3 * FRAME_TEXT_MAX];
	uint8_t bytes[4 * FRAME_TEXT_MAX];
	struct frame frame;

	open_pair();
	memset(words, 'w', sizeof words);
	words[sizeof words - 1] = '\0';
	ck_assert_int_eq(link_refuse(&here, FRAME_E_NAME, "%s", words), 0);
	close(conn.in);
	ck_assert_uint_eq(
	    receive(other, bytes, sizeof bytes), FRAME_HEADER + FRAME_TEXT_MAX - 1);
	ck_assert_int_eq(frame_unpack(&frame, bytes, FRAME_HEADER), FRAME_OK);
	ck_assert_uint_eq(frame.value, FRAME_E_NAME);
	link_close(&here);
}
END_TEST

/* As it stands in frame(5), where students read it. */
START_TEST(shows_each_field)
{
	static const char want[] = "unit: -> 53 57 42 44               magic    SWBD\n"
				   "unit: -> 01                        version  1\n"
				   "unit: -> 13                        type     19, STDOUT\n"
				   "unit: -> 00 00                     flags    0\n"
				   "unit: -> 00 00 00 00 00 00 01 00   value    256\n"
				   "unit: -> 00 00 00 00 00 00 00 05   size     5\n"
				   "unit: -> 000000  68 65 6c 6c 6f "
				   "                                  |hello|\n";
	static uint8_t much[1000];

	open_pair();
	trace_show_bytes();
	capture_begin(STDERR_FILENO);
	ck_assert_int_eq(link_write(&here, FRAME_STDOUT, 256, "hello", 5), 0);
	ck_assert_str_eq(capture_end(), want);
	capture_begin(STDERR_FILENO);
	ck_assert_int_eq(link_write(&here, FRAME_STDOUT, 0, much, sizeof much), 0);
	ck_assert_ptr_nonnull(strstr(capture_end(), "and 744 bytes more\n"));
	link_close(&here);
}
END_TEST

Suite *
link_suite(void)
{
	Suite *suite = suite_create("link");
	TCase *tcase = tcase_create("link");

	tcase_add_test(tcase, reads_frames_in_pieces);
	tcase_add_loop_test(tcase, a_stream_that_ends, 0, FRAME_HEADER + 11);
	tcase_add_loop_test(
	    tcase, strangers_are_told, 0, (int)(sizeof strangers / sizeof *strangers));
	tcase_add_test(tcase, last_words_are_heard);
	tcase_add_loop_test(tcase, writes_what_may_be, 0, 7);
	tcase_add_test(tcase, writes_nothing_that_may_not_be);
	tcase_add_test(tcase, refusals_fit);
	tcase_add_test(tcase, shows_each_field);
	suite_add_tcase(suite, tcase);
	return suite;
}
