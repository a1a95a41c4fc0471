/*
 * Guards: parts of a file that are not the ones asked for, numbers that overflow into
 * the memory beside the file (CVE-2017-7529), and a small request for a huge answer.
 */
#include "protocol/http_range.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

#define G4 UINT64_C(5368709120) /* 5 GiB */

static const struct {
	const char *value;
	uint64_t size;
	const char *ranges; /* "0-1,5-9"; NULL: whole; "": outside */
} cases[] = {
	/* RFC 9110 14.1.2: its examples, of 10000 bytes */
	{ "bytes=0-499", 10000, "0-499" },
	{ "bytes=500-999", 10000, "500-999" },
	{ "bytes=-500", 10000, "9500-9999" },
	{ "bytes=9500-", 10000, "9500-9999" },
	{ "bytes=0-0,-1", 10000, "0-0,9999-9999" },
	{ "bytes=500-600,601-999", 10000, "500-999" },
	{ "bytes=500-700,601-999", 10000, "500-999" },
	/* ends */
	{ "bytes=0-", 1, "0-0" },
	{ "bytes=0-0", 1, "0-0" },
	{ "bytes=1-", 1, "" },
	{ "bytes=1-1", 1, "" },
	{ "bytes=0-9", 5, "0-4" },
	{ "bytes=4-", 5, "4-4" },
	{ "bytes=5-", 5, "" },
	{ "bytes=-1", 5, "4-4" },
	{ "bytes=-5", 5, "0-4" },
	{ "bytes=-6", 5, "0-4" },
	{ "bytes=-0", 5, "" },
	{ "bytes=0-", 0, "" },
	{ "bytes=-1", 0, "" },
	{ "bytes=5-,0-0", 5, "0-0" },
	{ "bytes=-0,9-,1-1", 5, "1-1" },
	/* large files, and numbers beyond any */
	{ "bytes=4294967296-4294967297", G4, "4294967296-4294967297" },
	{ "bytes=-4294967296", G4, "1073741824-5368709119" },
	{ "bytes=0-18446744073709551615", 5, "0-4" },
	{ "bytes=0-18446744073709551616", 5, "0-4" },
	{ "bytes=0-99999999999999999999999", 5, "0-4" },
	{ "bytes=99999999999999999999999-", 5, "" },
	{ "bytes=-99999999999999999999999", 5, "0-4" },
	{ "bytes=18446744073709551614-", UINT64_MAX,
	    "18446744073709551614-18446744073709551614" },
	/* order is kept; what meets becomes one */
	{ "bytes=8-9,0-1", 10, "8-9,0-1" },
	{ "bytes=0-1,4-5,2-3", 10, "0-5" },
	{ "bytes=8-9,0-1,4-5,2-3", 10, "8-9,0-5" },
	{ "bytes=4-5,0-1,8-9,1-8", 10, "0-9" },
	{ "bytes=0-,0-,0-,0-,0-", 10, "0-9" },
	{ "bytes=5-5,-1,3-3", 10, "5-5,9-9,3-3" },
	/* blanks and empty members, 5.6.1 */
	{ "bytes= 0-0 , ,\t5-6,", 10, "0-0,5-6" },
	{ "BYTES=0-1", 10, "0-1" },
	/* not well-formed, or another unit: as if it were not there */
	{ "", 10, NULL },
	{ "bytes", 10, NULL },
	{ "bytes=", 10, NULL },
	{ "bytes=,", 10, NULL },
	{ "bytes=-", 10, NULL },
	{ "bytes=1-0", 10, NULL },
	{ "bytes=0-1,5-4", 10, NULL },
	{ "bytes=a-b", 10, NULL },
	{ "bytes=0-1x", 10, NULL },
	{ "bytes=0--1", 10, NULL },
	{ "bytes=--1", 10, NULL },
	{ "bytes=+0-1", 10, NULL },
	{ "bytes=0x0-1", 10, NULL },
	{ "bytes=0 -1", 10, NULL },
	{ "bytes=0- 1", 10, NULL },
	{ "bytes =0-1", 10, NULL },
	{ "bytes:0-1", 10, NULL },
	{ "lines=0-1", 10, NULL },
	{ "0-1", 10, NULL },
	/* 16, and one more */
	{ "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,"
	  "28-28,30-30",
	    99,
	    "0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,"
	    "28-28,30-30" },
	{ "bytes=0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0,0-0", 99,
	    NULL },
};

START_TEST(finds_the_parts)
{
	struct http_span value = { cases[_i].value, strlen(cases[_i].value) };
	struct http_range ranges[HTTP_RANGES_MAX];
	enum http_range_verdict verdict;
	char text[1024] = "";
	size_t count = 99, len = 0;

	verdict = http_range_read(value, cases[_i].size, ranges, &count);
	if (cases[_i].ranges == NULL) {
		ck_assert_int_eq(verdict, HTTP_RANGE_WHOLE);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_le(ranges[i].first, ranges[i].last);
		ck_assert_uint_lt(ranges[i].last, cases[_i].size);
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%" PRIu64 "-%" PRIu64,
		    i ? "," : "", ranges[i].first, ranges[i].last);
	}
	ck_assert_str_eq(text, cases[_i].ranges);
	ck_assert_int_eq(verdict, count > 0 ? HTTP_RANGE_SOME : HTTP_RANGE_OUTSIDE);
}
END_TEST

