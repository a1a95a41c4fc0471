/*
 * Guards: a file that others can read and that is used all the same, a line that is half
 * understood, a secret that stays in memory.
 */
#include "common/keys.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define SECRET	 "0123456789abcdef"
#define NAME_64	 "1234567890123456789012345678901234567890123456789012345678901234"
#define LONG_64	 "................................................................"
#define LONG_256 LONG_64 LONG_64 LONG_64 LONG_64

static char directory[] = "/tmp/switchboard-unit-XXXXXX", path[64], error[KEYS_LINE_MAX];
static struct key key;

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/keys", directory);
}

static void
teardown(void)
{
	unlink(path);
	rmdir(directory);
}

static void
write_file(const void *text, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static bool
is_wiped(void)
{
	for (size_t i = 0; i < sizeof key.secret; i++)
		if (key.secret[i] != 0)
			return false;
	return key.secret_len == 0;
}

/* ---- right files ---- */

static const struct {
	const char *text, *name;
	int found;
	unsigned rights;
	const char *secret;
} files[] = {
	{ "anna run " SECRET "\n", "anna", 1, KEYS_RUN, SECRET },
	{ "anna run " SECRET "\n", "ann", 0, 0, "" },
	{ "anna run " SECRET "\n", "annaa", 0, 0, "" },
	{ "anna run " SECRET "\n", "Anna", 0, 0, "" },
	{ "anna run " SECRET "\n", NULL, 1, KEYS_RUN, SECRET },
	{ "anna run " SECRET, "anna", 1, KEYS_RUN, SECRET }, /* no newline at the end */
	{ "\r\n# c\r\nanna\tread,write \t" SECRET "\r\n", "anna", 1, KEYS_READ | KEYS_WRITE,
	    SECRET },
	{ "  anna all " SECRET "  \n", "anna", 1, KEYS_ALL, SECRET },
	{ "anna run,run " SECRET "\n", "anna", 1, KEYS_RUN, SECRET },
	{ "anna run " SECRET "\nben read " SECRET "ben\n", "ben", 1, KEYS_READ, SECRET "ben" },
	{ "anna run " SECRET "\nben read " SECRET "ben\n", NULL, 1, KEYS_RUN, SECRET },
	{ "anna run " SECRET "\nben read " SECRET "ben\n", "carl", 0, 0, "" },
	{ "anna run #" SECRET "\n", "anna", 1, KEYS_RUN, "#" SECRET },
	{ "9.a_b-C run " SECRET "\n", "9.a_b-C", 1, KEYS_RUN, SECRET },
	{ NAME_64 " run " LONG_256 "\n", NAME_64, 1, KEYS_RUN, LONG_256 },
	{ "", "anna", 0, 0, "" },
	{ "", NULL, 0, 0, "" },
	{ "# only words\n \t\r\n", NULL, 0, 0, "" },
};

START_TEST(finds)
{
	write_file(files[_i].text, strlen(files[_i].text), 0600);
	memset(&key, 0xee, sizeof key);
	ck_assert_msg(
	    keys_find(path, files[_i].name, &key, error, sizeof error) == files[_i].found, "%s",
	    error);
	ck_assert_uint_eq(key.rights, files[_i].rights);
	ck_assert_str_eq(key.secret, files[_i].secret);
	ck_assert_uint_eq(key.secret_len, strlen(files[_i].secret));
	if (files[_i].found && files[_i].name)
		ck_assert_str_eq(key.name, files[_i].name);
}
END_TEST

/* ---- wrong lines ---- */

static const struct {
	const char *text, *words;
} wrong[] = {
	{ "anna\n", ":1: a line is: name rights secret" },
	{ "anna run\n", ":1: a line is: name rights secret" },
	{ "anna run " SECRET " more\n", ":1: a line is: name rights secret" },
	{ "anna run " SECRET " # why\n", ":1: a line is: name rights secret" },
	{ "anna walk " SECRET "\n", ":1: rights are a list" },
	{ "anna run,walk " SECRET "\n", ":1: rights are a list" },
	{ "anna Run " SECRET "\n", ":1: rights are a list" },
	{ "anna , " SECRET "\n", ":1: rights are a list" },
	{ "anna run 0123456789abcde\n", ":1: a secret has 16 to 256" },
	{ "anna run x" LONG_256 "\n", ":1: a secret has 16 to 256" },
	{ "x" NAME_64 " run " SECRET "\n", ":1: a name has 64" },
	{ "- run " SECRET "\n", ":1: a name has letters" },
	{ "-x run " SECRET "\n", ":1: a name has letters" },
	{ "an/na run " SECRET "\n", ":1: a name has letters" },
	{ "\xef\xbb\xbf"
	  "anna run " SECRET "\n",
	    ":1: a name has letters" },
	{ "\xc3\xa4nna run " SECRET "\n", ":1: a name has letters" },
	{ "anna run " LONG_256 LONG_256 "\n", ":1: the line is too long" },
	{ "#" LONG_256 LONG_256 "\n", ":1: the line is too long" },
	{ "anna run " SECRET "\nanna read " SECRET "\n", ":2: this name stands here" },
	{ "anna run " SECRET "\n\nben\n", ":3: a line is" }, /* behind what was found */
};

START_TEST(refuses_lines)
{
	write_file(wrong[_i].text, strlen(wrong[_i].text), 0600);
	memset(&key, 0xee, sizeof key);
	ck_assert_int_eq(keys_find(path, "anna", &key, error, sizeof error), -1);
	ck_assert_msg(
	    strncmp(error, path, strlen(path)) == 0 &&
		strncmp(error + strlen(path), wrong[_i].words, strlen(wrong[_i].words)) == 0,
	    "%s", error);
	ck_assert_ptr_null(strstr(error, SECRET));
	ck_assert(is_wiped());
	ck_assert_uint_eq(key.rights & ~(unsigned)KEYS_ALL, 0);
}
END_TEST

START_TEST(refuses_a_nul)
{
	static const char text[] = "anna run " SECRET "\0\nben run " SECRET "\n";

	write_file(text, sizeof text - 1, 0600);
	ck_assert_int_eq(keys_find(path, "ben", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "no text"));
}
END_TEST

START_TEST(refuses_too_many_lines)
{
	FILE *file;

	write_file("", 0, 0600);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < KEYS_MAX; i++)
		fprintf(file, "key%d run " SECRET "\n", i);
	fflush(file);
	ck_assert_int_eq(keys_find(path, "key1023", &key, error, sizeof error), 1);
	fputs("one.more run " SECRET "\n", file);
	fclose(file);
	ck_assert_int_eq(keys_find(path, "key0", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "too many lines"));
	ck_assert(is_wiped());
}
END_TEST

