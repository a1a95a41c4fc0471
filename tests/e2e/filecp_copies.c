/*
 * filecp: files there and back.
 *
 * Guards against files that come back as others: in their bytes, their size beyond 4
 * GiB, their mode or their time; and against names that are more than letters.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filecp.h"

static const size_t sizes[] = { 0, 1, 4095, 4096, 65535, 65536, 65537, 131072, 131073, 262144,
	1000000, 3 << 20 };

/* Every size in which something turns over, with each digest. */
START_TEST(there_and_back)
{
	static const char *const kinds[] = { "sha256", "md5", "none" };
	const char *top = lab_directory("top"), *here = lab_directory("here");
	struct program *server = lab_server(top);

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const char *kind = kinds[i % ARRAY_LENGTH(kinds)];
		const char *source = text_of("%s/source", here);

		lab_write(source, sizes[i], (unsigned)i);
		copy(server, ARGS("-s", kind, source, text_of("127.0.0.1:%d", (int)i)));
		lab_expect(text_of("%s/%d", top, (int)i), sizes[i], (unsigned)i);
		copy(server, ARGS("-s", kind, text_of("127.0.0.1:%d", (int)i),
				 text_of("%s/back", here)));
		lab_expect(text_of("%s/back", here), sizes[i], (unsigned)i);
	}
	EXPECT(lab_temporaries(top) + lab_temporaries(here) == 0, "a temporary is left");
}
END_TEST

static void
expect_mode_and_time(const char *path, mode_t mode, const struct timespec *time)
{
	struct stat st;

	EXPECT(stat(path, &st) == 0, "%s is not there", path);
	EXPECT((st.st_mode & 07777) == mode, "%s: mode %o, wanted %o", path, st.st_mode, mode);
	EXPECT(st.st_mtim.tv_sec == time->tv_sec && st.st_mtim.tv_nsec == time->tv_nsec,
	    "%s: another time", path);
}

START_TEST(mode_and_time_are_kept)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	const char *source = text_of("%s/source", here);
	const struct timespec times[2] = { { 1, 2 }, { 981173106, 123456789 } };
	struct program *server = lab_server(top);

	lab_write(source, 100, 1);
	EXPECT(chmod(source, 0751) == 0, "chmod");
	EXPECT(utimensat(AT_FDCWD, source, times, 0) == 0, "utimensat");
	copy(server, ARGS(source, "127.0.0.1:a"));
	expect_mode_and_time(text_of("%s/a", top), 0751, &times[1]);
	copy(server, ARGS("127.0.0.1:a", text_of("%s/b", here)));
	expect_mode_and_time(text_of("%s/b", here), 0751, &times[1]);
}
END_TEST

/* No peer makes a file that runs as its owner. */
START_TEST(no_set_user_id)
{
	const char *top = lab_directory("top"), *source = text_of("%s/source", top);
	struct stat st;

	lab_write(source, 100, 1);
	EXPECT(chmod(source, 06755) == 0, "chmod");
	copy(lab_server(top), ARGS(source, "127.0.0.1:a"));
	EXPECT(stat(text_of("%s/a", top), &st) == 0 && (st.st_mode & 07777) == 0755, "mode %o",
	    st.st_mode);
}
END_TEST

START_TEST(odd_names)
{
	static const char *const names[] = { "a b", "new\nline", "-r", "--", "\xe5\x93\x88",
		"\xff\xfe", "a:b", "*", "'\"\\", "...", " " };
	const char *top = lab_directory("top"), *here = lab_directory("here");
	struct program *server = lab_server(top);

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *source = text_of("%s/%s", here, names[i]);

		lab_write_text(source, names[i]);
		copy(server, ARGS("--", source, "127.0.0.1:"));
		lab_expect_text(text_of("%s/%s", top, names[i]), names[i]);
		unlink(source);
		copy(server, ARGS("--", text_of("127.0.0.1:%s", names[i]), here));
		lab_expect_text(source, names[i]);
	}
}
END_TEST