/* Any two or three short ranges: together they are the bytes asked for, each once. */
START_TEST(sends_each_byte_once)
{
	enum { SIZE = 5 };

	for (int n = 0; n < 5 * 5 * 5 * 5 * 5 * 5; n++) {
		int a[6], left = n;
		unsigned want = 0, have = 0;
		struct http_range ranges[HTTP_RANGES_MAX];
		char text[64];
		size_t count;

		for (int i = 0; i < 6; i++, left /= 5)
			a[i] = left % 5;
		if (a[0] > a[1] || a[2] > a[3] || a[4] > a[5])
			continue;
		for (int i = 0; i < 6; i += 2)
			for (int at = a[i]; at <= a[i + 1]; at++)
				want |= 1U << at;
		snprintf(text, sizeof text, "bytes=%d-%d,%d-%d,%d-%d", a[0], a[1], a[2], a[3],
		    a[4], a[5]);
		ck_assert_int_eq(http_range_read((struct http_span){ text, strlen(text) }, SIZE,
				     ranges, &count),
		    HTTP_RANGE_SOME);
		for (size_t i = 0; i < count; i++)
			for (uint64_t at = ranges[i].first; at <= ranges[i].last; at++) {
				ck_assert((have & 1U << at) == 0);
				have |= 1U << at;
			}
		ck_assert_uint_eq(have, want);
	}
}
END_TEST

START_TEST(says_which_part_it_is)
{
	struct http_range range = { 42, 1233 }, large = { UINT64_MAX - 1, UINT64_MAX - 1 };
	char out[HTTP_CONTENT_RANGE_MAX];

	ck_assert_int_eq(http_content_range(out, sizeof out, &range, 1234), 18);
	ck_assert_str_eq(out, "bytes 42-1233/1234"); /* 14.4 */
	http_content_range(out, sizeof out, NULL, 1234);
	ck_assert_str_eq(out, "bytes */1234");
	ck_assert_int_eq(http_content_range(out, 12, NULL, 1234), -1);
	ck_assert_int_eq(http_content_range(out, sizeof out, &large, UINT64_MAX), 68);
}
END_TEST

/* 14.6, its example, with a file of 8000 bytes. */
START_TEST(frames_several_parts)
{
	static const char expected[] =
	    "--THIS_STRING_SEPARATES\r\nContent-Type: application/pdf\r\n"
	    "Content-Range: bytes 500-999/8000\r\n\r\n"
	    "...\r\n--THIS_STRING_SEPARATES\r\nContent-Type: application/pdf\r\n"
	    "Content-Range: bytes 7000-7999/8000\r\n\r\n"
	    "...\r\n--THIS_STRING_SEPARATES--\r\n";
	const struct http_multipart multipart = { HTTP_SPAN("THIS_STRING_SEPARATES"),
		HTTP_SPAN("application/pdf"), 8000 };
	const struct http_range ranges[] = { { 500, 999 }, { 7000, 7999 } };
	char out[1024];
	size_t len = 0;
	uint64_t length;

	for (size_t i = 0; i < 2; i++) {
		ssize_t n =
		    http_part_head(out + len, sizeof out - len, &multipart, &ranges[i], i == 0);

		ck_assert_int_gt(n, 0);
		len += (size_t)n;
		memcpy(out + len, "...", 3);
		len += 3;
	}
	len += (size_t)http_part_end(out + len, sizeof out - len, &multipart);
	ck_assert_uint_eq(len, sizeof expected - 1);
	ck_assert_mem_eq(out, expected, len);
	ck_assert(http_multipart_length(&multipart, ranges, 2, &length));
	ck_assert_uint_eq(length, len - 6 + 500 + 1000);
}
END_TEST

START_TEST(refuses_parts_that_would_lie)
{
	struct http_multipart multipart = { HTTP_SPAN("b"), HTTP_SPAN("text/plain\r\nX: y"),
		9 };
	const struct http_range range = { 0, 1 };
	char out[HTTP_PART_HEAD_MAX], type[600];
	uint64_t length;

	ck_assert_int_eq(http_part_head(out, sizeof out, &multipart, &range, true), -1);
	ck_assert(!http_multipart_length(&multipart, &range, 1, &length));
	multipart.type = (struct http_span){ NULL, 0 };
	ck_assert_int_gt(http_part_head(out, sizeof out, &multipart, &range, true), 0);
	ck_assert_int_eq(http_part_head(out, 20, &multipart, &range, true), -1);
	multipart.boundary = HTTP_SPAN("");
	ck_assert_int_eq(http_part_end(out, sizeof out, &multipart), -1);
	memset(type, 'a', sizeof type);
	multipart.boundary = (struct http_span){ type, HTTP_BOUNDARY_MAX + 1 };
	ck_assert_int_eq(http_part_end(out, sizeof out, &multipart), -1);
	multipart = (struct http_multipart){ HTTP_SPAN("b"), { type, sizeof type }, 9 };
	ck_assert(!http_multipart_length(&multipart, &range, 1, &length));
}
END_TEST

Suite *
http_range_suite(void)
{
	Suite *suite = suite_create("http_range");
	TCase *tests = tcase_create("http_range");

	tcase_add_loop_test(tests, finds_the_parts, 0, sizeof cases / sizeof *cases);
	tcase_add_test(tests, sends_each_byte_once);
	tcase_add_test(tests, says_which_part_it_is);
	tcase_add_test(tests, frames_several_parts);
	tcase_add_test(tests, refuses_parts_that_would_lie);
	suite_add_tcase(suite, tests);
	return suite;
}
