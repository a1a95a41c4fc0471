/*
 * filed: it takes, gives and lists files.
 *
 * Guards against files that are glued together or cut, that lose their mode and time,
 * and against a server that needs a round trip for each small file.
 */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "tests/e2e/filed.h"

static unsigned char bytes[LARGE];

START_TEST(takes_a_small_file)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);
	struct stat st;

	talk_begin_put(fd);
	talk_small_file(fd, 0, "hello", "hello");
	talk_say(fd, FRAME_DONE, 1, NULL, 0);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 1, "not one entry");
	lab_expect_text(text_of("%s/hello", top), "hello");
	EXPECT(stat(text_of("%s/hello", top), &st) == 0, "stat");
	EXPECT((st.st_mode & 0777) == 0644, "mode %o", st.st_mode);
	EXPECT(st.st_mtime == 981173106, "its time is %lld", (long long)st.st_mtime);
}
END_TEST

START_TEST(takes_an_empty_file)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, 0, 0, "empty");
	talk_digest(fd, "", 0);
	talk_say(fd, FRAME_DONE, 1, NULL, 0);
	talk_expect(fd, FRAME_DONE);
	lab_expect(text_of("%s/empty", top), 0, 0);
}
END_TEST

START_TEST(takes_a_large_file)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	lab_fill(bytes, LARGE, 1);
	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, LARGE, "large");
	EXPECT(talk_expect(fd, FRAME_HAVE).frame.value == 0, "it has what never came");
	talk_say(fd, FRAME_FROM, 0, NULL, 0);
	talk_say(fd, FRAME_DATA, 0, bytes, 1000);
	talk_say(fd, FRAME_DATA, 0, bytes + 1000, LARGE - 1000);
	talk_digest(fd, bytes, LARGE);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 1, "not one entry");
	lab_expect(text_of("%s/large", top), LARGE, 1);
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

/* Zeros that are not sent: the digest is over them, too. */
START_TEST(takes_a_hole)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, LARGE, "hole");
	talk_expect(fd, FRAME_HAVE);
	talk_say(fd, FRAME_FROM, 0, NULL, 0);
	talk_say(fd, FRAME_DATA, 0, "begin", 5);
	talk_say(fd, FRAME_HOLE, LARGE - 5, NULL, 0);
	memset(bytes, 0, sizeof bytes);
	memcpy(bytes, "begin", 5);
	talk_digest(fd, bytes, LARGE);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 1, "not one entry");
}
END_TEST

/* A second upload of a name replaces the first: it is not added to it. */
START_TEST(replaces_a_file)
{
	const char *top = lab_directory("top"), *path = text_of("%s/a", top);
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	lab_write_text(path, "what was there before");
	talk_begin_put(fd);
	talk_small_file(fd, 0, "a", "new");
	talk_say(fd, FRAME_DONE, 1, NULL, 0);
	talk_expect(fd, FRAME_DONE);
	lab_expect_text(path, "new");
}
END_TEST

/* A hundred files in one breath: the server is not waited for. */
START_TEST(takes_many_without_being_asked)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);
	uint64_t done = 0;

	talk_begin_put(fd);
	for (uint64_t i = 0; i < 100; i++) {
		const char *name = text_of("file %d", (int)i);

		talk_small_file(fd, i, name, name);
	}
	talk_say(fd, FRAME_DONE, 100, NULL, 0);
	while (done < 100) {
		uint64_t more = talk_expect(fd, FRAME_DONE).frame.value;

		EXPECT(more > done && more <= 100, "DONE %d after %d", (int)more, (int)done);
		done = more;
	}
	for (int i = 0; i < 100; i++)
		lab_expect_text(text_of("%s/file %d", top, i), text_of("file %d", i));
}
END_TEST

START_TEST(gives_a_file)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS(top));
	struct file_entry entry;
	struct heard heard;
	int fd = talk_open(server);

	lab_write_text(text_of("%s/a", top), "some text");
	talk_request(fd, FRAME_GET, 0, "a", 1);
	heard = talk_expect(fd, FRAME_ENTRY);
	EXPECT(file_unpack_entry(&entry, heard.payload, (size_t)heard.frame.size), "no entry");
	EXPECT(entry.size == 9 && entry.path_len == 0, "another entry");
	heard = talk_expect(fd, FRAME_DATA);
	EXPECT(strcmp(heard.payload, "some text") == 0, "it says: %s", heard.payload);
	talk_expect(fd, FRAME_DIGEST);
	talk_expect(fd, FRAME_DONE);
	talk_say(fd, FRAME_DONE, 1, NULL, 0);
	/* And the next request is served, too. */
	talk_request(fd, FRAME_LIST, 0, "", 0);
	talk_expect(fd, FRAME_ENTRY);
	talk_expect(fd, FRAME_DONE);
}
END_TEST

/* The client has a part already; the server goes on behind it. */
START_TEST(gives_the_rest_of_a_file)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS(top));
	uint8_t sum[DIGEST_MAX];
	struct digest digest;
	int fd = talk_open(server);

	lab_write(text_of("%s/a", top), LARGE, 1);
	lab_fill(bytes, LARGE, 1);
	digest_begin(&digest, DIGEST_SHA256);
	digest_add(&digest, bytes, LARGE - 100);
	digest_end(&digest, sum);
	talk_request(fd, FRAME_GET, 0, "a", 1);
	talk_expect(fd, FRAME_ENTRY);
	talk_say(fd, FRAME_HAVE, LARGE - 100, sum, sizeof sum);
	EXPECT(talk_expect(fd, FRAME_FROM).frame.value == LARGE - 100, "it begins elsewhere");
	EXPECT(talk_expect(fd, FRAME_DATA).frame.size == 100, "it sends another part");
	talk_expect(fd, FRAME_DIGEST);
}
END_TEST

START_TEST(gives_all_if_the_part_is_another)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS(top));
	uint8_t sum[DIGEST_MAX] = { 1 };
	int fd = talk_open(server);

	lab_write(text_of("%s/a", top), LARGE, 1);
	talk_request(fd, FRAME_GET, 0, "a", 1);
	talk_expect(fd, FRAME_ENTRY);
	talk_say(fd, FRAME_HAVE, LARGE - 100, sum, sizeof sum);
	EXPECT(talk_expect(fd, FRAME_FROM).frame.value == 0, "it goes on behind a wrong part");
}
END_TEST

void
filed_core(Suite *suite)
{
	const struct check checks[] = {
		{ takes_a_small_file, FORKING, NEEDS_OPTIONS, 3,
		    "ENTRY, DATA, DIGEST, and only then the name. frame(5)" },
		{ takes_an_empty_file, ONCE, NEEDS_OPTIONS, 1, "an empty file has no DATA" },
		{ takes_a_large_file, FORKING, NEEDS_OPTIONS, 3,
		    "a large file is asked for with HAVE" },
		{ takes_a_hole, ONCE, NEEDS_OPTIONS, 1, "HOLE stands for zeros" },
		{ replaces_a_file, ONCE, NEEDS_OPTIONS, 2,
		    "a file opened to append doubles with the second upload" },
		{ takes_many_without_being_asked, ONCE, NEEDS_OPTIONS, 2,
		    "answers may come later: the sender counts" },
		{ gives_a_file, FORKING, NEEDS_OPTIONS, 3, "GET: the server is the sender" },
		{ gives_the_rest_of_a_file, ONCE, NEEDS_OPTIONS, 2,
		    "the digest of the part decides" },
		{ gives_all_if_the_part_is_another, ONCE, NEEDS_OPTIONS, 2,
		    "a part that is not the same is worth nothing" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
