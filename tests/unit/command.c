/*
 * Guards: words that run past their payload or swallow each other, an EXIT that is
 * too short or of an unknown kind, and a line of commands(5) that allows more than it
 * says.
 */
#include "protocol/command.h"

#include <string.h>

#include "protocol/allow.h"
#include "tests/unit/unit.h"

struct exec_case {
	const char *bytes;
	size_t len;
	int count; /* -1: refused */
	const char *words[4];
};

static const struct exec_case exec_cases[] = {
	{ "ls\0-l", 6, 2, { "ls", "-l" } },
	{ "x", 2, 1, { "x" } },
	{ "\0", 1, 1, { "" } },
	{ "a\0\0b", 5, 3, { "a", "", "b" } },
	{ "", 0, -1, { NULL } },
	{ "ls", 2, -1, { NULL } },
	{ "ls\0-l", 5, -1, { NULL } },
};

START_TEST(unpacks_words)
{
	const struct exec_case *c = &exec_cases[_i];
	const char *words[COMMAND_ARGS_MAX + 1];
	char exact[16]; /* so that a sanitizer sees a read beyond */

	memcpy(exact + sizeof exact - c->len, c->bytes, c->len);
	ck_assert_int_eq(
	    command_unpack_exec(exact + sizeof exact - c->len, c->len, words), c->count);
	for (int i = 0; i < c->count; i++)
		ck_assert_str_eq(words[i], c->words[i]);
	if (c->count > 0)
		ck_assert_ptr_null(words[c->count]);
}
END_TEST

START_TEST(counts_words)
{
	static char many[COMMAND_ARGS_MAX + 1];
	const char *words[COMMAND_ARGS_MAX + 1];

	ck_assert_int_eq(command_unpack_exec(many, COMMAND_ARGS_MAX, words), COMMAND_ARGS_MAX);
	ck_assert_int_eq(command_unpack_exec(many, COMMAND_ARGS_MAX + 1, words), -1);
}
END_TEST

START_TEST(packs_words)
{
	const char *const words[] = { "ls", "", "-l", NULL }, *const none[] = { NULL };
	uint8_t payload[16];

	ck_assert_int_eq(command_pack_exec(words, payload, sizeof payload), 7);
	ck_assert_mem_eq(payload, "ls\0\0-l\0", 7);
	ck_assert_int_eq(command_pack_exec(words, payload, 6), -1);
	ck_assert_int_eq(command_pack_exec(none, payload, sizeof payload), -1);
}
END_TEST

START_TEST(exit_there_and_back)
{
	struct command_exit end = { .end = COMMAND_NOT_STARTED,
		.number = 127,
		.out_bytes = UINT64_MAX,
		.err_bytes = 1,
		.out_sum = { 1, 2 },
		.err_sum = { 3, [31] = 4 },
		.words = "no such" },
			    back;
	uint8_t payload[COMMAND_EXIT_MAX];
	int len = command_pack_exit(&end, payload, sizeof payload);

	/* Python: struct.pack("!IQQ", 127, 2**64 - 1, 1) */
	ck_assert_mem_eq(
	    payload, "\0\0\0\177\377\377\377\377\377\377\377\377\0\0\0\0\0\0\0\1", 20);
	ck_assert_int_eq(len, COMMAND_EXIT_MIN + 7);
	ck_assert(command_unpack_exit(&back, COMMAND_NOT_STARTED, payload, (size_t)len));
	ck_assert_uint_eq(back.out_bytes, end.out_bytes);
	ck_assert_mem_eq(back.err_sum, end.err_sum, COMMAND_SUM);
	ck_assert_str_eq(back.words, "no such");
	for (size_t i = 0; i < COMMAND_EXIT_MIN; i++)
		ck_assert(!command_unpack_exit(&back, COMMAND_EXITED, payload, i));
	ck_assert(!command_unpack_exit(&back, 0, payload, (size_t)len));
	ck_assert(!command_unpack_exit(&back, COMMAND_NOT_STARTED + 1, payload, (size_t)len));
	ck_assert(!command_unpack_exit(&back, COMMAND_EXITED, payload, COMMAND_EXIT_MAX + 1));
	ck_assert_int_eq(command_pack_exit(&end, payload, (size_t)len - 1), -1);
}
END_TEST

START_TEST(knows_a_plain_word)
{
	ck_assert(!command_wants_shell("ls"));
	ck_assert(!command_wants_shell("/usr/bin/x-1.2_y+z:a@b,c%d"));
	ck_assert(command_wants_shell("a b"));
	ck_assert(command_wants_shell("a|b"));
	ck_assert(command_wants_shell("$HOME"));
	ck_assert(command_wants_shell("A=1"));
	ck_assert(command_wants_shell("caf\xc3\xa9"));
}
END_TEST

