/*
 * Guards: a name of MLSD that loses its blanks, a fact that is believed though it is
 * none, a time that is an hour or a day off, and a date that does not exist.
 */
#include "protocol/ftp_facts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/unit/unit.h"

/* ---- times ---- */

struct time_case {
	const char *text;
	bool is;
	int64_t seconds;
	int32_t ns;
	const char *again; /* NULL: as it was */
};

static const struct time_case time_cases[] = {
	{ "19700101000000", true, 0, 0, NULL },
	{ "19980615100045.014", true, 897904845, 14000000, NULL }, /* RFC 3659, 2.3 */
	{ "20000229120000", true, 951825600, 0, NULL },
	{ "20261120142300", true, 1795184580, 0, NULL },
	{ "19691231235959", true, -1, 0, NULL },
	{ "00010101000000", true, -62135596800, 0, NULL },
	{ "99991231235959", true, 253402300799, 0, NULL },
	{ "20161231235960", true, 1483228800, 0, "20170101000000" },
	{ "20200101000000.123456789999", true, 1577836800, 123456789,
	    "20200101000000.123456789" },
	{ "20200101000000.5", true, 1577836800, 500000000, NULL },
	{ "20200101000000.000", true, 1577836800, 0, "20200101000000" },
	{ "20200101000000.", false, 0, 0, NULL },
	{ "20200101000000.1x", false, 0, 0, NULL },
	{ "20200101000000 ", false, 0, 0, NULL },
	{ "20210229000000", false, 0, 0, NULL },
	{ "19000229000000", false, 0, 0, NULL },
	{ "20211301000000", false, 0, 0, NULL },
	{ "20210001000000", false, 0, 0, NULL },
	{ "20210132000000", false, 0, 0, NULL },
	{ "20210101240000", false, 0, 0, NULL },
	{ "20210101006000", false, 0, 0, NULL },
	{ "20210101000061", false, 0, 0, NULL },
	{ "00000101000000", false, 0, 0, NULL },
	{ "2021-0101000000", false, 0, 0, NULL },
	{ "2021010100000", false, 0, 0, NULL },
	{ "", false, 0, 0, NULL },
};

START_TEST(parses_times)
{
	const struct time_case *c = &time_cases[_i];
	struct ftp_time time = { 0, 0 };
	char out[FTP_TIME_TEXT_MAX + 1];

	ck_assert_int_eq(ftp_time_parse(c->text, strlen(c->text), &time), c->is);
	ck_assert_int_eq(time.seconds, c->seconds);
	ck_assert_int_eq(time.ns, c->ns);
	if (!c->is)
		return;
	ck_assert_int_gt(ftp_time_encode(out, sizeof out, &time), 0);
	ck_assert_str_eq(out, c->again ? c->again : c->text);
}
END_TEST

/* Against the C library, over some centuries, in steps that hit every day of the year. */
START_TEST(agrees_with_gmtime)
{
	for (int64_t at = -5000000000; at < 20000000000; at += 86400 * 13 + 3601) {
		struct ftp_date date;
		struct tm tm;
		time_t t = (time_t)at;
		int64_t back;

		gmtime_r(&t, &tm);
		ck_assert(ftp_date_of(at, &date));
		ck_assert_int_eq(date.year, tm.tm_year + 1900);
		ck_assert_int_eq(date.month, tm.tm_mon + 1);
		ck_assert_int_eq(date.day, tm.tm_mday);
		ck_assert_int_eq(date.hour, tm.tm_hour);
		ck_assert_int_eq(date.minute, tm.tm_min);
		ck_assert_int_eq(date.second, tm.tm_sec);
		ck_assert(ftp_date_seconds(&date, &back));
		ck_assert_int_eq(back, at);
	}
}
END_TEST

START_TEST(knows_the_first_and_last_second)
{
	static const int64_t first = -62135596800, last = 253402300799;
	struct ftp_date date;

	ck_assert(ftp_date_of(first, &date) && date.year == 1 && date.month == 1);
	ck_assert(ftp_date_of(last, &date) && date.year == 9999 && date.second == 59);
	ck_assert(!ftp_date_of(first - 1, &date));
	ck_assert(!ftp_date_of(last + 1, &date));
	ck_assert(!ftp_date_of(INT64_MIN, &date));
	ck_assert(!ftp_date_of(INT64_MAX, &date));
	/* each 31 December and 1 January */
	for (int64_t year = 1; year < 9999; year++) {
		struct ftp_date new_year = { (int)year, 1, 1, 0, 0, 0 };
		int64_t at;

		ck_assert(ftp_date_seconds(&new_year, &at) && ftp_date_of(at, &date));
		ck_assert(date.year == year && date.month == 1 && date.day == 1);
		if (year > 1)
			ck_assert(ftp_date_of(at - 1, &date) && date.year == year - 1 &&
				  date.month == 12 && date.day == 31);
	}
}
END_TEST

