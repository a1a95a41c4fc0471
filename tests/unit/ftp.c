/*
 * Guards: a line that is cut into two commands, because it came in pieces, or was too
 * long, or had telnet's bytes or a NUL in it; a verb or a number that is read too kindly.
 */
#include "protocol/ftp.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* ---- lines ---- */

/* What a stream is taken for: "text." a line, "text?" a bad one, "<ff fc 01>" answers. */
static void
play(const char *in, size_t len, size_t step, char *out, size_t capacity)
{
	static struct ftp_line line;
	size_t n = 0;

	memset(&line, 0, sizeof line);
	*out = '\0';
	for (size_t at = 0, used; at < len; at += used) {
		size_t piece = len - at < step ? len - at : step;

		switch (ftp_line_feed(&line, in + at, piece, &used)) {
		case FTP_LINE_MORE:
			ck_assert_uint_eq(used, piece);
			break;
		case FTP_LINE_TELNET:
			n += (size_t)snprintf(out + n, capacity - n, "<%02x %02x %02x>",
			    line.answer[0], line.answer[1], line.answer[2]);
			break;
		case FTP_LINE_READY:
			ck_assert_uint_eq(strlen(line.text), line.len);
			n += (size_t)snprintf(out + n, capacity - n, "%s.", line.text);
			break;
		case FTP_LINE_BAD:
			n += (size_t)snprintf(out + n, capacity - n, "%s?", line.text);
			break;
		case FTP_LINE_LONG:
			n += (size_t)snprintf(out + n, capacity - n, "long(%zu)", line.len);
			break;
		}
		ck_assert_uint_gt(used, 0);
	}
	if (ftp_line_is_open(&line))
		snprintf(out + n, capacity - n, "...");
}

struct line_case {
	const char *in;
	size_t len;
	const char *out;
};

#define LINE(in, out)                                                                          \
	{                                                                                      \
		in, sizeof in - 1, out                                                         \
	}

static const struct line_case line_cases[] = {
	LINE("USER a\r\nPASS b\r\n", "USER a.PASS b."),
	LINE("USER a\nPASS b\n", "USER a.PASS b."),
	LINE("\r\n\n", ".."),
	LINE("NOOP", "..."),
	LINE("NOOP\r", "..."),
	LINE("CWD a\r\0b\r\n", "CWD a\rb."),		     /* RFC 2640, 3.1 */
	LINE("CWD a\0b\r\n", "CWD a?"),			     /* (a string ends at it) */
	LINE("CWD a\rb\r\n", "CWD a\rb?"),		     /* a CR is no end, and no byte */
	LINE("CWD a\r\r\n", "CWD a\r?"),		     /* ... */
	LINE("CWD \377\377x\r\n", "CWD \377x."),	     /* IAC IAC */
	LINE("\377\364\377\362ABOR\r\n", "ABOR."),	     /* IP, DM: RFC 959, 4.1.3 */
	LINE("\377\364\377ABOR\r\n", "ABOR."),		     /* the DM went another way */
	LINE("\377\375\001NOOP\r\n", "<ff fc 01>NOOP."),     /* DO: WONT */
	LINE("NO\377\373\030OP\r\n", "<ff fe 18>NOOP."),     /* WILL: DONT */
	LINE("\377\374\001\377\376\001X\r\n", "X."),	     /* WONT, DONT: no answer */
	LINE("\377\372\030a\n\377\377b\377\360X\r\n", "X."), /* SB ... SE is no line */
	LINE("a\r\377\375\001\nb\r\n", "<ff fc 01>a.b."),    /* between CR and LF */
	LINE("\377", "..."),
};

START_TEST(reads_lines)
{
	const struct line_case *c = &line_cases[_i];
	char out[256];

	for (size_t step = 1; step <= c->len; step++) {
		play(c->in, c->len, step, out, sizeof out);
		ck_assert_str_eq(out, c->out);
	}
}
END_TEST

START_TEST(skips_a_long_line_whole)
{
	static char in[3 * FTP_LINE_MAX];
	static const size_t steps[] = { 1, 7, 4096, sizeof in };
	char out[64];

	memset(in, 'A', sizeof in);
	/* what would be a command if the line were cut where the buffer ends */
	memcpy(in + FTP_LINE_MAX, "DELE x", 6);
	memcpy(in + sizeof in - 10, "\r\nNOOP\r\n12", 10);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		play(in, sizeof in, steps[i], out, sizeof out);
		ck_assert_str_eq(out, "long(4160)NOOP....");
	}
}
END_TEST

