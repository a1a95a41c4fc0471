/*
 * filed: nothing outside the directory is read or written, whatever the name.
 *
 * Guards against `..`, absolute paths, NUL, links that lead out, devices and FIFOs, in
 * what is asked for and in what is sent; and against temporaries that are seen.
 */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "tests/e2e/filed.h"

static const struct {
	const char *path;
	size_t len;
} wrong[] = {
	{ "..", 2 },
	{ "../secret", 9 },
	{ "a/../../secret", 14 },
	{ "/etc/passwd", 11 },
	{ "a//b", 4 },
	{ "./a", 3 },
	{ "a/", 2 },
	{ "a\0b", 3 }, /* so far, whatever there is; then links that make_top makes */
	{ "link", 4 },
	{ "link/x", 6 },
	{ "out/secret", 10 },
	{ "absolute", 8 },
};

enum {
	WRONG_ANYWHERE = 8,
};

/* A top with ways out, and what lies there. */
static const char *
make_top(void)
{
	const char *top = lab_directory("top");

	lab_directory("outside");
	lab_write_text(text_of("%s/secret", temporary_directory()), "secret");
	lab_write_text(text_of("%s/outside/secret", temporary_directory()), "secret");
	lab_directory("top/a");
	EXPECT(symlink("../secret", text_of("%s/link", top)) == 0, "symlink");
	EXPECT(symlink("../outside", text_of("%s/out", top)) == 0, "symlink");
	EXPECT(symlink("/etc/passwd", text_of("%s/absolute", top)) == 0, "symlink");
	return top;
}

START_TEST(no_way_out_by_asking)
{
	struct program *server = server_start(_i, ARGS("-W", make_top()));
	size_t count = server->pid != 0 ? ARRAY_LENGTH(wrong) : WRONG_ANYWHERE;
	int fd = talk_open(server);

	for (size_t i = 0; i < count; i++) {
		talk_request(fd, FRAME_GET, FILE_RECURSIVE, wrong[i].path, wrong[i].len);
		talk_expect(fd, FRAME_TROUBLE);
		EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 0, "something came");
		talk_request(fd, FRAME_LIST, 0, wrong[i].path, wrong[i].len);
		talk_expect(fd, FRAME_TROUBLE);
		talk_request(fd, FRAME_PUT, 0, wrong[i].path, wrong[i].len);
		talk_expect(fd, FRAME_TROUBLE);
	}
}
END_TEST

/* Sent as an entry: a link of the last component may be replaced, never followed. */
START_TEST(no_way_out_by_sending)
{
	int fd = talk_open(server_start(_i, ARGS("-W", make_top())));
	uint8_t payload[FILE_ENTRY_MAX];

	talk_begin_put(fd);
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		const struct file_entry entry = { .kind = FILE_REGULAR,
			.mode = 0644,
			.size = 3,
			.path = wrong[i].path,
			.path_len = wrong[i].len };
		int len = file_pack_entry(&entry, payload, sizeof payload);
		bool is_link =
		    i == ARRAY_LENGTH(wrong) - 1 || strcmp(wrong[i].path, "link") == 0;

		EXPECT(len > 0, "the entry cannot be packed");
		talk_say(fd, FRAME_ENTRY, i, payload, (size_t)len);
		talk_say(fd, FRAME_DATA, 0, "new", 3);
		talk_digest(fd, "new", 3);
		if (!is_link)
			talk_expect_trouble(fd, i, "");
	}
	talk_say(fd, FRAME_DONE, ARRAY_LENGTH(wrong), NULL, 0);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == ARRAY_LENGTH(wrong), "not all done");
	lab_expect_text(text_of("%s/secret", temporary_directory()), "secret");
	lab_expect_text(text_of("%s/outside/secret", temporary_directory()), "secret");
	lab_expect_missing(text_of("%s/outside/x", temporary_directory()));
}
END_TEST

START_TEST(no_devices)
{
	const char *top = lab_directory("top");
	int fd = talk_open(server_start(_i, ARGS("-W", top)));

	EXPECT(mkfifo(text_of("%s/fifo", top), 0666) == 0, "mkfifo");
	talk_request(fd, FRAME_GET, 0, "fifo", 4);
	talk_expect_trouble(fd, 0, "FIFO");
	talk_expect(fd, FRAME_DONE);
	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, 0, 0, "fifo");
	talk_digest(fd, "", 0);
	talk_expect_trouble(fd, 0, "FIFO");
}
END_TEST

START_TEST(temporaries_are_not_seen)
{
	const char *top = lab_directory("top");
	int fd = talk_open(server_start(_i, ARGS("-W", top)));

	lab_write_text(text_of("%s/.unfinished-abc", top), "half");
	talk_request(fd, FRAME_LIST, 0, "", 0);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 0, "it is listed");
	talk_request(fd, FRAME_GET, 0, ".unfinished-abc", 15);
	talk_expect(fd, FRAME_TROUBLE);
	talk_expect(fd, FRAME_DONE);
	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, 0, 0, ".unfinished-abc");
	talk_expect(fd, FRAME_TROUBLE);
}
END_TEST

void
filed_jail(Suite *suite)
{
	const struct check checks[] = {
		{ no_way_out_by_asking, ONCE, NEEDS_PORT, 3,
		    "openat2(2) with RESOLVE_BENEATH, or component by component" },
		{ no_way_out_by_sending, ONCE, NEEDS_OPTIONS, 3,
		    "names of an upload are as distrusted as names that are asked for" },
		{ no_devices, ONCE, NEEDS_OPTIONS, 2, "O_NONBLOCK, fstat, S_ISREG" },
		OURS(temporaries_are_not_seen, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