/* ---- files ---- */

static const struct {
	mode_t mode;
	bool right;
} modes[] = {
	{ 0600, true },
	{ 0400, true },
	{ 0700, true },
	{ 0604, false },
	{ 0640, false },
	{ 0644, false },
	{ 0620, false },
	{ 0602, false },
	{ 0601, false },
	{ 0666, false },
};

START_TEST(modes_matter)
{
	write_file("anna run " SECRET "\n", 26, modes[_i].mode);
	ck_assert_int_eq(
	    keys_find(path, "anna", &key, error, sizeof error), modes[_i].right ? 1 : -1);
	if (!modes[_i].right)
		ck_assert_ptr_nonnull(strstr(error, "chmod 600"));
}
END_TEST

START_TEST(no_file)
{
	ck_assert_int_eq(keys_find(path, "anna", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "ENOENT"));
}
END_TEST

/* Must not wait for somebody who writes. */
START_TEST(no_fifo)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(keys_find(path, "anna", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "no regular file"));
}
END_TEST

START_TEST(no_directory_or_device)
{
	ck_assert_int_eq(keys_find(directory, "anna", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "no regular file"));
	ck_assert_int_eq(keys_find("/dev/zero", "anna", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "no regular file"));
}
END_TEST

/* A link is as good as the file behind it. */
START_TEST(symbolic_links)
{
	char link_path[80];

	snprintf(link_path, sizeof link_path, "%s/link", directory);
	write_file("anna run " SECRET "\n", 26, 0600);
	ck_assert_int_eq(symlink(path, link_path), 0);
	ck_assert_int_eq(keys_find(link_path, "anna", &key, error, sizeof error), 1);
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(keys_find(link_path, "anna", &key, error, sizeof error), -1);
	unlink(link_path);
}
END_TEST

START_TEST(no_file_of_another)
{
	write_file("anna run " SECRET "\n", 26, 0600);
	ck_assert_int_eq(chown(path, 12345, (gid_t)-1), 0);
	ck_assert_int_eq(keys_find(path, "anna", &key, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "another user"));
}
END_TEST

START_TEST(forgets)
{
	write_file("anna run " SECRET "\n", 26, 0600);
	ck_assert_int_eq(keys_find(path, "anna", &key, error, sizeof error), 1);
	ck_assert(!is_wiped());
	keys_forget(&key);
	ck_assert(is_wiped());
}
END_TEST

Suite *
keys_suite(void)
{
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, finds, 0, (int)(sizeof files / sizeof *files));
	tcase_add_loop_test(tcase, refuses_lines, 0, (int)(sizeof wrong / sizeof *wrong));
	tcase_add_test(tcase, refuses_a_nul);
	tcase_add_test(tcase, refuses_too_many_lines);
	tcase_add_loop_test(tcase, modes_matter, 0, (int)(sizeof modes / sizeof *modes));
	tcase_add_test(tcase, no_file);
	tcase_add_test(tcase, no_fifo);
	tcase_add_test(tcase, no_directory_or_device);
	tcase_add_test(tcase, symbolic_links);
	if (geteuid() == 0)
		tcase_add_test(tcase, no_file_of_another);
	else
		puts("skipped: no_file_of_another: only root can give a file away");
	tcase_add_test(tcase, forgets);
	suite_add_tcase(suite, tcase);
	return suite;
}
