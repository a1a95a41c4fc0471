/*
 * Guards: a line of a routes(5) file that is understood otherwise than it was meant, and
 * a path that finds the wrong one of two routes.
 */
#include "protocol/routes.h"

#include <string.h>

#include "tests/unit/http.h"

static const struct {
	const char *line;
	enum routes_kind kind;
	bool prefix;
	const char *path, *to;
	int status;
} rights[] = {
	{ "/ folder html\n", ROUTES_FOLDER, true, "/", "html", 0 },
	{ "\t/wiki/\tcgi  cgi-bin/wiki.cgi\r\n", ROUTES_CGI, true, "/wiki/", "cgi-bin/wiki.cgi",
	    0 },
	{ "/time app time.so", ROUTES_APP, false, "/time", "time.so", 0 },
	{ "/a redirect /b", ROUTES_REDIRECT, false, "/a", "/b", 302 },
	{ "/a/ redirect https://example.org/x?y#z 308", ROUTES_REDIRECT, true, "/a/",
	    "https://example.org/x?y#z", 308 },
	{ "\"/my files/\" folder \"/srv/my files\"", ROUTES_FOLDER, true, "/my files/",
	    "/srv/my files", 0 },
	{ "/..a/.b app x", ROUTES_APP, false, "/..a/.b", "x", 0 },
	{ "/private auth users", ROUTES_AUTH, false, "/private", "users", 0 },
	{ "/private/open/ auth -", ROUTES_AUTH, true, "/private/open/", "-", 0 },
};

START_TEST(reads_a_route)
{
	struct routes_rule rule;
	size_t len = strlen(rights[_i].line);

	ck_assert_int_eq(routes_parse(&rule, rights[_i].line, len), ROUTES_RULE);
	ck_assert_int_eq(rule.kind, rights[_i].kind);
	ck_assert_int_eq(rule.prefix, rights[_i].prefix);
	ck_assert_int_eq(rule.status, rights[_i].status);
	expect_span(rule.path, rights[_i].path);
	expect_span(rule.to, rights[_i].to);
	ck_assert_ptr_nonnull(strstr(rights[_i].line, routes_kind_name(rule.kind)));
}
END_TEST

static const struct {
	const char *line;
	enum routes_status status;
} others[] = {
	{ "", ROUTES_BLANK },
	{ " \t\r\n", ROUTES_BLANK },
	{ "  # / folder html", ROUTES_BLANK },
	{ "a folder html", ROUTES_BAD_PATH },
	{ "\"\" folder html", ROUTES_BAD_PATH },
	{ "// folder html", ROUTES_BAD_PATH },
	{ "/a//b/ folder html", ROUTES_BAD_PATH },
	{ "/a/../b/ folder html", ROUTES_BAD_PATH },
	{ "/. app x", ROUTES_BAD_PATH },
	{ "/a/.. app x", ROUTES_BAD_PATH },
	{ "/a folder html", ROUTES_BAD_PATH },
	{ "/", ROUTES_BAD_KIND },
	{ "/ Folder html", ROUTES_BAD_KIND },
	{ "/ file html", ROUTES_BAD_KIND },
	{ "/ folder", ROUTES_NO_TARGET },
	{ "/ folder \"\"", ROUTES_NO_TARGET },
	{ "/ folder html 301", ROUTES_TOO_MANY },
	{ "/ auth", ROUTES_NO_TARGET },
	{ "/ auth a b", ROUTES_TOO_MANY },
	{ "/a/../ auth a", ROUTES_BAD_PATH },
	{ "/ redirect /a 301 x", ROUTES_TOO_MANY },
	{ "/ redirect \"/a b\"", ROUTES_BAD_TARGET },
	{ "/ redirect /\xc3\xa9", ROUTES_BAD_TARGET },
	{ "/ redirect /a 200", ROUTES_BAD_STATUS },
	{ "/ redirect /a 304", ROUTES_BAD_STATUS },
	{ "/ redirect /a x", ROUTES_BAD_STATUS },
	{ "/ redirect /a 4294967597", ROUTES_BAD_STATUS }, /* 2^32 + 301 */
	{ "\"/ folder html", ROUTES_BAD_QUOTE },
	{ "/ fol\"der\" html", ROUTES_BAD_QUOTE },
};

START_TEST(refuses_what_is_no_route)
{
	struct routes_rule rule = { .status = 42 };
	size_t len = strlen(others[_i].line);

	ck_assert_int_eq(routes_parse(&rule, others[_i].line, len), others[_i].status);
	ck_assert_int_eq(rule.status, 42);
	ck_assert_ptr_nonnull(routes_status_words(others[_i].status));
}
END_TEST

