/*
 * Guards: a form's value that is cut at the wrong `&' or `=', or decoded twice. What is
 * expected was made by Python's urllib.parse.parse_qsl.
 */
#include "protocol/http_form.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/http.h"

static const struct {
	const char *form, *pairs;
} forms[] = {
	{ "", "" },
	{ "name=Anna+B.&text=caf%C3%A9&sent=", "[name|Anna B.][text|caf\xc3\xa9][sent|]" },
	{ "a=1&a=2", "[a|1][a|2]" },
	{ "a", "[a|]" },
	{ "&&a=b&", "[a|b]" },
	{ "a=b=c", "[a|b=c]" },
	{ "%61=%2B%26%3D", "[a|+&=]" },
	{ "=x", "[|x]" },
	{ "a=%0d%0a", "[a|\r\n]" },
	{ "+a+=+", "[ a | ]" },
	{ "a=%2541", "[a|%41]" },
};

START_TEST(reads_pairs_as_another_implementation)
{
	struct http_span rest = { forms[_i].form, strlen(forms[_i].form) }, name, value;
	char text[256] = "", one[64], two[64];
	size_t len = 0;

	while (http_form_next(&rest, &name, &value)) {
		ck_assert_int_ge(http_form_decode(one, sizeof one, name), 0);
		ck_assert_int_ge(http_form_decode(two, sizeof two, value), 0);
		len += (size_t)snprintf(text + len, sizeof text - len, "[%s|%s]", one, two);
	}
	ck_assert_str_eq(text, forms[_i].pairs);
}
END_TEST

START_TEST(finds_a_value_by_its_name)
{
	const struct http_span form = HTTP_SPAN("ab=0&a=1&%61=2&b=%zz&c=12345678&d=%00&e");
	char out[8];

	ck_assert_int_eq(http_form_find(out, sizeof out, form, "a"), 1);
	ck_assert_str_eq(out, "1");
	ck_assert_int_eq(http_form_find(out, sizeof out, form, "e"), 0);
	ck_assert_int_eq(http_form_find(out, sizeof out, form, "b"), -1); /* no escape */
	ck_assert_int_eq(http_form_find(out, sizeof out, form, "c"), -1); /* no room */
	ck_assert_int_eq(http_form_find(out, sizeof out, form, "d"), -1); /* a NUL */
	ck_assert_int_eq(http_form_find(out, sizeof out, form, "f"), -1);
	ck_assert_int_eq(http_form_find(out, sizeof out, HTTP_SPAN("%61%62=x"), "ab"), 1);
	ck_assert_int_eq(http_form_decode(out, 0, HTTP_SPAN("")), -1);
	ck_assert_int_eq(http_form_decode(out, sizeof out, HTTP_SPAN("%4")), -1);
}
END_TEST

START_TEST(knows_its_type)
{
	ck_assert(http_form_is(HTTP_SPAN("application/x-www-form-urlencoded")));
	ck_assert(http_form_is(HTTP_SPAN("Application/X-WWW-Form-URLencoded ; charset=utf-8")));
	ck_assert(!http_form_is(HTTP_SPAN("multipart/form-data; boundary=x")));
	ck_assert(!http_form_is(HTTP_SPAN("")));
	ck_assert(!http_form_is((struct http_span){ NULL, 0 }));
}
END_TEST

Suite *
http_form_suite(void)
{
	Suite *suite = suite_create("http_form");
	TCase *tests = tcase_create("http_form");

	tcase_add_loop_test(
	    tests, reads_pairs_as_another_implementation, 0, sizeof forms / sizeof *forms);
	tcase_add_test(tests, finds_a_value_by_its_name);
	tcase_add_test(tests, knows_its_type);
	suite_add_tcase(suite, tests);
	return suite;
}
