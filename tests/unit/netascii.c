/*
 * Guards: a pair of bytes that a block's border cuts, converted twice or not at all.
 */
#include "protocol/netascii.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	const char *here;
	size_t here_len;
	const char *line;
	size_t line_len;
} pairs[] = {
#define PAIR(here, line)                                                                       \
	{                                                                                      \
		here, sizeof(here) - 1, line, sizeof(line) - 1                                 \
	}
	PAIR("", ""),
	PAIR("plain", "plain"),
	PAIR("\n", "\r\n"),
	PAIR("\r", "\r\0"),
	PAIR("a\nb\n", "a\r\nb\r\n"),
	PAIR("\r\n", "\r\0\r\n"),
	PAIR("\n\n\r\r", "\r\n\r\n\r\0\r\0"),
	PAIR("a\0b\xff", "a\0b\xff"),
	PAIR("no end", "no end"),
};

/* In pieces of each size on both sides: each pair is cut somewhere. */
START_TEST(text_goes_over_the_line_in_any_pieces)
{
	for (size_t piece = 1; piece < 8; piece++)
		for (size_t room = 1; room < 8; room++) {
			struct netascii state = { .owes = false };
			struct netascii_step step;
			size_t in = 0, out = 0;
			char line[64];

			do {
				size_t left = pairs[_i].here_len - in;

				step = netascii_encode(&state, pairs[_i].here + in,
				    left < piece ? left : piece, line + out, room);
				ck_assert_uint_le(step.out, room);
				in += step.in;
				out += step.out;
			} while (step.in || step.out);
			ck_assert_uint_eq(in, pairs[_i].here_len);
			ck_assert_uint_eq(out, pairs[_i].line_len);
			ck_assert_mem_eq(line, pairs[_i].line, out);
		}
}
END_TEST

START_TEST(and_comes_back)
{
	for (size_t piece = 1; piece < 8; piece++) {
		struct netascii state = { .cr = false };
		size_t out = 0;
		char here[64];

		for (size_t in = 0; in < pairs[_i].line_len; in += piece) {
			size_t left = pairs[_i].line_len - in;

			out += netascii_decode(&state, pairs[_i].line + in,
			    left < piece ? left : piece, here + out);
		}
		out += netascii_decode_end(&state, here + out);
		ck_assert_uint_eq(out, pairs[_i].here_len);
		ck_assert_mem_eq(here, pairs[_i].here, out);
	}
}
END_TEST

START_TEST(a_cr_that_ends_nothing_is_kept)
{
	struct netascii state = { .cr = false };
	char here[16];
	size_t len = netascii_decode(&state, "a\rb\r\r\n\r", 7, here);

	ck_assert_uint_eq(len, 5);
	len += netascii_decode_end(&state, here + len);
	ck_assert_uint_eq(len, 6);
	ck_assert_mem_eq(here, "a\rb\r\n\r", 6);
	ck_assert_uint_eq(netascii_decode_end(&state, here), 0);
}
END_TEST

Suite *
netascii_suite(void)
{
	Suite *suite = suite_create("netascii");
	TCase *tcase = tcase_create("netascii");
	const int count = sizeof pairs / sizeof *pairs;

	tcase_add_loop_test(tcase, text_goes_over_the_line_in_any_pieces, 0, count);
	tcase_add_loop_test(tcase, and_comes_back, 0, count);
	tcase_add_test(tcase, a_cr_that_ends_nothing_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
