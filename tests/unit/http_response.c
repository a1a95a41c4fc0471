/*
 * Guards: a response that somebody else writes: a name with CR LF in it that becomes a
 * field, one with < in it that becomes a script, one with a colon that becomes a scheme.
 */
#include "protocol/http_response.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

START_TEST(writes_a_head)
{
	static const char expected[] = "HTTP/1.1 206 Partial Content\r\n"
				       "Server: lab\r\n"
				       "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
				       "Content-Length: 18446744073709551615\r\n"
				       "X-Empty: \r\n"
				       "\r\n";

	/* in each room up to the right one, and never beyond it */
	for (size_t cap = 0; cap <= sizeof expected; cap++) {
		char *out = malloc(cap ? cap : 1);
		struct http_head head;
		ssize_t len;

		ck_assert_ptr_nonnull(out);
		http_head_begin(&head, out, cap, 206);
		http_head_lines(&head, HTTP_SPAN("Server: lab\r\n"));
		http_head_date(&head, HTTP_SPAN("Date"), 784111777);
		http_head_number(&head, HTTP_SPAN("Content-Length"), UINT64_MAX);
		http_head_field(&head, HTTP_SPAN("X-Empty"), HTTP_SPAN(""));
		len = http_head_end(&head);
		if (cap < sizeof expected - 1) {
			ck_assert_int_eq(len, -1);
		} else {
			ck_assert_int_eq(len, sizeof expected - 1);
			ck_assert_mem_eq(out, expected, sizeof expected - 1);
		}
		free(out);
	}
}
END_TEST

#define TEXT(literal)                                                                          \
	{                                                                                      \
		(literal), sizeof(literal) - 1                                                 \
	}

static const struct {
	const char *name;
	struct http_span value;
	bool right;
} fields[] = {
	{ "X", TEXT("a b\tc \xc3\xa9"), true },
	{ "X", TEXT("a\r\nSet-Cookie: b"), false },
	{ "X", TEXT("a\nb"), false },
	{ "X", TEXT("a\rb"), false },
	{ "X", TEXT("a\0b"), false },
	{ "X", TEXT("0123456\n9abcdef"), false },
	{ "X", TEXT("\x1b[2J"), false },
	{ "X", TEXT("\x7f"), false },
	{ "", TEXT("a"), false },
	{ "X Y", TEXT("a"), false },
	{ "X:", TEXT("a"), false },
	{ "X\r\nY", TEXT("a"), false },
};

START_TEST(takes_no_field_that_would_be_two)
{
	struct http_span name = { fields[_i].name, strlen(fields[_i].name) };
	struct http_head head;
	char out[256];

	http_head_begin(&head, out, sizeof out, 200);
	http_head_field(&head, name, fields[_i].value);
	http_head_field(&head, HTTP_SPAN("Right"), HTTP_SPAN("yes")); /* it stays failed */
	ck_assert((http_head_end(&head) != -1) == fields[_i].right);
}
END_TEST

START_TEST(has_a_line_for_each_status)
{
	static const struct {
		int status;
		const char *line;
	} lines[] = { { 200, "HTTP/1.1 200 OK\r\n\r\n" },
		{ 100, "HTTP/1.1 100 Continue\r\n\r\n" },
		{ 404, "HTTP/1.1 404 Not Found\r\n\r\n" }, { 599, "HTTP/1.1 599 \r\n\r\n" },
		{ 99, NULL }, { 600, NULL }, { -200, NULL }, { 0, NULL } };

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct http_head head;
		char out[64];
		ssize_t len;

		http_head_begin(&head, out, sizeof out, lines[i].status);
		len = http_head_end(&head);
		if (lines[i].line == NULL) {
			ck_assert_int_eq(len, -1);
			continue;
		}
		ck_assert_int_eq(len, (ssize_t)strlen(lines[i].line));
		ck_assert_mem_eq(out, lines[i].line, strlen(lines[i].line));
	}
	for (int fault = HTTP_FINE; fault < HTTP_FAULTS; fault++)
		ck_assert_str_ne(http_reason(http_fault_status((enum http_fault)fault)), "");
}
END_TEST

