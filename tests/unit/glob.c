/*
 * glob: names by pattern.
 */
#include "protocol/glob.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	const char *pattern, *name;
	bool matches;
} globs[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "a", true },
	{ "a", "ab", false },
	{ "*", "", true },
	{ "*", "anything", true },
	{ "*.c", "glob.c", true },
	{ "*.c", "glob.h", false },
	{ "*.c", ".c", true },
	{ "a*b*c", "aXbYbZc", true },
	{ "a*b*c", "aXbYbZ", false },
	{ "**", "a", true },
	{ "?", "", false },
	{ "?", "a", true },
	{ "a?c", "abc", true },
	{ "[abc]", "b", true },
	{ "[abc]", "d", false },
	{ "[a-c]x", "bx", true },
	{ "[!a-c]", "b", false },
	{ "[!a-c]", "d", true },
	{ "[]]", "]", true },
	{ "[a", "[a", true },
	{ "[a", "a", false },
	{ "[a-]", "-", true },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "*[0-9].txt", "note7.txt", true },
	{ "*[0-9].txt", "note.txt", false },
};

START_TEST(matches)
{
	bool got = glob_match(globs[_i].pattern, strlen(globs[_i].pattern), globs[_i].name,
	    strlen(globs[_i].name));

	ck_assert_msg(got == globs[_i].matches, "\"%s\" and \"%s\": %d", globs[_i].pattern,
	    globs[_i].name, got);
}
END_TEST

/* Exponential in a matcher that tries all stars: it would not end. */
START_TEST(cheap)
{
	char pattern[201], name[251];

	for (int i = 0; i < 200; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	memset(name, 'a', 249);
	name[249] = 'b';
	ck_assert(!glob_match(pattern, 200, name, 250));
}
END_TEST

START_TEST(is_pattern)
{
	ck_assert(!glob_is_pattern("a.b", 3));
	ck_assert(glob_is_pattern("a*b", 3));
	ck_assert(glob_is_pattern("a?", 2));
	ck_assert(glob_is_pattern("[a]", 3));
}
END_TEST

Suite *
glob_suite(void)
{
	Suite *suite = suite_create("glob");
	TCase *test = tcase_create("glob");

	tcase_add_loop_test(test, matches, 0, sizeof globs / sizeof *globs);
	tcase_add_test(test, cheap);
	tcase_add_test(test, is_pattern);
	suite_add_tcase(suite, test);
	return suite;
}
