/*
 * Guards: content that is taken for the next request, or the next request that is taken
 * for content: sizes of chunks that are guessed, overflow, or are cut by the network.
 */
#include "protocol/http_body.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

#define CHUNKED "POST / HTTP/1.1\r\nHost: l\r\nTransfer-Encoding: chunked" END

struct told {
	char text[256];
	size_t len, used;
	struct http_body body;
};

/* All of the content, fed in pieces of their own size. */
static void
feed(struct told *told, const char *head, const char *text, size_t piece)
{
	struct http_request request;
	size_t len = strlen(text), n;
	struct http_span span;

	*told = (struct told){ .len = 0 };
	ck_assert_int_eq(http_read_text(&request, head), HTTP_DONE);
	http_body_begin(&told->body, &request);
	for (size_t at = 0; at < len;) {
		size_t some = piece < len - at ? piece : len - at;
		char *bytes = malloc(some);

		ck_assert_ptr_nonnull(bytes);
		memcpy(bytes, text + at, some);
		n = http_body_feed(&told->body, bytes, some, &span);
		if (span.len > 0)
			memcpy(told->text + told->len, span.at, span.len);
		told->len += span.len;
		free(bytes);
		if (n == 0)
			break;
		at += n;
		told->used = at;
	}
}

static const struct {
	const char *text;
	const char *content;
	const char *rest; /* of the text: the next request's */
} rights[] = {
	{ "0\r\n\r\n", "", "" },
	{ "000\r\n\r\nGET", "", "GET" },
	{ "5\r\nhello\r\n0\r\n\r\nGET /", "hello", "GET /" },
	{ "1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "ab", "" },
	{ "A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n\r\n", "0123456789abcdefghij",
	    "\r\n" },
	{ "0000000000000000000000003\r\na\r\n\r\n0\r\n\r\n", "a\r\n", "" },
	/* extensions, 7.1.1 */
	{ "2;a\r\nhi\r\n0;b=\"; c\"\r\n\r\n", "hi", "" },
	{ "2 \t; a = b\r\nhi\r\n0\r\n\r\n", "hi", "" },
	/* a trailer section, 7.1.2 */
	{ "2\r\nhi\r\n0\r\nDigest: x\r\nX:\r\n\r\nGET", "hi", "GET" },
	{ "0\r\nContent-Length: 100\r\n\r\nabc", "", "abc" },
};

START_TEST(reads_chunks_however_they_are_cut)
{
	size_t len = strlen(rights[_i].text);

	for (size_t piece = 1; piece <= len; piece++) {
		struct told told;

		feed(&told, CHUNKED, rights[_i].text, piece);
		ck_assert_int_eq(told.body.verdict, HTTP_DONE);
		ck_assert_uint_eq(told.used, len - strlen(rights[_i].rest));
		ck_assert_uint_eq(told.len, strlen(rights[_i].content));
		ck_assert_uint_eq(told.body.total, told.len);
		ck_assert_mem_eq(told.text, rights[_i].content, told.len);
	}
}
END_TEST

static const struct {
	const char *text;
	enum http_fault fault;
} wrongs[] = {
	{ "\r\n", HTTP_BAD_CHUNK },
	{ " 5\r\nhello", HTTP_BAD_CHUNK },
	{ "-5\r\nhello", HTTP_BAD_CHUNK },
	{ "+5\r\nhello", HTTP_BAD_CHUNK },
	{ "0x5\r\nhello", HTTP_BAD_CHUNK },
	{ "5h\r\nhello", HTTP_BAD_CHUNK },
	{ "5 \r\nhello", HTTP_BAD_CHUNK },
	{ "5 5\r\nhello", HTTP_BAD_CHUNK },
	{ ";a\r\nhello", HTTP_BAD_CHUNK },
	{ "5\nhello", HTTP_BAD_CHUNK },
	{ "5\r\rhello", HTTP_BAD_CHUNK },
	{ "5;a\nhello", HTTP_BAD_CHUNK },
	{ "5;\x01\r\nhello", HTTP_BAD_CHUNK },
	{ "5;a\r \nhello", HTTP_BAD_CHUNK },
	{ "8000000000000000\r\nhello", HTTP_BAD_CHUNK },
	{ "10000000000000005\r\nhello", HTTP_BAD_CHUNK }, /* 2^64 + 5 */
	{ "5\r\nhello0\r\n\r\n", HTTP_BAD_CHUNK_END },
	{ "5\r\nhello\n0\r\n\r\n", HTTP_BAD_CHUNK_END },
	{ "5\r\nhello\r0\r\n\r\n", HTTP_BAD_CHUNK_END },
	{ "5\r\nhelloworld\r\n", HTTP_BAD_CHUNK_END },
	{ "0\r\n\n", HTTP_BAD_TRAILER },
	{ "0\r\n\rx", HTTP_BAD_TRAILER },
	{ "0\r\n: x\r\n\r\n", HTTP_BAD_TRAILER },
	{ "0\r\nX\r\n\r\n", HTTP_BAD_TRAILER },
	{ "0\r\nX : y\r\n\r\n", HTTP_BAD_TRAILER },
	{ "0\r\n X: y\r\n\r\n", HTTP_BAD_TRAILER },
	{ "0\r\nX: y\n\r\n", HTTP_BAD_TRAILER },
	{ "0\r\nX: y\rz\r\n\r\n", HTTP_BAD_TRAILER },
	{ "0\r\nX: \x7f\r\n\r\n", HTTP_BAD_TRAILER },
};

START_TEST(refuses_broken_chunks_however_they_are_cut)
{
	size_t len = strlen(wrongs[_i].text);

	for (size_t piece = 1; piece <= len; piece++) {
		struct told told;
		struct http_span span;

		feed(&told, CHUNKED, wrongs[_i].text, piece);
		ck_assert_int_eq(told.body.verdict, HTTP_REFUSED);
		ck_assert_msg(told.body.fault == wrongs[_i].fault, "%s\n%s", wrongs[_i].text,
		    http_fault_words(told.body.fault));
		ck_assert_uint_eq(http_body_feed(&told.body, "0\r\n\r\n", 5, &span), 0);
	}
}
END_TEST

START_TEST(takes_the_largest_chunk_and_waits)
{
	struct told told;

	feed(&told, CHUNKED, "7fffffffffffffff\r\nabc", 100);
	ck_assert_int_eq(told.body.verdict, HTTP_MORE);
	ck_assert_uint_eq(told.len, 3);
	ck_assert_uint_eq(told.body.left, HTTP_CHUNK_MAX - 3);
}
END_TEST

/* `times` times the same text: what the body says of it. */
static enum http_fault
repeat(const char *begin, const char *text, size_t times)
{
	struct http_request request;
	struct http_body body;
	struct http_span span;

	http_read_text(&request, CHUNKED);
	http_body_begin(&body, &request);
	http_body_feed(&body, begin, strlen(begin), &span);
	while (times-- > 0)
		for (size_t at = 0, n; at < strlen(text); at += n) {
			n = http_body_feed(&body, text + at, strlen(text) - at, &span);
			if (n == 0)
				return body.fault;
		}
	return body.fault;
}

START_TEST(keeps_its_limits)
{
	ck_assert_int_eq(repeat("", "0", HTTP_CHUNK_LINE_MAX), HTTP_FINE);
	ck_assert_int_eq(repeat("", "0", HTTP_CHUNK_LINE_MAX + 1), HTTP_LONG_CHUNK_LINE);
	ck_assert_int_eq(repeat("1;", "a", HTTP_CHUNK_LINE_MAX - 2), HTTP_FINE);
	ck_assert_int_eq(repeat("1;", "a", HTTP_CHUNK_LINE_MAX - 1), HTTP_LONG_CHUNK_LINE);
	/* a long extension with each byte, CVE-2023-39326 of another server */
	ck_assert_int_eq(repeat("", "1;abcdefgh\r\nx\r\n", HTTP_CHUNK_OVERHEAD / 8), HTTP_FINE);
	ck_assert_int_eq(repeat("", "1;abcdefgh\r\nx\r\n", HTTP_CHUNK_OVERHEAD / 8 + 1),
	    HTTP_LONG_CHUNK_LINE);
	ck_assert_int_eq(repeat("0\r\n", "A: b\r\n", HTTP_TRAILER_MAX / 5 - 1), HTTP_FINE);
	ck_assert_int_eq(
	    repeat("0\r\n", "A: b\r\n", HTTP_TRAILER_MAX / 5 + 1), HTTP_LONG_TRAILER);
}
END_TEST

START_TEST(counts_a_length)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: l\r\nContent-Length: 5" END;

	for (size_t piece = 1; piece <= 8; piece++) {
		struct told told;

		feed(&told, head, "helloGET", piece);
		ck_assert_int_eq(told.body.verdict, HTTP_DONE);
		ck_assert_uint_eq(told.used, 5);
		ck_assert_mem_eq(told.text, "hello", 5);
		feed(&told, head, "hell", piece);
		ck_assert_int_eq(told.body.verdict, HTTP_MORE);
	}
}
END_TEST

