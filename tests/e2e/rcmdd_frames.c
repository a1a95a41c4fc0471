/*
 * rcmdd: frames that may not come, do not end, or lie.
 *
 * Guards against a server that guesses: it answers what is wrong with an ERROR and the
 * end, keeps no command for a stream that broke off, and serves the next client.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

START_TEST(cut_at_every_header_byte)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	unsigned char header[HEADER + 5];

	frame_header(header, EXEC, 0, 5);
	memcpy(header + HEADER, "true", 5);
	for (size_t i = 0; i < sizeof header; i++) {
		int fd = rcmdd_hello(server);

		client_send(fd, header, i);
		client_finish(fd);
		client_hear_end(fd);
		close(fd);
	}
	EXPECT(run_words(server, ARGS("true"))->end == EXITED, "the server suffers");
	if (server->pid != 0)
		process_await_no_zombies(server->pid);
}
END_TEST

START_TEST(a_byte_at_a_time)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	unsigned char bytes[HEADER + 8];

	frame_header(bytes, EXEC, 0, 8);
	memcpy(bytes + HEADER, "echo\0ab", 8);
	for (size_t i = 0; i < sizeof bytes; i++)
		client_send(fd, bytes + i, 1);
	EXPECT(strcmp(answer_await(fd)->out, "ab\n") == 0, "wrong");
	close(fd);
}
END_TEST

struct bad {
	unsigned char header[8]; /* magic, version, type, flags */
	uint64_t value, size;
};

START_TEST(headers_that_may_not_be)
{
	static const struct bad all[] = {
		{ "GET / HT", 0, 0 }, { "SWBD\2\20\0\0", 0, 0 }, /* version */
		{ "SWBD\1\0\0\0", 0, 0 },			 /* type 0 */
		{ "SWBD\1\377\0\0", 0, 0 },			 /* type 255 */
		{ "SWBD\1\20\0\1", 0, 0 },			 /* a flag */
		{ "SWBD\1\20\0\0", 0, (1 << 17) + 1 },		 /* EXEC too long */
		{ "SWBD\1\21\0\0", 0, UINT64_MAX },		 /* STDIN of all there is */
		{ "SWBD\1\22\0\0", 2, 1 },			 /* SIGNAL with a payload */
		{ "SWBD\1\22\0\0", 0, 0 },			 /* signal 0 */
		{ "SWBD\1\22\0\0", 65, 0 },			 /* no signal */
		{ "SWBD\1\23\0\0", 0, 0 },			 /* STDOUT is the server's */
		{ "SWBD\1\25\0\0", 1, 0 },			 /* EXIT */
		{ "SWBD\1\26\0\0", 1, 0 },			 /* WINDOW */
		{ "SWBD\1\1\0\0", 1, 0 },			 /* HELLO again */
		{ "SWBD\1\40\0\0", 1, 0 },			 /* filecp's GET */
		{ "SWBD\1\20\0\0", 0, 0 },			 /* EXEC of nothing */
		{ "SWBD\1\20\0\0", 7, 0 },			 /* no such form */
	};
	struct program *server = rcmdd_start(ARGS(NULL));

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		unsigned char header[HEADER];
		int fd = rcmdd_hello(server);

		frame_header(header, 0, all[i].value, all[i].size);
		memcpy(header, all[i].header, 8);
		client_send(fd, header, HEADER);
		frame_hear_error(fd, E_PROTOCOL);
		close(fd);
	}
}
END_TEST

START_TEST(words_that_may_not_be)
{
	static const struct {
		uint64_t form;
		const char *bytes;
		size_t len;
	} all[] = {
		{ 0, "true", 4 }, /* no end */
		{ 1, "a\0b", 4 }, /* a line is one word */
		{ 2, "true", 5 }, /* no such form */
	};
	struct program *server = rcmdd_start(ARGS(NULL));
	static char many[2 * 1025];

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		int fd = rcmdd_hello(server);

		frame_send(fd, EXEC, all[i].form, all[i].bytes, all[i].len);
		frame_hear_error(fd, E_PROTOCOL);
		close(fd);
	}
	for (size_t i = 0; i < sizeof many; i += 2)
		many[i] = 'x';
	{
		int fd = rcmdd_hello(server);

		frame_send(fd, EXEC, 0, many, sizeof many);
		frame_hear_error(fd, E_PROTOCOL);
		close(fd);
	}
}
END_TEST

START_TEST(exec_while_one_runs)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	pid_t pid;

	exec_line(fd, "echo $$; exec sleep 1000");
	pid = hear_pid(fd);
	exec_words(fd, ARGS("true"));
	frame_hear_error(fd, E_PROTOCOL);
	process_await_end(pid);
	close(fd);
}
END_TEST

START_TEST(more_input_than_the_window)
{
	static char much[2 * FIRST_WINDOW];
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	pid_t pid;

	exec_line(fd, "echo $$; exec sleep 1000");
	pid = hear_pid(fd);
	frame_send(fd, STDIN, 0, much, sizeof much);
	process_await_end(pid);
	client_await_gone(fd);
	close(fd);
}
END_TEST

START_TEST(another_service)
{
	static const unsigned char hello[33] = { [32] = '-' };
	int fd = client_open(rcmdd_start(ARGS(NULL))->address[0]);

	frame_send(fd, HELLO, 2, hello, sizeof hello);
	frame_hear_error(fd, E_PROTOCOL);
	close(fd);
}
END_TEST

void
rcmdd_frames(Suite *suite)
{
	const struct check checks[] = {
		{ cut_at_every_header_byte, ONCE, NEEDS_PORT, 1,
		    "an end within a frame is an end. frame(5)" },
		{ a_byte_at_a_time, ONCE, NEEDS_PORT, 1,
		    "read until the frame is whole. frame(5)" },
		{ headers_that_may_not_be, ONCE, NEEDS_PORT, 2,
		    "check each field before the next byte is read. frame(5)" },
		{ words_that_may_not_be, ONCE, NEEDS_PORT, 1,
		    "count them, and find the last NUL. frame(5)" },
		{ exec_while_one_runs, ONCE, NEEDS_START, 1, "one at a time. rcmdd(8)" },
		{ more_input_than_the_window, ONCE, NEEDS_START, 1, "count it. rcmdd(8)" },
		{ another_service, ONCE, NEEDS_PORT, 1, "HELLO names its service. frame(5)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