/* Where to: into a directory, to a name, in place of a file. */
START_TEST(targets)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	const char *a = text_of("%s/a", here), *b = text_of("%s/b", here);
	struct program *server = lab_server(top);

	lab_directory("top/dir");
	lab_write_text(a, "a");
	lab_write_text(b, "b");
	copy(server, ARGS(a, b, "127.0.0.1:dir"));
	lab_expect_text(text_of("%s/dir/b", top), "b");
	copy(server, ARGS(a, "127.0.0.1:dir/new"));
	lab_expect_text(text_of("%s/dir/new", top), "a");
	copy(server, ARGS(b, "127.0.0.1:/./dir//new"));
	lab_expect_text(text_of("%s/dir/new", top), "b");
	copy(server, ARGS("127.0.0.1:dir/a", "127.0.0.1:dir/b", top));
	lab_expect_text(text_of("%s/a", top), "a");
	lab_expect_text(text_of("%s/b", top), "b");
}
END_TEST

/* More than 4 GiB, nearly all of it zeros that no disk stores. */
START_TEST(beyond_32_bits)
{
	const char *top = lab_directory("top"), *source = text_of("%s/source", top);
	const off_t size = (off_t)5 << 30;
	int fd = open(source, O_WRONLY | O_CREAT, 0644);
	struct program *p;
	struct stat st;
	char end[4];

	EXPECT(fd != -1 && pwrite(fd, "end", 4, size) == 4, "no such large file here");
	close(fd);
	/* One that does not know of holes moves them, zero by zero. */
	p = copy_start(port_of(lab_server(top)), ARGS("-s", "none", source, "127.0.0.1:copy"));
	EXPECT(program_await_exit_within(p, 9 * WAIT_MS) == 0, "it fails: %s", p->err.text);
	fd = open(text_of("%s/copy", top), O_RDONLY);
	EXPECT(fd != -1 && fstat(fd, &st) == 0 && st.st_size == size + 4, "another size");
	EXPECT(pread(fd, end, 4, size) == 4 && strcmp(end, "end") == 0, "another end");
	close(fd);
}
END_TEST

START_TEST(a_list)
{
	const char *top = lab_directory("top"), *path = text_of("%s/b", top);
	const struct timespec times[2] = { { 0, 0 }, { 981173106, 0 } };
	struct program *server = lab_server(top), *p;

	lab_directory("top/a");
	lab_write(path, 12345, 1);
	EXPECT(chmod(path, 0640) == 0 && utimensat(AT_FDCWD, path, times, 0) == 0, "utimensat");
	p = copy_start(port_of(server), ARGS("-L", "127.0.0.1:"));
	EXPECT(program_await_exit(p) == 0, "it fails");
	EXPECT(stream_lines(&p->out) == 2, "the list is: %s", p->out.text);
	EXPECT(program_has_line(&p->out, "^drwxrwxrwx +- [0-9: -]+ a/$"), "%s", p->out.text);
	EXPECT(program_has_line(&p->out, "^-rw-r----- +12345 2001-02-0[23] [0-9:]+ b$"), "%s",
	    p->out.text);
}
END_TEST

void
filecp_copies(Suite *suite)
{
	const struct check checks[] = {
		{ there_and_back, ONCE, NEEDS_OPTIONS, 3, "loop to the size. frame(5)" },
		{ mode_and_time_are_kept, ONCE, NEEDS_OPTIONS, 2, "an entry has both" },
		{ no_set_user_id, ONCE, NEEDS_OPTIONS, 1, "nine bits of the mode" },
		{ odd_names, ONCE, NEEDS_OPTIONS, 2, "a name is bytes" },
		{ targets, ONCE, NEEDS_OPTIONS, 2, "as cp(1)" },
		{ beyond_32_bits, ONCE, NEEDS_OPTIONS, 2, "off_t, uint64_t" },
		OURS(a_list, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
