/*
 * Guards: a path that leaves the root, however it is written: decoded twice, or not at
 * all where it is compared, or cut off by a NUL.
 */
#include "protocol/http_target.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/http_hostname.h"
#include "tests/unit/http.h"

static const struct {
	const char *path, *canonical; /* NULL: the fault */
	enum http_fault fault;
} paths[] = {
	{ "/", "/", 0 },
	{ "/a", "/a", 0 },
	{ "/a/", "/a/", 0 },
	{ "/a/b.html", "/a/b.html", 0 },
	{ "//", "/", 0 },
	{ "//evil.example/x", "/evil.example/x", 0 },
	{ "/a//b///c//", "/a/b/c/", 0 },
	{ "/.", "/", 0 },
	{ "/./", "/", 0 },
	{ "/a/.", "/a/", 0 },
	{ "/a/./b", "/a/b", 0 },
	{ "/a/..", "/", 0 },
	{ "/a/../", "/", 0 },
	{ "/a/b/..", "/a/", 0 },
	{ "/a/b/../c", "/a/c", 0 },
	{ "/a/b/../../c", "/c", 0 },
	{ "/a//../b", "/b", 0 },
	/* RFC 3986 5.2.4, its example; 6.2.2 */
	{ "/a/b/c/./../../g", "/a/g", 0 },
	{ "/%7Eanna", "/~anna", 0 },
	{ "/%7eanna", "/~anna", 0 },
	{ "/%61%2Eb", "/a.b", 0 },
	/* names that only look like these */
	{ "/...", "/...", 0 },
	{ "/..a/.b", "/..a/.b", 0 },
	{ "/a./b..", "/a./b..", 0 },
	/* encoded once */
	{ "/a/%2e%2e/b", "/b", 0 },
	{ "/a/.%2e", "/", 0 },
	{ "/a/%2E/b", "/a/b", 0 },
	{ "/a%252e", "/a%2e", 0 },
	{ "/%252e%252e/a", "/%2e%2e/a", 0 },
	{ "/a%20b+c", "/a b+c", 0 },
	{ "/%C3%A9/\xc3\xa9", "/\xc3\xa9/\xc3\xa9", 0 },
	{ "/a%0d%0a", "/a\r\n", 0 },
	{ "/a\\..\\b", "/a\\..\\b", 0 },
	/* what is wrong */
	{ "", NULL, HTTP_BAD_TARGET },
	{ "*", NULL, HTTP_BAD_TARGET },
	{ "a", NULL, HTTP_BAD_TARGET },
	{ "/..", NULL, HTTP_ABOVE_ROOT },
	{ "/../", NULL, HTTP_ABOVE_ROOT },
	{ "/../../etc/passwd", NULL, HTTP_ABOVE_ROOT },
	{ "/a/../../b", NULL, HTTP_ABOVE_ROOT },
	{ "//..", NULL, HTTP_ABOVE_ROOT },
	{ "/./..", NULL, HTTP_ABOVE_ROOT },
	{ "/%2e%2e/etc", NULL, HTTP_ABOVE_ROOT },
	{ "/.%2e/.%2E/etc", NULL, HTTP_ABOVE_ROOT },
	{ "/cgi-bin/.%2e/.%2e/bin/sh", NULL, HTTP_ABOVE_ROOT }, /* CVE-2021-41773 */
	{ "/a%2Fb", NULL, HTTP_SLASH_IN_NAME },
	{ "/..%2f..%2fetc", NULL, HTTP_SLASH_IN_NAME },
	{ "/a%00.html", NULL, HTTP_NUL_IN_PATH },
	{ "/%", NULL, HTTP_BAD_ESCAPE },
	{ "/a%4", NULL, HTTP_BAD_ESCAPE },
	{ "/a%4/", NULL, HTTP_BAD_ESCAPE },
	{ "/a%zz", NULL, HTTP_BAD_ESCAPE },
	{ "/a%+1", NULL, HTTP_BAD_ESCAPE },
	{ "/a%u0041", NULL, HTTP_BAD_ESCAPE },
};

START_TEST(finds_the_one_true_form)
{
	char out[64];
	size_t len = 99;
	struct http_span path = { paths[_i].path, strlen(paths[_i].path) };

	ck_assert_int_eq(http_path_canonical(out, sizeof out, path, &len), paths[_i].fault);
	if (paths[_i].canonical == NULL)
		return;
	ck_assert_str_eq(out, paths[_i].canonical);
	ck_assert_uint_eq(len, strlen(out));
}
END_TEST

/* The least room that does, in a block of its size; with one byte less it says so. */
START_TEST(never_writes_beyond_its_room)
{
	struct http_span path = { paths[_i].path, strlen(paths[_i].path) };
	bool right = false;

	for (size_t cap = 0; cap <= path.len + 2; cap++) {
		char *out = malloc(cap ? cap : 1);
		size_t len;
		enum http_fault fault;

		ck_assert_ptr_nonnull(out);
		fault = http_path_canonical(out, cap, path, &len);
		ck_assert(!right || fault == HTTP_FINE);
		right = fault == HTTP_FINE;
		ck_assert(!right || len < cap);
		free(out);
	}
	ck_assert(right == (paths[_i].canonical != NULL));
}
END_TEST

