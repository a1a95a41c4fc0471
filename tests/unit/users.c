/*
 * Guards: a login that a wrong password, a weak hash, a lock or a last day does not stop;
 * an account that is found in a file that should not be used; an edit that loses another
 * line, or another's edit.
 */
#include "link/users.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/password.h"
#include "common/private.h"
#include "tests/unit/unit.h"

/* All of "sesame". */
#define STRONG "$5$saltsalt$Arv3XkXcPR5LHLrzVCBdKV5hwRocYIyFvUvGa9tbc06"
#define BCRYPT "$2b$04$abcdefghijklmnopqrstuuinwY/tkBVrn3xrxQI/TgnMHhkvl85RW"
#define MD5    "$1$saltsalt$J3RStOYaRn/5Iz9DGbAnx1"
#define DES    "abnqrLigH.z/s"

#define TODAY 20777 /* 2026-11-20 */

static char directory[64], path[96], error[USERS_ERROR_MAX];
static struct users_entry entry;

static void
setup(void)
{
	strcpy(directory, "/tmp/switchboard-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/users", directory);
	*error = '\0';
}

static void
teardown(void)
{
	unlink(path);
	ck_assert_msg(rmdir(directory) == 0, "something is left in %s", directory);
}

static void
write_file(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static const char *
read_file(void)
{
	static char text[1 << 16];
	FILE *file = fopen(path, "r");
	size_t n;

	ck_assert_ptr_nonnull(file);
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

/* ---- logins ---- */

struct login_case {
	const char *file, *password;
	unsigned options;
	enum users_verdict verdict;
};

static const struct login_case login_cases[] = {
	{ "anna:" STRONG ":/:::all:\n", "sesame", 0, USERS_ADMITTED },
	{ "#\n\nbob:!:/::::\nanna:" STRONG ":/:::all:", "sesame", 0, USERS_ADMITTED },
	{ "anna:" STRONG ":/:::all:2026-11-20\n", "sesame", 0, USERS_ADMITTED },
	{ "anna:" STRONG ":/:::all:\n", "Sesame", 0, USERS_WRONG },
	{ "anna:" STRONG ":/:::all:\n", "sesame ", 0, USERS_WRONG },
	{ "anna:" STRONG ":/:::all:\n", "", 0, USERS_WRONG },
	{ "anna:" STRONG ":/:::all:2026-11-19\n", "sesame", 0, USERS_OVER },
	{ "anna:!" STRONG ":/:::all:\n", "sesame", 0, USERS_LOCKED },
	{ "anna:!:/:::all:\n", "", 0, USERS_LOCKED },
	{ "ann:" STRONG ":/:::all:\nannaa:" STRONG ":/:::all:\n", "sesame", 0, USERS_NOBODY },
	{ "Anna:" STRONG ":/:::all:\n", "sesame", 0, USERS_NOBODY },
	{ "", "sesame", 0, USERS_NOBODY },
	{ "anna:" MD5 ":/:::all:\n", "sesame", 0, USERS_WEAK_METHOD },
	{ "anna:" MD5 ":/:::all:\n", "sesame", USERS_ALLOW_WEAK, USERS_ADMITTED },
	{ "anna:" MD5 ":/:::all:\n", "sesam", USERS_ALLOW_WEAK, USERS_WRONG },
	{ "anna:" DES ":/:::all:\n", "sesame", 0, USERS_WEAK_METHOD },
	{ "anna:" DES ":/:::all:\n", "sesame", USERS_ALLOW_WEAK, USERS_ADMITTED },
	{ "anna:" STRONG ":/:::all:\nanna:" STRONG ":/:::all:\n", "sesame", 0, USERS_UNUSABLE },
	{ "anna:" STRONG ":/:::all:\nbob\n", "sesame", 0, USERS_UNUSABLE },
	{ "anna:$6$rounds=999999999999$x$aaaaaaaaaaaaaaaaaaaaaa:/:::all:\n", "sesame", 0,
	    USERS_UNUSABLE },
#ifndef PORTABLE /* the C library's own crypt(3) may not know it */
	{ "anna:" BCRYPT ":/:::all:\n", "sesame", 0, USERS_ADMITTED },
#endif
};

START_TEST(decides)
{
	const struct login_case *c = &login_cases[_i];
	enum users_verdict verdict;

	write_file(c->file, 0600);
	strcpy(entry.name, "untouched");
	verdict = users_login(
	    path, "anna", c->password, TODAY, c->options, &entry, error, sizeof error);
	ck_assert_str_eq(users_verdict_words(verdict), users_verdict_words(c->verdict));
	ck_assert_str_eq(entry.name, verdict == USERS_ADMITTED ? "anna" : "untouched");
	ck_assert(verdict != USERS_ADMITTED || *entry.hash == '\0'); /* nobody else's */
	ck_assert_int_eq(*error != '\0', verdict == USERS_UNUSABLE);
}
END_TEST

START_TEST(refuses_an_open_file)
{
	static const mode_t modes[] = { 0640, 0604, 0660, 0644 };

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		write_file("anna:" STRONG ":/:::all:\n", modes[i]);
		ck_assert_int_eq(
		    users_login(path, "anna", "sesame", TODAY, 0, &entry, error, sizeof error),
		    USERS_UNUSABLE);
		ck_assert_ptr_nonnull(strstr(error, "chmod 600"));
	}
}
END_TEST

START_TEST(names_the_wrong_line)
{
	write_file("# one\nanna:" STRONG ":/:::all:\nbob:" STRONG ":/:::alll:\n", 0600);
	ck_assert_int_eq(
	    users_login(path, "anna", "sesame", TODAY, 0, &entry, error, sizeof error),
	    USERS_UNUSABLE);
	ck_assert_ptr_nonnull(strstr(error, "users:3: rights are"));
}
END_TEST

START_TEST(refuses_a_password_that_is_too_long)
{
	char password[PASSWORD_MAX + 2];

	memset(password, 'x', sizeof password);
	password[sizeof password - 1] = '\0';
	ck_assert_int_eq(password_try(password, STRONG), 0);
	ck_assert_int_eq(password_hash(password, entry.hash), -1);
}
END_TEST

START_TEST(hashes_what_it_tries)
{
	char hash[PASSWORD_HASH_MAX + 1], other[PASSWORD_HASH_MAX + 1];

	ck_assert_int_eq(password_hash("sesame", hash), 0);
	ck_assert_int_eq(password_hash("sesame", other), 0);
	ck_assert_str_ne(hash, other); /* a salt of its own */
	ck_assert_int_eq(users_method(hash, strlen(hash), NULL), USERS_STRONG);
	ck_assert_int_eq(password_try("sesame", hash), 1);
	ck_assert_int_eq(password_try("sesamf", hash), 0);
	ck_assert_int_eq(password_try("sesame", password_nobodys()), 0);
}
END_TEST

/* ---- edits ---- */

static enum users_edit
take_home(void *arg, bool found, struct users_entry *one, char *said, size_t cap)
{
	if (!found) {
		snprintf(said, cap, "not there");
		return USERS_FAIL;
	}
	snprintf(one->home, sizeof one->home, "%s", (const char *)arg);
	return USERS_PUT;
}

static enum users_edit
put_new(void *arg, bool found, struct users_entry *one, char *said, size_t cap)
{
	(void)said, (void)cap;
	ck_assert(!found);
	snprintf(one->name, sizeof one->name, "%s", (const char *)arg);
	strcpy(one->hash, STRONG);
	strcpy(one->home, "/");
	return USERS_PUT;
}

static enum users_edit
take_away(void *arg, bool found, struct users_entry *one, char *said, size_t cap)
{
	(void)arg, (void)found, (void)one, (void)said, (void)cap;
	return USERS_DELETE_ENTRY;
}

START_TEST(changes_one_line)
{
	struct stat status;

	write_file("# head\nanna:!:/a::::\n\nbob:!:/b::::\n# end", 0600);
	ck_assert_int_eq(
	    users_edit(path, "anna", false, take_home, "/c", error, sizeof error), 0);
	ck_assert_str_eq(read_file(), "# head\nanna:!:/c::::\n\nbob:!:/b::::\n# end");
	ck_assert_int_eq(
	    users_edit(path, "bob", false, take_away, NULL, error, sizeof error), 0);
	ck_assert_str_eq(read_file(), "# head\nanna:!:/c::::\n\n# end");
	ck_assert_int_eq(users_edit(path, "eve", true, put_new, "eve", error, sizeof error), 0);
	ck_assert_str_eq(read_file(), "# head\nanna:!:/c::::\n\n# end\neve:" STRONG ":/::::\n");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(leaves_the_file_when_it_must)
{
	static const char before[] = "anna:!:/a::::\n";

	write_file(before, 0600);
	ck_assert_int_eq(
	    users_edit(path, "eve", false, take_home, "/c", error, sizeof error), -1);
	ck_assert_str_eq(error, "not there");
	/* what could not be read again */
	ck_assert_int_eq(
	    users_edit(path, "anna", false, take_home, "/c:d", error, sizeof error), -1);
	ck_assert_str_eq(read_file(), before);
	write_file("anna:!:/a::::\nbob\n", 0600);
	ck_assert_int_eq(
	    users_edit(path, "anna", false, take_home, "/c", error, sizeof error), -1);
	ck_assert_str_eq(read_file(), "anna:!:/a::::\nbob\n");
	write_file(before, 0640);
	ck_assert_int_eq(
	    users_edit(path, "anna", false, take_home, "/c", error, sizeof error), -1);
	ck_assert_str_eq(read_file(), before);
}
END_TEST

START_TEST(follows_no_link)
{
	char link[96];

	write_file("anna:!:/a::::\n", 0600);
	snprintf(link, sizeof link, "%s/link", directory);
	ck_assert_int_eq(symlink("users", link), 0);
	ck_assert_int_eq(
	    users_edit(link, "anna", false, take_home, "/c", error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "symbolic link"));
	unlink(link);
}
END_TEST

/* Eight at once, a hundred accounts: each edit reads what the one before has written. */
START_TEST(loses_no_edit)
{
	enum { PROCESSES = 8, EACH = 12 };
	struct users_entry one;
	char name[32];
	int status;

	write_file("", 0600);
	for (int p = 0; p < PROCESSES; p++)
		if (fork() == 0) {
			for (int i = 0; i < EACH; i++) {
				snprintf(name, sizeof name, "u%d-%d", p, i);
				if (users_edit(path, name, true, put_new, name, error,
					sizeof error) == -1)
					_exit(1);
			}
			_exit(0);
		}
	for (int p = 0; p < PROCESSES; p++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	for (int p = 0; p < PROCESSES; p++)
		for (int i = 0; i < EACH; i++) {
			snprintf(name, sizeof name, "u%d-%d", p, i);
			ck_assert_int_eq(users_login(path, name, "sesame", TODAY, 0, &one,
					     error, sizeof error),
			    USERS_ADMITTED);
		}
}
END_TEST

static int
count_one(void *arg, const struct users_entry *one)
{
	(void)one;
	return ++*(int *)arg == 3 ? 7 : 0;
}

START_TEST(visits_each)
{
	int count = 0;

	write_file("a:!:/::::\n#\nb:!:/::::\n", 0600);
	ck_assert_int_eq(users_each(path, count_one, &count, error, sizeof error), 0);
	ck_assert_int_eq(count, 2);
	write_file("a:!:/::::\n#\nb:!:/::::\nc:!:/::::\nd:!:/::::\n", 0600);
	count = 0;
	ck_assert_int_eq(users_each(path, count_one, &count, error, sizeof error), 7);
	write_file("b:!:/::::\na:!:/::::\nc:!:/::::\na:!:/::::\n", 0600);
	ck_assert_int_eq(users_each(path, count_one, &count, error, sizeof error), -1);
	ck_assert_ptr_nonnull(strstr(error, "users:4: \"a\" stands here a second time"));
}
END_TEST

Suite *
users_suite(void)
{
	Suite *suite = suite_create("users");
	TCase *tcase = tcase_create("users");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, decides, 0, (int)(sizeof login_cases / sizeof *login_cases));
	tcase_add_test(tcase, refuses_an_open_file);
	tcase_add_test(tcase, names_the_wrong_line);
	tcase_add_test(tcase, refuses_a_password_that_is_too_long);
	tcase_add_test(tcase, hashes_what_it_tries);
	tcase_add_test(tcase, changes_one_line);
	tcase_add_test(tcase, leaves_the_file_when_it_must);
	tcase_add_test(tcase, follows_no_link);
	tcase_add_test(tcase, loses_no_edit);
	tcase_add_test(tcase, visits_each);
	suite_add_tcase(suite, tcase);
	return suite;
}
