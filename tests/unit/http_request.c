/*
 * Guards: request smuggling. Two programs that read the same bytes and do not agree on
 * what the request is, or on where it ends; and a parser whose answer depends on how
 * the network has cut the bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

/* In a block of its own size, so that a sanitizer sees one byte too far. */
enum http_verdict
http_feed(struct http_request *request, const char *text, size_t len, size_t piece)
{
	enum http_verdict verdict = HTTP_MORE;
	static char *bytes; /* of the last call: its request points there */

	for (size_t have = 0; have < len && verdict == HTTP_MORE;) {
		have = piece < len - have ? have + piece : len;
		free(bytes);
		bytes = malloc(have);
		ck_assert_ptr_nonnull(bytes);
		memcpy(bytes, text, have);
		verdict = http_request_read(request, bytes, have);
	}
	return verdict;
}

enum http_verdict
http_read_text(struct http_request *request, const char *text)
{
	memset(request, 0x5a, sizeof *request);
	http_request_begin(request);
	return http_feed(request, text, strlen(text), strlen(text));
}

void
expect_span(struct http_span span, const char *text)
{
	if (text == NULL) {
		ck_assert_ptr_null(span.at);
		return;
	}
	ck_assert_ptr_nonnull(span.at);
	ck_assert_uint_eq(span.len, strlen(text));
	ck_assert_mem_eq(span.at, text, span.len);
}

/* ---- what is right ---- */

static const struct right {
	const char *text;
	enum http_method method;
	enum http_form form;
	const char *path, *query, *host, *port;
	int minor;
	bool keep_alive, plain;
} rights[] = {
	/* RFC 9112 2.1, its example; and 3.2.1 to 3.2.4 */
	{ "GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\n"
	  "Accept-Language: en, mi" END,
	    HTTP_GET, HTTP_ORIGIN, "/hello.txt", NULL, "www.example.com", NULL, 1, true, true },
	{ "GET /where?q=now HTTP/1.1\r\nHost: www.example.org" END, HTTP_GET, HTTP_ORIGIN,
	    "/where", "q=now", "www.example.org", NULL, 1, true, true },
	{ "GET http://www.example.org/pub/WWW/TheProject.html HTTP/1.1\r\nHost: other" END,
	    HTTP_GET, HTTP_ABSOLUTE, "/pub/WWW/TheProject.html", NULL, "www.example.org", NULL,
	    1, true, true },
	{ "CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com" END, HTTP_CONNECT,
	    HTTP_AUTHORITY, "/", NULL, "www.example.com", "80", 1, true, false },
	{ "OPTIONS * HTTP/1.1\r\nHost: www.example.org:8001" END, HTTP_OPTIONS, HTTP_ASTERISK,
	    "*", NULL, "www.example.org", "8001", 1, true, false },
	{ "GET HTTPS://h?q HTTP/1.1\r\nhOST:h" END, HTTP_GET, HTTP_ABSOLUTE, "/", "q", "h",
	    NULL, 1, true, false },
	/* hosts */
	{ "GET / HTTP/1.1\r\nHost: [::1]:7080" END, HTTP_GET, HTTP_ORIGIN, "/", NULL, "[::1]",
	    "7080", 1, true, true },
	{ "GET / HTTP/1.1\r\nHost: 127.0.0.1:" END, HTTP_GET, HTTP_ORIGIN, "/", NULL,
	    "127.0.0.1", "", 1, true, true },
	{ "GET / HTTP/1.1\r\nHost: a%41_b.c~d" END, HTTP_GET, HTTP_ORIGIN, "/", NULL,
	    "a%41_b.c~d", NULL, 1, true, true },
	/* versions and persistence */
	{ "GET / HTTP/1.0" END, HTTP_GET, HTTP_ORIGIN, "/", NULL, NULL, NULL, 0, false, true },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive" END, HTTP_GET, HTTP_ORIGIN, "/", NULL,
	    NULL, NULL, 0, true, true },
	{ "GET / HTTP/1.9" HOST END, HTTP_GET, HTTP_ORIGIN, "/", NULL, "lab", NULL, 1, true,
	    true },
	{ GET "Host: lab\r\nConnection: close" END, HTTP_GET, HTTP_ORIGIN, "/", NULL, "lab",
	    NULL, 1, false, true },
	{ GET "Host: lab\r\nConnection: x\r\nconnection:y ,\tCLOSE , z" END, HTTP_GET,
	    HTTP_ORIGIN, "/", NULL, "lab", NULL, 1, false, true },
	{ GET "Host: lab\r\nConnection: keep-alive, close" END, HTTP_GET, HTTP_ORIGIN, "/",
	    NULL, "lab", NULL, 1, false, true },
	{ GET "Host: lab\r\nConnection: closed" END, HTTP_GET, HTTP_ORIGIN, "/", NULL, "lab",
	    NULL, 1, true, true },
	/* methods: by case; what is unknown is for 501 */
	{ "HEAD / HTTP/1.1" HOST END, HTTP_HEAD, HTTP_ORIGIN, "/", NULL, "lab", NULL, 1, true,
	    true },
	{ "get / HTTP/1.1" HOST END, HTTP_OTHER, HTTP_ORIGIN, "/", NULL, "lab", NULL, 1, true,
	    true },
	{ "PROPFIND / HTTP/1.1" HOST END, HTTP_OTHER, HTTP_ORIGIN, "/", NULL, "lab", NULL, 1,
	    true, true },
	/* paths that need more than a copy */
	{ "GET /a%20b HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/a%20b", NULL, "lab", NULL, 1,
	    true, false },
	{ "GET /a//b HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/a//b", NULL, "lab", NULL, 1,
	    true, false },
	{ "GET /a/../b HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/a/../b", NULL, "lab", NULL,
	    1, true, false },
	{ "GET /.x HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/.x", NULL, "lab", NULL, 1, true,
	    false },
	{ "GET /a.b/c.?%2F//..? HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/a.b/c.",
	    "%2F//..?", "lab", NULL, 1, true, true },
	{ "GET /? HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/", "", "lab", NULL, 1, true,
	    true },
	/* what browsers and tools send as it stands */
	{ "GET /\xc3\xa9?a|b^{\"} HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/\xc3\xa9",
	    "a|b^{\"}", "lab", NULL, 1, true, true },
	/* another's empty lines, 9112 2.2 */
	{ "\r\n\r\nGET / HTTP/1.1" HOST END, HTTP_GET, HTTP_ORIGIN, "/", NULL, "lab", NULL, 1,
	    true, true },
};

