/*
 * filed: what it says to its operator.
 *
 * Guards against a server that is open to the world by accident.
 */
#include "tests/e2e/filed.h"

START_TEST(not_for_all_without_keys)
{
	program_expect_usage(
	    ARGS("-p", "0", "-l", "0.0.0.0", "/"), "^filed: -l 0\\.0\\.0\\.0: .*-k");
	program_expect_usage(ARGS("-p", "0", "-l", "*", "/"), "^filed: -l \\*: .*-k");
	program_expect_usage(ARGS("-p", "0", "-l", "::", "/"), "^filed: -l ::: .*-k");
}
END_TEST

START_TEST(no_such_directory)
{
	struct program *p =
	    program_start(ARGS("-p", "0", text_of("%s/none", temporary_directory())));

	EXPECT(program_await_exit(p) == 1, "it serves what is not there");
	EXPECT(program_has_line(&p->err, "^filed: .*/none: ENOENT \\("), "no reason");
}
END_TEST

START_TEST(one_directory)
{
	program_expect_usage(ARGS("-p", "0"), "^filed: missing: directory");
	program_expect_usage(
	    ARGS("-p", "0", "-S", "some", "/"), "^filed: -S: \"some\" is none of");
}
END_TEST

START_TEST(what_only_root_may_see_is_not_served)
{
	lab_expect_shut_out();
}
END_TEST

void
filed_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(not_for_all_without_keys, ONCE),
		OURS(no_such_directory, ONCE),
		OURS(one_directory, ONCE),
	};
	const struct check as_root[] = { OURS(what_only_root_may_see_is_not_served, ONCE) };

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_root(), suite, as_root, ARRAY_LENGTH(as_root));
}
