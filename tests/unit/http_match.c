/*
 * Guards: a copy that is called fresh and is not, an upload over somebody else's change,
 * a range of one version glued to another: conditions in the wrong order, or compared
 * with the wrong strength.
 */
#include "protocol/http_match.h"

#include <string.h>

#include "tests/unit/http.h"

#define TIME  INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */
#define SAME  "Sun, 06 Nov 1994 08:49:37 GMT"
#define LATER "Sun, 06 Nov 1994 08:49:38 GMT"
#define OLDER "Sun, 06 Nov 1994 08:49:36 GMT"

static struct http_validators
validators(const char *etag, bool has_time)
{
	return (struct http_validators){ .etag = { etag, etag ? strlen(etag) : 0 },
		.has_time = has_time,
		.modified = TIME };
}

/* What http_preconditions says to a request of these lines for "x" of TIME. */
static const struct {
	const char *lines;
	int status; /* for GET */
	int put;    /* for PUT */
} conditions[] = {
	{ "", 0, 0 },
	/* If-None-Match, 13.1.2: weakly, lists, several lines, * */
	{ "If-None-Match: \"x\"\r\n", 304, 412 },
	{ "If-None-Match: W/\"x\"\r\n", 304, 412 },
	{ "If-None-Match: \"y\"\r\n", 0, 0 },
	{ "If-None-Match: x\r\n", 0, 0 },
	{ "If-None-Match: \"X\"\r\n", 0, 0 },
	{ "If-None-Match: w/\"x\"\r\n", 0, 0 },
	{ "If-None-Match: \"a\", \"x\" ,\"b\"\r\n", 304, 412 },
	{ "If-None-Match: \"a,b\", W/\"x\"\r\n", 304, 412 },
	{ "If-None-Match: \"a\\\", \"x\"\r\n", 304, 412 }, /* no escape in a tag */
	{ "If-None-Match: \"a\"\r\nIf-None-Match: \"x\"\r\n", 304, 412 },
	{ "If-None-Match: *\r\n", 304, 412 },
	{ "If-None-Match: \"*\"\r\n", 0, 0 },
	{ "If-None-Match: a \"x\"\r\n", 0, 0 },
	{ "If-None-Match: \"x\"a\r\n", 0, 0 },
	{ "If-None-Match:\r\n", 0, 0 },
	/* If-Modified-Since, 13.1.3 */
	{ "If-Modified-Since: " SAME "\r\n", 304, 0 },
	{ "If-Modified-Since: " LATER "\r\n", 304, 0 },
	{ "If-Modified-Since: " OLDER "\r\n", 0, 0 },
	{ "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304, 0 },
	{ "If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n", 304, 0 },
	{ "If-Modified-Since: yesterday\r\n", 0, 0 },
	{ "If-Modified-Since: " SAME "\r\nIf-Modified-Since: " SAME "\r\n", 0, 0 },
	/* it does not count beside If-None-Match */
	{ "If-Modified-Since: " SAME "\r\nIf-None-Match: \"y\"\r\n", 0, 0 },
	{ "If-Modified-Since: " OLDER "\r\nIf-None-Match: \"x\"\r\n", 304, 412 },
	/* If-Match, 13.1.1: strongly */
	{ "If-Match: \"x\"\r\n", 0, 0 },
	{ "If-Match: \"y\", \"x\"\r\n", 0, 0 },
	{ "If-Match: *\r\n", 0, 0 },
	{ "If-Match: \"y\"\r\n", 412, 412 },
	{ "If-Match: W/\"x\"\r\n", 412, 412 },
	{ "If-Match: x\r\n", 412, 412 },
	/* If-Unmodified-Since, 13.1.4 */
	{ "If-Unmodified-Since: " SAME "\r\n", 0, 0 },
	{ "If-Unmodified-Since: " LATER "\r\n", 0, 0 },
	{ "If-Unmodified-Since: " OLDER "\r\n", 412, 412 },
	{ "If-Unmodified-Since: never\r\n", 0, 0 },
	/* it does not count beside If-Match */
	{ "If-Unmodified-Since: " OLDER "\r\nIf-Match: \"x\"\r\n", 0, 0 },
	{ "If-Unmodified-Since: " SAME "\r\nIf-Match: \"y\"\r\n", 412, 412 },
	/* the order of 13.2.2 */
	{ "If-None-Match: \"x\"\r\nIf-Match: \"y\"\r\n", 412, 412 },
	{ "If-None-Match: \"x\"\r\nIf-Match: \"x\"\r\n", 304, 412 },
	{ "If-None-Match: \"x\"\r\nIf-Unmodified-Since: " OLDER "\r\n", 412, 412 },
	{ "If-Modified-Since: " SAME "\r\nIf-Match: \"x\"\r\n", 304, 0 },
};

static enum http_condition
judge(const char *method, const char *lines, const struct http_validators *of)
{
	char text[512] = "";
	struct http_request request;

	strcat(strcat(strcat(text, method), " / HTTP/1.1\r\nHost: l\r\n"), lines);
	ck_assert_int_eq(http_read_text(&request, strcat(text, "\r\n")), HTTP_DONE);
	return http_preconditions(&request, of, TIME + 100);
}

START_TEST(judges_conditions_in_their_order)
{
	struct http_validators of = validators("\"x\"", true);

	ck_assert_int_eq(judge("GET", conditions[_i].lines, &of), conditions[_i].status);
	ck_assert_int_eq(judge("HEAD", conditions[_i].lines, &of), conditions[_i].status);
	ck_assert_int_eq(judge("PUT", conditions[_i].lines, &of), conditions[_i].put);
}
END_TEST

START_TEST(does_not_compare_what_there_is_not)
{
	struct http_validators none = validators(NULL, false),
			       weak = validators("W/\"x\"", true);

	ck_assert_int_eq(judge("GET", "If-None-Match: \"x\"\r\n", &none), 0);
	ck_assert_int_eq(judge("GET", "If-None-Match: *\r\n", &none), 304);
	ck_assert_int_eq(judge("GET", "If-Match: \"x\"\r\n", &none), 412);
	ck_assert_int_eq(judge("GET", "If-Match: *\r\n", &none), 0);
	ck_assert_int_eq(judge("GET", "If-Modified-Since: " SAME "\r\n", &none), 0);
	ck_assert_int_eq(judge("GET", "If-Unmodified-Since: " OLDER "\r\n", &none), 0);
	ck_assert_int_eq(judge("GET", "If-None-Match: \"x\"\r\n", &weak), 304);
	ck_assert_int_eq(judge("GET", "If-Match: W/\"x\"\r\n", &weak), 412);
}
END_TEST

static const struct {
	const char *lines;
	bool wanted;
} if_ranges[] = {
	{ "", false },
	{ "Range: bytes=0-1\r\n", true },
	{ "Range: bytes=0-1\r\nIf-Range: \"x\"\r\n", true },
	{ "Range: bytes=0-1\r\nIf-Range: W/\"x\"\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: \"y\"\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: x\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: \"x\", \"y\"\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: \"x\"\r\nIf-Range: \"x\"\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: " SAME "\r\n", true },
	{ "Range: bytes=0-1\r\nIf-Range: " LATER "\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: " OLDER "\r\n", false },
	{ "Range: bytes=0-1\r\nIf-Range: today\r\n", false },
	{ "If-Range: \"x\"\r\n", false },
};

START_TEST(wants_a_range_only_of_the_same_version)
{
	struct http_validators of = validators("\"x\"", true), none = validators(NULL, false);
	char text[512] = "";
	struct http_request request;

	strcat(strcat(text, GET "Host: l\r\n"), if_ranges[_i].lines);
	ck_assert_int_eq(http_read_text(&request, strcat(text, "\r\n")), HTTP_DONE);
	ck_assert(http_range_wanted(&request, &of, TIME + 100) == if_ranges[_i].wanted);
	/* no validator, no comparison; HEAD has no range, 14.2 */
	ck_assert(http_range_wanted(&request, &none, TIME + 100) ==
		  (if_ranges[_i].wanted && !http_has(&request, HTTP_F_IF_RANGE)));
	request.method = HTTP_HEAD;
	ck_assert(!http_range_wanted(&request, &of, TIME + 100));
}
END_TEST

START_TEST(trusts_no_date_of_this_very_second)
{
	struct http_validators of = validators("\"x\"", true);
	struct http_request request;

	http_read_text(&request, GET "Host: l\r\nRange: bytes=0-1\r\nIf-Range: " SAME END);
	ck_assert(!http_range_wanted(&request, &of, TIME));
	ck_assert(http_range_wanted(&request, &of, TIME + 1));
}
END_TEST

/* 9110 8.8.3.2, its table. */
START_TEST(compares_tags_as_the_rfc)
{
	static const struct {
		const char *a, *b;
		bool strong, weak;
	} pairs[] = { { "W/\"1\"", "W/\"1\"", false, true },
		{ "W/\"1\"", "W/\"2\"", false, false }, { "W/\"1\"", "\"1\"", false, true },
		{ "\"1\"", "\"1\"", true, true } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct http_span a = { pairs[i].a, strlen(pairs[i].a) };
		struct http_span b = { pairs[i].b, strlen(pairs[i].b) };

		ck_assert(http_etag_same(a, b) == pairs[i].strong);
		ck_assert(http_etag_same_weakly(a, b) == pairs[i].weak);
	}
}
END_TEST

START_TEST(knows_a_tag)
{
	static const char *const none[] = { "", "\"", "x", "\"x", "x\"", "W/", "W/x", "W/\"",
		"W\"x\"", "\"x\" ", "\"a b\"", "\"a\tb\"", "\"a\"b\"", "\"\x7f\"" };

	ck_assert(http_etag_is(HTTP_SPAN("\"\"")));
	ck_assert(http_etag_is(HTTP_SPAN("\"xyzzy\"")));
	ck_assert(http_etag_is(HTTP_SPAN("W/\"x,\\\xff\"")));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert(!http_etag_is((struct http_span){ none[i], strlen(none[i]) }));
}
END_TEST

START_TEST(makes_a_strong_tag_of_a_file)
{
	struct http_etag_of of = {
		.inode = 0x2a, .size = 0, .seconds = 1, .nanoseconds = 999999999, .coding = ""
	};
	char out[HTTP_ETAG_MAX], small[20];

	ck_assert_int_eq(http_etag_write(out, sizeof out, &of), 17);
	ck_assert_str_eq(out, "\"2a-0-1.3b9ac9ff\"");
	ck_assert_int_eq(http_etag_write(small, 18, &of), 17);
	ck_assert_int_eq(http_etag_write(small, 17, &of), -1);
	of.coding = "gz";
	http_etag_write(out, sizeof out, &of);
	ck_assert_str_eq(out, "\"2a-0-1.3b9ac9ff-gz\"");
	of = (struct http_etag_of){ UINT64_MAX, UINT64_MAX, -1, UINT32_MAX, "br" };
	ck_assert_int_eq(http_etag_write(out, sizeof out, &of), 64);
	ck_assert(http_etag_is((struct http_span){ out, strlen(out) }));
	of.coding = "a coding with a name that is too long";
	ck_assert_int_eq(http_etag_write(out, sizeof out, &of), -1);
}
END_TEST

Suite *
http_match_suite(void)
{
	Suite *suite = suite_create("http_match");
	TCase *tests = tcase_create("http_match");

	tcase_add_loop_test(
	    tests, judges_conditions_in_their_order, 0, sizeof conditions / sizeof *conditions);
	tcase_add_test(tests, does_not_compare_what_there_is_not);
	tcase_add_loop_test(tests, wants_a_range_only_of_the_same_version, 0,
	    sizeof if_ranges / sizeof *if_ranges);
	tcase_add_test(tests, trusts_no_date_of_this_very_second);
	tcase_add_test(tests, compares_tags_as_the_rfc);
	tcase_add_test(tests, knows_a_tag);
	tcase_add_test(tests, makes_a_strong_tag_of_a_file);
	suite_add_tcase(suite, tests);
	return suite;
}
