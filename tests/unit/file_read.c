/*
 * Guards against a file that has become shorter while it is sent: what is not there must be
 * an error, and no zeros or bytes of before.
 */
#include "common/file_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	off_t offset;
	size_t len;
	ssize_t come;
	int error; /* 0: all are there */
} cases[] = {
	{ 0, 10, 10, 0 },
	{ 3, 4, 4, 0 },
	{ 10, 0, 0, 0 },
	{ 20, 0, 0, 0 },
	{ 0, 11, 10, EIO },
	{ 9, 2, 1, EIO },
	{ 10, 1, -1, EIO },
	{ -1, 1, -1, EINVAL },
};

START_TEST(tells_what_is_missing)
{
	static const char digits[] = "0123456789";
	char into[16] = "";
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ne(fputs(digits, file), EOF);
	ck_assert_int_eq(fflush(file), 0);
	errno = 0;
	ck_assert_int_eq(
	    file_read(fileno(file), into, cases[_i].len, cases[_i].offset), cases[_i].come);
	ck_assert_int_eq(errno, cases[_i].error);
	if (cases[_i].come > 0)
		ck_assert_int_eq(
		    memcmp(into, digits + cases[_i].offset, (size_t)cases[_i].come), 0);
	fclose(file);
}
END_TEST

Suite *
file_read_suite(void)
{
	Suite *suite = suite_create("file_read");
	TCase *tcase = tcase_create("file_read");

	tcase_add_loop_test(
	    tcase, tells_what_is_missing, 0, (int)(sizeof cases / sizeof *cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
