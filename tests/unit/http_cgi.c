/*
 * Guards: a program whose output becomes somebody else's response, and a request's field
 * that becomes somebody else's variable (CVE-2016-5385: Proxy as HTTP_PROXY).
 */
#include "protocol/http_cgi.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

/* All of it, in pieces of their own size. */
static enum http_verdict
feed(struct http_cgi *cgi, const char *text, size_t piece)
{
	enum http_verdict verdict = HTTP_MORE;
	size_t len = strlen(text);

	memset(cgi, 0x5a, sizeof *cgi);
	http_cgi_begin(cgi);
	for (size_t have = 0; have < len && verdict == HTTP_MORE;) {
		char *bytes;

		have = piece < len - have ? have + piece : len;
		bytes = malloc(have);
		ck_assert_ptr_nonnull(bytes);
		memcpy(bytes, text, have);
		verdict = http_cgi_read(cgi, bytes, have);
		free(bytes);
	}
	cgi->bytes = text;
	return verdict;
}

static struct http_span
span(const struct http_cgi *cgi, struct http_at at)
{
	return (struct http_span){ at.at ? cgi->bytes + at.at : NULL, at.len };
}

static const struct {
	const char *text;
	enum http_cgi_kind kind;
	int status;
	const char *type, *location;
	unsigned lines;
	const char *content;
} rights[] = {
	/* 6.2.1, as Python's wsgiref and as a shell's echo write it */
	{ "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nhello", HTTP_CGI_DOCUMENT, 200,
	    "text/plain", NULL, 0, "hello" },
	{ "Content-type: text/html\n\n<p>", HTTP_CGI_DOCUMENT, 200, "text/html", NULL, 0,
	    "<p>" },
	{ "content-type:text/html\n\n\n", HTTP_CGI_DOCUMENT, 200, "text/html", NULL, 0, "\n" },
	{ "Status: 404\nContent-Type: a/b\nX-A: b\n\n", HTTP_CGI_DOCUMENT, 404, "a/b", NULL, 1,
	    "" },
	{ "Status: 204 No Content\n\n", HTTP_CGI_DOCUMENT, 204, NULL, NULL, 0, "" },
	/* 6.2.2 */
	{ "Location: /other?x=y\n\n", HTTP_CGI_LOCAL, 200, NULL, "/other?x=y", 0, "" },
	{ "Location: /\n\n", HTTP_CGI_LOCAL, 200, NULL, "/", 0, "" },
	/* 6.2.3 and 6.2.4 */
	{ "Location: http://host/x\n\n", HTTP_CGI_REDIRECT, 302, NULL, "http://host/x", 0, "" },
	{ "Location: //host/x\n\n", HTTP_CGI_REDIRECT, 302, NULL, "//host/x", 0, "" },
	{ "Status: 303 See Other\nLocation: /done\n\n", HTTP_CGI_REDIRECT, 303, NULL, "/done",
	    0, "" },
	{ "Location: /in\nSet-Cookie: a=b\nSet-Cookie: c=d\n\n", HTTP_CGI_REDIRECT, 302, NULL,
	    "/in", 2, "" },
	{ "Location: http://h/\nStatus: 301 Moved\nContent-Type: text/html\n\nhere",
	    HTTP_CGI_REDIRECT, 301, "text/html", "http://h/", 0, "here" },
	/* the server's own are dropped */
	{ "Content-Type: a/b\nConnection: x\nDate: y\nServer: z\nX-CGI-A: b\n"
	  "Transfer-Encoding: chunked\nX-B: c\n\n",
	    HTTP_CGI_DOCUMENT, 200, "a/b", NULL, 1, "" },
};

START_TEST(reads_what_programs_write)
{
	for (size_t piece = 1; piece <= strlen(rights[_i].text); piece++) {
		struct http_cgi cgi;

		ck_assert_int_eq(feed(&cgi, rights[_i].text, piece), HTTP_DONE);
		ck_assert_int_eq(cgi.kind, rights[_i].kind);
		ck_assert_int_eq(cgi.status, rights[_i].status);
		ck_assert_uint_eq(cgi.count, rights[_i].lines);
		ck_assert_str_eq(rights[_i].text + cgi.head_len, rights[_i].content);
		expect_span(span(&cgi, cgi.type), rights[_i].type);
		expect_span(
		    (struct http_span){ cgi.location.len ? cgi.bytes + cgi.location.at : NULL,
			cgi.location.len },
		    rights[_i].location);
	}
}
END_TEST

static const struct {
	const char *text;
	enum http_cgi_fault fault;
} wrongs[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\n", HTTP_CGI_NPH },
	{ "Traceback (most recent call last):\n", HTTP_CGI_BAD_NAME },
	{ "hello\n\n", HTTP_CGI_BAD_NAME },
	{ ": a\n\n", HTTP_CGI_BAD_NAME },
	{ "Content-Type : a/b\n\n", HTTP_CGI_BAD_NAME },
	{ "Content-Type: a/b\n X: y\n\n", HTTP_CGI_BAD_NAME },
	{ "Content-Type: a/b\rX: y\n\n", HTTP_CGI_BAD_VALUE },
	{ "Content-Type: a/b\nX: \x1b[2J\n\n", HTTP_CGI_BAD_VALUE },
	{ "Content-Type: a/b\nContent-Type: a/b\n\n", HTTP_CGI_TWICE },
	{ "Content-Type:\nContent-Type: a/b\n\n", HTTP_CGI_TWICE },
	{ "Status: 200\nStatus: 404\n\n", HTTP_CGI_TWICE },
	{ "Location: /a\nLocation: /b\n\n", HTTP_CGI_TWICE },
	{ "Content-Length: 1\nContent-Length: 1\n\n", HTTP_CGI_TWICE },
	{ "Status: OK\n\n", HTTP_CGI_BAD_STATUS },
	{ "Status:\n\n", HTTP_CGI_BAD_STATUS },
	{ "Status: 20\n\n", HTTP_CGI_BAD_STATUS },
	{ "Status: 2000\n\n", HTTP_CGI_BAD_STATUS },
	{ "Status: 100 Continue\n\n", HTTP_CGI_BAD_STATUS },
	{ "Status: 600\n\n", HTTP_CGI_BAD_STATUS },
	{ "Location:\n\n", HTTP_CGI_BAD_LOCATION },
	{ "Location: /a b\n\n", HTTP_CGI_BAD_LOCATION },
	{ "Content-Type: a/b\nContent-Length: -1\n\n", HTTP_CGI_BAD_LENGTH },
	{ "X-A: b\n\n", HTTP_CGI_NOTHING },
	{ "\n", HTTP_CGI_NOTHING },
};

