/*
 * Guards: temporaries of killed processes that stay for ever; and their removal while
 * somebody writes to one, keeps it to go on with, or has made it for himself.
 */
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "common/jail.h"
#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

/* A child makes a temporary, and is killed before it can do anything about it. */
static void
leave_one(const struct jail *jail, const char *name)
{
	pid_t child = fork();
	struct jail_file file;

	if (child == 0)
		_exit(jail_create(jail, name, NULL, 0644, &file) == 0 ? 0 : 1);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

/* How many names begin as those of temporaries do. */
static int
count_temporaries(const struct jail *jail)
{
	struct jail_list list;
	const char *name;
	int count = 0;

	ck_assert_int_eq(jail_list_begin(jail, "/", &list), 0);
	while ((name = jail_list_next(&list)) != NULL)
		count += strncmp(name, JAIL_TEMP_PREFIX, strlen(JAIL_TEMP_PREFIX)) == 0;
	ck_assert_int_eq(errno, 0);
	jail_list_end(&list);
	return count;
}

START_TEST(what_the_killed_have_left)
{
	struct jail jail = farm_jail(_i), sweeping = jail;
	struct jail_file file, kept;
	struct stat st;

	sweeping.sweep = true;
	leave_one(&jail, "x");
	ck_assert_int_eq(jail_create(&jail, "y", NULL, 0644, &file), 0);
	ck_assert_int_eq(jail_create(&jail, "z", "tag", 0644, &kept), 0);
	jail_keep(&kept);
	farm_file("top/" JAIL_TEMP_PREFIX "0123456789ABCDEF", "somebody's own");
	ck_assert_int_eq(count_temporaries(&jail), 4);
	for (int i = 0; i < 1000 && count_temporaries(&sweeping) == 4; i++)
		poll(NULL, 0, 10);
	ck_assert_int_eq(count_temporaries(&sweeping), 3);
	ck_assert_int_eq(jail_stat(&jail, JAIL_TEMP_PREFIX "0123456789ABCDEF", &st), 0);
	ck_assert_int_eq(write(file.fd, "whole", 5), 5);
	ck_assert_int_eq(jail_publish(&file, true), 0);
	ck_assert_int_eq(jail_stat(&jail, "y", &st), 0);
	ck_assert_int_eq(st.st_size, 5);
	ck_assert_int_eq(count_temporaries(&sweeping), 2);
}
END_TEST

Suite *
jail_sweep_suite(void)
{
	Suite *suite = suite_create("jail, what is left behind");
	TCase *tcase = tcase_create("jail_sweep");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, farm_begin_open, farm_end);
#if defined(__linux__) && !defined(PORTABLE) /* else no lock tells */
	tcase_add_loop_test(tcase, what_the_killed_have_left, 0, FARM_WAYS);
#else
	(void)what_the_killed_have_left;
#endif
	suite_add_tcase(suite, tcase);
	return suite;
}