struct rule_case {
	const char *line;
	enum allow_status status;
	const char *words; /* separated by '|'; the name first */
	bool extra;
};

static const struct rule_case rule_cases[] = {
	{ "date /bin/date -u\n", ALLOW_RULE, "date|/bin/date|-u", false },
	{ "say /bin/echo ...", ALLOW_RULE, "say|/bin/echo", true },
	{ "\tsay\t /bin/echo\t\"...\" \r\n", ALLOW_RULE, "say|/bin/echo|...", false },
	{ "x /a \"b  c\" \"\"", ALLOW_RULE, "x|/a|b  c|", false },
	{ "x /a ... b", ALLOW_RULE, "x|/a|...|b", false },
	{ "x \"/a b\"", ALLOW_RULE, "x|/a b", false },
	{ "x /a .... ..", ALLOW_RULE, "x|/a|....|..", false },
	{ "x /a #b", ALLOW_RULE, "x|/a|#b", false },
	{ "", ALLOW_BLANK, NULL, false },
	{ " \t\r\n", ALLOW_BLANK, NULL, false },
	{ "  # x /a", ALLOW_BLANK, NULL, false },
	{ "x", ALLOW_NO_PROGRAM, NULL, false },
	{ "x \"\"", ALLOW_NO_PROGRAM, NULL, false },
	{ "x ...", ALLOW_NOT_ABSOLUTE, NULL, false },
	{ "x echo", ALLOW_NOT_ABSOLUTE, NULL, false },
	{ "x ./a", ALLOW_NOT_ABSOLUTE, NULL, false },
	{ "x/y /a", ALLOW_BAD_NAME, NULL, false },
	{ "\"\" /a", ALLOW_BAD_NAME, NULL, false },
	{ "x /a \"b", ALLOW_BAD_QUOTE, NULL, false },
	{ "x /a \"b\"c", ALLOW_BAD_QUOTE, NULL, false },
	{ "x /a b\"c\"", ALLOW_BAD_QUOTE, NULL, false },
	{ "x /a \"", ALLOW_BAD_QUOTE, NULL, false },
};

START_TEST(parses_a_line)
{
	const struct rule_case *c = &rule_cases[_i];
	struct allow_rule rule;
	char words[128];
	size_t used;

	ck_assert_int_eq(allow_parse(&rule, c->line, strlen(c->line)), c->status);
	ck_assert(strlen(allow_status_words(c->status)) > 0);
	if (c->status != ALLOW_RULE)
		return;
	used = rule.name.len;
	memcpy(words, rule.name.at, used);
	for (size_t i = 0; i < rule.count; i++) {
		words[used++] = '|';
		memcpy(words + used, rule.words[i].at, rule.words[i].len);
		used += rule.words[i].len;
	}
	words[used] = '\0';
	ck_assert_str_eq(words, c->words);
	ck_assert(rule.extra == c->extra);
}
END_TEST

START_TEST(bounds_a_line)
{
	static char line[ALLOW_LINE_MAX + 2];
	struct allow_rule rule;

	ck_assert_int_eq(allow_parse(&rule, "x /a\0b", 6), ALLOW_BAD_BYTE);
	memset(line, 'a', sizeof line);
	memcpy(line, "x /", 3);
	ck_assert_int_eq(allow_parse(&rule, line, ALLOW_LINE_MAX), ALLOW_RULE);
	ck_assert_int_eq(allow_parse(&rule, line, ALLOW_LINE_MAX + 1), ALLOW_TOO_LONG);
	for (size_t i = 4; i < 4 + 2 * ALLOW_WORDS_MAX; i += 2)
		memcpy(line + i, " a", 2);
	ck_assert_int_eq(allow_parse(&rule, line, 4 + 2 * (ALLOW_WORDS_MAX - 1)), ALLOW_RULE);
	ck_assert_uint_eq(rule.count, ALLOW_WORDS_MAX);
	ck_assert_int_eq(allow_parse(&rule, line, 4 + 2 * ALLOW_WORDS_MAX), ALLOW_TOO_LONG);
}
END_TEST

Suite *
command_suite(void)
{
	Suite *suite = suite_create("command");
	TCase *tcase = tcase_create("command");

	tcase_add_loop_test(
	    tcase, unpacks_words, 0, (int)(sizeof exec_cases / sizeof *exec_cases));
	tcase_add_test(tcase, counts_words);
	tcase_add_test(tcase, packs_words);
	tcase_add_test(tcase, exit_there_and_back);
	tcase_add_test(tcase, knows_a_plain_word);
	tcase_add_loop_test(
	    tcase, parses_a_line, 0, (int)(sizeof rule_cases / sizeof *rule_cases));
	tcase_add_test(tcase, bounds_a_line);
	suite_add_tcase(suite, tcase);
	return suite;
}
