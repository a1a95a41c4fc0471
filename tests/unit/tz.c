/*
 * Guards: an hour too much or too little around the changes of daylight saving, in years
 * that no table reaches, and zone files that do not hold what their header says.
 */
#include "protocol/tz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "protocol/pack.h"
#include "tests/unit/unit.h"

#define BERLIN	 "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define SYDNEY	 "AEST-10AEDT,M10.1.0,M4.1.0/3"

/* The times are those of Python's zoneinfo. */
static const struct {
	const char *rule;
	int64_t t;
	int32_t offset;
	const char *name;
} rules[] = {
	{ "UTC0", 0, 0, "UTC" },
	{ "<+0530>-5:30", 0, 19800, "+0530" },
	{ "<-03>3", 4102444800, -10800, "-03" },
	{ BERLIN, 1774745999, 3600, "CET" },  /* 2026-03-29 00:59:59 UTC */
	{ BERLIN, 1774746000, 7200, "CEST" }, /* a second later */
	{ BERLIN, 1792889999, 7200, "CEST" }, /* 2026-10-25 00:59:59 UTC */
	{ BERLIN, 1792890000, 3600, "CET" },
	{ BERLIN, 2153350800, 7200, "CEST" }, /* 2038-03-28 01:00 UTC, behind 2^31 s */
	{ BERLIN, 2153350799, 3600, "CET" },
	{ BERLIN, 4109878800, 7200, "CEST" }, /* 2100-03-28: 2100 is no leap year */
	{ BERLIN, 4109878799, 3600, "CET" },
	{ "XXX0YYY,M3.1.1/0,M12.1.0", 4107542400, 3600, "YYY" }, /* its 1 March is a Monday */
	{ NEW_YORK, 1772953199, -18000, "EST" },		 /* 2026-03-08 06:59:59 UTC */
	{ NEW_YORK, 1772953200, -14400, "EDT" },
	{ NEW_YORK, 1793512799, -14400, "EDT" }, /* 2026-11-01 05:59:59 UTC */
	{ NEW_YORK, 1793512800, -18000, "EST" },
	{ SYDNEY, 1767225600, 39600, "AEDT" }, /* new year: summer there */
	{ SYDNEY, 1775318399, 39600, "AEDT" }, /* 2026-04-04 15:59:59 UTC */
	{ SYDNEY, 1775318400, 36000, "AEST" },
	{ SYDNEY, 1791043199, 36000, "AEST" }, /* 2026-10-03 15:59:59 UTC */
	{ SYDNEY, 1791043200, 39600, "AEDT" },
	{ "IST-1GMT0,M10.5.0,M3.5.0/1", 1767225600, 0, "GMT" }, /* Dublin: "summer" in winter */
	{ "XXX3YYY,J60/0,J61/0", 1772334000, -7200, "YYY" },	/* 1 March 2026 */
	{ "XXX3YYY,J60/0,J61/0", 1709262000, -7200, "YYY" },	/* 2024: J60 skips the 29th */
	{ "XXX3YYY,59/0,60/0", 1709175600, -7200, "YYY" },	/* 59 is the 29th there */
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774745999, -7200, "-02" }, /* Nuuk */
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000, -3600, "-01" },
	{ "EST5EDT,0/0,J365/25", 1767225600, -14400, "EDT" }, /* daylight saving all year */
	{ "EST5EDT,0/0,J365/25", 1783000000, -14400, "EDT" },
};

START_TEST(follows_rules)
{
	struct tz_local local;
	const char *rule = rules[_i].rule;

	ck_assert(tz_from_rule(rule, strlen(rule), rules[_i].t, &local));
	ck_assert_int_eq(local.offset, rules[_i].offset);
	ck_assert_str_eq(local.name, rules[_i].name);
}
END_TEST

static const char *const bad_rules[] = { "", "C", "CE", "CET", "CET-", "CET-25", "CET1:60",
	"CET1CEST", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,",
	"CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
	"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168",
	"CET-1CEST,J0,J365", "CET-1CEST,J1,J366", "CET-1CEST,0,366",
	"CET-1CEST,M3.5.0,M10.5.0 ", "<+05-5", "<+>5", "<+05>5x", "TOOLONGNAME1",
	"CET-1CEST,M3.5.0,M10.5.0/99999999999", "CET-99999999999", "CET--1", " CET-1" };

START_TEST(refuses_rules)
{
	struct tz_local local;

	ck_assert_msg(!tz_from_rule(bad_rules[_i], strlen(bad_rules[_i]), 0, &local),
	    "\"%s\" was taken", bad_rules[_i]);
}
END_TEST

