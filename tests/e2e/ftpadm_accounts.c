/*
 * ftpadm: accounts that come, change and go.
 *
 * Guards: a file or a home that others can read, a change that touches another account,
 * two changes at once of which one is lost, and a file that is written although it could
 * not be understood.
 */
#include <sys/stat.h>

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpadm.h"

#define ADD(name, ...) ARGS("add", name, "-d", home_of(name), __VA_ARGS__)

static const char *
home_of(const char *name)
{
	return path_in(name);
}

static void
expect_field(const char *name, int field, const char *value)
{
	const char *got = users_field(name, field);

	EXPECT(strcmp(got, value) == 0, "%s: field %d is \"%s\", wanted \"%s\"", name, field,
	    got, value);
}

static mode_t
mode_of(const char *path)
{
	struct stat status;

	EXPECT(stat(path, &status) == 0, "there is no %s", path);
	return status.st_mode & 07777;
}

START_TEST(add_makes_file_and_home)
{
	adm("correct horse\n", ADD("anna", "-q", "1G", "-n", "1000"));
	EXPECT(mode_of(users_path()) == 0600, "the file has mode %o", mode_of(users_path()));
	EXPECT(
	    mode_of(home_of("anna")) == 0700, "the home has mode %o", mode_of(home_of("anna")));
	expect_field("anna", 2, home_of("anna"));
	expect_field("anna", 3, "1073741824");
	expect_field("anna", 4, "1000");
	expect_field("anna", 5, "read,write,delete,list");
	expect_field("anna", 6, "");
	EXPECT(*users_field("anna", 1) == '$', "no hash: %s", users_field("anna", 1));
	EXPECT(strstr(users_text(), "horse") == NULL, "the password stands in the file");
}
END_TEST

/* ftpd, which root starts, becomes nobody: with a home of root's it could do nothing. */
static void
expect_owner(const char *path, const char *name)
{
	const struct passwd *user = getpwnam(name);
	struct stat st;

	EXPECT(user != NULL, "there is no user %s here", name);
	EXPECT(stat(path, &st) == 0 && st.st_uid == user->pw_uid, "%s: not of %s", path, name);
}

START_TEST(a_home_that_root_makes_is_nobodys)
{
	adm("secret\n", ADD("anna", "-q", "1G"));
	expect_owner(home_of("anna"), "nobody");
	adm("secret\n", ADD("ben", "-o", "daemon"));
	expect_owner(home_of("ben"), "daemon");
}
END_TEST

START_TEST(each_option_counts)
{
	adm("x", ADD("anna", "-r", "list,read", "-u", "2027-01-31", "-q", "10K"));
	expect_field("anna", 3, "10240");
	expect_field("anna", 5, "read,list");
	expect_field("anna", 6, "2027-01-31");
	adm("x", ARGS("add", "-d", home_of("bob"), "-r", "none", "bob"));
	expect_field("bob", 5, "");
	expect_field("bob", 3, "");
}
END_TEST

START_TEST(changes_one_thing)
{
	char hash[512];

	adm("x", ADD("anna", NULL));
	adm("x", ADD("bob", NULL));
	snprintf(hash, sizeof hash, "%s", users_field("anna", 1));
	adm("", ARGS("quota", "anna", "-q", "5M"));
	expect_field("anna", 3, "5242880");
	adm("", ARGS("quota", "anna", "-n", "7"));
	expect_field("anna", 3, "5242880");
	expect_field("anna", 4, "7");
	adm("", ARGS("quota", "anna", "-q", "none"));
	expect_field("anna", 3, "");
	adm("", ARGS("rights", "anna", "-r", "all"));
	expect_field("anna", 5, "read,write,delete,list");
	adm("", ARGS("until", "anna", "-u", "2030-12-31"));
	expect_field("anna", 6, "2030-12-31");
	adm("", ARGS("until", "anna", "-u", "none"));
	expect_field("anna", 6, "");
	expect_field("anna", 1, hash);
	adm("y", ARGS("passwd", "anna"));
	EXPECT(strcmp(users_field("anna", 1), hash) != 0, "the same hash");
	expect_field("bob", 3, "");
	EXPECT(mode_of(users_path()) == 0600, "the file has mode %o", mode_of(users_path()));
}
END_TEST

