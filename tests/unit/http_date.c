/*
 * Guards: dates that are off by a day at the end of February or of a century, and text
 * that is almost a date. The table was made by Python's email.utils.format_datetime.
 */
#include "protocol/http_date.h"

#include <string.h>

#include "tests/unit/http.h"

#define NOW INT64_C(1795132800) /* 20 November 2026, 00:00 */

static const struct {
	int64_t seconds;
	const char *text;
} vectors[] = {
	{ INT64_C(0), "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ INT64_C(-1), "Wed, 31 Dec 1969 23:59:59 GMT" },
	{ INT64_C(784111777), "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ INT64_C(951782399), "Mon, 28 Feb 2000 23:59:59 GMT" },
	{ INT64_C(951782400), "Tue, 29 Feb 2000 00:00:00 GMT" },
	{ INT64_C(951868799), "Tue, 29 Feb 2000 23:59:59 GMT" },
	{ INT64_C(951868800), "Wed, 01 Mar 2000 00:00:00 GMT" },
	{ INT64_C(1078012800), "Sun, 29 Feb 2004 00:00:00 GMT" },
	{ INT64_C(4107542399), "Sun, 28 Feb 2100 23:59:59 GMT" },
	{ INT64_C(4107542400), "Mon, 01 Mar 2100 00:00:00 GMT" },
	{ INT64_C(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT" },
	{ INT64_C(-62135596800), "Mon, 01 Jan 0001 00:00:00 GMT" },
	{ INT64_C(-11644473600), "Mon, 01 Jan 1601 00:00:00 GMT" },
	{ INT64_C(2147483647), "Tue, 19 Jan 2038 03:14:07 GMT" },
	{ INT64_C(2147483648), "Tue, 19 Jan 2038 03:14:08 GMT" },
	{ INT64_C(4294967296), "Sun, 07 Feb 2106 06:28:16 GMT" },
	{ INT64_C(-2203891200), "Thu, 01 Mar 1900 00:00:00 GMT" },
	{ INT64_C(1709164800), "Thu, 29 Feb 2024 00:00:00 GMT" },
	{ INT64_C(68169599), "Mon, 28 Feb 1972 23:59:59 GMT" },
	{ INT64_C(68169600), "Tue, 29 Feb 1972 00:00:00 GMT" },
	{ INT64_C(93710210336), "Thu, 23 Jul 4939 21:58:56 GMT" },
	{ INT64_C(23620098544), "Sat, 29 Jun 2718 18:29:04 GMT" },
	{ INT64_C(56256764246), "Thu, 14 Sep 3752 22:57:26 GMT" },
	{ INT64_C(146612350331), "Mon, 18 Dec 6615 04:52:11 GMT" },
	{ INT64_C(190146671144), "Wed, 05 Jul 7995 15:45:44 GMT" },
	{ INT64_C(1771001686), "Fri, 13 Feb 2026 16:54:46 GMT" },
	{ INT64_C(184993426307), "Sat, 17 Mar 7832 14:51:47 GMT" },
	{ INT64_C(38466036037), "Fri, 09 Dec 3188 18:00:37 GMT" },
	{ INT64_C(25490300511), "Mon, 03 Oct 2777 15:01:51 GMT" },
	{ INT64_C(100126352672), "Tue, 17 Nov 5142 19:44:32 GMT" },
	{ INT64_C(-3384041178), "Mon, 06 Oct 1862 20:33:42 GMT" },
	{ INT64_C(1606158885), "Mon, 23 Nov 2020 19:14:45 GMT" },
	{ INT64_C(-6168742375), "Sat, 09 Jul 1774 12:27:05 GMT" },
	{ INT64_C(90773710842), "Tue, 03 Jul 4846 15:40:42 GMT" },
	{ INT64_C(-47868496014), "Sat, 08 Feb 0453 11:33:06 GMT" },
	{ INT64_C(130778732069), "Mon, 19 Mar 6114 17:34:29 GMT" },
	{ INT64_C(31299849797), "Sat, 07 Nov 2961 18:43:17 GMT" },
	{ INT64_C(224217571624), "Thu, 04 Mar 9075 18:47:04 GMT" },
	{ INT64_C(25503528502), "Sun, 05 Mar 2778 17:28:22 GMT" },
	{ INT64_C(85322086662), "Wed, 01 Oct 4673 03:37:42 GMT" },
};

static bool
read_date(const char *text, int64_t now, int64_t *seconds)
{
	return http_date_read((struct http_span){ text, strlen(text) }, now, seconds);
}

START_TEST(writes_and_reads_as_another_implementation)
{
	char text[HTTP_DATE_LEN + 1];
	int64_t seconds = 0;

	http_date_write(text, vectors[_i].seconds);
	ck_assert_str_eq(text, vectors[_i].text);
	ck_assert(read_date(text, NOW, &seconds));
	ck_assert_int_eq(seconds, vectors[_i].seconds);
}
END_TEST

/* 9110 5.6.7: all three are the same moment. */
START_TEST(reads_the_three_forms_of_the_rfc)
{
	static const char *const forms[] = { "Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994" };

	for (size_t i = 0; i < 3; i++) {
		int64_t seconds = 0;

		ck_assert(read_date(forms[i], NOW, &seconds));
		ck_assert_int_eq(seconds, 784111777);
	}
}
END_TEST

START_TEST(reads_other_moments_of_the_obsolete_forms)
{
	int64_t seconds = 0;

	ck_assert(read_date("Tue Feb 29 23:59:59 2000", NOW, &seconds));
	ck_assert_int_eq(seconds, 951868799);
	ck_assert(read_date("Tuesday, 29-Feb-00 23:59:59 GMT", NOW, &seconds));
	ck_assert_int_eq(seconds, 951868799);
	/* 2100 has no such day, and of 2000 it is the right one also in 2060 */
	ck_assert(read_date("Tuesday, 29-Feb-00 23:59:59 GMT", INT64_C(2850000000), &seconds));
	ck_assert_int_eq(seconds, 951868799);
}
END_TEST

/* More than 50 years ahead is the century before, to the second. */
START_TEST(knows_the_century_of_two_digits)
{
	static const struct {
		const char *text;
		int64_t now, seconds;
	} years[] = {
		{ "Thursday, 19-Nov-76 23:59:59 GMT", NOW, INT64_C(3373055999) },
		{ "Friday, 20-Nov-76 00:00:00 GMT", NOW, INT64_C(3373056000) },
		{ "Saturday, 20-Nov-76 00:00:01 GMT", NOW, INT64_C(217296001) },
		{ "Saturday, 01-Jan-77 00:00:00 GMT", NOW, INT64_C(220924800) },
		{ "Friday, 31-Dec-99 23:59:59 GMT", NOW, INT64_C(946684799) },
		{ "Saturday, 01-Jan-00 00:00:00 GMT", NOW, INT64_C(946684800) },
		{ "Friday, 01-Jan-00 00:00:00 GMT", INT64_C(2850000000), INT64_C(4102444800) },
	};

	for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
		int64_t seconds = 0;

		ck_assert(read_date(years[i].text, years[i].now, &seconds));
		ck_assert_int_eq(seconds, years[i].seconds);
	}
}
END_TEST

START_TEST(ignores_what_is_no_date)
{
	static const char *const texts[] = { "", "0", "Sun", "784111777",
		"Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 gmt",
		"sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 19940 08:49:37 GMT",
		"Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
		"Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
		"Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 6-Nov-94 08:49:37 GMT",
		"Sunday, 30-Feb-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
		"Sun Nov 06 08:49:37 94", "Sun Nov  6 08:49:37 1994 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		int64_t seconds = 42;

		ck_assert_msg(!read_date(texts[i], NOW, &seconds), "%s", texts[i]);
		ck_assert_int_eq(seconds, 42);
	}
}
END_TEST

START_TEST(reads_what_it_writes_on_any_day)
{
	char text[HTTP_DATE_LEN + 1];

	/* steps of eleven days and some: all days of the month, of the week, all hours */
	for (int64_t at = HTTP_DATE_MIN; at <= HTTP_DATE_MAX; at += 999983) {
		int64_t seconds = 0;

		http_date_write(text, at);
		if (!read_date(text, NOW, &seconds) || seconds != at)
			ck_abort_msg("%s", text);
	}
}
END_TEST

START_TEST(stays_within_four_digits)
{
	char text[HTTP_DATE_LEN + 1];

	http_date_write(text, INT64_MAX);
	ck_assert_str_eq(text, "Fri, 31 Dec 9999 23:59:59 GMT");
	http_date_write(text, INT64_MIN);
	ck_assert_str_eq(text, "Mon, 01 Jan 0001 00:00:00 GMT");
}
END_TEST

Suite *
http_date_suite(void)
{
	Suite *suite = suite_create("http_date");
	TCase *tests = tcase_create("http_date");

	tcase_add_loop_test(tests, writes_and_reads_as_another_implementation, 0,
	    sizeof vectors / sizeof *vectors);
	tcase_add_test(tests, reads_the_three_forms_of_the_rfc);
	tcase_add_test(tests, reads_other_moments_of_the_obsolete_forms);
	tcase_add_test(tests, knows_the_century_of_two_digits);
	tcase_add_test(tests, ignores_what_is_no_date);
	tcase_add_test(tests, reads_what_it_writes_on_any_day);
	tcase_add_test(tests, stays_within_four_digits);
	suite_add_tcase(suite, tests);
	return suite;
}