START_TEST(refuses_times_without_end)
{
	struct tz_local local;

	ck_assert(!tz_from_rule(BERLIN, strlen(BERLIN), INT64_MAX, &local));
	ck_assert(!tz_from_rule(BERLIN, strlen(BERLIN), INT64_MIN, &local));
	ck_assert(tz_from_rule(BERLIN, strlen(BERLIN), TZ_TIME_MAX, &local));
	ck_assert(tz_from_rule(BERLIN, strlen(BERLIN), -TZ_TIME_MAX, &local));
}
END_TEST

/* ---- files ---- */

enum {
	FILE_SIZE = 512,
	HEADER_SIZE = 44,
};

/* What the header of a file says, and what it has. */
struct counts {
	uint32_t utc, standard, leaps, transitions, kinds, names;
};

static const struct counts right = { 0, 0, 0, 2, 2, 8 };

static void
pack_header(struct pack *pack, char version, const struct counts *counts)
{
	static const char zeros[15];

	pack_bytes(pack, "TZif", 4);
	pack_u8(pack, (uint8_t)version);
	pack_bytes(pack, zeros, sizeof zeros);
	pack_u32(pack, counts->utc);
	pack_u32(pack, counts->standard);
	pack_u32(pack, counts->leaps);
	pack_u32(pack, counts->transitions);
	pack_u32(pack, counts->kinds);
	pack_u32(pack, counts->names);
}

/* "AAA", 1 h ahead; from 100 s on "BBB", 2 h; from 2^33 s on "AAA" again; then a rule. */
static size_t
make_file(uint8_t bytes[FILE_SIZE], const struct counts *counts, const char *footer)
{
	static const struct counts nothing = { 0, 0, 0, 0, 1, 1 };
	struct pack pack = pack_begin(bytes, FILE_SIZE);

	pack_header(&pack, '2', &nothing);
	pack_bytes(&pack, "\0\0\0\0\0\0\0", 7); /* the one kind, and its empty name */
	pack_header(&pack, '2', counts);
	pack_u64(&pack, 100);
	pack_u64(&pack, (uint64_t)1 << 33);
	pack_bytes(&pack, "\1\0", 2);
	pack_u32(&pack, 3600);
	pack_bytes(&pack, "\0\0", 2);
	pack_u32(&pack, 7200);
	pack_bytes(&pack, "\1\4", 2);
	pack_bytes(&pack, "AAA\0BBB", 8);
	pack_bytes(&pack, footer, strlen(footer));
	return (size_t)pack_end(&pack);
}

START_TEST(reads_files)
{
	static const struct {
		int64_t t;
		const char *name;
		int32_t offset;
		bool dst;
	} cases[] = { { INT64_MIN, "AAA", 3600, false }, { 99, "AAA", 3600, false },
		{ 100, "BBB", 7200, true }, { 8589934591, "BBB", 7200, true },
		{ 8589934592, "CCC", 0, false } };
	uint8_t bytes[FILE_SIZE];
	size_t len = make_file(bytes, &right, "\nCCC0\n");
	struct tz_local local;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert(tz_from_file(bytes, len, cases[i].t, &local));
		ck_assert_str_eq(local.name, cases[i].name);
		ck_assert_int_eq(local.offset, cases[i].offset);
		ck_assert_int_eq(local.dst, cases[i].dst);
	}
	len = make_file(bytes, &right, "\n\n"); /* no rule: as after the last transition */
	ck_assert(tz_from_file(bytes, len, 9000000000, &local));
	ck_assert_str_eq(local.name, "AAA");
}
END_TEST

START_TEST(refuses_files)
{
	static const struct counts wrong[] = { { 0, 0, 0, 3, 2, 8 }, { 0, 0, 0, 2, 0, 8 },
		{ 0, 0, 0, 2, 2, 0 }, { 0, 0, 1, 2, 2, 8 }, { 0, 0, 0, UINT32_MAX, 2, 8 },
		{ UINT32_MAX, 0, 0, 2, 2, 8 }, { 0, UINT32_MAX, 0, 2, 2, 8 },
		{ 0, 0, 0, 2, UINT32_MAX, 8 }, { 0, 0, 0, 2, 2, UINT32_MAX },
		{ 0, 0, 0, 2, 257, 8 }, { 0, 0, 0, 2, 2, 4 } };
	uint8_t bytes[FILE_SIZE];
	struct tz_local local;
	size_t len;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		len = make_file(bytes, &wrong[i], "\nCCC0\n");
		ck_assert_msg(!tz_from_file(bytes, len, 200, &local), "counts %zu", i);
	}
	len = make_file(bytes, &right, "\nCCC0\n");
	for (size_t cut = 0; cut < len; cut++)
		ck_assert_msg(!tz_from_file(bytes, cut, 200, &local), "cut at %zu", cut);
}
END_TEST

