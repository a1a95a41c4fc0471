/*
 * Guards: a wrong time in some year or some zone, and an answer longer than its request
 * allows, whatever the request is. The words of the C locale, whatever the user's is.
 */
#include "servers/udptimed/answer.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/udp.h"
#include "protocol/pack.h"
#include "tests/unit/unit.h"

#define BERLIN	 "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"

/* A file of a zone that has always followed one rule. */
static size_t
make_zone(void *bytes, size_t cap, const char *rule)
{
	struct pack pack = pack_begin(bytes, cap);

	for (int i = 0; i < 2; i++) {
		pack_bytes(&pack, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
		pack_bytes(&pack, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1", 24);
		pack_bytes(&pack, "\0\0\0\0\0\0\0", 7);
	}
	pack_u8(&pack, '\n');
	pack_bytes(&pack, rule, strlen(rule));
	pack_u8(&pack, '\n');
	return (size_t)pack_end(&pack);
}

static enum clock_verdict
ask(const char *rule, int64_t t, const void *request, size_t request_len,
    char answer[CLOCK_ANSWER_MAX], size_t *len)
{
	struct zone own = { .len = 0 };
	const struct answer_asked asked = { .t = t, .own = &own, .folder = "/nonexistent" };

	if (rule)
		own.len = make_zone(own.file, sizeof own.file, rule);
	return answer_text(&asked, request, request_len, answer, len);
}

/* The answers are those of Python's datetime.strftime, in the C locale. */
static const struct {
	const char *rule; /* NULL: UTC */
	int64_t t;
	const char *request, *answer;
} answers[] = {
	{ NULL, 0, "", "1970-01-01 00:00:00" },
	{ NULL, 1795184279, "", "2026-11-20 14:17:59" },
	{ NULL, 1795184279, "\n", "2026-11-20 14:17:59\n" },
	{ NULL, 1795184279, "%c", "Fri Nov 20 14:17:59 2026" },
	{ NULL, 1795184279, "%a %A %b %B %h", "Fri Friday Nov November Nov" },
	{ NULL, 1795184279, "%d %e %j %m %y %C", "20 20 324 11 26 20" },
	{ NULL, 1795184279, "%D|%F|%x", "11/20/26|2026-11-20|11/20/26" },
	{ NULL, 1795184279, "%H %I %M %S %p", "14 02 17 59 PM" },
	{ NULL, 1795184279, "%R|%T|%X|%r", "14:17|14:17:59|14:17:59|02:17:59 PM" },
	{ NULL, 1795184279, "%u %w %U %W %V %G %g", "5 5 46 46 47 2026 26" },
	{ NULL, 1795184279, "%s %z %Z %%", "1795184279 +0000 UTC %" },
	{ NULL, 1795184279, "%H:%M\r\n", "14:17\r\n" },
	{ NULL, 1795184279, "%Y\xe5\xb9\xb4", "2026\xe5\xb9\xb4" },
	{ NULL, 1795184279, "TZ=UTC %H", "14" },
	/* ISO weeks: the year of the week is not that of the day. */
	{ NULL, 1767139200, "%F %G-W%V-%u", "2025-12-31 2026-W01-3" },
	{ NULL, 1609459200, "%F %G-W%V-%u", "2021-01-01 2020-W53-5" },
	/* Leap days: 2024 and 2000 have one, 2100 has not. */
	{ NULL, 1709164800, "%F %j", "2024-02-29 060" },
	{ NULL, 951782400, "%F %j", "2000-02-29 060" },
	{ NULL, 4107542400, "%F %j", "2100-03-01 060" },
	{ NULL, 4107542399, "%F", "2100-02-28" },
	/* Around the end of 32 bits, signed and unsigned. */
	{ NULL, 2147483647, "%F %T", "2038-01-19 03:14:07" },
	{ NULL, 2147483648, "%F %T", "2038-01-19 03:14:08" },
	{ NULL, 4294967296, "%F %T %s", "2106-02-07 06:28:16 4294967296" },
	/* Before 1970, and the ends of the years with four digits. */
	{ NULL, -1, "%F %T %s", "1969-12-31 23:59:59 -1" },
	{ NULL, -2208988800, "%F %A", "1900-01-01 Monday" },
	{ NULL, -14182940, "%F %T", "1969-07-20 20:17:40" },
	{ NULL, 253402300799, "%F %T", "9999-12-31 23:59:59" },
	{ NULL, 253402300800, "%F", "error: year not 1-9999" },
	{ NULL, -62135596801, "%F", "error: year not 1-9999" },
	{ NULL, INT64_MAX / 2, "%F", "error: year not 1-9999" },
	{ NULL, INT64_MIN / 2, "%F", "error: year not 1-9999" },
	/* A leap second: POSIX time has none, the last second of 2016 comes twice. */
	{ NULL, 1483228799, "%F %T", "2016-12-31 23:59:59" },
	{ NULL, 1483228800, "%F %T", "2017-01-01 00:00:00" },
	/* The hour that is not, and the hour that comes twice. */
	{ BERLIN, 1774745999, "%H:%M:%S %Z %z", "01:59:59 CET +0100" },
	{ BERLIN, 1774746000, "%H:%M:%S %Z %z", "03:00:00 CEST +0200" },
	{ BERLIN, 1792889999, "%H:%M:%S %Z %z", "02:59:59 CEST +0200" },
	{ BERLIN, 1792890000, "%H:%M:%S %Z %z", "02:00:00 CET +0100" },
	{ BERLIN, 1798757999, "%F %T", "2026-12-31 23:59:59" }, /* new year comes at 23 UTC */
	{ BERLIN, 1798758000, "%F %T", "2027-01-01 00:00:00" },
	{ BERLIN, 4109878800, "%F %T %Z", "2100-03-28 03:00:00 CEST" },
	{ NEW_YORK, 1772953199, "%H:%M:%S %Z %z", "01:59:59 EST -0500" },
	{ NEW_YORK, 1772953200, "%H:%M:%S %Z %z", "03:00:00 EDT -0400" },
	{ NEW_YORK, 1793512800, "%H:%M:%S %Z %z", "01:00:00 EST -0500" },
	{ "<-0230>2:30", 1795184279, "%H:%M %Z %z", "11:47 -0230 -0230" },
	{ "<+1245>-12:45", 1795184279, "%F %H:%M %z", "2026-11-21 03:02 +1245" },
	/* Refused. */
	{ NULL, 1795184279, "%1400Y", "error: %1: no flags or widths" },
	{ NULL, 1795184279, "%c%c", "error: answer too long" },
	{ NULL, 1795184279, "TZ=Europe/Berlin %H", "error: unknown zone" },
	{ NULL, 1795184279, "TZ=../x %H", "error: bad zone name" },
	{ NULL, 1795184279, "error: %H", "" },
};

START_TEST(tells_the_time)
{
	char answer[CLOCK_ANSWER_MAX];
	size_t len;

	ask(answers[_i].rule, answers[_i].t, answers[_i].request, strlen(answers[_i].request),
	    answer, &len);
	ck_assert_msg(
	    len == strlen(answers[_i].answer) && memcmp(answer, answers[_i].answer, len) == 0,
	    "\"%s\" at %lld: \"%.*s\", wanted \"%s\"", answers[_i].request,
	    (long long)answers[_i].t, (int)len, answer, answers[_i].answer);
}
END_TEST

/* Some clocks do show it. */
START_TEST(leap_second_in_words)
{
	const struct tm shown = { .tm_year = 116,
		.tm_mon = 11,
		.tm_mday = 31,
		.tm_hour = 23,
		.tm_min = 59,
		.tm_sec = 60 };
	const struct tz_local local = { .name = "UTC" };
	struct clock_request request;
	char answer[CLOCK_ANSWER_MAX];
	size_t len;

	ck_assert_int_eq(clock_parse("%F %T", 5, &request), CLOCK_OK);
	ck_assert_int_eq(answer_expand(&request, &shown, &local, 0, answer, &len), CLOCK_OK);
	ck_assert_uint_eq(len, 19);
	ck_assert_mem_eq(answer, "2016-12-31 23:59:60", 19);
}
END_TEST

/* The environment of the process has no say, and is not touched. */
START_TEST(leaves_the_environment_alone)
{
	char answer[CLOCK_ANSWER_MAX];
	size_t len;

	setenv("TZ", "Asia/Tokyo", 1);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	ask(BERLIN, 1795184279, "%A %H %Z", 8, answer, &len);
	ck_assert_uint_eq(len, strlen("Friday 15 CET"));
	ck_assert_mem_eq(answer, "Friday 15 CET", len);
	ck_assert_str_eq(getenv("TZ"), "Asia/Tokyo");
}
END_TEST

/* ---- zones by name ---- */

static void
write_file(const char *path, const char *rule)
{
	unsigned char bytes[256];
	size_t len = make_zone(bytes, sizeof bytes, rule);
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(zones_of_a_folder)
{
	static const struct {
		const char *request, *answer;
	} cases[] = {
		{ "TZ=Here %H:%M %Z", "15:17 CET" },
		{ "TZ=Far/Away %H:%M %Z", "09:17 EST" },
		{ "TZ=UTC %H:%M %Z", "14:17 UTC" },
		{ "%H:%M %Z", "14:17 UTC" },		/* nothing stays of the one before */
		{ "TZ=Far %H", "error: unknown zone" }, /* a folder */
		{ "TZ=Nowhere %H", "error: unknown zone" },
		{ "TZ=FIFO %H", "error: unknown zone" }, /* not to wait for a writer */
		{ "TZ=Text %H", "error: unknown zone" },
		{ "TZ=Long %H", "error: unknown zone" },
		{ "TZ=Empty %H", "error: unknown zone" },
	};
	char folder[] = "/tmp/zones.XXXXXX", answer[CLOCK_ANSWER_MAX];
	struct zone own = { .len = 0 };
	const struct answer_asked asked = { .t = 1795184279, .own = &own, .folder = folder };
	size_t len;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	write_file("Here", BERLIN);
	ck_assert_int_eq(mkdir("Far", 0700), 0);
	write_file("Far/Away", NEW_YORK);
	ck_assert_int_eq(mkfifo("FIFO", 0600), 0);
	ck_assert_int_eq(
	    system("echo hello >Text; : >Empty; head -c 99999 /dev/zero >Long"), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		answer_text(&asked, cases[i].request, strlen(cases[i].request), answer, &len);
		ck_assert_msg(
		    len == strlen(cases[i].answer) && memcmp(answer, cases[i].answer, len) == 0,
		    "%s: \"%.*s\"", cases[i].request, (int)len, answer);
	}
	ck_assert_int_eq(system("rm -f Here Far/Away FIFO Text Empty Long; rmdir Far"), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* ---- the bound, for any request ---- */

static void
expect_bound(const void *request, size_t request_len, int64_t t)
{
	char answer[CLOCK_ANSWER_MAX];
	enum clock_verdict verdict;
	size_t len;

	verdict = ask(BERLIN, t, request, request_len, answer, &len);
	ck_assert_msg(len <= clock_answer_limit(request_len), "%zu bytes asked, %zu answered",
	    request_len, len);
	if (verdict != CLOCK_OK)
		ck_assert_msg(len <= request_len + CLOCK_ERROR_EXTRA,
		    "%zu bytes asked, an error of %zu", request_len, len);
	ck_assert(
	    clock_is_error(answer, len) == (verdict != CLOCK_OK) || verdict == CLOCK_SILENCE);
}

/* Of every length, of each conversion: the longest day, month and year there are. */
START_TEST(bound_for_each_conversion)
{
	static char request[UDP_PAYLOAD_MAX];
	static const size_t lengths[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 62, 63, 64, 65, 66,
		67, 110, 111, 1000, 65506, UDP_PAYLOAD_MAX };
	const int64_t wednesday_in_september = 1790166600;

	for (size_t i = 0; i < sizeof request; i++)
		request[i] = i % 2 ? (char)_i : '%';
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		expect_bound(request, lengths[i], wednesday_in_september);
}
END_TEST

/* Nobody is served on some days only: what is taken now is taken on the longest day. */
START_TEST(bound_is_the_longest_date)
{
	static const int64_t times[] = { 1790166600, 0, -1, -62135596800, 253402300799 };
	char request[3] = { '%', (char)_i };
	char answer[CLOCK_ANSWER_MAX];
	size_t len;

	if (clock_width((char)_i) == 0 || _i == '%')
		return;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		ck_assert_int_eq(ask(NULL, times[i], request, 2, answer, &len), CLOCK_OK);
		ck_assert_uint_le(len, clock_width((char)_i));
	}
}
END_TEST

/* Requests that are nearly right, from a generator with a fixed seed. */
START_TEST(bound_for_random_requests)
{
	static const char alphabet[] = "%%%%%%cAYZsBrF TZ=UTC/.\n\r\t0-EO9:\033\377abH";
	uint64_t state = 4711;
	char request[CLOCK_REQUEST_MAX + 8];

	for (int i = 0; i < 200000; i++) {
		size_t len = 0;

		state = state * 6364136223846793005U + 1442695040888963407U;
		for (size_t wanted = (state >> 33) % sizeof request; len < wanted; len++) {
			state = state * 6364136223846793005U + 1442695040888963407U;
			request[len] = i % 3 ? alphabet[(state >> 33) % (sizeof alphabet - 1)] :
					       (char)(state >> 40);
		}
		expect_bound(request, len, 1790166600);
	}
}
END_TEST

/* Two servers that are set on each other have soon nothing left to say. */
START_TEST(loops_die_out)
{
	static const char *const begins[] = { "", "%c", "%%%%%%%%%%%%%%%%%%%%%%%%%Y %%c", "%Q",
		"hello", "TZ=UTC %%%Y", "error: %Y", "\n" };
	char one[CLOCK_ANSWER_MAX], two[CLOCK_ANSWER_MAX];
	size_t len = strlen(begins[_i]);
	int rounds = 0;

	memcpy(one, begins[_i], len);
	while (ask(NULL, 1795184279, one, len, two, &len) != CLOCK_SILENCE) {
		memcpy(one, two, len);
		rounds++;
		ck_assert_int_lt(rounds, 8);
	}
}
END_TEST

Suite *
answer_suite(void)
{
	Suite *suite = suite_create("answer");
	TCase *tcase = tcase_create("answer");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, tells_the_time, 0, (int)(sizeof answers / sizeof *answers));
	tcase_add_test(tcase, leap_second_in_words);
	tcase_add_test(tcase, leaves_the_environment_alone);
	tcase_add_test(tcase, zones_of_a_folder);
	tcase_add_loop_test(tcase, bound_for_each_conversion, 1, 128);
	tcase_add_loop_test(tcase, bound_is_the_longest_date, 1, 128);
	tcase_add_test(tcase, bound_for_random_requests);
	tcase_add_loop_test(tcase, loops_die_out, 0, 8);
	suite_add_tcase(suite, tcase);
	return suite;
}
