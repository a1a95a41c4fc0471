/*
 * filecp: connections that break, and what the next attempt makes of them.
 *
 * Guards against a transfer that begins from nothing each time, or goes on behind
 * bytes that are not its own: after any number of cuts the file is the same, or not
 * there, and never anything else. CUTS=1000 makes it a thousand random cuts, SEED=n
 * other ones.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filecp.h"

enum {
	CUTS = 50, /* in each direction */
	SECONDS_MAX = 40,
	BIG = 2 << 20,
	HEADERS = 200, /* bytes: greeting, request, entry, HAVE, FROM, the first DATA */
};

static int
count_of_cuts(void)
{
	const char *text = getenv("CUTS");

	return text ? atoi(text) / 2 : CUTS;
}

static void
choose_cuts(void)
{
	const char *text = getenv("SEED");

	srand(text ? (unsigned)strtoul(text, NULL, 10) : 1);
}

/* One attempt over a wire that breaks. Whether it came through. */
static bool
attempt(struct program *server, uint64_t from_client, uint64_t from_server, const char *source,
    const char *target)
{
	const char *port = wire_open(server, from_client, from_server);
	struct program *p = copy_start(port, ARGS("-q", source, target));
	int status = program_await_exit(p);

	/* Its child has left, too, and let go of what it kept. */
	if (status != 0)
		program_await_line(server, &server->err, "child [0-9]+ .* left");
	program_forget(server);
	EXPECT(status == 0 || status == 1, "exit status %d: %s", status, p->err.text);
	EXPECT(status == 0 || stream_lines(&p->err) == 1, "%s", p->err.text);
	program_release(p);
	return status == 0;
}

/* Put a file through wires that break at random places until it is there. */
static void
put_in_pieces(struct program *server, const char *source, const char *copy_of, int *cuts)
{
	while (!attempt(server, 1 + (uint64_t)(rand() % (BIG / 2)), 0, source, "127.0.0.1:a")) {
		EXPECT(access(copy_of, F_OK) == -1 || lab_is_same(source, copy_of),
		    "a half file has the name");
		++*cuts;
	}
}

static void
get_in_pieces(struct program *server, const char *source, const char *copy_of, int *cuts)
{
	while (
	    !attempt(server, 0, 1 + (uint64_t)(rand() % (BIG / 2)), "127.0.0.1:a", copy_of)) {
		EXPECT(access(copy_of, F_OK) == -1 || lab_is_same(source, copy_of),
		    "a half file has the name");
		++*cuts;
	}
}

START_TEST(put_comes_through)
{
	const char *top = lab_directory("top"), *source = lasting(text_of("%s/source", top));
	const char *there = lasting(text_of("%s/a", top));
	struct program *server = lab_server(top);
	int64_t end = now_ms() + SECONDS_MAX * 1000;

	choose_cuts();
	for (int cuts = 0; cuts < count_of_cuts() && (now_ms() < end || getenv("CUTS"));) {
		lab_write(source, BIG + (size_t)(rand() % 1000), (unsigned)cuts);
		unlink(there);
		put_in_pieces(server, source, there, &cuts);
		lab_expect_same(source, there);
		EXPECT(lab_temporaries(top) == 0, "a temporary is left");
	}
}
END_TEST

START_TEST(get_comes_through)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	const char *source = lasting(text_of("%s/a", top)),
		   *there = lasting(text_of("%s/a", here));
	struct program *server = lab_server(top);
	int64_t end = now_ms() + SECONDS_MAX * 1000;

	choose_cuts();
	for (int cuts = 0; cuts < count_of_cuts() && (now_ms() < end || getenv("CUTS"));) {
		lab_write(source, BIG + (size_t)(rand() % 1000), (unsigned)cuts);
		unlink(there);
		get_in_pieces(server, source, there, &cuts);
		lab_expect_same(source, there);
		EXPECT(lab_temporaries(here) == 0, "a temporary is left");
	}
}
END_TEST

/* At every byte of the greeting and of the headers before the first piece. */
START_TEST(cut_at_every_header_byte)
{
	const char *top = lab_directory("top"), *source = lasting(text_of("%s/source", top));
	const char *there = lasting(text_of("%s/a", top));
	struct program *server = lab_server(top);

	lab_write(source, LARGE, 1);
	for (uint64_t at = 1; at < HEADERS; at++) {
		EXPECT(!attempt(server, at, 0, source, "127.0.0.1:a"), "%d bytes are enough",
		    (int)at);
		lab_expect_missing(there);
	}
	EXPECT(attempt(server, 0, 0, source, "127.0.0.1:a"), "it does not come through");
	lab_expect_same(source, there);
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

/* What a cable that is pulled may lose is lost on purpose elsewhere: here all arrives. */
static void
leave_a_part(struct program *server, const unsigned char *bytes, size_t part, size_t size)
{
	int fd = talk_open(server);

	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, size, "a");
	talk_expect(fd, FRAME_HAVE);
	talk_say(fd, FRAME_FROM, 0, NULL, 0);
	talk_say(fd, FRAME_DATA, 0, bytes, part);
	shutdown(fd, SHUT_WR);
	client_await_gone(fd);
	close(fd);
}

/* The next attempt moves the rest only. */
START_TEST(only_the_rest_is_sent)
{
	static unsigned char bytes[BIG];
	const char *top = lab_directory("top"), *source = lasting(text_of("%s/source", top));
	struct program *server = lab_server(top);

	lab_fill(bytes, BIG, 1);
	lab_write(source, BIG, 1);
	leave_a_part(server, bytes, BIG / 4, BIG);
	leave_a_part(server, bytes, BIG / 2, BIG); /* from the begin, and further */
	EXPECT(lab_temporaries(top) == 1, "nothing is kept");
	EXPECT(attempt(server, BIG / 2 + 2 * HEADERS, 0, source, "127.0.0.1:a"),
	    "it sends all of it again");
	lab_expect_same(source, text_of("%s/a", top));
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

/* The source is another one by now: nothing of the first one remains. */
START_TEST(another_file_meanwhile)
{
	const char *top = lab_directory("top"), *source = lasting(text_of("%s/source", top));
	struct program *server = lab_server(top);

	lab_write(source, BIG, 1);
	EXPECT(!attempt(server, BIG / 2, 0, source, "127.0.0.1:a"), "it was not cut");
	lab_write(source, BIG, 2);
	EXPECT(attempt(server, 0, 0, source, "127.0.0.1:a"), "it does not come through");
	lab_expect(text_of("%s/a", top), BIG, 2);
}
END_TEST

void
filecp_cuts(Suite *suite)
{
	const struct check checks[] = {
		{ put_comes_through, ONCE, NEEDS_OPTIONS, 3, "resume behind what was kept" },
		{ get_comes_through, ONCE, NEEDS_OPTIONS, 3, "the client keeps its part, too" },
		{ cut_at_every_header_byte, ONCE, NEEDS_OPTIONS, 2, "a short read is no end" },
		OURS(only_the_rest_is_sent, ONCE),
		{ another_file_meanwhile, ONCE, NEEDS_OPTIONS, 2,
		    "the digest of the part decides" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