START_TEST(takes_a_line_of_the_greatest_length)
{
	static char in[FTP_LINE_MAX + 3];
	static char out[sizeof in + 8];

	memset(in, 'A', sizeof in);
	memcpy(in + FTP_LINE_MAX, "\r\n", 2);
	play(in, FTP_LINE_MAX + 2, 100, out, sizeof out);
	ck_assert_uint_eq(strlen(out), FTP_LINE_MAX + 1);
	memcpy(in + FTP_LINE_MAX, "A\r\n", 3);
	play(in, sizeof in, 100, out, sizeof out);
	ck_assert_str_eq(out, "long(4160)");
}
END_TEST

/* ---- commands ---- */

struct command_case {
	const char *line, *verb, *argument; /* verb NULL: none */
};

static const struct command_case command_cases[] = {
	{ "USER anna", "USER", "anna" },
	{ "retr a b", "RETR", "a b" },
	{ "List -la", "LIST", "-la" },
	{ "SYST ", "SYST", "" },
	{ "PWD", "PWD", "" },
	{ "CWD  two", "CWD", " two" },
	{ "CWD x ", "CWD", "x " },
	{ "XSHA256 f", "XSHA256", "f" },
	{ "ABCDEFGH", "ABCDEFGH", "" },
	{ "ABCDEFGHI", NULL, NULL },
	{ "", NULL, NULL },
	{ " PWD", NULL, NULL },
	{ "5WD", NULL, NULL },
	{ "PW-D", NULL, NULL },
	{ "PWD\t", NULL, NULL },
	{ "\303\204B", NULL, NULL },
};

START_TEST(parses_commands)
{
	const struct command_case *c = &command_cases[_i];
	struct ftp_command command;
	char argument[64];
	bool is = ftp_command_parse(c->line, strlen(c->line), &command);

	ck_assert_int_eq(is, c->verb != NULL);
	if (!is)
		return;
	ck_assert_str_eq(command.verb, c->verb);
	snprintf(
	    argument, sizeof argument, "%.*s", (int)command.argument.len, command.argument.at);
	ck_assert_str_eq(argument, c->argument);
}
END_TEST

START_TEST(encodes_commands)
{
	char out[32];

	ck_assert_int_eq(ftp_command_encode(out, sizeof out, "NOOP", NULL, 0), 6);
	ck_assert_mem_eq(out, "NOOP\r\n", 6);
	ck_assert_int_eq(ftp_command_encode(out, sizeof out, "CWD", "a\r\377", 3), 11);
	ck_assert_mem_eq(out, "CWD a\r\0\377\377\r\n", 11);
	ck_assert_int_eq(ftp_command_encode(out, sizeof out, "CWD", "a\nb", 3), -1);
	ck_assert_int_eq(ftp_command_encode(out, sizeof out, "CWD", "a\0b", 3), -1);
	ck_assert_int_eq(ftp_command_encode(out, 8, "CWD", "abc", 3), -1);
	ck_assert_int_eq(ftp_command_encode(out, 9, "CWD", "abc", 3), 9);
}
END_TEST

START_TEST(knows_a_browser)
{
	struct ftp_command command;

	ck_assert(ftp_command_parse("POST / HTTP/1.1", 15, &command));
	ck_assert(ftp_command_is_http(&command));
	ck_assert(ftp_command_parse("PORT 1,2", 8, &command));
	ck_assert(!ftp_command_is_http(&command));
}
END_TEST

/* ---- numbers ---- */

struct number_case {
	const char *text;
	bool is;
	uint64_t number;
};

static const struct number_case number_cases[] = {
	{ "0", true, 0 },
	{ "007", true, 7 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "99999999999999999999", false, 0 },
	{ "000000000000000000001", false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "", false, 0 },
};

START_TEST(parses_numbers)
{
	const struct number_case *c = &number_cases[_i];
	uint64_t number = 0;

	ck_assert_int_eq(ftp_number_parse(c->text, strlen(c->text), &number), c->is);
	ck_assert_uint_eq(number, c->number);
}
END_TEST

#define LOOP(test, cases)                                                                      \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof cases / sizeof *cases))

Suite *
ftp_suite(void)
{
	Suite *suite = suite_create("ftp");
	TCase *tcase = tcase_create("ftp");

	LOOP(reads_lines, line_cases);
	tcase_add_test(tcase, skips_a_long_line_whole);
	tcase_add_test(tcase, takes_a_line_of_the_greatest_length);
	LOOP(parses_commands, command_cases);
	tcase_add_test(tcase, encodes_commands);
	tcase_add_test(tcase, knows_a_browser);
	LOOP(parses_numbers, number_cases);
	suite_add_tcase(suite, tcase);
	return suite;
}
