/*
 * Guards: short reads and writes taken for whole ones, a wait without an end,
 * bytes of the next line lost, a file sent short.
 *
 * Each test runs twice: with the socket keeping time itself, and polled.
 */
#include "common/conn.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"
#include "tests/unit/unit.h"

enum {
	IDLE_MS = 100,
	BIG = 3 * 1024 * 1024 + 17,
};

static struct conn conn;
static int other;

static void
open_pair(bool polled, int idle_ms)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	other = ends[1];
	conn_open(&conn, ends[0], ends[0], NULL, idle_ms, NULL);
	ck_assert(!conn.polled);
	if (polled)
		conn_poll_waits(&conn);
}

static void
say(const char *text)
{
	ck_assert_int_eq(write(other, text, strlen(text)), (ssize_t)strlen(text));
}

static void
expect_line(const char *text)
{
	const char *line;
	ssize_t len = conn_read_line(&conn, &line);

	ck_assert_int_eq(len, (ssize_t)strlen(text));
	ck_assert_mem_eq(line, text, strlen(text));
}

START_TEST(reads_lines_however_they_come)
{
	char buffer[16];

	open_pair(_i, 5000);
	conn_set_buffer(&conn, buffer, sizeof buffer);
	say("one\ntwo\r\n\nthr");
	expect_line("one\n");
	expect_line("two\r\n");
	expect_line("\n");
	say("ee\n0123456789abcd\nlast");
	expect_line("three\n");
	expect_line("0123456789abcd\n"); /* fills the buffer, wrapped */
	close(other);
	expect_line("last");
	expect_line("");
	expect_line("");
}
END_TEST

