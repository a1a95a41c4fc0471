/*
 * rcmd: standard input, output and error are the command's.
 *
 * Guards against output that is collected or cut, input that is sent before anything
 * is read, and a reader that goes away while the command writes for ever.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

enum {
	MEBIBYTE = 1024 * 1024,
};

START_TEST(input_goes_to_the_command)
{
	struct program *p =
	    rcmd_start(rcmdd_start(ARGS(NULL)), ARGS("127.0.0.1", "tr", "a-z", "A-Z"));

	program_send(p, "hello ");
	program_send(p, "world");
	program_finish(p);
	EXPECT(program_await_exit(p) == 0, "status");
	EXPECT(strcmp(p->out.text, "HELLO WORLD") == 0, "%s", p->out.text);
}
END_TEST

START_TEST(no_input)
{
	struct program *p = rcmd_start(rcmdd_start(ARGS(NULL)), ARGS("-n", "127.0.0.1", "cat"));

	EXPECT(program_await_exit(p) == 0, "status"); /* ours stays open */
}
END_TEST

START_TEST(megabytes_of_both)
{
	struct program *p = rcmd_start(rcmdd_start(ARGS(NULL)),
	    ARGS("127.0.0.1", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"));

	program_finish(p);
	EXPECT(program_await_exit(p) == 0, "status");
	EXPECT(p->out.length == 3000000 && p->err.length == 3000000, "%zu and %zu bytes",
	    p->out.length, p->err.length);
}
END_TEST

START_TEST(much_through_and_back)
{
	static char text[8 * MEBIBYTE + 1];
	struct program *p = rcmd_start(rcmdd_start(ARGS(NULL)), ARGS("127.0.0.1", "cat"));

	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = (char)('a' + i * 7 % 26);
	program_send(p, text);
	program_finish(p);
	EXPECT(program_await_exit(p) == 0, "status");
	EXPECT(strcmp(p->out.text, text) == 0, "not the same bytes");
}
END_TEST

START_TEST(reader_goes)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	struct program *p = rcmd_start(server, ARGS("127.0.0.1", "yes"));

	program_await_text(&p->out, "y\ny\n");
	close(p->out.fd);
	p->out.fd = -1;
	EXPECT(program_await_exit(p) == 128 + 13, "status");
	EXPECT(p->err.length == 0, "words: %s", p->err.text);
	process_await_children(server->pid, 0, 0);
}
END_TEST

START_TEST(each_piece_at_once)
{
	struct program *p = rcmd_start(rcmdd_start(ARGS(NULL)),
	    ARGS("127.0.0.1", "echo one; read x; echo two >&2; read x; echo three"));

	program_await_text(&p->out, "one\n");
	program_send(p, "\n");
	program_await_text(&p->err, "two\n");
	program_send(p, "\n");
	program_await_text(&p->out, "three\n");
	EXPECT(program_await_exit(p) == 0, "status");
}
END_TEST

void
rcmd_streams(Suite *suite)
{
	const struct check checks[] = {
		{ input_goes_to_the_command, ONCE, NEEDS_START, 1, "STDIN frames. rcmd(1)" },
		{ no_input, ONCE, NEEDS_OPTIONS, 1, "-n: an empty STDIN at once. rcmd(1)" },
		{ megabytes_of_both, ONCE, NEEDS_START, 1, "write each piece as it comes" },
		{ much_through_and_back, ONCE, NEEDS_START, 2, "poll(2) all directions" },
		{ reader_goes, ONCE, NEEDS_START, 1, "EPIPE: end without a word. rcmd(1)" },
		{ each_piece_at_once, ONCE, NEEDS_START, 1, "collect nothing. rcmd(1)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
