/*
 * Guards: a percentile that is off by a bucket, by one rank, or wildly so at the
 * edges of a power of two; memory written beyond the last bucket.
 */
#include "common/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct histogram histogram;

static void
begin(void)
{
	memset(&histogram, 0, sizeof histogram);
}

/* From exact on, up to 1.6 % above it. */
static void
assert_close(uint64_t got, uint64_t exact)
{
	ck_assert_msg(got >= exact && (double)(got - exact) <= 0.016 * (double)exact,
	    "%llu for %llu", (unsigned long long)got, (unsigned long long)exact);
}

START_TEST(knows_when_it_is_empty)
{
	ck_assert_uint_eq(histogram_percentile(&histogram, 50), 0);
	ck_assert_uint_eq(histogram_percentile(&histogram, 100), 0);
}
END_TEST

START_TEST(keeps_small_values_exactly)
{
	for (uint64_t value = 1; value <= 100; value++)
		histogram_add(&histogram, value);
	for (unsigned percent = 1; percent <= 100; percent++)
		ck_assert_uint_eq(histogram_percentile(&histogram, percent), percent);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0), 1);
	ck_assert_uint_eq(histogram_percentile(&histogram, 49.5), 50);
	ck_assert_uint_eq(histogram.count, 100);
}
END_TEST

/* One value is all percentiles, whatever the width of its bucket. */
static void
assert_alone(uint64_t value)
{
	begin();
	histogram_add(&histogram, value);
	ck_assert_uint_eq(histogram_percentile(&histogram, 0), value);
	ck_assert_uint_eq(histogram_percentile(&histogram, 50), value);
	ck_assert_uint_eq(histogram_percentile(&histogram, 100), value);
}

/* Two of a value and a larger one: the median is the bucket's top, not the maximum. */
static void
assert_median(uint64_t value)
{
	begin();
	histogram_add(&histogram, value);
	histogram_add(&histogram, value);
	histogram_add(&histogram, UINT64_MAX);
	assert_close(histogram_percentile(&histogram, 50), value);
}

START_TEST(is_right_at_every_power_of_two)
{
	uint64_t power = UINT64_C(1) << _i;

	for (uint64_t value = power - 1; value - power + 1 < 3; value++) {
		assert_alone(value);
		assert_median(value);
	}
}
END_TEST

START_TEST(takes_the_largest_value)
{
	assert_alone(UINT64_MAX);
	assert_alone(0);
	histogram_add(&histogram, UINT64_MAX);
	ck_assert_uint_eq(histogram_percentile(&histogram, 50), 0);
	ck_assert_uint_eq(histogram_percentile(&histogram, 99), UINT64_MAX);
	ck_assert_uint_eq(histogram.buckets[HISTOGRAM_BUCKETS - 1], 1);
}
END_TEST

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Against the sorted list itself, with values of all magnitudes. */
START_TEST(agrees_with_the_sorted_list)
{
	enum { COUNT = 20000 };
	static const double percents[] = { 0.1, 1, 10, 50, 90, 99, 99.9, 99.99 };
	static uint64_t values[COUNT];
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < COUNT; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		values[i] = x >> (x % 61);
		histogram_add(&histogram, values[i]);
	}
	qsort(values, COUNT, sizeof *values, compare);
	for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
		size_t rank = (size_t)(COUNT * percents[i] / 100);

		assert_close(histogram_percentile(&histogram, percents[i]), values[rank - 1]);
	}
	ck_assert_uint_eq(histogram.min, values[0]);
	ck_assert_uint_eq(histogram_percentile(&histogram, 100), values[COUNT - 1]);
}
END_TEST

Suite *
histogram_suite(void)
{
	Suite *suite = suite_create("histogram");
	TCase *tcase = tcase_create("histogram");

	tcase_add_checked_fixture(tcase, begin, NULL);
	tcase_add_test(tcase, knows_when_it_is_empty);
	tcase_add_test(tcase, keeps_small_values_exactly);
	tcase_add_loop_test(tcase, is_right_at_every_power_of_two, 0, 63);
	tcase_add_test(tcase, takes_the_largest_value);
	tcase_add_test(tcase, agrees_with_the_sorted_list);
	suite_add_tcase(suite, tcase);
	return suite;
}