START_TEST(refuses_what_is_no_answer)
{
	for (size_t piece = 1; piece <= strlen(wrongs[_i].text); piece++) {
		struct http_cgi cgi;

		ck_assert_int_eq(feed(&cgi, wrongs[_i].text, piece), HTTP_REFUSED);
		ck_assert_msg(cgi.fault == wrongs[_i].fault, "%s\n%s", wrongs[_i].text,
		    http_cgi_fault_words(cgi.fault));
	}
}
END_TEST

START_TEST(keeps_its_limits)
{
	char *text = calloc(1, 3 * HTTP_CGI_HEAD_MAX);
	struct http_cgi cgi;

	ck_assert_ptr_nonnull(text);
	strcpy(text, "Content-Type: a/b\n");
	memset(text + 18, 'a', 2 * HTTP_CGI_HEAD_MAX);
	ck_assert_int_eq(feed(&cgi, text, 4096), HTTP_REFUSED);
	ck_assert_int_eq(cgi.fault, HTTP_CGI_LONG);
	for (int lines = HTTP_CGI_LINES_MAX; lines <= HTTP_CGI_LINES_MAX + 1; lines++) {
		strcpy(text, "Content-Type: a/b\n");
		for (int i = 0; i < lines; i++)
			strcat(text, "X-A: b\n");
		strcat(text, "\n");
		ck_assert_int_eq(feed(&cgi, text, 4096),
		    lines > HTTP_CGI_LINES_MAX ? HTTP_REFUSED : HTTP_DONE);
	}
	free(text);
}
END_TEST

START_TEST(tells_silence_from_a_cut)
{
	struct http_cgi cgi;

	http_cgi_begin(&cgi);
	ck_assert_int_eq(http_cgi_end(&cgi), HTTP_CGI_SILENT);
	ck_assert_int_eq(feed(&cgi, "Content-Type: a/b\n", 100), HTTP_MORE);
	ck_assert_int_eq(http_cgi_end(&cgi), HTTP_CGI_CUT);
	ck_assert_int_eq(feed(&cgi, "Content-Length: 5\nStatus: 200\n\n", 100), HTTP_DONE);
	ck_assert(cgi.has_length && cgi.length == 5);
	for (int fault = 0; fault < HTTP_CGI_FAULTS; fault++)
		ck_assert_ptr_nonnull(http_cgi_fault_words((enum http_cgi_fault)fault));
}
END_TEST

START_TEST(names_the_variable_of_a_field)
{
	static const struct {
		const char *name, *variable; /* NULL: not for programs */
	} names[] = { { "User-Agent", "HTTP_USER_AGENT" }, { "accept", "HTTP_ACCEPT" },
		{ "X-Forwarded-For2", "HTTP_X_FORWARDED_FOR2" }, { "Cookie", "HTTP_COOKIE" },
		{ "Host", "HTTP_HOST" }, { "Proxy", NULL }, { "PROXY", NULL },
		{ "Authorization", NULL }, { "Proxy-Authorization", NULL }, { "X_A", NULL },
		{ "Content_Length", NULL }, { "Content-Length", NULL },
		{ "Content-Type", NULL }, { "Connection", NULL }, { "Transfer-Encoding", NULL },
		{ "A.B", NULL }, { "A=B", NULL }, { "", NULL } };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char out[HTTP_CGI_NAME_MAX];
		struct http_span name = { names[i].name, strlen(names[i].name) };
		ssize_t len = http_cgi_variable(out, sizeof out, name);

		if (names[i].variable == NULL) {
			ck_assert_int_eq(len, 0);
			continue;
		}
		ck_assert_str_eq(out, names[i].variable);
		ck_assert_int_eq(len, (ssize_t)strlen(out));
		ck_assert_int_eq(http_cgi_variable(out, (size_t)len, name), -1);
		ck_assert_int_eq(http_cgi_variable(out, (size_t)len + 1, name), len);
	}
}
END_TEST

Suite *
http_cgi_suite(void)
{
	Suite *suite = suite_create("http_cgi");
	TCase *tests = tcase_create("http_cgi");

	tcase_add_loop_test(
	    tests, reads_what_programs_write, 0, sizeof rights / sizeof *rights);
	tcase_add_loop_test(
	    tests, refuses_what_is_no_answer, 0, sizeof wrongs / sizeof *wrongs);
	tcase_add_test(tests, keeps_its_limits);
	tcase_add_test(tests, tells_silence_from_a_cut);
	tcase_add_test(tests, names_the_variable_of_a_field);
	suite_add_tcase(suite, tests);
	return suite;
}