START_TEST(locks_and_unlocks)
{
	char hash[512];

	adm("x", ADD("anna", NULL));
	snprintf(hash, sizeof hash, "!%s", users_field("anna", 1));
	adm("", ARGS("lock", "anna"));
	expect_field("anna", 1, hash);
	adm("", ARGS("lock", "anna"));
	expect_field("anna", 1, hash);
	adm("", ARGS("unlock", "anna"));
	expect_field("anna", 1, hash + 1);
	users_write("bob:!:/::::\n", 0600);
	adm_fails("", ARGS("unlock", "bob"), 1, "has no password: passwd gives one");
}
END_TEST

START_TEST(removes_the_account_only)
{
	struct program *p;

	adm("x", ADD("anna", NULL));
	adm("x", ADD("bob", NULL));
	p = adm_run("", ARGS("remove", "anna"));
	EXPECT(program_await_exit(p) == 0, "it fails: %s", p->err.text);
	EXPECT(strstr(users_text(), "anna") == NULL, "still there: %s", users_text());
	expect_field("bob", 0, "bob");
	EXPECT(access(home_of("anna"), F_OK) == 0, "the home is gone, too");
}
END_TEST

START_TEST(comments_stay)
{
	users_write("# ours\n\nanna:!:/::::\n# end\n", 0600);
	adm("", ARGS("rights", "anna", "-r", "read"));
	EXPECT(strcmp(users_text(), "# ours\n\nanna:!:/:::read:\n# end\n") == 0, "it is: %s",
	    users_text());
}
END_TEST

START_TEST(lists_and_checks)
{
	struct program *p;

	adm("x", ADD("anna", "-q", "1K"));
	p = adm_run("", ARGS("list"));
	EXPECT(program_has_line(&p->out, "^anna +open +1024 +- read,write,delete,list +- +/"),
	    "it lists: %s", p->out.text);
	p = adm_run("", ARGS("check"));
	EXPECT(
	    program_await_exit(p) == 0 && program_has_line(&p->out, "^1 accounts, 0 problems$"),
	    "it says: %s", p->out.text);
	users_write("anna:abnqrLigH.z/s:/nowhere:::all:\n", 0600);
	p = adm_run("", ARGS("check"));
	EXPECT(program_await_exit(p) == 1, "a missing home and DES are no problem");
	EXPECT(program_has_line(&p->err, "anna: its home /nowhere: ENOENT") &&
		   program_has_line(&p->err, "anna: its password's hash is DES"),
	    "it says: %s", p->err.text);
}
END_TEST

START_TEST(refuses_what_it_cannot_do)
{
	adm("x", ADD("anna", NULL));
	adm_fails("x", ADD("anna", NULL), 1, "there is an account \"anna\" already");
	adm_fails("", ARGS("lock", "bob"), 1, "there is no account \"bob\"");
	adm_fails("x", ARGS("add", "bob", "-d", path_in("a/b")), 1, "a/b: ENOENT");
	adm_fails("x", ARGS("add", "bob", "-d", users_path()), 1, "users: ENOTDIR");
	adm_fails("x", ARGS("add", "bob", "-d", path_in("a:b")), 1, "a home is a path");
	EXPECT(strstr(users_text(), "bob") == NULL, "bob is there: %s", users_text());
}
END_TEST

START_TEST(touches_no_file_that_it_does_not_trust)
{
	static const char bad[] = "anna:!:/::::\nbob:!:/:::reed:\n";

	users_write(bad, 0600);
	adm_fails("", ARGS("rights", "anna", "-r", "all"), 1, "users:2: rights are a list");
	EXPECT(strcmp(users_text(), bad) == 0, "it was changed: %s", users_text());
	users_write("anna:!:/::::\n", 0640);
	adm_fails("", ARGS("rights", "anna", "-r", "all"), 1, "others may read it");
	adm_fails("", ARGS("list"), 1, "others may read it");
	EXPECT(unlink(users_path()) == 0, "cannot unlink");
	adm_fails("", ARGS("lock", "anna"), 1, "users: ENOENT");
	EXPECT(access(users_path(), F_OK) == -1, "it made the file");
}
END_TEST