START_TEST(knows_that_there_is_none)
{
	struct told told;

	feed(&told, GET "Host: l" END, "GET", 3);
	ck_assert_int_eq(told.body.verdict, HTTP_DONE);
	ck_assert_uint_eq(told.used, 0);
}
END_TEST

START_TEST(writes_the_head_of_a_chunk)
{
	static const struct {
		uint64_t len;
		const char *line;
	} heads[] = { { 0, "" }, { 1, "1\r\n" }, { 15, "f\r\n" }, { 16, "10\r\n" },
		{ 65536, "10000\r\n" }, { UINT64_MAX, "ffffffffffffffff\r\n" } };

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		char line[HTTP_CHUNK_HEAD_MAX];
		size_t n = http_chunk_head(line, heads[i].len);

		ck_assert_uint_eq(n, strlen(heads[i].line));
		ck_assert_mem_eq(line, heads[i].line, n);
	}
}
END_TEST

Suite *
http_body_suite(void)
{
	Suite *suite = suite_create("http_body");
	TCase *tests = tcase_create("http_body");

	tcase_add_loop_test(
	    tests, reads_chunks_however_they_are_cut, 0, sizeof rights / sizeof *rights);
	tcase_add_loop_test(tests, refuses_broken_chunks_however_they_are_cut, 0,
	    sizeof wrongs / sizeof *wrongs);
	tcase_add_test(tests, takes_the_largest_chunk_and_waits);
	tcase_add_test(tests, keeps_its_limits);
	tcase_add_test(tests, counts_a_length);
	tcase_add_test(tests, knows_that_there_is_none);
	tcase_add_test(tests, writes_the_head_of_a_chunk);
	suite_add_tcase(suite, tests);
	return suite;
}
