/*
 * Guards: a quota that two sessions pass together, one that a killed session has taken
 * for ever, one that counts a file twice or not at all, and a lock that is never opened.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/quota_lab.h"

/* ---- one session ---- */

START_TEST(counts_a_tree)
{
	uint64_t bytes, files;

	ck_assert_int_eq(quota_count(&quota_lab.home, &bytes, &files), 0);
	ck_assert_uint_eq(bytes + files, 0);
	quota_lab_grow("a", 10);
	quota_lab_grow(JAIL_TEMP_PREFIX "b", 200);
	ck_assert_int_eq(mkdirat(quota_lab.home.top, "d", 0700), 0);
	ck_assert_int_eq(mkdirat(quota_lab.home.top, "d/e", 0700), 0);
	quota_lab_grow("d/e/c", 3000);
	ck_assert_int_eq(symlinkat("..", quota_lab.home.top, "d/up"), 0);
	ck_assert_int_eq(symlinkat("/etc", quota_lab.home.top, "out"), 0);
	ck_assert_int_eq(quota_count(&quota_lab.home, &bytes, &files), 0);
	ck_assert_uint_eq(bytes, 3210);
	ck_assert_uint_eq(files, 3);
}
END_TEST

START_TEST(refuses_what_is_too_deep)
{
	int at = dup(quota_lab.home.top), next;
	uint64_t bytes, files;

	for (int i = 0; i <= QUOTA_DEPTH_MAX; i++, at = next) {
		ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
		next = openat(at, "d", O_RDONLY);
		close(at);
	}
	close(at);
	ck_assert_int_eq(quota_count(&quota_lab.home, &bytes, &files), -1);
	ck_assert_int_eq(errno, ELOOP);
}
END_TEST

START_TEST(reserves_up_to_the_limit)
{
	struct quota quota;
	struct quota_figures figures;

	quota_lab_grow("a", 100);
	quota_lab_join(&quota, 1000, 3);
	ck_assert_int_eq(quota_reserve(&quota, 900, 2), 0);
	quota_lab_refused(&quota, 1, 0);
	quota_lab_refused(&quota, 0, 1);
	ck_assert_int_eq(quota_reserve(&quota, 0, 0), 0);
	quota_lab_refused(&quota, UINT64_MAX, 0); /* no sum wraps */
	ck_assert_int_eq(quota_return(&quota, 100, 1), 0);
	ck_assert_int_eq(quota_reserve(&quota, 60, 0), 0);
	ck_assert_int_eq(quota_spend(&quota, 800, 1), 0);
	ck_assert_int_eq(quota_look(&quota, &figures), 0);
	ck_assert_uint_eq(figures.bytes, 960);
	ck_assert_uint_eq(figures.files, 2);
	ck_assert_uint_eq(figures.bytes_limit, 1000);
	ck_assert_uint_eq(figures.files_limit, 3);
	ck_assert_int_eq(quota_spend(&quota, 61, 0), -1); /* more than is reserved */
	ck_assert_int_eq(errno, EINVAL);
	quota_leave(&quota);
}
END_TEST

START_TEST(gives_back_what_is_removed)
{
	struct quota quota;

	quota_lab_grow("a", 1000);
	quota_lab_join(&quota, 1000, QUOTA_NO_LIMIT);
	quota_lab_refused(&quota, 1, 0);
	ck_assert_int_eq(quota_hold(&quota), 0);
	ck_assert_int_eq(quota_hold(&quota), -1); /* not twice, and no waiting for oneself */
	ck_assert_int_eq(unlinkat(quota_lab.home.top, "a", 0), 0);
	quota_release(&quota, 1000, 1);
	ck_assert_int_eq(quota_reserve(&quota, 1000, 1), 0);
	quota_leave(&quota);
	quota_lab_join(
	    &quota, 1000, QUOTA_NO_LIMIT); /* what was reserved went with the session */
	ck_assert_int_eq(quota_reserve(&quota, 1000, 1), 0);
	quota_leave(&quota);
}
END_TEST

START_TEST(takes_the_newest_limit)
{
	struct quota first, second;

	quota_lab_join(&first, 1000, QUOTA_NO_LIMIT);
	ck_assert_int_eq(quota_reserve(&first, 600, 0), 0);
	quota_lab_join(&second, 500, QUOTA_NO_LIMIT); /* lowered: already over */
	quota_lab_refused(&first, 1, 0);
	quota_lab_refused(&second, 1, 0);
	ck_assert_int_eq(quota_return(&first, 600, 0), 0);
	ck_assert_int_eq(quota_reserve(&second, 500, 0), 0);
	quota_leave(&second);
	quota_leave(&first);
}
END_TEST