START_TEST(refuses_a_nul_and_a_long_line)
{
	char line[ROUTES_LINE_MAX + 2];
	struct routes_rule rule;

	ck_assert_int_eq(routes_parse(&rule, "/\0 folder html", 14), ROUTES_BAD_BYTE);
	memset(line, 'a', sizeof line);
	memcpy(line, "/ folder ", 9);
	ck_assert_int_eq(routes_parse(&rule, line, ROUTES_LINE_MAX), ROUTES_RULE);
	ck_assert_int_eq(routes_parse(&rule, line, ROUTES_LINE_MAX + 1), ROUTES_TOO_LONG);
}
END_TEST

static const char *const site[] = { "/ folder html", "/wiki/ cgi wiki.cgi",
	"/wiki/files/ folder files", "/time app time.so", "/old/ redirect /new/ 301",
	"/here redirect /there/", "/wiki redirect /wiki/Home", "/time app second.so" };

static const struct {
	const char *path;
	enum routes_fit fit;
	const char *route, *rest;
} paths[] = {
	{ "/", ROUTES_YES, "/ folder html", "" },
	{ "/a/b", ROUTES_YES, "/ folder html", "a/b" },
	{ "/wiki/", ROUTES_YES, "/wiki/ cgi wiki.cgi", "" },
	{ "/wiki/a/b", ROUTES_YES, "/wiki/ cgi wiki.cgi", "a/b" },
	{ "/wiki", ROUTES_YES, "/wiki redirect /wiki/Home", "" },
	{ "/wikis", ROUTES_YES, "/ folder html", "wikis" },
	{ "/wiki/files/x", ROUTES_YES, "/wiki/files/ folder files", "x" },
	{ "/wiki/files", ROUTES_SLASH, "/wiki/files/ folder files", "" },
	{ "/time", ROUTES_YES, "/time app time.so", "" },
	{ "/time/", ROUTES_YES, "/ folder html", "time/" },
	{ "/timer", ROUTES_YES, "/ folder html", "timer" },
	{ "/old", ROUTES_SLASH, "/old/ redirect /new/ 301", "" },
};

START_TEST(finds_the_longest_route_that_fits)
{
	enum { COUNT = sizeof site / sizeof *site };
	struct routes_rule rules[COUNT];
	struct http_span path = { paths[_i].path, strlen(paths[_i].path) }, rest;
	size_t which = 99;

	for (size_t i = 0; i < COUNT; i++)
		ck_assert_int_eq(
		    routes_parse(&rules[i], site[i], strlen(site[i])), ROUTES_RULE);
	ck_assert_int_eq(routes_find(rules, COUNT, path, &which, &rest), paths[_i].fit);
	ck_assert_str_eq(site[which], paths[_i].route);
	expect_span(rest, paths[_i].rest);
	/* without the folder of all that is left there is none: 404 */
	ck_assert((routes_find(rules + 1, COUNT - 1, path, &which, &rest) == ROUTES_NO) ==
		  (strcmp(paths[_i].route, site[0]) == 0));
}
END_TEST

START_TEST(leads_somewhere_else)
{
	static const struct {
		const char *line, *rest, *location;
	} redirects[] = { { "/a redirect /b", "", "/b" },
		{ "/a/ redirect /b/", "c d", "/b/c%20d" }, { "/a/ redirect /b/", "", "/b/" },
		{ "/a/ redirect /b", "c", "/b" },
		{ "/a/ redirect http://h/", "\r\nX: y", "http://h/%0D%0AX%3A%20y" } };

	for (size_t i = 0; i < sizeof redirects / sizeof *redirects; i++) {
		struct http_span rest = { redirects[i].rest, strlen(redirects[i].rest) };
		struct routes_rule rule;
		char out[64];
		ssize_t len;

		ck_assert_int_eq(
		    routes_parse(&rule, redirects[i].line, strlen(redirects[i].line)),
		    ROUTES_RULE);
		len = routes_location(out, sizeof out, &rule, rest);
		ck_assert_int_eq(len, (ssize_t)strlen(redirects[i].location));
		ck_assert_str_eq(out, redirects[i].location);
		ck_assert_int_eq(routes_location(out, (size_t)len, &rule, rest), -1);
	}
}
END_TEST

Suite *
routes_suite(void)
{
	Suite *suite = suite_create("routes");
	TCase *tests = tcase_create("routes");

	tcase_add_loop_test(tests, reads_a_route, 0, sizeof rights / sizeof *rights);
	tcase_add_loop_test(tests, refuses_what_is_no_route, 0, sizeof others / sizeof *others);
	tcase_add_test(tests, refuses_a_nul_and_a_long_line);
	tcase_add_loop_test(
	    tests, finds_the_longest_route_that_fits, 0, sizeof paths / sizeof *paths);
	tcase_add_test(tests, leads_somewhere_else);
	suite_add_tcase(suite, tests);
	return suite;
}
