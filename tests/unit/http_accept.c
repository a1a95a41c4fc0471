/*
 * Guards: a compressed file for somebody who refused it (gzip;q=0), and the uncompressed
 * one for somebody who would rather have the other.
 */
#include "protocol/http_accept.h"

#include <string.h>

#include "tests/unit/http.h"

enum {
	GZ = 1 << HTTP_GZIP,
	BR = 1 << HTTP_BR,
};

static const struct {
	const char *line;	    /* NULL: no such field */
	enum http_coding all, gzip; /* with both siblings; with .gz alone */
} codings[] = {
	{ NULL, HTTP_IDENTITY, HTTP_IDENTITY },
	{ "", HTTP_IDENTITY, HTTP_IDENTITY },
	/* 9110 12.5.3: its examples */
	{ "compress, gzip", HTTP_GZIP, HTTP_GZIP },
	{ "*", HTTP_BR, HTTP_GZIP },
	{ "compress;q=0.5, gzip;q=1.0", HTTP_GZIP, HTTP_GZIP },
	{ "gzip;q=1.0, identity; q=0.5, *;q=0", HTTP_GZIP, HTTP_GZIP },
	/* browsers and tools */
	{ "gzip, deflate, br", HTTP_BR, HTTP_GZIP },
	{ "gzip, deflate, br, zstd", HTTP_BR, HTTP_GZIP },
	{ "deflate, gzip", HTTP_GZIP, HTTP_GZIP },
	{ "identity", HTTP_IDENTITY, HTTP_IDENTITY },
	/* weights */
	{ "gzip;q=0", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=0.000, br;q=0.0", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "br;q=0.5, gzip", HTTP_GZIP, HTTP_GZIP },
	{ "br;q=0.001", HTTP_BR, HTTP_IDENTITY },
	{ "identity, gzip;q=0.5", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "identity;q=0.1, gzip;q=0.2", HTTP_GZIP, HTTP_GZIP },
	{ "identity;q=0", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "*;q=0", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "*;q=0, gzip;q=0.1", HTTP_GZIP, HTTP_GZIP },
	{ "gzip;q=0, *", HTTP_BR, HTTP_IDENTITY },
	{ "*, gzip;q=0", HTTP_BR, HTTP_IDENTITY },
	{ "GZIP;Q=1", HTTP_GZIP, HTTP_GZIP },
	{ "x-gzip", HTTP_GZIP, HTTP_GZIP },
	{ "gzip\t;\tq=0.5", HTTP_GZIP, HTTP_GZIP },
	/* a weight that is none: the member does not count */
	{ "gzip;q=", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=2", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=1.001", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=0.1234", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=-1", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=.5", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzip;q=0,5", HTTP_IDENTITY, HTTP_IDENTITY },
	{ "gzips, xgzip, brr", HTTP_IDENTITY, HTTP_IDENTITY },
};

START_TEST(chooses_a_coding)
{
	char text[256] = GET "Host: l";
	struct http_request request;

	if (codings[_i].line != NULL)
		strcat(strcat(text, "\r\nAccept-Encoding: "), codings[_i].line);
	ck_assert_int_eq(http_read_text(&request, strcat(text, END)), HTTP_DONE);
	ck_assert_int_eq(http_coding_choose(&request, GZ | BR), codings[_i].all);
	ck_assert_int_eq(http_coding_choose(&request, GZ), codings[_i].gzip);
	ck_assert_int_eq(http_coding_choose(&request, 0), HTTP_IDENTITY);
}
END_TEST

START_TEST(reads_weights_in_thousandths)
{
	static const struct {
		const char *member, *what;
		int q; /* -1: none */
	} members[] = { { "a", "a", 1000 }, { "a;q=1", "a", 1000 }, { "a;q=1.", "a", 1000 },
		{ "a;q=1.000", "a", 1000 }, { "a;q=0", "a", 0 }, { "a;q=0.5", "a", 500 },
		{ "a;q=0.05", "a", 50 }, { "a;q=0.005", "a", 5 }, { "a;q=0.999", "a", 999 },
		{ "text/html;level=1;q=0.4", "text/html", 400 },
		{ "a;b=\";q=0.1\";q=0.2", "a", 200 }, { "a;b=\"\\\";q=0.1\"", "a", 1000 },
		{ "a ; q=0.3 ", "a", 300 }, { "a;q=0.5;x=1", "a", 500 }, { "a;q", "a", 1000 },
		{ "a;q=x", "a", -1 }, { "a;q=1.1", "a", -1 }, { "a;q=00", "a", -1 },
		{ "a;q= 1", "a", -1 }, { "a;q=10", "a", -1 } };

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		struct http_span member = { members[i].member, strlen(members[i].member) },
				 what;
		uint16_t q;
		bool right = http_weighted(member, &what, &q);

		expect_span(what, members[i].what);
		ck_assert(right == (members[i].q != -1));
		if (right)
			ck_assert_int_eq(q, members[i].q);
	}
}
END_TEST

/* 9110 12.5.1: the table below its example. */
START_TEST(weighs_types_by_the_closest_range)
{
	struct http_request request;

	http_read_text(&request,
	    GET "Host: l\r\nAccept: text/*;q=0.3, text/plain;q=0.7, text/html, "
		"*/*;q=0.5" END);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("text/html")), 1000);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("TEXT/html; charset=x")), 1000);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("text/plain")), 700);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("text/css")), 300);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("image/jpeg")), 500);
	http_read_text(&request, GET "Host: l\r\nAccept: application/json" END);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("text/html")), 0);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("application/json")), 1000);
	http_read_text(&request, GET "Host: l" END);
	ck_assert_uint_eq(http_accept_type(&request, HTTP_SPAN("text/html")), 1000);
}
END_TEST

START_TEST(names_codings)
{
	ck_assert_str_eq(http_coding_name(HTTP_GZIP), "gzip");
	ck_assert_str_eq(http_coding_suffix(HTTP_GZIP), ".gz");
	ck_assert_str_eq(http_coding_suffix(HTTP_BR), ".br");
	ck_assert_str_eq(http_coding_suffix(HTTP_IDENTITY), "");
}
END_TEST

Suite *
http_accept_suite(void)
{
	Suite *suite = suite_create("http_accept");
	TCase *tests = tcase_create("http_accept");

	tcase_add_loop_test(tests, chooses_a_coding, 0, sizeof codings / sizeof *codings);
	tcase_add_test(tests, reads_weights_in_thousandths);
	tcase_add_test(tests, weighs_types_by_the_closest_range);
	tcase_add_test(tests, names_codings);
	suite_add_tcase(suite, tests);
	return suite;
}