START_TEST(keeps_users_apart)
{
	struct quota anna, bob;

	quota_lab_join(&anna, 1000, QUOTA_NO_LIMIT);
	ck_assert_int_eq(
	    quota_join(&bob, quota_lab.table, "bob", 1000, QUOTA_NO_LIMIT, &quota_lab.home), 0);
	ck_assert_int_eq(quota_reserve(&anna, 1000, 0), 0);
	ck_assert_int_eq(quota_reserve(&bob, 1000, 0), 0);
	quota_leave(&anna);
	quota_lab_refused(&bob, 1, 0);
	quota_leave(&bob);
}
END_TEST

/* ---- several, and those who die ---- */

/* A child of ours that does this and then waits to be killed. */
static pid_t
child(void (*act)(struct quota *quota))
{
	int ready[2];
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		struct quota quota;

		if (quota_join(&quota, quota_lab.table, "anna", MEGABYTE, QUOTA_NO_LIMIT,
			&quota_lab.home) == -1)
			_exit(1);
		act(&quota);
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void
end(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void
reserve_all_write_half(struct quota *quota)
{
	if (quota_reserve(quota, MEGABYTE, 1) == 0)
		quota_lab_grow("theirs", MEGABYTE / 2);
}

static void
hold(struct quota *quota)
{
	(void)quota_hold(quota);
}

static void
do_nothing(struct quota *quota)
{
	(void)quota;
}

START_TEST(buries_a_dead_session)
{
	struct quota quota;
	pid_t pid = child(reserve_all_write_half);

	quota_lab_join(&quota, MEGABYTE, QUOTA_NO_LIMIT);
	quota_lab_refused(&quota, 1, 0);
	end(pid);
	ck_assert_int_eq(quota_reserve(&quota, MEGABYTE / 2, 1), 0);
	quota_lab_refused(&quota, 1, 0); /* what was written counts */
	quota_leave(&quota);
}
END_TEST

START_TEST(opens_a_dead_session_s_lock)
{
	struct quota quota;
	pid_t pid;

	quota_lab_join(&quota, MEGABYTE, QUOTA_NO_LIMIT);
	pid = child(hold);
	quota_lab_grow("theirs", 1000);
	end(pid);
	ck_assert_int_eq(quota_reserve(&quota, MEGABYTE - 1000, 1), 0);
	quota_lab_refused(&quota, 1, 0);
	quota_leave(&quota);
}
END_TEST

START_TEST(finds_room_among_the_dead)
{
	struct quota quota, other;
	pid_t pids[QUOTA_SESSIONS];

	for (size_t i = 0; i < QUOTA_SESSIONS; i++)
		pids[i] = child(do_nothing);
	errno = 0;
	ck_assert_int_eq(quota_join(&quota, quota_lab.table, "bob", 1, 1, &quota_lab.home), -1);
	ck_assert_int_eq(errno, ENOSPC);
	end(pids[3]);
	ck_assert_int_eq(quota_join(&quota, quota_lab.table, "bob", 1, 1, &quota_lab.home), 0);
	ck_assert_int_eq(quota_join(&other, quota_lab.table, "eve", 1, 1, &quota_lab.home), -1);
	quota_leave(&quota);
	for (size_t i = 0; i < QUOTA_SESSIONS; i++)
		if (i != 3)
			end(pids[i]);
}
END_TEST

Suite *
quota_suite(void)
{
	Suite *suite = suite_create("quota");
	TCase *tcase = tcase_create("quota");

	tcase_add_checked_fixture(tcase, quota_lab_begin, quota_lab_end);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, counts_a_tree);
	tcase_add_test(tcase, refuses_what_is_too_deep);
	tcase_add_test(tcase, reserves_up_to_the_limit);
	tcase_add_test(tcase, gives_back_what_is_removed);
	tcase_add_test(tcase, takes_the_newest_limit);
	tcase_add_test(tcase, keeps_users_apart);
	tcase_add_test(tcase, buries_a_dead_session);
	tcase_add_test(tcase, opens_a_dead_session_s_lock);
	tcase_add_test(tcase, finds_room_among_the_dead);
	suite_add_tcase(suite, tcase);
	return suite;
}
