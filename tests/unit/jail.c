/*
 * Guards: names that lead out of a served directory: `..`, absolute names, links and
 * links to links; a FIFO that hangs the server, a device that it reads; and the two
 * ways of looking a name up telling two stories.
 */
#include "common/jail.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

static char name_255[256];

/* A file's text is its own name, so that a test sees which one was opened. */
static void
begin(void)
{
	static const char *const links[][2] = { { "in", "file" }, { "in_dir", "dir" },
		{ "dir/up", "../file" }, { "dir/self", "." }, { "into", "dir/sub" },
		{ "two", "in" }, { "round", "dir/../dir/sub/../../file" }, { "slash", "dir/" },
		{ "file_slash", "file/" }, { "c1", "file" }, { "hang", "missing" },
		{ "loop", "loop" }, { "loop_a", "dir/loop_b" }, { "dir/loop_b", "../loop_a" },
		{ "rel_out", "../out/secret" }, { "out_dir", "../out" },
		{ "dir/deep", "../../out/secret" }, { "to_out", "rel_out" }, { "parent", ".." },
		{ "dir/top", ".." }, { "edge", "dir/../../top/file" },
		{ "abs_out", "/etc/passwd" }, { "root", "/" }, { "to_fifo", "fifo" } };
	char name[300], target[300];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	farm_begin();
	farm_dir("top/dir");
	farm_dir("top/dir/sub");
	farm_file("top/file", "file");
	farm_file("top/dir/file", "dir/file");
	farm_file("top/dir/sub/file", "dir/sub/file");
	farm_file("top/...", "...");
	farm_file("top/..file", "..file");
	farm_file("top/ \n\xff", "odd");
	memset(name_255, 'n', 255);
	snprintf(name, sizeof name, "top/%s", name_255);
	farm_file(name, "255");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		snprintf(name, sizeof name, "top/%s", links[i][0]);
		farm_link(name, links[i][1]);
	}
	for (int i = 2; i <= 41; i++) {
		snprintf(name, sizeof name, "top/c%d", i);
		snprintf(target, sizeof target, "c%d", i - 1);
		farm_link(name, target);
	}
	snprintf(target, sizeof target, "%s/top/file", farm_path);
	farm_link("top/abs_in", target);
	ck_assert_int_eq(mkfifoat(farm_fd, "top/fifo", 0666), 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s/top/socket", farm_path);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	close(listener);
}

struct example {
	const char *name;
	int error;	  /* 0: */
	const char *text; /* of the file that it means */
};

