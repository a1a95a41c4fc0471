/*
 * tftpd: what it says, and wrong usage.
 *
 * Guards against a name that forges a line of the log, and options that are half obeyed.
 */
#include <signal.h>
#include <string.h>

#include "tests/e2e/tftpd.h"

START_TEST(each_transfer_is_a_line)
{
	struct program *server = udp_server_start(ARGS("-W", tftp_top(10)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	program_await_line(server, &server->err,
	    "^tftpd\\[[0-9]+\\]: 127.0.0.1:[0-9]+: read \"f\": 10 bytes in .* s, blksize 512, "
	    "window 1, 0 repeated$");
	ASK(talk, 1, "x\ntftpd: all is well\033[2J\0octet");
	call_hear_error(talk, 1);
	program_await_line(server, &server->err,
	    "read \"x\\\\x0atftpd: all is well\\\\x1b\\[2J\" refused: file not found$");
	call_end(talk);
}
END_TEST

START_TEST(steps_and_bytes_are_shown)
{
	struct program *server = udp_server_start(ARGS("-v", "-x", tftp_top(10)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	program_await_line(server, &server->err, "-> .*DATA 1, 10 bytes");
	program_await_line(server, &server->err, "<- .*ACK 1");
	call_end(talk);
}
END_TEST

START_TEST(wrong_usage)
{
	static const char *const wrong[][4] = {
		{ NULL },
		{ "-O", "/tmp" },
		{ "-B", "7", "/tmp" },
		{ "-B", "65465", "/tmp" },
		{ "-w", "0", "/tmp" },
		{ "-m", "fork", "/tmp" },
		{ "/tmp", "/tmp" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct program *p = program_start(wrong[i]);
		int status = program_await_exit(p);

		EXPECT(status == 2, "case %zu: exit status %d", i, status);
		EXPECT(stream_lines(&p->err) == 1, "not one line");
	}
}
END_TEST

START_TEST(no_such_directory)
{
	struct program *p = program_start(ARGS("-p", "0", "/no/such"));

	EXPECT(program_await_exit(p) == 1, "exit status");
	EXPECT(program_has_line(&p->err, "^tftpd: /no/such: ENOENT"), "no word of it");
}
END_TEST

START_TEST(what_only_root_may_see_is_not_served)
{
	lab_expect_shut_out();
}
END_TEST

void
tftpd_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(each_transfer_is_a_line, ONCE),
		OURS(steps_and_bytes_are_shown, ONCE),
		OURS(wrong_usage, ONCE),
		OURS(no_such_directory, ONCE),
	};
	const struct check as_root[] = { OURS(what_only_root_may_see_is_not_served, ONCE) };

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_root(), suite, as_root, ARRAY_LENGTH(as_root));
}
