/*
 * Guards: a line of ftpd-users(5) that gives somebody more than it says: a field that is
 * missing or too many, a right that is misspelt, a quota that wraps, a date that does not
 * exist, a hash that anything matches.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/users.h"
#include "tests/unit/unit.h"

#define HASH "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"
#define DES  "ab1sfwo.SSVmw"

struct line_case {
	const char *line;
	enum users_status status;
};

static const struct line_case line_cases[] = {
	{ "anna:" HASH ":/srv/anna:1073741824:10000:read,write,delete,list:2027-01-31",
	    USERS_ENTRY },
	{ "a:" HASH ":/:::all:", USERS_ENTRY },
	{ "a:!" HASH ":/:0:0::", USERS_ENTRY },
	{ "a:!:/:::read:", USERS_ENTRY },
	{ "a:" DES ":/:::read:\n", USERS_ENTRY }, /* weak, which is not the line's affair */
	{ "", USERS_BLANK },
	{ "  \t", USERS_BLANK },
	{ "# a:b", USERS_BLANK },
	{ "\n", USERS_BLANK },
	{ "a:" HASH ":/:::all", USERS_BAD_FIELDS },
	{ "a:" HASH ":/:::all::", USERS_BAD_FIELDS },
	{ "a", USERS_BAD_FIELDS },
	{ "a:" HASH ":/:::all:\r", USERS_BAD_BYTE },
	{ "a:" HASH ":/\033[2J:::all:", USERS_BAD_BYTE },
	{ ":" HASH ":/:::all:", USERS_BAD_NAME },
	{ "-a:" HASH ":/:::all:", USERS_BAD_NAME },
	{ ".a:" HASH ":/:::all:", USERS_BAD_NAME },
	{ " a:" HASH ":/:::all:", USERS_BAD_NAME },
	{ "a/b:" HASH ":/:::all:", USERS_BAD_NAME },
	{ "012345678901234567890123456789012:" HASH ":/:::all:", USERS_BAD_NAME },
	{ "a::/:::all:", USERS_BAD_HASH },
	{ "a:secret:/:::all:", USERS_BAD_HASH },
	{ "a:*:/:::all:", USERS_BAD_HASH },
	{ "a:!!:/:::all:", USERS_BAD_HASH },
	{ "a:$y$:/:::all:", USERS_BAD_HASH },
	{ "a:$9$abcdefghijklmnopqrst:/:::all:", USERS_BAD_HASH },
	{ "a:" HASH "::::all:", USERS_BAD_HOME },
	{ "a:" HASH ":home:::all:", USERS_BAD_HOME },
	{ "a:" HASH ":/:-1::all:", USERS_BAD_QUOTA },
	{ "a:" HASH ":/:1G::all:", USERS_BAD_QUOTA },
	{ "a:" HASH ":/:9223372036854775808::all:", USERS_BAD_QUOTA },
	{ "a:" HASH ":/::x:all:", USERS_BAD_QUOTA },
	{ "a:" HASH ":/:::reed:", USERS_BAD_RIGHTS },
	{ "a:" HASH ":/:::read,:", USERS_BAD_RIGHTS },
	{ "a:" HASH ":/:::,:", USERS_BAD_RIGHTS },
	{ "a:" HASH ":/:::read, list:", USERS_BAD_RIGHTS },
	{ "a:" HASH ":/:::READ:", USERS_BAD_RIGHTS },
	{ "a:" HASH ":/:::all:2027-02-29", USERS_BAD_DATE },
	{ "a:" HASH ":/:::all:2027-1-1", USERS_BAD_DATE },
	{ "a:" HASH ":/:::all:20270101", USERS_BAD_DATE },
	{ "a:" HASH ":/:::all:1969-12-31", USERS_BAD_DATE },
	{ "a:" HASH ":/:::all:never", USERS_BAD_DATE },
};