START_TEST(takes_a_time_and_a_name)
{
	struct ftp_time time;
	struct ftp_span name;

	ck_assert(ftp_time_and_name("20261120142300  a b", 19, &time, &name));
	ck_assert_uint_eq(name.len, 4);
	ck_assert_mem_eq(name.at, " a b", 4);
	ck_assert(!ftp_time_and_name("20261120142300 ", 15, &time, &name));
	ck_assert(!ftp_time_and_name("20261120142300", 14, &time, &name));
	ck_assert(!ftp_time_and_name("notes.txt 1", 11, &time, &name));
}
END_TEST

/* ---- facts ---- */

static struct ftp_facts
sample(void)
{
	return (struct ftp_facts){ .have = FTP_FACTS_ALL,
		.type = FTP_TYPE_FILE,
		.size = 1024,
		.modify = { 1795184580, 0 },
		.perm = FTP_PERM_APPEND | FTP_PERM_DELETE | FTP_PERM_RENAME |
			FTP_PERM_RETRIEVE | FTP_PERM_WRITE,
		.device = 0x803,
		.inode = 0x1a2,
		.mode = 0644,
		.owner = 1000,
		.group = 100,
		.name = { "a b;c=d.txt", 11 } };
}

START_TEST(encodes_facts)
{
	static const char all[] = "type=file;size=1024;modify=20261120142300;perm=adfrw;"
				  "unique=803g1a2;UNIX.mode=0644;UNIX.owner=1000;"
				  "UNIX.group=100; a b;c=d.txt";
	struct ftp_facts facts = sample();
	char out[256];

	ck_assert_int_eq(
	    ftp_facts_encode(out, sizeof out, &facts, FTP_FACTS_ALL), sizeof all - 1);
	ck_assert_str_eq(out, all);
	ck_assert_int_eq(ftp_facts_encode(out, sizeof all - 1, &facts, FTP_FACTS_ALL), -1);
	ck_assert_int_gt(ftp_facts_encode(out, sizeof out, &facts, FTP_FACT_SIZE), 0);
	ck_assert_str_eq(out, "size=1024; a b;c=d.txt");
	ck_assert_int_gt(ftp_facts_encode(out, sizeof out, &facts, 0), 0);
	ck_assert_str_eq(out, " a b;c=d.txt");
	facts.have = FTP_FACT_TYPE;
	facts.type = FTP_TYPE_SYMLINK;
	facts.name = (struct ftp_span){ "a\r\nb", 4 };
	ck_assert_int_gt(ftp_facts_encode(out, sizeof out, &facts, FTP_FACTS_ALL), 0);
	ck_assert_str_eq(out, "type=OS.unix=symlink; a??b");
	facts.name.len = 0;
	ck_assert_int_eq(ftp_facts_encode(out, sizeof out, &facts, FTP_FACTS_ALL), -1);
}
END_TEST

START_TEST(parses_its_own_facts)
{
	struct ftp_facts facts = sample(), back;
	char out[256];
	ssize_t len = ftp_facts_encode(out, sizeof out, &facts, FTP_FACTS_ALL);

	ck_assert(ftp_facts_parse(out, (size_t)len, &back));
	ck_assert_uint_eq(back.have, FTP_FACTS_ALL);
	ck_assert_int_eq(back.type, FTP_TYPE_FILE);
	ck_assert_uint_eq(back.size, 1024);
	ck_assert_int_eq(back.modify.seconds, facts.modify.seconds);
	ck_assert_uint_eq(back.perm, facts.perm);
	ck_assert_uint_eq(back.mode, 0644);
	ck_assert_uint_eq(back.owner, 1000);
	ck_assert_uint_eq(back.group, 100);
	ck_assert_uint_eq(back.unique.len, 7);
	ck_assert_uint_eq(back.name.len, 11);
	ck_assert_mem_eq(back.name.at, "a b;c=d.txt", 11);
}
END_TEST

struct facts_case {
	const char *entry;
	bool is;
	unsigned have;
	enum ftp_type type;
	uint64_t size;
	const char *name, *target;
};

