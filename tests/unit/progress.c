/*
 * Guards: 100% before the end, a rate from no time at all, a line that is wider than
 * the terminal, a time that is left when nobody can know it, and a rate to which what
 * an earlier attempt had brought is counted.
 */
#include "common/progress.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	uint64_t done, kept, total;
	int64_t ms;
	const char *line;
} lines[] = {
	{ 0, 0, 100, 0, "  0%        0 B        0 B/s     -:--  name" },
	{ 50, 0, 100, 1000, " 50%       50 B       50 B/s     0:01  name" },
	{ 99999, 0, 100000, 1000, " 99%   97.7 KiB   97.7 KiB/s     0:00  name" },
	{ 100000, 0, 100000, 1000, "100%   97.7 KiB   97.7 KiB/s     0:00  name" },
	{ 1288490188, 0, 3000000000, 1500, " 42%    1.2 GiB  819.2 MiB/s     0:02  name" },
	{ 1, 0, 3600, 1000, "  0%        1 B        1 B/s    59:59  name" },
	{ 1, 0, 7325, 1000, "  0%        1 B        1 B/s  2:02:04  name" },
	{ 1, 0, 1000000000, 1000, "  0%        1 B        1 B/s     -:--  name" },
	{ 1024, 0, 0, 1000, "        1.0 KiB    1.0 KiB/s     -:--  name" }, /* no total */
	{ 11, 0, 10, 1000, "           11 B       11 B/s     -:--  name" },  /* it grew */
	{ 90, 90, 100, 0, " 90%       90 B        0 B/s     -:--  name" },   /* gone on with */
	{ 95, 90, 100, 1000,
	    " 95%       95 B        5 B/s     0:01  name" }, /* the rate is 5 */
	{ UINT64_MAX, 0, UINT64_MAX, 1, "100%   16.0 EiB 16000.0 EiB/s     0:00  name" },
};

START_TEST(formats)
{
	char line[PROGRESS_LINE_MAX];
	size_t len = progress_format(
	    line, 80, lines[_i].done, lines[_i].kept, lines[_i].total, lines[_i].ms, "name");

	ck_assert_str_eq(line, lines[_i].line);
	ck_assert_uint_eq(len, strlen(line));
}
END_TEST

/* Of a name that does not fit the end is shown; no width makes it too long. */
START_TEST(fits_the_terminal)
{
	char line[PROGRESS_LINE_MAX], name[2 * PROGRESS_LINE_MAX];

	memset(name, 'x', sizeof name - 1);
	strcpy(name + sizeof name - 4, "end");
	for (size_t columns = 0; columns < 2 * PROGRESS_LINE_MAX; columns++) {
		size_t len = progress_format(line, columns, 1, 0, 2, 1000, name);

		ck_assert_uint_eq(len, strlen(line));
		ck_assert(len <= columns && len < PROGRESS_LINE_MAX);
		if (columns > 60)
			ck_assert_str_eq(line + len - 3, "end");
	}
}
END_TEST

Suite *
progress_suite(void)
{
	Suite *suite = suite_create("progress");
	TCase *tcase = tcase_create("progress");

	tcase_add_loop_test(tcase, formats, 0, sizeof lines / sizeof *lines);
	tcase_add_test(tcase, fits_the_terminal);
	suite_add_tcase(suite, tcase);
	return suite;
}