static const struct example examples[] = {
	{ "file", 0, "file" },
	{ "dir/file", 0, "dir/file" },
	{ "dir/sub/file", 0, "dir/sub/file" },
	{ "/dir/file", 0, "dir/file" },
	{ "///dir//./sub/.//file", 0, "dir/sub/file" },
	{ "./file", 0, "file" },
	{ "...", 0, "..." },
	{ "..file", 0, "..file" },
	{ " \n\xff", 0, "odd" },
	{ name_255, 0, "255" },
	{ "dir/../file", 0, "file" },
	{ "dir/sub/../../file", 0, "file" },
	{ "dir/sub/../file", 0, "dir/file" },
	{ "dir/sub/../sub/../sub/file", 0, "dir/sub/file" },
	{ "", ENOENT, NULL },
	{ "missing", ENOENT, NULL },
	{ "missing/../file", ENOENT, NULL },
	{ "dir/missing/file", ENOENT, NULL },
	{ "file/", ENOTDIR, NULL },
	{ "file/.", ENOTDIR, NULL },
	{ "file/file", ENOTDIR, NULL },
	{ "file/..", ENOTDIR, NULL },
	{ "file/../file", ENOTDIR, NULL },
	{ "dir", EISDIR, NULL },
	{ "dir/", EISDIR, NULL },
	{ "dir/.", EISDIR, NULL },
	{ "dir/sub/..", EISDIR, NULL },
	{ "/", EISDIR, NULL },
	{ ".", EISDIR, NULL },
	{ "dir/..", EISDIR, NULL },
	/* out by `..` */
	{ "..", EXDEV, NULL },
	{ "../", EXDEV, NULL },
	{ "/..", EXDEV, NULL },
	{ "../file", EXDEV, NULL },
	{ "../top/file", EXDEV, NULL },
	{ "../out/secret", EXDEV, NULL },
	{ "/../out/secret", EXDEV, NULL },
	{ "dir/../../out/secret", EXDEV, NULL },
	{ "dir/sub/../../../out/secret", EXDEV, NULL },
	{ "./.././file", EXDEV, NULL },
	{ "../../../../../../../../etc/passwd", EXDEV, NULL },
	{ "/etc/passwd", ENOENT, NULL },
	{ "..\\out\\secret", ENOENT, NULL },
	{ "....//out/secret", ENOENT, NULL },
	/* links within */
	{ "in", 0, "file" },
	{ "in_dir/file", 0, "dir/file" },
	{ "dir/up", 0, "file" },
	{ "in_dir/up", 0, "file" },
	{ "two", 0, "file" },
	{ "round", 0, "file" },
	{ "dir/self/self/self/file", 0, "dir/file" },
	{ "dir/top/dir/top/file", 0, "file" },
	{ "slash/file", 0, "dir/file" },
	{ "into/file", 0, "dir/sub/file" },
	{ "into/../file", 0, "dir/file" }, /* the target's parent, not the link's */
	{ "into/../../file", 0, "file" },
	{ "into/../../../file", EXDEV, NULL },
	{ "slash", EISDIR, NULL },
	{ "slash/", EISDIR, NULL },
	{ "in_dir", EISDIR, NULL },
	{ "dir/top", EISDIR, NULL },
	{ "in/", ENOTDIR, NULL },
	{ "in/file", ENOTDIR, NULL },
	{ "in/../file", ENOTDIR, NULL },
	{ "file_slash", ENOTDIR, NULL },
	{ "hang", ENOENT, NULL },
	{ "hang/file", ENOENT, NULL },
	{ "loop", ELOOP, NULL },
	{ "loop/file", ELOOP, NULL },
	{ "loop_a", ELOOP, NULL },
	{ "c40", 0, "file" },
	{ "c41", ELOOP, NULL },
	/* links out */
	{ "rel_out", EXDEV, NULL },
	{ "to_out", EXDEV, NULL },
	{ "out_dir", EXDEV, NULL },
	{ "out_dir/secret", EXDEV, NULL },
	{ "out_dir/../top/file", EXDEV, NULL },
	{ "dir/deep", EXDEV, NULL },
	{ "in_dir/deep", EXDEV, NULL },
	{ "parent", EXDEV, NULL },
	{ "parent/top/file", EXDEV, NULL },
	{ "dir/top/../top/file", EXDEV, NULL },
	{ "edge", EXDEV, NULL },
	{ "abs_out", EXDEV, NULL },
	{ "abs_in", EXDEV, NULL },
	{ "root", EXDEV, NULL },
	{ "root/etc/passwd", EXDEV, NULL },
	/* what is no file */
	{ "fifo", ENXIO, NULL },
	{ "to_fifo", ENXIO, NULL },
	{ "socket", ENXIO, NULL },
	{ "fifo/", ENOTDIR, NULL },
};

static const struct example without_links[] = {
	{ "dir/sub/../file", 0, "dir/file" },
	{ "in", ELOOP, NULL },
	{ "in_dir/file", ELOOP, NULL },
	{ "into/../file", ELOOP, NULL },
	{ "abs_out", ELOOP, NULL },
	{ "rel_out", ELOOP, NULL },
	{ "hang", ELOOP, NULL },
	{ "fifo", ENXIO, NULL },
	{ "..", EXDEV, NULL },
};

static void
assert_opens(const struct jail *jail, const struct example *example)
{
	char text[64];
	struct stat st;
	int fd = jail_open(jail, example->name, &st), error = errno;
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text);

	if (example->error != 0) {
		ck_assert_msg(fd == -1 && error == example->error,
		    "%s (walk %d): want %s, got %s", example->name, jail->walk,
		    strerror(example->error), fd == -1 ? strerror(error) : "a file");
		return;
	}
	ck_assert_msg(fd != -1, "%s (walk %d): %s", example->name, jail->walk, strerror(error));
	ck_assert_msg(
	    n == (ssize_t)strlen(example->text) && memcmp(text, example->text, (size_t)n) == 0,
	    "%s (walk %d): another file than %s", example->name, jail->walk, example->text);
	ck_assert_int_eq(st.st_size, n);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
}

START_TEST(each_name_means_what_the_table_says)
{
	struct jail jail = farm_jail(_i);

	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
		assert_opens(&jail, &examples[i]);
	jail.no_links = true;
	for (size_t i = 0; i < sizeof without_links / sizeof *without_links; i++)
		assert_opens(&jail, &without_links[i]);
	ck_assert(farm_has("out/secret", "outside"));
}
END_TEST