static const struct facts_case facts_cases[] = {
	/* RFC 3659, 7.7 */
	{ "Type=cdir;Modify=19981107085215;Perm=el; tmp", true,
	    FTP_FACT_TYPE | FTP_FACT_MODIFY | FTP_FACT_PERM, FTP_TYPE_CDIR, 0, "tmp", "" },
	{ "Type=OS.unix=slink:/foobar;Perm=;Unique=keVO1+4G4; foobar", true,
	    FTP_FACT_TYPE | FTP_FACT_PERM | FTP_FACT_UNIQUE, FTP_TYPE_SYMLINK, 0, "foobar",
	    "/foobar" },
	{ "Type=OS.unix=slink:/a b;size=3; c", true, FTP_FACT_TYPE | FTP_FACT_SIZE,
	    FTP_TYPE_SYMLINK, 3, "c", "/a b" },
	{ "type=OS.unix=chr-13/29;size=0; /dev/x", true, FTP_FACT_TYPE | FTP_FACT_SIZE,
	    FTP_TYPE_OTHER, 0, "/dev/x", "" },
	{ "TYPE=DIR;media-type=text/html;x.y=z; a", true, FTP_FACT_TYPE, FTP_TYPE_DIR, 0, "a",
	    "" },
	{ "size=18446744073709551615;  two blanks ", true, FTP_FACT_SIZE, FTP_TYPE_OTHER,
	    UINT64_MAX, " two blanks ", "" },
	{ "size=-1;modify=yesterday;UNIX.mode=99999;UNIX.owner=anna;type=; a", true, 0,
	    FTP_TYPE_OTHER, 0, "a", "" },
	{ " name without facts", true, 0, FTP_TYPE_OTHER, 0, "name without facts", "" },
	{ "size=3;", false, 0, FTP_TYPE_OTHER, 0, NULL, NULL },
	{ "size=3; ", false, 0, FTP_TYPE_OTHER, 0, NULL, NULL },
	{ "size=3 name", false, 0, FTP_TYPE_OTHER, 0, NULL, NULL },
	{ "-rw-r--r-- 1 a b 3 Nov 20 14:23 c", false, 0, FTP_TYPE_OTHER, 0, NULL, NULL },
	{ "", false, 0, FTP_TYPE_OTHER, 0, NULL, NULL },
};

START_TEST(parses_facts)
{
	const struct facts_case *c = &facts_cases[_i];
	struct ftp_facts facts;

	ck_assert_int_eq(ftp_facts_parse(c->entry, strlen(c->entry), &facts), c->is);
	if (!c->is)
		return;
	ck_assert_uint_eq(facts.have, c->have);
	ck_assert_int_eq(facts.type, c->type);
	ck_assert_uint_eq(facts.size, c->size);
	ck_assert_uint_eq(facts.name.len, strlen(c->name));
	ck_assert_mem_eq(facts.name.at, c->name, facts.name.len);
	ck_assert_uint_eq(facts.target.len, strlen(c->target));
	if (facts.target.len > 0)
		ck_assert_mem_eq(facts.target.at, c->target, facts.target.len);
}
END_TEST

START_TEST(names_facts)
{
	char out[FTP_FACTS_NAMES_MAX];

	ck_assert_int_gt(ftp_facts_names_encode(out, sizeof out, FTP_FACTS_ALL, true), 0);
	ck_assert_str_eq(out, "type*;size*;modify*;perm*;unique*;UNIX.mode*;UNIX.owner*;"
			      "UNIX.group*;");
	ck_assert_int_gt(ftp_facts_names_encode(out, sizeof out, FTP_FACT_SIZE, true), 0);
	ck_assert_str_eq(out, "type;size*;modify;perm;unique;UNIX.mode;UNIX.owner;"
			      "UNIX.group;");
	ck_assert_int_gt(ftp_facts_names_encode(out, sizeof out, FTP_FACT_SIZE, false), 0);
	ck_assert_str_eq(out, "size;");
	ck_assert_int_eq(ftp_facts_names_encode(out, sizeof out, 0, false), 0);
	ck_assert_str_eq(out, "");
	ck_assert_uint_eq(ftp_facts_names_parse("Type;SIZE;x;unix.mode;", 22),
	    FTP_FACT_TYPE | FTP_FACT_SIZE | FTP_FACT_MODE);
	ck_assert_uint_eq(ftp_facts_names_parse("size", 4), FTP_FACT_SIZE);
	ck_assert_uint_eq(ftp_facts_names_parse(";;", 2), 0);
	ck_assert_uint_eq(ftp_facts_names_parse("", 0), 0);
}
END_TEST

#define LOOP(test, cases)                                                                      \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof cases / sizeof *cases))

Suite *
ftp_facts_suite(void)
{
	Suite *suite = suite_create("ftp_facts");
	TCase *tcase = tcase_create("ftp_facts");

	LOOP(parses_times, time_cases);
	tcase_add_test(tcase, agrees_with_gmtime);
	tcase_add_test(tcase, knows_the_first_and_last_second);
	tcase_add_test(tcase, takes_a_time_and_a_name);
	tcase_add_test(tcase, encodes_facts);
	tcase_add_test(tcase, parses_its_own_facts);
	LOOP(parses_facts, facts_cases);
	tcase_add_test(tcase, names_facts);
	suite_add_tcase(suite, tcase);
	return suite;
}