START_TEST(parses_lines)
{
	const struct line_case *c = &line_cases[_i];
	struct users_entry entry = { .name = "untouched" };
	char exact[256];
	size_t len = strlen(c->line);

	memcpy(exact + sizeof exact - len, c->line, len); /* a sanitizer sees a read beyond */
	ck_assert_str_eq(
	    users_status_words(users_parse(&entry, exact + sizeof exact - len, len)),
	    users_status_words(c->status));
	if (c->status != USERS_ENTRY)
		ck_assert_str_eq(entry.name, "untouched");
}
END_TEST

static const struct line_case short_cases[] = {
	{ "anna:" HASH, USERS_ENTRY },
	{ "a:" HASH "\n", USERS_ENTRY },
	{ "a:!" HASH, USERS_ENTRY },
	{ "a:!", USERS_ENTRY },
	{ "a:" DES, USERS_ENTRY },
	{ "a:$apr1$jwTbEbFz$9/SvCkfp/NBzgLkMhWnhe.", USERS_ENTRY },
	{ "a:$2y$05$yD5HOrw0knwwyITMXcbqfOn0kwACUGmFCsnuNC7esdUHf5vtppa7G", USERS_ENTRY },
	{ "a:" HASH ":/:::read:", USERS_ENTRY }, /* as ftpd has it */
	{ "", USERS_BLANK },
	{ "# a:b", USERS_BLANK },
	{ "a", USERS_BAD_SHORT },
	{ "a:" HASH ":", USERS_BAD_SHORT },
	{ "a:" HASH ":comment", USERS_BAD_SHORT },
	{ "a:" HASH ":home:::read:", USERS_BAD_HOME },
	{ ":" HASH, USERS_BAD_NAME },
	{ "a b:" HASH, USERS_BAD_NAME },
	{ "012345678901234567890123456789012:" HASH, USERS_BAD_NAME },
	{ "a:", USERS_BAD_HASH },
	{ "a:secret", USERS_BAD_HASH },
	{ "a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", USERS_BAD_HASH },
	{ "a:" HASH "\r", USERS_BAD_BYTE },
};

START_TEST(parses_short_lines)
{
	const struct line_case *c = &short_cases[_i];
	struct users_entry entry = { .name = "untouched" };
	size_t len = strlen(c->line);
	char exact[256];

	memcpy(exact + sizeof exact - len, c->line, len);
	ck_assert_str_eq(
	    users_status_words(users_parse_short(&entry, exact + sizeof exact - len, len)),
	    users_status_words(c->status));
	if (c->status != USERS_ENTRY) {
		ck_assert_str_eq(entry.name, "untouched");
		return;
	}
	ck_assert_uint_eq(entry.rights, USERS_READ);
	ck_assert_int_eq(entry.until, USERS_FOR_EVER);
}
END_TEST

START_TEST(understands_a_line)
{
	struct users_entry entry;
	char out[USERS_LINE_MAX];

	ck_assert_int_eq(
	    users_parse(&entry, line_cases[0].line, strlen(line_cases[0].line)), USERS_ENTRY);
	ck_assert_str_eq(entry.name, "anna");
	ck_assert_str_eq(entry.hash, HASH);
	ck_assert_str_eq(entry.home, "/srv/anna");
	ck_assert(!entry.locked);
	ck_assert_uint_eq(entry.bytes, 1073741824);
	ck_assert_uint_eq(entry.files, 10000);
	ck_assert_uint_eq(entry.rights, USERS_ALL);
	ck_assert_int_eq(entry.until, 20849);
	ck_assert_int_gt(users_encode(out, sizeof out, &entry), 0);
	ck_assert_str_eq(out,
	    "anna:" HASH ":/srv/anna:1073741824:10000:read,write,delete,list:2027-01-31\n");
	ck_assert_int_eq(users_encode(out, strlen(out), &entry), -1);
	ck_assert_int_eq(users_parse(&entry, "a:!:/:::read:", 13), USERS_ENTRY);
	ck_assert(entry.locked);
	ck_assert_str_eq(entry.hash, "");
	ck_assert_uint_eq(entry.bytes, USERS_NO_LIMIT);
	ck_assert_uint_eq(entry.files, USERS_NO_LIMIT);
	ck_assert_int_eq(entry.until, USERS_FOR_EVER);
	ck_assert_int_gt(users_encode(out, sizeof out, &entry), 0);
	ck_assert_str_eq(out, "a:!:/:::read:\n");
}
END_TEST

