/*
 * Guards: a peer that forges a log line or drives the terminal, a lost errno,
 * a line that is written in pieces.
 */
#include "common/log.h"

#include <errno.h>
#include <string.h>

#include "common/trace.h"
#include "tests/unit/unit.h"

static const struct {
	const char *in, *out;
} escapes[] = {
	{ "plain text", "plain text" },
	{ "two\nlines", "two\\x0alines" },
	{ "\033[2J", "\\x1b[2J" },
	{ "tab\tdel\177", "tab\\x09del\\x7f" },
	{ "哈哈", "哈哈" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "\xf0\x9f\x93\x9e", "\xf0\x9f\x93\x9e" },
	{ "\xc2\x9b"
	  "31m",
	    "\\xc2\\x9b31m" },	      /* U+009B: a terminal's CSI */
	{ "\xc0\xaf", "\\xc0\\xaf" }, /* "/" in two bytes: overlong */
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* a surrogate */
	{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },
	{ "cut \xe5\x93", "cut \\xe5\\x93" },
	{ "\xff\xfe", "\\xff\\xfe" },
	{ "", "" },
};

START_TEST(escapes_what_could_harm)
{
	char out[64];
	size_t len = log_escape(out, sizeof out, escapes[_i].in, strlen(escapes[_i].in));

	ck_assert_str_eq(out, escapes[_i].out);
	ck_assert_uint_eq(len, strlen(out));
}
END_TEST

START_TEST(escape_never_passes_its_room)
{
	char out[40];

	memset(out, 'x', sizeof out);
	ck_assert_uint_lt(log_escape(out, (size_t)_i, "\1\2\3\4哈哈哈哈", 16), (size_t)_i);
	ck_assert_uint_lt(strlen(out), (size_t)_i);
	for (size_t i = (size_t)_i; i < sizeof out; i++)
		ck_assert_int_eq(out[i], 'x');
}
END_TEST

START_TEST(a_colon_appends_errno)
{
	log_open("unit", LOG_LEVEL_NOTICE);
	capture_begin(2);
	errno = EADDRINUSE;
	log_error("bind %s:", "here");
	ck_assert_int_eq(errno, EADDRINUSE);
	log_notice("%s", "ends in a colon by chance:");
	errno = 4000;
	log_error("strange:");
	ck_assert_str_eq(capture_end(), "unit: bind here: EADDRINUSE (Address already in use)\n"
					"unit: ends in a colon by chance:\n"
					"unit: strange: E4000 (Unknown error 4000)\n");
}
END_TEST

START_TEST(levels)
{
	static const char *const said[] = { "u: error\n", "u: error\nu: notice\n",
		"u: error\nu: notice\nu: step\nu: talk    7 bytes\n" };

	log_open("u", (enum log_level)_i);
	capture_begin(2);
	log_error("error");
	log_notice("notice");
	log_step("step");
	trace_step(TRACE_TALK, "%d bytes", 7);
	ck_assert_str_eq(capture_end(), said[_i]);
}
END_TEST

/* What a network program meets, by the library or by the table; and numbers without a name. */
START_TEST(names_of_errors)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
#define NAME(e) { e, #e }
		NAME(EADDRINUSE),
		NAME(EAGAIN),
		NAME(EBADMSG),
		NAME(ECONNREFUSED),
		NAME(ENETRESET),
		NAME(EOPNOTSUPP),
		NAME(EOVERFLOW),
		NAME(EPROTOTYPE),
		NAME(ESTALE),
#undef NAME
		{ 0, "E0" },
		{ -1, "E-1" },
		{ 99999, "E99999" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_str_eq(log_errno_name(names[i].error), names[i].name);
}
END_TEST

START_TEST(a_long_line_is_cut_and_stays_one)
{
	char text[3 * LOG_LINE_MAX];
	const char *line;

	memset(text, _i ? '\1' : 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	log_open("unit", LOG_LEVEL_NOTICE);
	capture_begin(2);
	log_error("%s", text);
	line = capture_end();
	ck_assert_uint_le(strlen(line), LOG_LINE_MAX);
	ck_assert_str_eq(line + strlen(line) - 4, "...\n");
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
}
END_TEST

START_TEST(shows_bytes)
{
	log_open("u", LOG_LEVEL_ERROR);
	capture_begin(2);
	trace_bytes(TRACE_IN, "unseen", 6);
	trace_show_bytes();
	trace_bytes(TRACE_OUT, "hello, switchboard\n\xff", 20);
	ck_assert_str_eq(capture_end(),
	    "u: -> 000000  68 65 6c 6c 6f 2c 20 73 77 69 74 63 68 62 6f 61  |hello, "
	    "switchboa|\n"
	    "u: -> 000010  72 64 0a ff                                      |rd..|\n");
}
END_TEST

Suite *
log_suite(void)
{
	Suite *suite = suite_create("log and trace");
	TCase *tcase = tcase_create("log and trace");

	tcase_add_loop_test(
	    tcase, escapes_what_could_harm, 0, sizeof escapes / sizeof *escapes);
	tcase_add_loop_test(tcase, escape_never_passes_its_room, 4, 40);
	tcase_add_test(tcase, a_colon_appends_errno);
	tcase_add_test(tcase, names_of_errors);
	tcase_add_loop_test(tcase, levels, 0, 3);
	tcase_add_loop_test(tcase, a_long_line_is_cut_and_stays_one, 0, 2);
	tcase_add_test(tcase, shows_bytes);
	suite_add_tcase(suite, tcase);
	return suite;
}
