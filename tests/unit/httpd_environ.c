/*
 * environ: what a CGI program is told of a request.
 *
 * Guards against a field that becomes a variable which means something else (Proxy, as in
 * CVE-2016-5385; X_A for X-A), a secret that a program need not know, several lines of
 * which only one is told, and an environment that is cut in the middle.
 */
#include <stdio.h>
#include <string.h>

#include "servers/httpd/environ.h"
#include "tests/unit/http.h"

static struct environ environ_made;
static struct exchange exchange;

/* The value of a variable, or NULL; no variable is there twice. */
static const char *
value_of(const char *name)
{
	const char *value = NULL;
	size_t len = strlen(name);

	for (size_t i = 0; i < environ_made.count; i++) {
		if (strncmp(environ_made.list[i], name, len) != 0 ||
		    environ_made.list[i][len] != '=')
			continue;
		ck_assert_msg(value == NULL, "%s twice", name);
		value = environ_made.list[i] + len + 1;
	}
	ck_assert_ptr_null(environ_made.list[environ_made.count]);
	return value;
}

static bool
make(const char *text, const struct environ_more *more)
{
	struct session session = { .exchange = &exchange };

	ck_assert_int_eq(http_read_text(&exchange.request, text), HTTP_DONE);
	return environ_make(&environ_made, &session, more);
}

static const struct environ_more plain = {
	.path = "/cgi-bin/wiki/a b",
	.script_len = 13,
	.file = "/srv/cgi-bin/wiki",
	.root = "/srv",
	.fd = -1,
};

static const struct {
	const char *fields, *name, *value; /* NULL: there is no such variable */
} cases[] = {
	{ "X-One: 1", "HTTP_X_ONE", "1" },
	{ "x-oNe: \t1 2 ", "HTTP_X_ONE", "1 2" },
	{ "X-Empty:", "HTTP_X_EMPTY", "" },
	{ "X9: 1", "HTTP_X9", "1" },
	/* several lines are one variable, in their order, however their names are written */
	{ "X-A: 1\r\nB: x\r\nx-a: 2\r\nX-a: 3", "HTTP_X_A", "1, 2, 3" },
	{ "X-A: 1, 2\r\nX-A:", "HTTP_X_A", "1, 2, " },
	{ "Cookie: a=1\r\ncookie: b=2", "HTTP_COOKIE", "a=1; b=2" },
	{ "X-A: 1\r\nX-AB: 2", "HTTP_X_A", "1" },
	/* two names must not meet in one variable */
	{ "X_A: evil", "HTTP_X_A", NULL },
	{ "X-A: 1\r\nX_A: evil", "HTTP_X_A", "1" },
	{ "X_A: evil\r\nX-A: 1", "HTTP_X_A", "1" },
	{ "X.A: evil\r\nX~A: evil\r\nX!A: evil", "HTTP_X_A", NULL },
	{ "X^: evil\r\nX~: evil", "HTTP_X", NULL },
	/* the variable of a proxy is not a client's to set */
	{ "Proxy: evil", "HTTP_PROXY", NULL },
	{ "PROXY: evil\r\nproxy: evil", "HTTP_PROXY", NULL },
	{ "Proxy-Connection: x", "HTTP_PROXY", NULL },
	/* secrets, and what is between the client and the server alone */
	{ "Authorization: Basic eDp5", "HTTP_AUTHORIZATION", NULL },
	{ "Proxy-Authorization: x", "HTTP_PROXY_AUTHORIZATION", NULL },
	{ "Connection: x", "HTTP_CONNECTION", NULL },
	{ "Content-Type: a/b", "HTTP_CONTENT_TYPE", NULL },
	/* bytes that a shell would take for its own are a program's business */
	{ "User-Agent: () { :; }; echo x", "HTTP_USER_AGENT", "() { :; }; echo x" },
	{ "X-Utf: \xc3\xb6\xff", "HTTP_X_UTF", "\xc3\xb6\xff" },
	/* the request itself */
	{ "X: 1", "SCRIPT_NAME", "/cgi-bin/wiki" },
	{ "X: 1", "PATH_INFO", "/a b" },
	{ "X: 1", "PATH_TRANSLATED", "/srv/a b" },
	{ "X: 1", "QUERY_STRING", "x=%41+y" },
	{ "X: 1", "REQUEST_URI", "/cgi-bin/wiki/a%20b?x=%41+y" },
	{ "X: 1", "SERVER_NAME", "lab" },
	{ "X: 1", "CONTENT_LENGTH", NULL },
	{ "Content-Type: a/b", "CONTENT_TYPE", NULL },
};

START_TEST(makes_a_variable_of_a_field)
{
	char text[512];
	const char *value;

	snprintf(text, sizeof text,
	    "GET /cgi-bin/wiki/a%%20b?x=%%41+y HTTP/1.1" HOST "\r\n%s" END, cases[_i].fields);
	ck_assert(make(text, &plain));
	value = value_of(cases[_i].name);
	if (cases[_i].value == NULL) {
		ck_assert_ptr_null(value);
	} else {
		ck_assert_ptr_nonnull(value);
		ck_assert_str_eq(value, cases[_i].value);
	}
}
END_TEST

START_TEST(tells_of_content)
{
	struct environ_more more = plain;

	more.has_content = true;
	more.content_len = UINT64_MAX;
	more.script_len = strlen(more.path); /* and nothing behind it */
	ck_assert(
	    make("POST /x HTTP/1.0\r\nContent-Type: a/b\r\nContent-Length: 5" END, &more));
	ck_assert_str_eq(value_of("CONTENT_LENGTH"), "18446744073709551615");
	ck_assert_str_eq(value_of("CONTENT_TYPE"), "a/b");
	ck_assert_str_eq(value_of("SERVER_PROTOCOL"), "HTTP/1.0");
	ck_assert_str_eq(value_of("SERVER_NAME"), "127.0.0.1");
	ck_assert_str_eq(value_of("QUERY_STRING"), "");
	ck_assert_str_eq(value_of("PATH_INFO"), "");
	ck_assert_ptr_null(value_of("PATH_TRANSLATED"));
}
END_TEST

/* The largest head fits; what never should come, does not spill. */
START_TEST(is_whole_or_none)
{
	char text[HTTP_HEAD_MAX], line[64];
	size_t len = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1" HOST "\r\n");

	for (int i = 1; i < HTTP_LINES_MAX; i++) {
		int n = snprintf(line, sizeof line, "X-%d: 12345678901234567890\r\n", i);

		memcpy(text + len, line, (size_t)n + 1);
		len += (size_t)n;
	}
	memcpy(text + len, "\r\n", 3);
	ck_assert(make(text, &plain));
	for (int i = 1; i < HTTP_LINES_MAX; i++) {
		snprintf(line, sizeof line, "HTTP_X_%d", i);
		ck_assert_str_eq(value_of(line), "12345678901234567890");
	}
	while (!environ_made.full)
		environ_add(&environ_made, "MORE", HTTP_SPAN("of it"));
	ck_assert_uint_le(environ_made.count, ENVIRON_VARIABLES);
	ck_assert_uint_le(environ_made.used, ENVIRON_BYTES);
}
END_TEST

Suite *
httpd_environ_suite(void)
{
	Suite *suite = suite_create("httpd_environ");
	TCase *tests = tcase_create("httpd_environ");

	tcase_add_loop_test(
	    tests, makes_a_variable_of_a_field, 0, sizeof cases / sizeof *cases);
	tcase_add_test(tests, tells_of_content);
	tcase_add_test(tests, is_whole_or_none);
	suite_add_tcase(suite, tests);
	return suite;
}
