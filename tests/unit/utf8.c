/*
 * Guards: UTF-8 that is only almost UTF-8, and names in which something is hidden.
 */
#include "protocol/utf8.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	const char *text;
	size_t n; /* bytes of the first character; 0: none */
	uint32_t point;
} firsts[] = {
	{ "a", 1, 'a' },
	{ "\x7f", 1, 0x7f },
	{ "\xc2\x80", 2, 0x80 },
	{ "\xc3\xa9t", 2, 0xe9 },
	{ "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 },
	{ "\xe5\x93\x88", 3, 0x54c8 },
	{ "\xed\x9f\xbf", 3, 0xd7ff },
	{ "\xee\x80\x80", 3, 0xe000 },
	{ "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "\x80", 0, 0 },     /* begins with a middle byte */
	{ "\xc0\xaf", 0, 0 }, /* "/", overlong */
	{ "\xc1\xbf", 0, 0 },
	{ "\xe0\x9f\xbf", 0, 0 },
	{ "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "\xed\xa0\x80", 0, 0 },     /* a surrogate */
	{ "\xf4\x90\x80\x80", 0, 0 }, /* beyond the last */
	{ "\xf5\x80\x80\x80", 0, 0 },
	{ "\xff", 0, 0 },
	{ "\xc3", 0, 0 }, /* cut short */
	{ "\xe5\x93", 0, 0 },
	{ "\xe5\x93\x28", 0, 0 }, /* a middle byte that is none */
	{ "\xf0\x9f\x93", 0, 0 },
	{ "", 0, 0 },
};

START_TEST(reads_the_first_character)
{
	uint32_t point = 0;
	size_t len = strlen(firsts[_i].text);

	ck_assert_uint_eq(
	    utf8_next((const uint8_t *)firsts[_i].text, len, &point), firsts[_i].n);
	ck_assert_uint_eq(point, firsts[_i].point);
	if (len > 0)
		ck_assert(
		    utf8_is_valid((const uint8_t *)firsts[_i].text, len) == (firsts[_i].n > 0));
}
END_TEST

START_TEST(never_reads_beyond_the_end)
{
	static const uint8_t phone[] = { 0xf0, 0x9f, 0x93, 0x9e };
	uint32_t point;

	for (size_t len = 0; len < sizeof phone; len++)
		ck_assert_uint_eq(utf8_next(phone, len, &point), 0);
	ck_assert(utf8_is_valid(phone, sizeof phone));
}
END_TEST

START_TEST(knows_what_may_be_in_a_name)
{
	static const uint32_t good[] = { 'a', 'Z', '0', '9', '-', '_', '.', 0xe9, 0xfc, 0x416,
		0x5d0, 0x54c8, 0xac00, 0x1f600 };
	static const uint32_t bad[] = { 0, '\n', ' ', '!', '#', '/', '@', ':', 0x7f, 0x85, 0x9b,
		0xa0, 0xad, 0xd7, 0x200b, 0x202e, 0x2066, 0x2028, 0x3000, 0xfeff, 0xe000,
		0xfffd, 0xffff, 0xe0001, 0x10ffff };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(utf8_is_name_character(good[i]), "U+%04X", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!utf8_is_name_character(bad[i]), "U+%04X", bad[i]);
}
END_TEST

Suite *
utf8_suite(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_loop_test(
	    tcase, reads_the_first_character, 0, (int)(sizeof firsts / sizeof *firsts));
	tcase_add_test(tcase, never_reads_beyond_the_end);
	tcase_add_test(tcase, knows_what_may_be_in_a_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
