/*
 * Guards: a name or a password that two programs read differently: base64 with something
 * before, in or behind it, a NUL that cuts a string, a second colon taken for the first.
 */
#include "protocol/http_basic.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/http.h"

static const struct {
	const char *value, *name, *password; /* NULL: refused */
} values[] = {
	/* RFC 7617 2 and 2.1: the password has a pound sign in UTF-8 */
	{ "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame" },
	{ "Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3" }, { "basic YTpi", "a", "b" },
	{ "BASIC   YTpi", "a", "b" }, { "Basic YTo=", "a", "" },
	{ "Basic YTo6Yjo=", "a", ":b:" }, { "Basic YTovPz4/", "a", "/?>?" },
	{ "Basic YTr+++++", "a", "\xfe\xfb\xef\xbe" },
	/* no such thing */
	{ "", NULL, NULL }, { "Basic", NULL, NULL }, { "Basic ", NULL, NULL },
	{ "BasicYTpi", NULL, NULL }, { "Basic\tYTpi", NULL, NULL },
	{ "Bearer YTpi", NULL, NULL }, { "Digest username=\"a\"", NULL, NULL },
	{ "Basic YTpi YTpi", NULL, NULL }, { "Basic YTpi,", NULL, NULL },
	{ "Basic YTpi====", NULL, NULL }, { "Basic ====", NULL, NULL },
	{ "Basic Y===", NULL, NULL }, { "Basic YTp", NULL, NULL },
	{ "Basic YTo", NULL, NULL },  /* without its padding */
	{ "Basic YTp=", NULL, NULL }, /* bits behind the end: another code for `a:' */
	{ "Basic YTo=YTo=", NULL, NULL }, { "Basic YT=i", NULL, NULL },
	{ "Basic YTp-", NULL, NULL }, { "Basic YTp_", NULL, NULL },
	{ "Basic YWI=", NULL, NULL },	  /* ab: no colon */
	{ "Basic OmI=", NULL, NULL },	  /* :b: no name */
	{ "Basic YQA6Yg==", NULL, NULL }, /* a NUL b */
	{ "Basic YTpiAA==", NULL, NULL }, /* a:b NUL */
	{ "Basic YTpiCg==", NULL, NULL }, /* a:b LF */
	{ "Basic YX86Yg==", NULL, NULL }, /* DEL */
};

START_TEST(reads_a_name_and_a_password)
{
	struct http_basic basic = { .name = "untouched" };
	size_t len = strlen(values[_i].value);
	char *exact = malloc(len ? len : 1);
	bool is;

	ck_assert_ptr_nonnull(exact);
	memcpy(exact, values[_i].value, len);
	is = http_basic_read(&basic, (struct http_span){ exact, len });
	free(exact);
	ck_assert_msg(is == (values[_i].name != NULL), "%s", values[_i].value);
	ck_assert_str_eq(basic.name, is ? values[_i].name : "untouched");
	if (is)
		ck_assert_str_eq(basic.password, values[_i].password);
}
END_TEST

/* "Basic " and so many times three bytes: aaa, then a colon, then aaa. */
static bool
reads(size_t name_len, size_t password_len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[2048], value[4096] = "Basic ";
	struct http_basic basic;
	size_t len = name_len + 1 + password_len, at = 6;

	memset(text, 'a', sizeof text);
	text[name_len] = ':';
	for (size_t i = 0; i < len; i += 3) {
		unsigned bits = (unsigned)text[i] << 16;

		bits |= i + 1 < len ? (unsigned)text[i + 1] << 8 : 0;
		bits |= i + 2 < len ? (unsigned)text[i + 2] : 0;
		for (unsigned n = 0; n < 4; n++)
			value[at++] = i + n > len ? '=' : digits[bits >> (18 - 6 * n) & 63];
	}
	if (!http_basic_read(&basic, (struct http_span){ value, at }))
		return false;
	ck_assert_uint_eq(strlen(basic.name), name_len);
	ck_assert_uint_eq(strlen(basic.password), password_len);
	return true;
}

START_TEST(keeps_its_room)
{
	for (size_t n = 1; n < 70; n++)
		ck_assert(reads(n, 70 - n));
	ck_assert(reads(HTTP_BASIC_NAME_MAX, HTTP_BASIC_PASSWORD_MAX));
	ck_assert(!reads(HTTP_BASIC_NAME_MAX + 1, 1));
	ck_assert(!reads(1, HTTP_BASIC_PASSWORD_MAX + 1));
	ck_assert(!reads(HTTP_BASIC_NAME_MAX, HTTP_BASIC_PASSWORD_MAX + 1));
	ck_assert(!reads(1000, 1000));
}
END_TEST

Suite *
http_basic_suite(void)
{
	Suite *suite = suite_create("http_basic");
	TCase *tests = tcase_create("http_basic");

	tcase_add_loop_test(
	    tests, reads_a_name_and_a_password, 0, sizeof values / sizeof *values);
	tcase_add_test(tests, keeps_its_room);
	suite_add_tcase(suite, tests);
	return suite;
}