static void
check_right(const struct http_request *request, const struct right *right)
{
	ck_assert_int_eq(request->fault, HTTP_FINE);
	ck_assert_int_eq(request->method, right->method);
	ck_assert_int_eq(request->form, right->form);
	ck_assert_int_eq(request->minor, right->minor);
	ck_assert_int_eq(request->keep_alive, right->keep_alive);
	ck_assert_int_eq(request->plain_path, right->plain);
	ck_assert_uint_eq(request->head_len, strlen(right->text));
	expect_span(http_path(request), right->path);
	expect_span(http_text(request, request->host), right->host);
	expect_span(http_text(request, request->port), right->port);
	if (right->query == NULL || *right->query)
		expect_span(http_text(request, request->query), right->query);
	else
		ck_assert_uint_eq(request->query.len, 0);
}

START_TEST(reads_what_is_right_however_it_is_cut)
{
	const struct right *right = &rights[_i];
	size_t len = strlen(right->text);

	for (size_t piece = 1; piece <= len; piece++) {
		struct http_request request;

		memset(&request, 0x5a, sizeof request);
		http_request_begin(&request);
		ck_assert_int_eq(http_feed(&request, right->text, len, piece), HTTP_DONE);
		check_right(&request, right);
	}
}
END_TEST

START_TEST(wants_more_until_the_empty_line)
{
	const char *text = rights[_i].text;
	struct http_request request;

	for (size_t len = 1; len < strlen(text); len++) {
		http_request_begin(&request);
		ck_assert_int_eq(http_feed(&request, text, len, len), HTTP_MORE);
	}
}
END_TEST

/* ---- one behind the other ---- */