START_TEST(refuses_indexes_out_of_range)
{
	const size_t data = 2 * HEADER_SIZE + 7;
	uint8_t bytes[FILE_SIZE];
	size_t len = make_file(bytes, &right, "\nCCC0\n");
	struct tz_local local;

	bytes[data + 16] = 2; /* a kind that there is not */
	ck_assert(!tz_from_file(bytes, len, 200, &local));
	len = make_file(bytes, &right, "\nCCC0\n");
	bytes[data + 18 + 6 + 5] = 8; /* a name beyond the names */
	ck_assert(!tz_from_file(bytes, len, 200, &local));
	len = make_file(bytes, &right, "\nCCC0\n");
	bytes[data + 18 + 12 + 7] = 'B'; /* a name without its end */
	ck_assert(!tz_from_file(bytes, len, 200, &local));
	len = make_file(bytes, &right, "\nCCC0\n");
	bytes[data + 18 + 12 + 4] = '\033'; /* a name that drives a terminal */
	ck_assert(!tz_from_file(bytes, len, 200, &local));
	len = make_file(bytes, &right, "\nCCC0\n");
	bytes[data + 18 + 6] = 0x7f; /* 68 years ahead */
	ck_assert(!tz_from_file(bytes, len, 200, &local));
}
END_TEST

/* ---- against the C library, which reads the same files by other means ---- */

enum {
	TIMES = 5000,
	YEARS_BEFORE = 150, /* 1970: the times are chosen from 1820 on ... */
	YEARS = 400,	    /* ... for so long */
	YEAR_S = 31556952,
};

static const char *const zones[] = { "Europe/Berlin", "Europe/Dublin", "Europe/London",
	"America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Kolkata",
	"Asia/Kathmandu", "Asia/Tehran", "Asia/Tokyo", "Australia/Lord_Howe",
	"Australia/Sydney", "Africa/Casablanca", "Africa/Cairo", "Pacific/Apia",
	"Pacific/Chatham", "Antarctica/Troll", "Etc/GMT+12", "UTC" };

static void
compare(const char *zone, const uint8_t *file, size_t len, time_t t)
{
	struct tz_local local;
	struct tm tm;

	ck_assert_ptr_nonnull(localtime_r(&t, &tm));
	ck_assert(tz_from_file(file, len, t, &local));
	ck_assert_msg(local.offset == tm.tm_gmtoff && strcmp(local.name, tm.tm_zone) == 0 &&
			  local.dst == (tm.tm_isdst > 0),
	    "%s at %lld: %d %s, libc: %ld %s", zone, (long long)t, local.offset, local.name,
	    tm.tm_gmtoff, tm.tm_zone);
}

START_TEST(agrees_with_the_library)
{
	static uint8_t bytes[65536];
	char path[256];
	uint64_t state = 4711;
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zones[_i]);
	file = fopen(path, "rb");
	ck_assert_ptr_nonnull(file);
	len = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	setenv("TZ", zones[_i], 1);
	tzset();
	for (int i = 0; i < TIMES; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		compare(zones[_i], bytes, len,
		    (time_t)((state >> 16) % ((uint64_t)YEARS * YEAR_S)) -
			(time_t)YEARS_BEFORE * YEAR_S);
	}
}
END_TEST

Suite *
tz_suite(void)
{
	Suite *suite = suite_create("tz");
	TCase *tcase = tcase_create("tz");

	tcase_add_loop_test(tcase, follows_rules, 0, (int)(sizeof rules / sizeof *rules));
	tcase_add_loop_test(
	    tcase, refuses_rules, 0, (int)(sizeof bad_rules / sizeof *bad_rules));
	tcase_add_test(tcase, refuses_times_without_end);
	tcase_add_test(tcase, reads_files);
	tcase_add_test(tcase, refuses_files);
	tcase_add_test(tcase, refuses_indexes_out_of_range);
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0)
		tcase_add_loop_test(
		    tcase, agrees_with_the_library, 0, (int)(sizeof zones / sizeof *zones));
	else
		puts("skip tz: agrees_with_the_library: no zone files (package tzdata)");
	suite_add_tcase(suite, tcase);
	return suite;
}
