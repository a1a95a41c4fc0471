/*
 * Guards: leniency. Whatever one program forgives and another does not is how a request
 * is smuggled past the first; and what has no limit is how a server is filled.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

static const struct {
	const char *text;
	enum http_fault fault;
} wrongs[] = {
	/* line ends, 9112 2.2 */
	{ "GET / HTTP/1.1\nHost: lab" END, HTTP_BAD_LINE_END },
	{ "GET / HTTP/1.1\r\nHost: lab\n\r\n", HTTP_BAD_LINE_END },
	{ "GET / HTTP/1.1\r\nHost: lab\r\n\n", HTTP_BAD_LINE_END },
	{ "\nGET / HTTP/1.1" HOST END, HTTP_BAD_LINE_END },
	{ "\rGET / HTTP/1.1" HOST END, HTTP_BAD_LINE_END },
	{ "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1" HOST END, HTTP_EMPTY_LINES_ONLY },
	{ GET "Host: lab\rX: y" END, HTTP_BAD_VALUE },
	{ GET "Host: lab\r\r\n\r\n", HTTP_BAD_VALUE },
	/* the request-line, 9112 3 */
	{ "\x16\x03\x01\x02", HTTP_BAD_METHOD }, /* TLS */
	{ " GET / HTTP/1.1" HOST END, HTTP_BAD_METHOD },
	{ "G@T / HTTP/1.1" HOST END, HTTP_BAD_METHOD },
	{ "GET\t/ HTTP/1.1" HOST END, HTTP_BAD_METHOD },
	{ "GET\r\n\r\n", HTTP_BAD_METHOD },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXY / HTTP/1.1" HOST END, HTTP_LONG_METHOD },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXY", HTTP_LONG_METHOD },
	{ "GET  / HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /  HTTP/1.1" HOST END, HTTP_BAD_VERSION },
	{ "GET / HTTP/1.1 " HOST END, HTTP_BAD_VERSION },
	{ "GET /\r\n\r\n", HTTP_BAD_VERSION }, /* HTTP/0.9 */
	{ "GET / \r\n\r\n", HTTP_BAD_VERSION },
	{ "GET / HTTP1.1" HOST END, HTTP_BAD_VERSION }, /* the notes' own server wrote that */
	{ "GET / http/1.1" HOST END, HTTP_BAD_VERSION },
	{ "GET / HTTP/1.10" HOST END, HTTP_BAD_VERSION },
	{ "GET / HTTP/1,1" HOST END, HTTP_BAD_VERSION },
	{ "GET / HTTP/2.0" HOST END, HTTP_OTHER_VERSION },
	{ "PRI * HTTP/2.0" END "SM" END, HTTP_BAD_TARGET },
	{ "GET / HTTP/0.9" HOST END, HTTP_OTHER_VERSION },
	{ "GET a HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET a/b HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET * HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET lab:80 HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /a#b HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /a\x01 HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /a\tb HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /a\x7f HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /a?\x7f HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET /a\rb HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET http:///a HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET http://u@h/a HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET http://h:80x/a HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET ftp://h/a HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "GET http:/h/a HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "CONNECT / HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	{ "CONNECT lab HTTP/1.1" HOST END, HTTP_BAD_TARGET },
	/* field lines, 9112 5, 9110 5.5 */
	{ GET " Host: lab" END, HTTP_FOLDED_LINE },
	{ GET "Host: lab\r\n x" END, HTTP_FOLDED_LINE },
	{ GET "Host: lab\r\n\tx: y" END, HTTP_FOLDED_LINE },
	{ GET "Host : lab" END, HTTP_BLANK_BEFORE_COLON },
	{ GET "Host\t: lab" END, HTTP_BLANK_BEFORE_COLON },
	{ GET ": lab" END, HTTP_BAD_NAME },
	{ GET "Host" END, HTTP_BAD_NAME },
	{ GET "Ho\x01st: lab" END, HTTP_BAD_NAME },
	{ GET "H\xc3\xb6st: lab" END, HTTP_BAD_NAME },
	{ GET "Host: lab\r\nX: a\x01" END, HTTP_BAD_VALUE },
	{ GET "Host: lab\r\nX: 12345678901\x7f" END, HTTP_BAD_VALUE },
	{ GET "Host: lab\r\nX: \x1f"
	      "12345678901" END,
	    HTTP_BAD_VALUE },
	/* Host, 9112 3.2 */
	{ "GET / HTTP/1.1" END, HTTP_NO_HOST },
	{ "GET http://h/ HTTP/1.1" END, HTTP_NO_HOST },
	{ GET "Host: lab\r\nHost: lab" END, HTTP_MANY_HOSTS },
	{ "GET / HTTP/1.0\r\nHost: lab\r\nhost: other" END, HTTP_MANY_HOSTS },
	{ GET "Host:" END, HTTP_BAD_HOST },
	{ GET "Host: :80" END, HTTP_BAD_HOST },
	{ GET "Host: a b" END, HTTP_BAD_HOST },
	{ GET "Host: a, b" END, HTTP_BAD_HOST },
	{ GET "Host: a/b" END, HTTP_BAD_HOST },
	{ GET "Host: u@a" END, HTTP_BAD_HOST },
	{ GET "Host: a:b" END, HTTP_BAD_HOST },
	{ GET "Host: a:1:2" END, HTTP_BAD_HOST },
	{ GET "Host: a:65536" END, HTTP_BAD_HOST },
	{ GET "Host: a:+1" END, HTTP_BAD_HOST },
	{ GET "Host: a%4" END, HTTP_BAD_HOST },
	{ GET "Host: [::1" END, HTTP_BAD_HOST },
	{ GET "Host: [a]" END, HTTP_BAD_HOST },
	{ GET "Host: [::1]x" END, HTTP_BAD_HOST },
	{ GET "Host: ::1" END, HTTP_BAD_HOST },
	{ "GET http://h/ HTTP/1.1\r\nHost: a b" END, HTTP_BAD_HOST },
	{ "GET / HTTP/1.0\r\nHost: a b" END, HTTP_BAD_HOST },
	/* framing, 9112 6 */
	{ GET "Host: lab\r\nContent-Length: -1" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: +1" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: 0x1" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: 1 1" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: 1, 1" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length:" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: 9223372036854775808" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: 18446744073709551617" END, HTTP_BAD_LENGTH },
	{ GET "Host: lab\r\nContent-Length: 1\r\nContent-Length: 1" END, HTTP_MANY_LENGTHS },
	{ GET "Host: lab\r\nContent-Length: 1\r\nContent-Length: 2" END, HTTP_MANY_LENGTHS },
	{ GET "Host: lab\r\nContent-Length: 4\r\nTransfer-Encoding: chunked" END,
	    HTTP_LENGTH_AND_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: x\r\nContent-Length: 0" END,
	    HTTP_LENGTH_AND_CODING },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked" END, HTTP_CODING_IN_1_0 },
	{ GET "Host: lab\r\nTransfer-Encoding: gzip" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: identity" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding:" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: chunked, chunked" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked" END,
	    HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: chunked, gzip" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: \"chunked\"" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: chunked;q=1" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: xchunked" END, HTTP_BAD_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding: gzip, chunked" END, HTTP_UNKNOWN_CODING },
	{ GET "Host: lab\r\nTransfer-Encoding\t: chunked" END, HTTP_BLANK_BEFORE_COLON },
	{ GET "Host: lab\r\nTransfer-Encoding:\vchunked" END, HTTP_BAD_VALUE },
	{ GET "Host: lab\r\nExpect: 100-continues" END, HTTP_EXPECTATION },
	{ GET "Host: lab\r\nExpect: 100-continue, x" END, HTTP_EXPECTATION },
};

START_TEST(refuses_what_is_wrong_however_it_is_cut)
{
	size_t len = strlen(wrongs[_i].text);

	for (size_t piece = 1; piece <= len; piece++) {
		struct http_request request;

		http_request_begin(&request);
		ck_assert_int_eq(
		    http_feed(&request, wrongs[_i].text, len, piece), HTTP_REFUSED);
		ck_assert_msg(request.fault == wrongs[_i].fault, "%s\n%s, not %s",
		    wrongs[_i].text, http_fault_words(request.fault),
		    http_fault_words(wrongs[_i].fault));
		/* for good */
		ck_assert_int_eq(
		    http_request_read(&request, wrongs[_i].text, len), HTTP_REFUSED);
	}
}
END_TEST

START_TEST(refuses_a_nul_anywhere)
{
	static const char text[] = "GET /a?b HTTP/1.1\r\nHost: lab\r\nX: abcdefghijkl" END;
	char bytes[sizeof text];
	struct http_request request;

	for (size_t i = 0; i < sizeof text - 1; i++) {
		memcpy(bytes, text, sizeof text);
		bytes[i] = '\0';
		http_request_begin(&request);
		/* in the last line end it only waits for one that is right */
		if (http_request_read(&request, bytes, sizeof text - 1) != HTTP_REFUSED)
			ck_assert_uint_eq(i, sizeof text - 2);
	}
}
END_TEST

START_TEST(knows_the_method_of_what_it_refuses)
{
	struct http_request request;

	ck_assert_int_eq(http_read_text(&request, "HEAD / HTTP/1.1" END), HTTP_REFUSED);
	ck_assert_int_eq(request.method, HTTP_HEAD);
	ck_assert_int_eq(request.minor, 1);
}
END_TEST

/* ---- limits ---- */

/* `head`, `count` bytes of `fill`, `tail`. */
static enum http_fault
with_filling(const char *head, char fill, size_t count, const char *tail)
{
	char *text = malloc(strlen(head) + count + strlen(tail) + 1);
	struct http_request request;

	ck_assert_ptr_nonnull(text);
	strcpy(text, head);
	memset(text + strlen(head), fill, count);
	strcpy(text + strlen(head) + count, tail);
	ck_assert_int_ne(http_read_text(&request, text), HTTP_MORE);
	free(text);
	return request.fault;
}

START_TEST(keeps_its_limits_to_the_byte)
{
	ck_assert_int_eq(
	    with_filling("GET /", 'a', HTTP_TARGET_MAX - 1, " HTTP/1.1" HOST END), 0);
	ck_assert_int_eq(with_filling("GET /", 'a', HTTP_TARGET_MAX, " HTTP/1.1" HOST END),
	    HTTP_LONG_TARGET);
	ck_assert_int_eq(
	    with_filling("GET /", 'a', HTTP_TARGET_MAX + 100, ""), HTTP_LONG_TARGET);
	ck_assert_int_eq(with_filling("", 'A', HTTP_METHOD_MAX, " / HTTP/1.1" HOST END), 0);
	ck_assert_int_eq(with_filling(GET "Host: l\r\n", 'A', HTTP_NAME_MAX, ": x" END), 0);
	ck_assert_int_eq(
	    with_filling(GET "Host: l\r\n", 'A', HTTP_NAME_MAX + 1, ": x" END), HTTP_LONG_NAME);
	ck_assert_int_eq(with_filling(GET "Host: ", 'a', HTTP_HOST_MAX, END), 0);
	ck_assert_int_eq(
	    with_filling(GET "Host: ", 'a', HTTP_HOST_MAX + 1, END), HTTP_BAD_HOST);
}
END_TEST

START_TEST(keeps_the_limit_of_the_whole_head)
{
	static const char head[] = GET "Host: l\r\nX: ";
	size_t room = HTTP_HEAD_MAX - (sizeof head - 1) - 4;

	ck_assert_int_eq(with_filling(head, 'a', room, END), 0);
	ck_assert_int_eq(with_filling(head, 'a', room + 1, END), HTTP_LONG_HEAD);
	ck_assert_int_eq(with_filling(head, 'a', HTTP_HEAD_MAX, ""), HTTP_LONG_HEAD);
	ck_assert_int_eq(with_filling(head, 'a', 3 * HTTP_HEAD_MAX, END), HTTP_LONG_HEAD);
}
END_TEST

START_TEST(takes_so_many_lines_and_no_more)
{
	for (int extra = 0; extra <= 1; extra++) {
		char text[8192] = GET "Host: l\r\n";
		struct http_request request;

		for (int i = 1; i < HTTP_LINES_MAX + extra; i++)
			strcat(text, "A: b\r\n");
		strcat(text, "\r\n");
		ck_assert_int_eq(
		    http_read_text(&request, text), extra ? HTTP_REFUSED : HTTP_DONE);
		ck_assert_int_eq(request.fault, extra ? HTTP_MANY_FIELDS : HTTP_FINE);
	}
}
END_TEST

START_TEST(names_the_limit_of_a_smaller_buffer)
{
	struct http_request request;

	ck_assert_int_eq(http_read_text(&request, "GET /aaaa"), HTTP_MORE);
	ck_assert_int_eq(http_request_too_long(&request), HTTP_LONG_TARGET);
	ck_assert_int_eq(http_read_text(&request, GET "X: yyyy"), HTTP_MORE);
	ck_assert_int_eq(http_request_too_long(&request), HTTP_LONG_HEAD);
}
END_TEST

Suite *
http_refusals_suite(void)
{
	Suite *suite = suite_create("http_refusals");
	TCase *tests = tcase_create("http_refusals");

	tcase_add_loop_test(
	    tests, refuses_what_is_wrong_however_it_is_cut, 0, sizeof wrongs / sizeof *wrongs);
	tcase_add_test(tests, refuses_a_nul_anywhere);
	tcase_add_test(tests, knows_the_method_of_what_it_refuses);
	tcase_add_test(tests, keeps_its_limits_to_the_byte);
	tcase_add_test(tests, keeps_the_limit_of_the_whole_head);
	tcase_add_test(tests, takes_so_many_lines_and_no_more);
	tcase_add_test(tests, names_the_limit_of_a_smaller_buffer);
	suite_add_tcase(suite, tests);
	return suite;
}