START_TEST(knows_idle_from_begun)
{
	struct http_request request;

	http_request_begin(&request);
	ck_assert(!http_request_begun(&request));
	ck_assert_int_eq(http_read_text(&request, "\r\n\r"), HTTP_MORE);
	ck_assert(!http_request_begun(&request));
	ck_assert_int_eq(http_read_text(&request, "\r\nG"), HTTP_MORE);
	ck_assert(http_request_begun(&request));
}
END_TEST

START_TEST(leaves_what_is_behind_the_head)
{
	static const char first[] = "POST /a HTTP/1.1\r\nHost: l\r\nContent-Length: 4" END;
	static const char text[] = "POST /a HTTP/1.1\r\nHost: l\r\nContent-Length: 4" END
				   "abcdGET /b HTTP/1.1" HOST END;
	struct http_request request;

	ck_assert_int_eq(http_read_text(&request, text), HTTP_DONE);
	ck_assert_uint_eq(request.head_len, sizeof first - 1);
	ck_assert_int_eq(request.framing, HTTP_LENGTH);
	ck_assert_uint_eq(request.length, 4);
	ck_assert_int_eq(http_read_text(&request, text + request.head_len + 4), HTTP_DONE);
	expect_span(http_path(&request), "/b");
	ck_assert_int_eq(request.framing, HTTP_NO_BODY);
	ck_assert_uint_eq(request.count, 1);
}
END_TEST

START_TEST(frames_the_content)
{
	struct http_request request;

	http_read_text(&request, GET "Host: l\r\nTransfer-Encoding: ,Chunked" END);
	ck_assert_int_eq(request.fault, 0);
	ck_assert_int_eq(request.framing, HTTP_CHUNKED);
	http_read_text(&request, GET "Host: l\r\nContent-Length: 000" END);
	ck_assert_int_eq(request.fault, 0);
	ck_assert_int_eq(request.framing, HTTP_NO_BODY);
	http_read_text(&request, GET "Host: l\r\nContent-Length: 9223372036854775807" END);
	ck_assert_int_eq(request.framing, HTTP_LENGTH);
	ck_assert_uint_eq(request.length, INT64_MAX);
}
END_TEST

START_TEST(hears_an_expectation_only_where_it_counts)
{
	struct http_request request;

	http_read_text(
	    &request, GET "Host: l\r\nExpect: 100-Continue\r\nContent-Length: 1" END);
	ck_assert(request.expect_continue);
	http_read_text(&request, GET "Host: l\r\nExpect: 100-continue" END);
	ck_assert(!request.expect_continue);
	http_read_text(
	    &request, "GET / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1" END);
	ck_assert(!request.expect_continue);
	ck_assert_int_eq(
	    http_read_text(&request, "GET / HTTP/1.0\r\nExpect: x" END), HTTP_DONE);
}
END_TEST

START_TEST(follows_a_buffer_that_moves)
{
	char here[] = GET "Host: lab\r\nRange: bytes=0-1" END, there[sizeof here];
	struct http_request request;

	ck_assert_int_eq(http_read_text(&request, here), HTTP_DONE);
	memcpy(there, here, sizeof here);
	memset(here, 'x', sizeof here);
	request.bytes = there;
	expect_span(http_value(&request, HTTP_F_RANGE), "bytes=0-1");
	expect_span(http_text(&request, request.host), "lab");
}
END_TEST

Suite *
http_request_suite(void)
{
	Suite *suite = suite_create("http_request");
	TCase *tests = tcase_create("http_request");

	tcase_add_loop_test(
	    tests, reads_what_is_right_however_it_is_cut, 0, sizeof rights / sizeof *rights);
	tcase_add_loop_test(
	    tests, wants_more_until_the_empty_line, 0, sizeof rights / sizeof *rights);
	tcase_add_test(tests, knows_idle_from_begun);
	tcase_add_test(tests, leaves_what_is_behind_the_head);
	tcase_add_test(tests, frames_the_content);
	tcase_add_test(tests, hears_an_expectation_only_where_it_counts);
	tcase_add_test(tests, follows_a_buffer_that_moves);
	suite_add_tcase(suite, tests);
	return suite;
}