START_TEST(writes_no_line_that_it_would_not_read)
{
	struct users_entry good = { .name = "a",
		.hash = HASH,
		.home = "/",
		.bytes = 1,
		.files = 1,
		.rights = USERS_ALL,
		.until = USERS_FOR_EVER };
	struct users_entry bad[7];
	char out[USERS_LINE_MAX];

	ck_assert_int_gt(users_encode(out, sizeof out, &good), 0);
	for (size_t i = 0; i < 7; i++)
		bad[i] = good;
	strcpy(bad[0].name, "a\nb");
	strcpy(bad[1].home, "/a:b");
	strcpy(bad[2].home, "/a\nroot");
	strcpy(bad[3].hash, "");
	bad[4].bytes = UINT64_MAX - 1;
	bad[5].rights = 1 << 7;
	bad[6].until = -1;
	for (size_t i = 0; i < 7; i++)
		ck_assert_int_eq(users_encode(out, sizeof out, &bad[i]), -1);
}
END_TEST

START_TEST(bounds_a_line)
{
	static char line[USERS_LINE_MAX + 1];
	struct users_entry entry;

	memset(line, 'a', sizeof line);
	ck_assert_int_eq(users_parse(&entry, line, sizeof line - 1), USERS_TOO_LONG);
	ck_assert_int_eq(users_parse(&entry, line, sizeof line - 2), USERS_BAD_FIELDS);
}
END_TEST

static const struct {
	const char *hash, *name;
	enum users_method method;
} method_cases[] = {
	{ HASH, "yescrypt", USERS_STRONG },
	{ "$gy$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o", "gost-yescrypt", USERS_STRONG },
	{ "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "bcrypt",
	    USERS_STRONG },
	{ "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8", "SHA-256",
	    USERS_STRONG },
	{ "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sb", "SHA-512",
	    USERS_STRONG },
	{ "$1$abcd0123$9Qcg8DyviekV3tDGMZynJ1", "MD5", USERS_WEAK },
	{ "$3$$8846f7eaee8fb117ad06bdd830b7586c", "NT", USERS_WEAK },
	{ "_J9..CCCCXBrJUJV154M", "BSDi's DES", USERS_WEAK },
	{ DES, "DES", USERS_WEAK },
	{ "ab1sfwo.SSVm", "", USERS_UNKNOWN },
	{ "ab1sfwo.SSVm!", "", USERS_UNKNOWN },
	{ "$1$", "", USERS_UNKNOWN },
	{ "$", "", USERS_UNKNOWN },
	{ "", "", USERS_UNKNOWN },
};

START_TEST(tells_methods)
{
	const char *hash = method_cases[_i].hash, *name;

	ck_assert_int_eq(users_method(hash, strlen(hash), &name), method_cases[_i].method);
	ck_assert_str_eq(name, method_cases[_i].name);
}
END_TEST

#define LOOP(test, cases)                                                                      \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof cases / sizeof *cases))

Suite *
users_line_suite(void)
{
	Suite *suite = suite_create("users_line");
	TCase *tcase = tcase_create("users_line");

	LOOP(parses_lines, line_cases);
	LOOP(parses_short_lines, short_cases);
	tcase_add_test(tcase, understands_a_line);
	tcase_add_test(tcase, writes_no_line_that_it_would_not_read);
	tcase_add_test(tcase, bounds_a_line);
	LOOP(tells_methods, method_cases);
	suite_add_tcase(suite, tcase);
	return suite;
}
