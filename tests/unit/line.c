/*
 * Guards: half a character left behind by backspace, keys that end up in the text, and a
 * line wider than the terminal.
 */
#include <string.h>

#include "clients/udpchat/udpchat.h"
#include "tests/unit/unit.h"

static const struct {
	const char *keys, *text;
	enum line_event last;
} typed[] = {
	{ "hello", "hello", LINE_CHANGED },
	{ "hello\n", "hello", LINE_READY },
	{ "hallo\b\b\b\b"
	  "ello\r",
	    "hello", LINE_READY },
	{ "caf\xc3\xa9\x7f\x7f", "ca", LINE_CHANGED },
	{ "\xe5\x93\x88\xe5\x93\x88\x7f", "\xe5\x93\x88", LINE_CHANGED },
	{ "\x7f\x7f", "", LINE_CHANGED },
	{ "one two\25three", "three", LINE_CHANGED },
	{ "one two  \27", "one ", LINE_CHANGED },
	{ "one\27\27", "", LINE_CHANGED },
	{ "a\4", "a", LINE_NOTHING }, /* ^D ends an empty line only */
	{ "\4", "", LINE_ENDED },
	{ "a\33[Ab\33[1;5Cc\33OPd", "abcd", LINE_CHANGED },
	{ "a\33xb", "ab", LINE_CHANGED },
	{ "a\tb\1\2c", "a bc", LINE_CHANGED },
};

START_TEST(edits)
{
	struct line line = { .len = 0 };
	enum line_event event = LINE_NOTHING;

	for (const char *key = typed[_i].keys; *key; key++)
		event = line_key(&line, (unsigned char)*key);
	ck_assert_int_eq(event, typed[_i].last);
	ck_assert_uint_eq(line.len, strlen(typed[_i].text));
	ck_assert_mem_eq(line.text, typed[_i].text, line.len);
}
END_TEST

START_TEST(is_bounded)
{
	struct line line = { .len = 0 };

	for (int i = 0; i < LINE_MAX_BYTES - 1; i++)
		ck_assert_int_eq(line_key(&line, 'x'), LINE_CHANGED);
	ck_assert_int_eq(line_key(&line, 'x'), LINE_FULL);
	ck_assert_int_eq(line_key(&line, '\b'), LINE_CHANGED);
	ck_assert_int_eq(line_key(&line, 'x'), LINE_CHANGED);
}
END_TEST

static const struct {
	const char *text;
	size_t columns, begin, len;
} seen[] = {
	{ "hello", 10, 0, 5 },
	{ "hello", 5, 0, 5 },
	{ "hello", 3, 2, 5 },
	{ "\xe5\x93\x88\xe5\x93\x88", 3, 3, 6 }, /* two columns each */
	{ "a\xe5\x93", 10, 0, 1 },		 /* not complete yet */
	{ "", 10, 0, 0 },
};

START_TEST(shows_the_end)
{
	size_t len = strlen(seen[_i].text);

	ck_assert_uint_eq(line_visible(seen[_i].text, &len, seen[_i].columns), seen[_i].begin);
	ck_assert_uint_eq(len, seen[_i].len);
}
END_TEST

Suite *
line_suite(void)
{
	Suite *suite = suite_create("line");
	TCase *tcase = tcase_create("line");

	tcase_add_loop_test(tcase, edits, 0, (int)(sizeof typed / sizeof *typed));
	tcase_add_test(tcase, is_bounded);
	tcase_add_loop_test(tcase, shows_the_end, 0, (int)(sizeof seen / sizeof *seen));
	suite_add_tcase(suite, tcase);
	return suite;
}
