/*
 * Guards against an answer that goes on at the wrong byte after a short write: in the
 * middle of a piece, at its end, or where a piece is empty.
 */
#include "common/pieces.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	size_t done;
	int left;
	const char *rest;
} cases[] = {
	{ 0, 4, "onethree" },
	{ 1, 4, "nethree" },
	{ 3, 1, "three" }, /* the empty ones count as written */
	{ 5, 1, "ree" },
	{ 8, 0, "" },
};

START_TEST(goes_on_behind_what_is_written)
{
	char one[] = "one", three[] = "three", rest[16] = "";
	struct iovec all[] = { { one, 3 }, { NULL, 0 }, { NULL, 0 }, { three, 5 } };
	struct iovec *pieces = all;
	int left = pieces_skip(&pieces, 4, cases[_i].done);
	size_t len = 0;

	ck_assert_int_eq(left, cases[_i].left);
	for (int i = 0; i < left; i++) {
		if (pieces[i].iov_len > 0)
			memcpy(rest + len, pieces[i].iov_base, pieces[i].iov_len);
		len += pieces[i].iov_len;
	}
	ck_assert_str_eq(rest, cases[_i].rest);
}
END_TEST

START_TEST(empty_ones_in_front_are_skipped)
{
	char one[] = "one";
	struct iovec all[] = { { NULL, 0 }, { one, 3 } };
	struct iovec *pieces = all;

	ck_assert_int_eq(pieces_skip(&pieces, 2, 0), 1);
	ck_assert_ptr_eq(pieces->iov_base, one);
}
END_TEST

Suite *
pieces_suite(void)
{
	Suite *suite = suite_create("pieces");
	TCase *tcase = tcase_create("pieces");

	tcase_add_loop_test(
	    tcase, goes_on_behind_what_is_written, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tcase, empty_ones_in_front_are_skipped);
	suite_add_tcase(suite, tcase);
	return suite;
}