START_TEST(a_line_too_long_is_an_error)
{
	char buffer[8];
	const char *line;

	open_pair(_i, 5000);
	conn_set_buffer(&conn, buffer, sizeof buffer);
	say("12345678");
	ck_assert_int_eq(conn_read_line(&conn, &line), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	say("ok\n");
	expect_line("ok\n");
}
END_TEST

START_TEST(exact_takes_the_buffered_bytes_first)
{
	char buffer[32], body[8];

	open_pair(_i, 5000);
	conn_set_buffer(&conn, buffer, sizeof buffer);
	say("size 5\nhel");
	expect_line("size 5\n");
	say("lonext");
	ck_assert_int_eq(conn_read_exact(&conn, body, 5), 5);
	ck_assert_mem_eq(body, "hello", 5);
	close(other);
	ck_assert_int_eq(conn_read_exact(&conn, body, 8), 4); /* the end came before */
	ck_assert_mem_eq(body, "next", 4);
	ck_assert_int_eq(conn_read(&conn, body, 8), 0);
	ck_assert_uint_eq(conn.count->in, 16);
}
END_TEST

START_TEST(idle_reader_times_out)
{
	int64_t start;
	char byte;

	open_pair(_i, IDLE_MS);
	start = sys_now_ms();
	ck_assert_int_eq(conn_read(&conn, &byte, 1), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_ge(sys_now_ms() - start, IDLE_MS - 10);
}
END_TEST

START_TEST(a_peer_that_does_not_read_times_out)
{
	char *big = calloc(1, BIG);

	open_pair(_i, IDLE_MS);
	ck_assert_int_eq(conn_write(&conn, big, BIG), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_uint_gt(conn.count->out, 0);
	free(big);
}
END_TEST

/* In a child: read all that comes, in odd pieces; exit 0 if it is the pattern. */
static pid_t
start_reader(size_t expected)
{
	pid_t pid = fork();
	unsigned char piece[4093];
	size_t total = 0;
	ssize_t n;

	if (pid != 0)
		return pid;
	close(conn.in);
	while ((n = read(other, piece, sizeof piece)) > 0)
		for (ssize_t i = 0; i < n; i++, total++)
			if (piece[i] != (unsigned char)(total * 31 >> 3))
				_exit(1);
	_exit(total == expected ? 0 : 2);
}

static void
expect_reader_content(pid_t pid)
{
	int status;

	close(conn.in);
	close(other);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static unsigned char *
make_pattern(void)
{
	unsigned char *big = malloc(BIG);

	for (size_t i = 0; i < BIG; i++)
		big[i] = (unsigned char)(i * 31 >> 3);
	return big;
}

START_TEST(writes_are_whole)
{
	unsigned char *big = make_pattern();
	pid_t reader;

	open_pair(_i, 20000);
	reader = start_reader(BIG);
	close(other);
	ck_assert_int_eq(conn_write(&conn, big, BIG), 0);
	other = -1;
	expect_reader_content(reader);
	ck_assert_uint_eq(conn.count->out, BIG);
	free(big);
}
END_TEST

static int
make_file(void)
{
	char name[] = "/tmp/switchboard-unit-XXXXXX";
	unsigned char *big = make_pattern();
	int fd = mkstemp(name);

	unlink(name);
	ck_assert_int_eq(write(fd, big, BIG), BIG);
	free(big);
	return fd;
}

START_TEST(sends_a_file)
{
	int file = make_file();
	pid_t reader;

	open_pair(_i, 20000);
	reader = start_reader(BIG);
	close(other);
	ck_assert_int_eq(conn_send_file(&conn, file, 0, BIG), 0);
	other = -1;
	expect_reader_content(reader);
	ck_assert_uint_eq(conn.count->out, BIG);
}
END_TEST

START_TEST(a_file_that_ends_early_is_an_error)
{
	char got[32];

	open_pair(_i, 5000);
	ck_assert_int_eq(conn_send_file(&conn, make_file(), BIG - 10, 20), -1);
	ck_assert_int_eq(errno, EIO);
	ck_assert_int_eq(read(other, got, sizeof got), 10);
}
END_TEST

START_TEST(a_peer_that_is_gone_is_an_error_and_no_signal)
{
	open_pair(_i, 5000);
	close(other);
	ck_assert_int_eq(conn_write(&conn, "x", 1), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

/* Pipes and files have no clock of their own, and may be two descriptors. */
START_TEST(works_on_pipes)
{
	int in[2], out[2];
	char buffer[64];

	ck_assert_int_eq(pipe(in), 0);
	ck_assert_int_eq(pipe(out), 0);
	conn_open(&conn, in[0], out[1], NULL, IDLE_MS, NULL);
	ck_assert(conn.polled);
	ck_assert_int_eq(write(in[1], "hello", 5), 5);
	ck_assert_int_eq(conn_read(&conn, buffer, sizeof buffer), 5);
	ck_assert_int_eq(conn_write(&conn, "answer", 6), 0);
	ck_assert_int_eq(read(out[0], buffer, sizeof buffer), 6);
	ck_assert_int_eq(conn_read(&conn, buffer, sizeof buffer), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	for (int full = 0; full == 0;)
		full = conn_write(&conn, buffer, sizeof buffer);
	ck_assert_int_eq(errno, ETIMEDOUT);
	close(in[1]);
	ck_assert_int_eq(conn_read(&conn, buffer, sizeof buffer), 0);
	ck_assert_str_eq(conn_peer(&conn), "standard input");
}
END_TEST

static volatile sig_atomic_t stopped;

static void
note_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* A signal that is blocked outside the wait ends the session, also if it came before. */
START_TEST(a_stop_signal_ends_the_wait)
{
	struct sigaction action = { .sa_handler = note_stop };
	sigset_t block, wait_mask;
	char byte;

	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &wait_mask);
	sigaction(SIGTERM, &action, NULL);
	open_pair(true, 0);
	conn.wait_mask = &wait_mask;
	conn.stop = &stopped;
	raise(SIGTERM);
	ck_assert_int_eq(stopped, 0);
	ck_assert_int_eq(conn_read(&conn, &byte, 1), -1);
	ck_assert_int_eq(errno, ECANCELED);
	ck_assert_int_eq(stopped, 1);
}
END_TEST

/* The parent's end of the lifeline closes: this process must end, with status 1. */
START_TEST(a_broken_lifeline_ends_the_process)
{
	int lifeline[2];
	char byte;

	ck_assert_int_eq(pipe(lifeline), 0);
	open_pair(true, 0);
	conn.lifeline = lifeline[0];
	close(lifeline[1]);
	conn_read(&conn, &byte, 1);
}
END_TEST

Suite *
conn_suite(void)
{
	Suite *suite = suite_create("conn");
	TCase *tcase = tcase_create("conn");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, reads_lines_however_they_come, 0, 2);
	tcase_add_loop_test(tcase, a_line_too_long_is_an_error, 0, 2);
	tcase_add_loop_test(tcase, exact_takes_the_buffered_bytes_first, 0, 2);
	tcase_add_loop_test(tcase, idle_reader_times_out, 0, 2);
	tcase_add_loop_test(tcase, a_peer_that_does_not_read_times_out, 0, 2);
	tcase_add_loop_test(tcase, writes_are_whole, 0, 2);
	tcase_add_loop_test(tcase, sends_a_file, 0, 2);
	tcase_add_loop_test(tcase, a_file_that_ends_early_is_an_error, 0, 2);
	tcase_add_loop_test(tcase, a_peer_that_is_gone_is_an_error_and_no_signal, 0, 2);
	tcase_add_test(tcase, works_on_pipes);
	tcase_add_test(tcase, a_stop_signal_ends_the_wait);
	tcase_add_exit_test(tcase, a_broken_lifeline_ends_the_process, 1);
	suite_add_tcase(suite, tcase);
	return suite;
}