START_TEST(agrees_with_the_parser_on_what_is_plain)
{
	char text[256] = "GET ", out[64];
	struct http_request request;
	size_t len;

	if (paths[_i].path[0] != '/')
		return;
	strcat(text, paths[_i].path);
	strcat(text, " HTTP/1.1" HOST END);
	ck_assert_int_eq(http_read_text(&request, text), HTTP_DONE);
	if (!request.plain_path)
		return;
	ck_assert_int_eq(
	    http_path_canonical(out, sizeof out, http_path(&request), &len), HTTP_FINE);
	expect_span(http_path(&request), out);
	ck_assert(!http_path_is_hidden(http_path(&request)));
}
END_TEST

START_TEST(hides_names_with_a_dot)
{
	static const struct {
		const char *path;
		bool hidden;
	} names[] = { { "/", false }, { "/a.b", false }, { "/a./b", false }, { "/.a", true },
		{ "/a/.b", true }, { "/.a/b", true }, { "/.well-known", false },
		{ "/.well-known/acme", false }, { "/.well-known/.a", true },
		{ "/.well-knowns", true }, { "/a/.well-known/x", true }, { "/...", true } };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert(http_path_is_hidden((struct http_span){
			      names[i].path, strlen(names[i].path) }) == names[i].hidden);
}
END_TEST

START_TEST(decodes_once)
{
	char out[8];

	ck_assert_int_eq(http_decode(out, sizeof out, HTTP_SPAN("%41%2541+")), 5);
	ck_assert_str_eq(out, "A%41+");
	ck_assert_int_eq(http_decode(out, sizeof out, HTTP_SPAN("1234567")), 7);
	ck_assert_int_eq(http_decode(out, sizeof out, HTTP_SPAN("12345678")), -1);
	ck_assert_int_eq(http_decode(out, sizeof out, HTTP_SPAN("")), 0);
	ck_assert_int_eq(http_decode(out, 0, HTTP_SPAN("")), -1);
	ck_assert_int_eq(http_decode(out, 1, HTTP_SPAN("a")), -1);
	ck_assert_int_eq(http_decode(out, sizeof out, HTTP_SPAN("%00")), -1);
	ck_assert_int_eq(http_decode(out, sizeof out, HTTP_SPAN("%4")), -1);
}
END_TEST

static const struct {
	const char *host, *name; /* NULL: none */
} hosts[] = {
	{ "lab", "lab" },
	{ "LAB", "lab" },
	{ "www.Lab.Example", "www.lab.example" },
	{ "lab.", "lab" },
	{ "127.0.0.1", "127.0.0.1" },
	{ "a-b.x--y.z_1", "a-b.x--y.z_1" },
	{ "_a", "_a" },
	{ "9", "9" },
	/* no names, or none of a folder */
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ "...", NULL },
	{ "lab..", NULL },
	{ ".lab", NULL },
	{ "a..b", NULL },
	{ "-a", NULL },
	{ "a.-b", NULL },
	{ "a/b", NULL },
	{ "a\\b", NULL },
	{ "%2e%2e", NULL },
	{ "[::1]", NULL },
	{ "a:80", NULL },
	{ "a b", NULL },
	{ "a~b", NULL },
	{ "\xc3\xa9", NULL },
};

START_TEST(makes_one_name_of_a_host)
{
	char out[HTTP_HOSTNAME_MAX + 1];
	bool is =
	    http_hostname(out, (struct http_span){ hosts[_i].host, strlen(hosts[_i].host) });

	ck_assert_msg(is == (hosts[_i].name != NULL), "%s", hosts[_i].host);
	if (is)
		ck_assert_str_eq(out, hosts[_i].name);
}
END_TEST

START_TEST(bounds_the_name_of_a_host)
{
	char out[HTTP_HOSTNAME_MAX + 1], name[HTTP_HOSTNAME_MAX + 3];

	memset(name, 'a', sizeof name);
	ck_assert(http_hostname(out, (struct http_span){ name, HTTP_LABEL_MAX }));
	ck_assert(!http_hostname(out, (struct http_span){ name, HTTP_LABEL_MAX + 1 }));
	for (size_t i = HTTP_LABEL_MAX; i < sizeof name; i += HTTP_LABEL_MAX + 1)
		name[i] = '.';
	ck_assert(http_hostname(out, (struct http_span){ name, HTTP_HOSTNAME_MAX }));
	ck_assert(!http_hostname(out, (struct http_span){ name, HTTP_HOSTNAME_MAX + 1 }));
	name[HTTP_HOSTNAME_MAX] = '.'; /* the dot at its end does not count */
	ck_assert(http_hostname(out, (struct http_span){ name, HTTP_HOSTNAME_MAX + 1 }));
	ck_assert_uint_eq(strlen(out), HTTP_HOSTNAME_MAX);
	ck_assert(!http_hostname(out, (struct http_span){ NULL, 0 }));
}
END_TEST

Suite *
http_target_suite(void)
{
	Suite *suite = suite_create("http_target");
	TCase *tests = tcase_create("http_target");
	const int count = sizeof paths / sizeof *paths;

	tcase_add_loop_test(tests, finds_the_one_true_form, 0, count);
	tcase_add_loop_test(tests, never_writes_beyond_its_room, 0, count);
	tcase_add_loop_test(tests, agrees_with_the_parser_on_what_is_plain, 0, count);
	tcase_add_test(tests, hides_names_with_a_dot);
	tcase_add_test(tests, decodes_once);
	tcase_add_loop_test(tests, makes_one_name_of_a_host, 0, sizeof hosts / sizeof *hosts);
	tcase_add_test(tests, bounds_the_name_of_a_host);
	suite_add_tcase(suite, tests);
	return suite;
}
