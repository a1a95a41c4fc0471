/*
 * Guards: atoi's ways: "12x" taken for 12, "" for 0, an overflow for anything.
 */
#include "common/num.h"

#include <errno.h>

#include "tests/unit/unit.h"

static const struct {
	const char *text;
	int error; /* 0: value */
	int64_t value;
} numbers[] = {
	{ "0", 0, 0 }, { "7007", 0, 7007 }, { "-5", 0, -5 }, { "0010", 0, 10 },
	{ "65535", 0, 65535 }, { "65536", ERANGE, 0 }, { "-101", ERANGE, 0 },
	{ "99999999999999999999", ERANGE, 0 }, { "", EINVAL, 0 }, { "-", EINVAL, 0 },
	{ "+5", EINVAL, 0 }, { " 5", EINVAL, 0 }, { "5 ", EINVAL, 0 }, { "5x", EINVAL, 0 },
	{ "0x10", EINVAL, 0 }, { "1e3", EINVAL, 0 }, { "99999999999999999999x", EINVAL, 0 },
	{ "\xd9\xa3", EINVAL, 0 }, /* an Arabic digit three */
};

START_TEST(parses_numbers_strictly)
{
	int64_t value = 4711;

	if (numbers[_i].error == 0) {
		ck_assert_int_eq(num_parse(numbers[_i].text, -100, 65535, &value), 0);
		ck_assert_int_eq(value, numbers[_i].value);
	} else {
		ck_assert_int_eq(num_parse(numbers[_i].text, -100, 65535, &value), -1);
		ck_assert_int_eq(errno, numbers[_i].error);
		ck_assert_int_eq(value, 4711);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ms; /* -1: refused */
} times[] = {
	{ "0", 0 },
	{ "2", 2000 },
	{ "0.5", 500 },
	{ "0.25", 250 },
	{ "1.0009", 1000 },
	{ "100", 100000 },
	{ "0.000", 0 },
	{ "101", -1 },
	{ "-1", -1 },
	{ "", -1 },
	{ ".", -1 },
	{ ".5", -1 },
	{ "1.", -1 },
	{ "1.5.5", -1 },
	{ "1.-5", -1 },
	{ "1,5", -1 },
	{ "00000000000000000001", -1 },
};

START_TEST(parses_seconds)
{
	int64_t ms = -1;

	ck_assert_int_eq(num_parse_ms(times[_i].text, 100, &ms), times[_i].ms < 0 ? -1 : 0);
	ck_assert_int_eq(ms, times[_i].ms);
}
END_TEST

static const struct {
	double bytes;
	const char *text;
} sizes[] = {
	{ 0, "0 B" },
	{ 999, "999 B" },
	{ 1000, "1.0 KiB" },
	{ 1536, "1.5 KiB" },
	{ 1023948, "999.9 KiB" },
	{ 1023949, "1.0 MiB" }, /* and not 1000.0 KiB */
	{ 4294967296.0, "4.0 GiB" },
	{ 9223372036854775807.0, "8.0 EiB" },
};

START_TEST(writes_sizes_for_people)
{
	char text[NUM_BYTES_MAX];

	num_bytes(text, sizes[_i].bytes);
	ck_assert_str_eq(text, sizes[_i].text);
}
END_TEST

Suite *
num_suite(void)
{
	Suite *suite = suite_create("num");
	TCase *tcase = tcase_create("num");

	tcase_add_loop_test(
	    tcase, parses_numbers_strictly, 0, sizeof numbers / sizeof *numbers);
	tcase_add_loop_test(tcase, parses_seconds, 0, sizeof times / sizeof *times);
	tcase_add_loop_test(tcase, writes_sizes_for_people, 0, sizeof sizes / sizeof *sizes);
	suite_add_tcase(suite, tcase);
	return suite;
}
