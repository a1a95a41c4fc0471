/*
 * Guards: a run that cannot be repeated, rates that are off, and one rate that moves the
 * losses of another.
 */
#include "common/lossy.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

enum {
	RUN = 100000,
};

static void
count_fates(struct lossy lossy, int counts[LOSSY_FATES])
{
	for (int i = 0; i < RUN; i++)
		counts[lossy_next(&lossy)]++;
}

START_TEST(same_seed_same_fates)
{
	struct lossy one = { .lose = 10, .late = 20, .twice = 30, .state = 42 }, two = one;
	struct lossy other = { .lose = 10, .late = 20, .twice = 30, .state = 43 };
	int different = 0;

	for (int i = 0; i < 1000; i++) {
		enum lossy_fate fate = lossy_next(&one);

		ck_assert_int_eq(fate, lossy_next(&two));
		different += fate != lossy_next(&other) ? 1 : 0;
	}
	ck_assert_int_gt(different, 300);
}
END_TEST

/* Within half a per cent: that is five standard deviations and no chance. */
START_TEST(rates_are_kept)
{
	static const int table[][5] = {
		{ 0, 0, 0 },
		{ 10, 20, 30 },
		{ 1, 0, 0 },
		{ 0, 50, 50 },
		{ 100, 0, 0 },
		{ 0, 100, 0 },
		{ 0, 0, 100 },
		{ 10, 10, 10, 10, 10 },
		{ 0, 0, 0, 50, 50 },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const int *rate = table[i];
		int counts[LOSSY_FATES] = { 0 };

		count_fates((struct lossy){ .lose = rate[0],
				.late = rate[1],
				.twice = rate[2],
				.slow = rate[3],
				.cut = rate[4],
				.state = 7 },
		    counts);
		ck_assert_int_le(abs(counts[LOSSY_LOSE] - rate[0] * RUN / 100), RUN / 150);
		ck_assert_int_le(abs(counts[LOSSY_LATE] - rate[1] * RUN / 100), RUN / 150);
		ck_assert_int_le(abs(counts[LOSSY_TWICE] - rate[2] * RUN / 100), RUN / 150);
		ck_assert_int_le(abs(counts[LOSSY_SLOW] - rate[3] * RUN / 100), RUN / 150);
		ck_assert_int_le(abs(counts[LOSSY_CUT] - rate[4] * RUN / 100), RUN / 150);
		ck_assert(rate[0] != 100 || counts[LOSSY_LOSE] == RUN);
		ck_assert(i != 0 || counts[LOSSY_PASS] == RUN);
	}
}
END_TEST

START_TEST(what_is_lost_is_lost_whatever_else_happens)
{
	struct lossy plain = { .lose = 10, .state = 5 };
	struct lossy wild = { .lose = 10, .late = 40, .twice = 40, .state = 5 };

	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(
		    lossy_next(&plain) == LOSSY_LOSE, lossy_next(&wild) == LOSSY_LOSE);
}
END_TEST

Suite *
lossy_suite(void)
{
	Suite *suite = suite_create("lossy");
	TCase *tcase = tcase_create("lossy");

	tcase_add_test(tcase, same_seed_same_fates);
	tcase_add_test(tcase, rates_are_kept);
	tcase_add_test(tcase, what_is_lost_is_lost_whatever_else_happens);
	suite_add_tcase(suite, tcase);
	return suite;
}
