/*
 * udptime: servers that are not there, that are silent, or that refuse.
 *
 * Guards against a client that waits for ever, that prints an error as if it were the
 * time, and that ends with 0 without having learnt it.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udptime_peer.h"

/* Status 1, nothing on stdout, and one line on stderr that matches. */
static void
expect_failure(struct program *p, const char *regex)
{
	program_expect_status(p, 1);
	EXPECT(p->out.length == 0, "words on stdout: %s", p->out.text);
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1: %s", stream_lines(&p->err),
	    p->err.text);
	EXPECT(program_has_line(&p->err, regex), "no line like %s: %s", regex, p->err.text);
}

START_TEST(nobody_receives)
{
	int port, holder = port_reserve(AF_INET, &port);
	char number[16];

	snprintf(number, sizeof number, "%d", port);
	expect_failure(program_start(ARGS("-p", number, "127.0.0.1")),
	    "^udptime: 127\\.0\\.0\\.1:[0-9]+: ECONNREFUSED \\(Connection refused\\): no one "
	    "receives there; start the server first$");
	close(holder);
}
END_TEST

START_TEST(silence_has_an_end)
{
	const struct peer peer = { .silent = true };
	int64_t start = now_ms();

	expect_failure(program_start(ARGS("-t", "0.7", "-p", peer_start(&peer), "127.0.0.1")),
	    "^udptime: 127\\.0\\.0\\.1:[0-9]+: no answer for 0\\.7 s, asked 2 times$");
	EXPECT(now_ms() - start >= 690, "after %d ms", (int)(now_ms() - start));
}
END_TEST

START_TEST(an_error_is_no_time)
{
	const struct peer peer = { .answer = "error: %Q: unknown conversion" };

	expect_failure(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1", "%Q")),
	    "^udptime: 127\\.0\\.0\\.1 answers: error: %Q: unknown conversion$");
}
END_TEST

START_TEST(an_error_drives_no_terminal)
{
	const struct peer peer = { .answer = "error: \033[2J\nudptime: forged" };

	expect_failure(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1")),
	    "answers: error: \\\\x1b\\[2J\\\\x0audptime: forged$");
}
END_TEST

START_TEST(nothing_is_no_time)
{
	const struct peer peer = { .answer = "" };

	expect_failure(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1", "%H")),
	    "^udptime: 127\\.0\\.0\\.1: an empty answer$");
}
END_TEST

START_TEST(a_book_is_no_time)
{
	static char book[1025];
	const struct peer peer = { .answer = book, .answer_len = sizeof book };

	memset(book, 'x', sizeof book);
	expect_failure(program_start(ARGS("-p", peer_start(&peer), "127.0.0.1")),
	    "^udptime: 127\\.0\\.0\\.1: more than 1024 bytes are no time$");
}
END_TEST

START_TEST(no_such_host)
{
	expect_failure(
	    program_start(ARGS("nosuch.invalid")), "^udptime: nosuch\\.invalid: [A-Z]");
}
END_TEST

START_TEST(a_format_beyond_a_datagram)
{
	static char format[65600];

	memset(format, 'x', sizeof format - 1);
	expect_failure(program_start(ARGS("127.0.0.1", format)),
	    "^udptime: the format does not fit in a datagram of 65507 bytes$");
}
END_TEST

START_TEST(nobody_reads_the_answer)
{
	const struct peer peer = { .answer = "noon" };
	struct program *p;
	int full = open("/dev/full", O_WRONLY);

	EXPECT(full != -1, "no /dev/full");
	p = program_launch(&(struct launch){
	    .args = ARGS("-p", peer_start(&peer), "127.0.0.1"), .out = full });
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udptime: standard output: ENOSPC"), "not told: %s",
	    p->err.text);
}
END_TEST

void
udptime_failures(Suite *suite)
{
	const struct check checks[] = {
		OURS(nobody_receives, ONCE),
		OURS(silence_has_an_end, ONCE),
		OURS(an_error_is_no_time, ONCE),
		OURS(an_error_drives_no_terminal, ONCE),
		OURS(nothing_is_no_time, ONCE),
		OURS(a_book_is_no_time, ONCE),
		OURS(no_such_host, ONCE),
		OURS(a_format_beyond_a_datagram, ONCE),
		OURS(nobody_reads_the_answer, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
