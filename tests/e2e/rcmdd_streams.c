/*
 * rcmdd: bytes flow both ways at once, and nothing is collected.
 *
 * Guards against the deadlocks of pipes: standard output read to its end before
 * standard error; input written before output is read; input that nobody reads, with a
 * signal or the client's end queued behind it; and a server that grows by all that a
 * command writes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

enum {
	MEBIBYTE = 1024 * 1024,
	GROWTH_MAX = 4096, /* KiB that a session may grow by */
};

START_TEST(input_to_output)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	const struct answer *answer;

	exec_words(fd, ARGS("cat"));
	frame_send(fd, STDIN, 0, "one ", 4);
	frame_send(fd, STDIN, 0, "two", 3);
	frame_send(fd, STDIN, 0, NULL, 0);
	answer = answer_await(fd);
	EXPECT(strcmp(answer->out, "one two") == 0, "%s", answer->out);
	close(fd);
}
END_TEST

/* The command that reads one to its end and then the other deadlocks with this. */
START_TEST(much_standard_error)
{
	const struct answer *answer = run_line(rcmdd_start(ARGS(NULL)),
	    "head -c 20000000 /dev/zero >&2; head -c 10000000 /dev/zero");

	EXPECT(answer->err_bytes == 20000000 && answer->out_bytes == 10000000, "lost bytes");
}
END_TEST

/* The client's half of many bytes there and back, as the window allows. */
START_TEST(much_of_everything)
{
	static char piece[32 * 1024];
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	uint64_t window = FIRST_WINDOW, left = 8 * MEBIBYTE, out = 0;
	const struct frame_got *got;

	exec_words(fd, ARGS("cat"));
	do {
		while (left > 0 && window >= sizeof piece) {
			frame_send(fd, STDIN, 0, piece, sizeof piece);
			window -= sizeof piece;
			left -= sizeof piece;
			if (left == 0)
				frame_send(fd, STDIN, 0, NULL, 0);
		}
		got = frame_receive(fd);
		if (got->type == WINDOW)
			window += got->value;
		out += got->type == STDOUT ? got->size : 0;
	} while (got->type != EXIT);
	EXPECT(out == 8 * MEBIBYTE, "%llu bytes back", (unsigned long long)out);
	close(fd);
}
END_TEST

START_TEST(input_that_nobody_reads)
{
	static char piece[FIRST_WINDOW];
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	const struct frame_got *got;

	exec_line(fd, "echo $$; exec sleep 1000");
	hear_pid(fd);
	frame_send(fd, STDIN, 0, piece, sizeof piece);
	frame_send(fd, SIGNAL, 2, NULL, 0);
	do
		got = frame_receive(fd);
	while (got->type == WINDOW);
	EXPECT(got->type == EXIT && got->value == SIGNALLED, "the signal is stuck");
	close(fd);
}
END_TEST

START_TEST(input_after_the_end)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));

	exec_words(fd, ARGS("true"));
	frame_send(fd, STDIN, 0, "late", 4);
	frame_send(fd, SIGNAL, 15, NULL, 0);
	EXPECT(answer_await(fd)->number <= 15, "true");
	frame_send(fd, STDIN, 0, "later", 5);
	exec_words(fd, ARGS("echo", "next"));
	EXPECT(strcmp(answer_await(fd)->out, "next\n") == 0, "the next command suffers");
	close(fd);
}
END_TEST

static long
resident_kib(pid_t pid)
{
	char path[64];
	long pages = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	file = fopen(path, "r");
	EXPECT(file && fscanf(file, "%*s %ld", &pages) == 1, "%s", path);
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A client that does not read, then reads: the session never has more than it had. */
START_TEST(nothing_is_collected)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);
	pid_t session;
	uint64_t out = 0, next = 0;
	long before, most;

	EXPECT(process_children(server->pid, &session, 1) == 1, "no child");
	before = most = resident_kib(session);
	exec_line(fd, "yes | head -c 200000000");
	while (out < 200000000) {
		const struct frame_got *got = frame_receive(fd);

		EXPECT(got->type == STDOUT, "type %u", got->type);
		out += got->size;
		if (out >= next) {
			long now = resident_kib(session);

			most = now > most ? now : most;
			next += 16 * MEBIBYTE;
		}
	}
	EXPECT(most < before + GROWTH_MAX, "grown from %ld to %ld KiB", before, most);
	EXPECT(answer_await(fd)->number == 0, "status");
	close(fd);
}
END_TEST

START_TEST(output_ends_before_the_command)
{
	const struct answer *answer = run_line(rcmdd_start(ARGS(NULL)),
	    "echo x; exec >/dev/null 2>&1 </dev/null; sleep 0.1; exit 5");

	EXPECT(strcmp(answer->out, "x\n") == 0 && answer->number == 5, "status %u",
	    answer->number);
}
END_TEST

void
rcmdd_streams(Suite *suite)
{
	const struct check checks[] = {
		{ input_to_output, ONCE, NEEDS_PORT, 1, "an empty STDIN closes the pipe" },
		{ much_standard_error, ONCE, NEEDS_PORT, 2,
		    "poll(2) both pipes: the one that is not read fills. rcmdd(8)" },
		{ much_of_everything, ONCE, NEEDS_PORT, 2,
		    "never wait for one direction alone. rcmdd(8)" },
		{ input_that_nobody_reads, ONCE, NEEDS_PORT, 1,
		    "go on reading frames while the command's input is full. rcmdd(8)" },
		{ input_after_the_end, ONCE, NEEDS_PORT, 1,
		    "what is late is ignored. rcmdd(8)" },
		{ nothing_is_collected, ONCE, NEEDS_START, 2, "a fixed buffer. rcmdd(8)" },
		{ output_ends_before_the_command, ONCE, NEEDS_PORT, 1,
		    "the end of its output is not its end: waitpid. rcmdd(8)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
