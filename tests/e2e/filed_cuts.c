/*
 * filed: connections that break, at every byte.
 *
 * Guards against half files under a whole name, temporaries that nobody will ever find
 * again, and parts that are gone on with although they are others.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filed.h"

static unsigned char bytes[LARGE];

static void
script_entry(struct script *script, uint8_t flags, uint64_t size, const char *path)
{
	const struct file_entry entry = { .kind = FILE_REGULAR,
		.flags = flags,
		.mode = 0644,
		.size = size,
		.path = path,
		.path_len = strlen(path) };
	uint8_t payload[FILE_ENTRY_MAX];
	int len = file_pack_entry(&entry, payload, sizeof payload);

	script_add(script, FRAME_ENTRY, 0, payload, (size_t)len);
}

static void
script_digest(struct script *script, const void *of, size_t size)
{
	uint8_t sum[DIGEST_MAX];
	struct digest digest;

	digest_begin(&digest, DIGEST_SHA256);
	digest_add(&digest, of, size);
	script_add(script, FRAME_DIGEST, size, sum, digest_end(&digest, sum));
}

/* Say so many bytes of the script, and vanish; the server has seen the end. */
static void
say_and_leave(struct program *server, const struct script *script, size_t len, bool reset)
{
	int fd = talk_open(server);

	talk_begin_put(fd);
	client_send(fd, script->bytes, len);
	if (reset) {
		client_reset(fd);
		return;
	}
	shutdown(fd, SHUT_WR);
	client_await_gone(fd);
	close(fd);
}

/* A small file: whole with its last byte, and not one byte before. */
START_TEST(a_small_file_cut_at_each_byte)
{
	static struct script script;
	const char *top = lab_directory("top"), *path = text_of("%s/a", top);
	struct program *server = server_start(_i, ARGS("-W", "-q", top));

	script.len = 0;
	script_entry(&script, 0, 5, "a");
	script_add(&script, FRAME_DATA, 0, "hello", 5);
	script_digest(&script, "hello", 5);
	for (size_t len = 0; len < script.len; len++) {
		say_and_leave(server, &script, len, false);
		EXPECT(access(path, F_OK) == -1, "after %zu of %zu bytes", len, script.len);
		EXPECT(lab_temporaries(top) == 0, "a temporary is left after %zu", len);
	}
	say_and_leave(server, &script, script.len, false);
	lab_expect_text(path, "hello");
}
END_TEST

/* A large one: what has come is kept, and offered the next time. */
START_TEST(a_large_file_cut_at_header_bytes)
{
	static struct script script;
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", "-q", top));
	uint64_t before = 0;

	lab_fill(bytes, LARGE, 1);
	for (size_t piece = 0; piece <= FRAME_HEADER + 1; piece++) {
		struct heard have;
		int fd = talk_open(server);

		/* Another piece of 1000 bytes, and of the next header a part. */
		talk_begin_put(fd);
		talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, LARGE, "large");
		have = talk_expect(fd, FRAME_HAVE);
		EXPECT(have.frame.value == before, "it has %d bytes, wanted %d",
		    (int)have.frame.value, (int)before);
		talk_say(fd, FRAME_FROM, before, NULL, 0);
		script.len = 0;
		script_add(&script, FRAME_DATA, 0, bytes + before, 1000);
		script_add(&script, FRAME_DATA, 0, bytes + before + 1000, 1000);
		client_send(fd, script.bytes, FRAME_HEADER + 1000 + piece);
		shutdown(fd, SHUT_WR);
		client_await_gone(fd);
		close(fd);
		before += 1000 + (piece > FRAME_HEADER ? piece - FRAME_HEADER : 0);
		lab_expect_missing(text_of("%s/large", top));
		EXPECT(lab_temporaries(top) == 1, "nothing is kept");
	}
}
END_TEST

/* The part that was kept has rotted: a sender that compares begins anew. */
START_TEST(a_rotten_part)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", "-q", top));
	const char *source = text_of("%s/source", temporary_directory());
	struct program *client;
	struct script script = { .len = 0 };
	int fd = talk_open(server);

	lab_write(source, LARGE, 1);
	lab_fill(bytes, LARGE, 2); /* of another file */
	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, LARGE, "large");
	talk_expect(fd, FRAME_HAVE);
	talk_say(fd, FRAME_FROM, 0, NULL, 0);
	script_add(&script, FRAME_DATA, 0, bytes, 100000);
	client_send(fd, script.bytes, script.len);
	shutdown(fd, SHUT_WR);
	client_await_gone(fd);
	EXPECT(lab_temporaries(top) == 1, "nothing is kept");
	client = program_launch(&(struct launch){ .other = "filecp",
	    .args = ARGS("-p", port_of(server), source, "127.0.0.1:large") });
	EXPECT(program_await_exit(client) == 0, "filecp failed");
	lab_expect(text_of("%s/large", top), LARGE, 1);
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

/* Two clients write one name: each file is whole, the last one stays. */
START_TEST(two_writers)
{
	const char *top = lab_directory("top"), *path = text_of("%s/a", top);
	struct program *server = server_start(_i, ARGS("-W", "-q", top));
	int fd[2];

	for (int i = 0; i < 2; i++) {
		fd[i] = talk_open(server);
		talk_begin_put(fd[i]);
		talk_entry(fd[i], 0, FILE_REGULAR, FILE_ASKS, LARGE, "a");
		EXPECT(talk_expect(fd[i], FRAME_HAVE).frame.value == 0, "it is another's");
		talk_say(fd[i], FRAME_FROM, 0, NULL, 0);
	}
	for (int at = 0; at < LARGE; at += LARGE / 4)
		for (int i = 0; i < 2; i++) {
			lab_fill(bytes, LARGE, (unsigned)i + 1);
			talk_say(fd[i], FRAME_DATA, 0, bytes + at, LARGE / 4);
		}
	for (int i = 0; i < 2; i++) {
		lab_fill(bytes, LARGE, (unsigned)i + 1);
		talk_digest(fd[i], bytes, LARGE);
		talk_expect(fd[i], FRAME_DONE);
		lab_expect(path, LARGE, (unsigned)i + 1);
	}
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

void
filed_cuts(Suite *suite)
{
	const struct check checks[] = {
		{ a_small_file_cut_at_each_byte, ONCE, NEEDS_OPTIONS, 3,
		    "only the digest makes a file whole" },
		{ two_writers, ONCE, NEEDS_OPTIONS, 3, "a temporary has one owner: flock(2)" },
		OURS(a_large_file_cut_at_header_bytes, ONCE),
		OURS(a_rotten_part, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