START_TEST(writing_opens_what_reading_opens)
{
	struct jail jail = farm_jail(_i);

	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *example = &examples[i];
		int fd = jail_open_write(&jail, example->name, NULL);

		ck_assert_msg(
		    example->error == 0 ? fd != -1 : fd == -1 && errno == example->error,
		    "%s: want %s, got %s", example->name, strerror(example->error),
		    fd == -1 ? strerror(errno) : "a file");
		if (fd != -1)
			close(fd);
	}
}
END_TEST

START_TEST(no_descriptor_is_left_open)
{
	struct jail jail = farm_jail(_i);
	struct stat st;
	int next = farm_next_fd();

	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		int fd = jail_open(&jail, examples[i].name, NULL);

		if (fd != -1)
			close(fd);
		jail_stat(&jail, examples[i].name, &st);
		ck_assert_msg(
		    farm_next_fd() == next, "%s leaves a descriptor", examples[i].name);
	}
}
END_TEST

START_TEST(stat_tells_what_open_would_find)
{
	struct jail jail = farm_jail(_i);
	struct stat st, opened;

	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *example = &examples[i];
		int result = jail_stat(&jail, example->name, &st);
		int fd = jail_open(&jail, example->name, &opened);

		if (fd != -1) {
			ck_assert_int_eq(result, 0);
			ck_assert_uint_eq(st.st_ino, opened.st_ino);
			close(fd);
		} else if (example->error == EISDIR) {
			ck_assert(result == 0 && S_ISDIR(st.st_mode));
		} else if (example->error == ENXIO) {
			ck_assert(
			    result == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)));
		} else {
			ck_assert(result == -1 && errno == example->error);
		}
	}
}
END_TEST

START_TEST(lstat_tells_of_the_link)
{
	static const char *const links[] = { "in", "hang", "loop", "rel_out", "abs_out",
		"in_dir/up", "dir/top/c41" };
	struct jail jail = farm_jail(_i);
	struct stat st;

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		ck_assert_int_eq(jail_lstat(&jail, links[i], &st), 0);
		ck_assert_msg(S_ISLNK(st.st_mode), "%s is no link", links[i]);
	}
	ck_assert_int_eq(jail_lstat(&jail, "in_dir/", &st), 0); /* as lstat(2) has it */
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_int_eq(jail_lstat(&jail, "out_dir/secret", &st), -1);
	ck_assert_int_eq(errno, EXDEV);
	jail.no_links = true;
	ck_assert_int_eq(jail_lstat(&jail, "abs_out", &st), 0);
	ck_assert_int_eq(jail_lstat(&jail, "in_dir/file", &st), -1);
	ck_assert_int_eq(errno, ELOOP);
}
END_TEST

/* A user's own path, as on a command line. */
START_TEST(beside_is_the_directory_that_a_path_lies_in)
{
	static const struct {
		const char *path, *dir, *name; /* beneath the farm, but for the root's */
	} cases[] = {
		{ "top/file", "top", "file" },
		{ "top/missing", "top", "missing" },
		{ "top/dir//file", "top/dir", "file" },
		{ "top/dir/", "top/dir", "" },
		{ "top", ".", "top" },
		{ "/etc", "/", "etc" },
	};
	static char too_long[2 * JAIL_PATH_MAX];
	struct stat found, wanted;
	const char *name;
	struct jail jail;

	ck_assert_int_eq(fchdir(farm_fd), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_int_eq(jail_begin_beside(&jail, cases[i].path, &name), 0);
		ck_assert_str_eq(name, cases[i].name);
		ck_assert_int_eq(fstat(jail.top, &found), 0);
		ck_assert_int_eq(stat(cases[i].dir, &wanted), 0);
		ck_assert_msg(found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino,
		    "%s", cases[i].path);
		jail_end(&jail);
	}
	ck_assert_int_eq(jail_begin_beside(&jail, "none/file", &name), -1);
	ck_assert_int_eq(errno, ENOENT);
	memset(too_long, '/', JAIL_PATH_MAX);
	ck_assert_int_eq(jail_begin_beside(&jail, too_long, &name), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

Suite *
jail_suite(void)
{
	Suite *suite = suite_create("jail");
	TCase *tcase = tcase_create("jail");

	tcase_set_timeout(tcase, 60); /* a FIFO would hang */
	tcase_add_unchecked_fixture(tcase, begin, farm_end);
	tcase_add_loop_test(tcase, each_name_means_what_the_table_says, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, writing_opens_what_reading_opens, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, no_descriptor_is_left_open, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, stat_tells_what_open_would_find, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, lstat_tells_of_the_link, 0, FARM_WAYS);
	tcase_add_test(tcase, beside_is_the_directory_that_a_path_lies_in);
	suite_add_tcase(suite, tcase);
	return suite;
}