START_TEST(knows_wrong_usage)
{
	adm_fails("", ARGS("frob"), 2, "there is no command \"frob\"");
	adm_fails("", ARGS("add", "anna"), 2, "add: missing: -d");
	adm_fails("", ARGS("add", "-d", "/tmp"), 2, "missing: the account's name");
	adm_fails("", ARGS("lock", "anna", "bob"), 2, "\"bob\" is one argument too many");
	adm_fails("", ARGS("list", "anna"), 2, "\"anna\" is one argument too many");
	adm_fails("", ARGS("lock", "an/na"), 2, "a name has 1 to 32");
	adm_fails("", ARGS("lock", "-q", "1", "anna"), 2, "unknown option -q of this command");
	adm_fails("", ARGS("quota", "anna", "-q"), 2, "option -q needs an argument");
	adm_fails("", ARGS("quota", "anna", "-q", "1X"), 2, "neither a number");
	adm_fails("", ARGS("quota", "anna", "-q", "-1"), 2, "neither a number");
	adm_fails("", ARGS("quota", "anna", "-q", "9999999T"), 2, "neither a number");
	adm_fails("", ARGS("quota", "anna", "-n", "1K"), 2, "neither a number");
	adm_fails("", ARGS("rights", "anna", "-r", "reed"), 2, "a list of read");
	adm_fails("", ARGS("until", "anna", "-u", "2027-02-30"), 2, "is no day");
}
END_TEST

/* Eight at once: the lock makes one wait for the other. */
START_TEST(loses_no_change)
{
	enum { AT_ONCE = 8 };
	struct program *p[AT_ONCE];
	char name[AT_ONCE][16];

	for (int i = 0; i < AT_ONCE; i++) {
		snprintf(name[i], sizeof name[i], "u%d", i);
		p[i] = program_start(
		    ARGS("-f", users_path(), "add", name[i], "-d", home_of(name[i])));
	}
	for (int i = 0; i < AT_ONCE; i++) {
		program_send(p[i], "x\n");
		program_finish(p[i]);
	}
	for (int i = 0; i < AT_ONCE; i++)
		EXPECT(program_await_exit(p[i]) == 0, "%s fails: %s", name[i], p[i]->err.text);
	for (int i = 0; i < AT_ONCE; i++)
		expect_field(name[i], 0, name[i]);
}
END_TEST

void
ftpadm_accounts(Suite *suite)
{
	const struct check checks[] = {
		{ add_makes_file_and_home, ONCE, NEEDS_START, 2,
		    "a line in the file, mode 0600, and a home of its own. ftpadm(8)" },
		{ each_option_counts, ONCE, NEEDS_OPTIONS, 1,
		    "-d, -q and the others become fields of the line. ftpd-users(5)" },
		{ changes_one_thing, ONCE, NEEDS_START, 2,
		    "the other fields and accounts stay as they are. ftpadm(8)" },
		{ locks_and_unlocks, ONCE, NEEDS_START, 1,
		    "a lock keeps the hash, so that it can be undone. ftpadm(8)" },
		{ removes_the_account_only, ONCE, NEEDS_START, 1,
		    "files of a user outlive the account. ftpadm(8)" },
		{ comments_stay, ONCE, NEEDS_START, 1,
		    "the file is edited by people too. ftpadm(8)" },
		OURS(lists_and_checks, ONCE),
		{ refuses_what_it_cannot_do, ONCE, NEEDS_START, 1,
		    "a line of reason, and nothing is changed. ftpadm(8)" },
		{ touches_no_file_that_it_does_not_trust, ONCE, NEEDS_START, 1,
		    "a file that others may read holds no hashes. ftpadm(8)" },
		OURS(knows_wrong_usage, ONCE),
		{ loses_no_change, ONCE, NEEDS_START, 2,
		    "lock, read, write another file, rename. ftpadm(8)" },
	};
	const struct check as_root[] = { OURS(a_home_that_root_makes_is_nobodys, ONCE) };

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_root(), suite, as_root, ARRAY_LENGTH(as_root));
}
