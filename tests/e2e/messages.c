/*
 * e2e_messages: messages over TCP, as they were sent.
 *
 * Guards against what makes them stick together or fall apart: see the programs of
 * tests/pitfalls with `Suite: messages`, whose shape is that of right_messages in
 * tests/pitfalls/right.h. Each line of standard input is sent as a message; each that
 * arrives is printed as a line.
 */
#include <signal.h>
#include <string.h>

#include "tests/harness.h"

enum {
	LONG = 1000000,
	LATE = 3,
};

/* What was said comes out, line by line, and nothing else. */
static void
expect_same(const char *said)
{
	struct program *p = program_start(ARGS(NULL));
	int status;

	program_send(p, said);
	program_finish(p);
	status = program_await_exit(p);
	EXPECT(strcmp(p->out.text, said) == 0, "sent \"%.60s\", received \"%.60s\"", said,
	    p->out.text);
	EXPECT(status == 0, "exit status %d", status);
}

START_TEST(one_message)
{
	expect_same("hello\n");
}
END_TEST

START_TEST(messages_in_a_row)
{
	expect_same("one\ntwo\nthree\nfour\nfive\n");
}
END_TEST

START_TEST(messages_that_begin_with_a_digit)
{
	expect_same("3 blind mice\n42\n7 dwarfs\n");
}
END_TEST

/* The receiving process is stopped while three messages are sent to it. */
START_TEST(messages_to_a_late_receiver)
{
	struct program *p = program_start(ARGS("-v"));
	pid_t receiver;

	program_send(p, "first\n");
	program_await_line(p, &p->out, "^first$");
	EXPECT(process_children(p->pid, &receiver, 1) == 1, "it has no receiving process");
	process_stop(receiver);
	for (int i = 0; i < LATE; i++)
		program_send(p, "late\n");
	program_finish(p);
	program_await_line(p, &p->err, "all is sent");
	EXPECT(kill(receiver, SIGCONT) == 0, "the receiving process is gone");
	program_await_exit(p);
	EXPECT(strcmp(p->out.text, "first\nlate\nlate\nlate\n") == 0, "received \"%.60s\"",
	    p->out.text);
}
END_TEST

START_TEST(long_messages)
{
	static char said[2 * LONG + 8];
	size_t length;

	memset(said, 'x', LONG);
	said[LONG] = '\n';
	memset(said + LONG + 1, 'y', LONG);
	length = 2 * LONG + 1;
	memcpy(said + length, "\nend\n", 6);
	expect_same(said);
}
END_TEST

/* 24 bytes, and then silence: it must see at once that no message can be so long. */
static const unsigned char lies[][24] = {
	{ "SWBD\1\23\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0" }, /* 4 MiB */
	{ "SWBD\1\23\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0" },
	{ "SWBD\1\23\0\0\0\0\0\0\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff" },
};

START_TEST(a_size_that_lies)
{
	for (size_t i = 0; i < ARRAY_LENGTH(lies); i++) {
		struct program *p = program_start(ARGS("-r"));
		int status;

		client_send(p->in, lies[i], sizeof lies[i]);
		status = program_await_exit(p);
		EXPECT(status == 1, "exit status %d", status);
		EXPECT(p->out.length == 0, "it takes \"%.60s\" for a message", p->out.text);
	}
}
END_TEST

int
main(void)
{
	const struct check checks[] = {
		{ one_message, ONCE, NEEDS_START, 1, "frame(5)" },
		{ messages_in_a_row, ONCE, NEEDS_START, 1, "TCP has no messages. frame(5)" },
		{ messages_that_begin_with_a_digit, ONCE, NEEDS_START, 1,
		    "a size has a fixed number of bytes. frame(5)" },
		{ messages_to_a_late_receiver, ONCE, NEEDS_START, 1,
		    "a pause does not keep messages apart. frame(5)" },
		{ long_messages, ONCE, NEEDS_START, 1, "read until it is whole. frame(5)" },
		{ a_size_that_lies, ONCE, NEEDS_START, 1,
		    "a largest size, before anything is read. frame(5)" },
	};
	Suite *suite = harness_suite("messages");

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	return harness_run(suite);
}
