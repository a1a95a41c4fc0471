/*
 * filed: what it says to its operator.
 *
 * Guards against a server that is open to the world by accident.
 */
#include "tests/e2e/filed.h"

static void
expect_usage(const char *const *args, const char *regex)
{
	struct program *p = program_start(args);

	EXPECT(program_await_exit(p) == 2, "not a usage error");
	EXPECT(stream_lines(&p->err) == 1, "%zu lines", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, regex), "no line like %s", regex);
}

START_TEST(not_for_all_without_keys)
{
	expect_usage(ARGS("-p", "0", "-l", "0.0.0.0", "/"), "^filed: -l 0\\.0\\.0\\.0: .*-k");
	expect_usage(ARGS("-p", "0", "-l", "*", "/"), "^filed: -l \\*: .*-k");
	expect_usage(ARGS("-p", "0", "-l", "::", "/"), "^filed: -l ::: .*-k");
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
	expect_usage(ARGS("-p", "0"), "^filed: missing: directory");
	expect_usage(ARGS("-p", "0", "-S", "some", "/"), "^filed: -S: \"some\" is none of");
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

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