START_TEST(knows_which_have_no_content)
{
	ck_assert(
	    http_status_is_bare(100) && http_status_is_bare(204) && http_status_is_bare(304));
	ck_assert(!http_status_is_bare(200) && !http_status_is_bare(206) &&
		  !http_status_is_bare(404));
}
END_TEST

/* The right side was made by Python's urllib.parse.quote. */
static const struct {
	const char *text, *path, *html;
} escapes[] = {
	{ "", "", "" },
	{ "/a/b.html", "/a/b.html", "/a/b.html" },
	{ "/a b", "/a%20b", "/a b" },
	{ "/a%b", "/a%25b", "/a%b" },
	{ "/\xc3\xa4", "/%C3%A4", "/\xc3\xa4" },
	{ "/~anna", "/~anna", "/~anna" },
	{ "/a+b", "/a+b", "/a+b" },
	{ "/a&b=c", "/a&b=c", "/a&amp;b=c" },
	{ "/<x>", "/%3Cx%3E", "/&lt;x&gt;" },
	{ "/q?", "/q%3F", "/q?" },
	{ "/f#g", "/f%23g", "/f#g" },
	{ "/a;b,c", "/a;b,c", "/a;b,c" },
	{ "/'\"", "/'%22", "/&#39;&quot;" },
	{ "/\\|^`{}[]", "/%5C%7C%5E%60%7B%7D%5B%5D", "/\\|^`{}[]" },
	{ "/x\x7f\r\n", "/x%7F%0D%0A", "/x\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "/\xe6\x97\xa5\xe6\x9c\xac", "/%E6%97%A5%E6%9C%AC", "/\xe6\x97\xa5\xe6\x9c\xac" },
	{ "/@:!$()*", "/@:!$()*", "/@:!$()*" },
	/* a relative reference whose first name has a colon would begin with a scheme */
	{ "javascript:x", "javascript%3Ax", "javascript:x" },
	{ "a/b:c", "a/b:c", "a/b:c" },
};

START_TEST(escapes_what_is_not_its_own)
{
	struct http_span text = { escapes[_i].text, strlen(escapes[_i].text) };
	size_t path = strlen(escapes[_i].path), html = strlen(escapes[_i].html);

	for (size_t cap = 0; cap <= 64; cap++) {
		char *out = malloc(cap ? cap : 1);
		ssize_t len;

		ck_assert_ptr_nonnull(out);
		len = http_escape_path(out, cap, text);
		ck_assert_int_eq(len, cap > path ? (ssize_t)path : -1);
		if (len != -1)
			ck_assert_str_eq(out, escapes[_i].path);
		len = http_escape_html(out, cap, text);
		ck_assert_int_eq(len, cap > html ? (ssize_t)html : -1);
		if (len != -1)
			ck_assert_str_eq(out, escapes[_i].html);
		free(out);
	}
	ck_assert_uint_le(path, text.len * HTTP_ESCAPE_PATH);
	ck_assert_uint_le(html, text.len * HTTP_ESCAPE_HTML);
}
END_TEST

Suite *
http_response_suite(void)
{
	Suite *suite = suite_create("http_response");
	TCase *tests = tcase_create("http_response");

	tcase_add_test(tests, writes_a_head);
	tcase_add_loop_test(
	    tests, takes_no_field_that_would_be_two, 0, sizeof fields / sizeof *fields);
	tcase_add_test(tests, has_a_line_for_each_status);
	tcase_add_test(tests, knows_which_have_no_content);
	tcase_add_loop_test(
	    tests, escapes_what_is_not_its_own, 0, sizeof escapes / sizeof *escapes);
	suite_add_tcase(suite, tests);
	return suite;
}
