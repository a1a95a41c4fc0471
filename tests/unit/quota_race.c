/*
 * Guards: a quota that eight sessions pass together, or of which some is lost to those
 * who were killed, or at which somebody waits for ever.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/quota_lab.h"

enum {
	RACERS = 8,
	ROUNDS = 100,
};

static uint64_t
on_disk(void)
{
	uint64_t bytes, files;

	ck_assert_int_eq(quota_count(&quota_lab.home, &bytes, &files), 0);
	return bytes;
}

/* Write until there is no more: chunk by chunk, as a session does. */
static void
race(int number, const int *go, bool clumsy)
{
	struct quota quota;
	char name[16], c;

	snprintf(name, sizeof name, "f%d", number);
	close(go[1]);
	if (quota_join(&quota, quota_lab.table, "anna", MEGABYTE, QUOTA_NO_LIMIT,
		&quota_lab.home) == -1)
		_exit(1);
	(void)!read(go[0], &c, 1); /* until all are there */
	while (quota_reserve(&quota, QUOTA_CHUNK, 0) == 0) {
		size_t n = clumsy ? QUOTA_CHUNK / 3 : QUOTA_CHUNK;

		quota_lab_grow(name, n);
		if (quota_spend(&quota, n, 0) == -1 ||
		    quota_return(&quota, QUOTA_CHUNK - n, 0) == -1)
			_exit(2);
	}
	if (errno != EDQUOT)
		_exit(3);
	quota_leave(&quota);
	_exit(0);
}

/* Let them go at once; kill `victims` of them at any moment. All others must end well. */
static void
run_race(size_t victims, bool clumsy)
{
	pid_t pids[RACERS];
	int go[2], status;

	ck_assert_int_eq(pipe(go), 0);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		ck_assert_int_ne(pids[i], -1);
		if (pids[i] == 0)
			race(i, go, clumsy);
	}
	close(go[0]);
	close(go[1]);
	for (size_t i = 0; i < victims; i++)
		kill(pids[i], SIGKILL);
	for (size_t i = 0; i < RACERS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		if (i >= victims)
			ck_assert_int_eq(status, 0);
		ck_assert_uint_le(on_disk(), MEGABYTE);
	}
}

static void
remove_files(void)
{
	char name[16];

	for (int i = 0; i < RACERS; i++) {
		snprintf(name, sizeof name, "f%d", i);
		unlinkat(quota_lab.home.top, name, 0);
	}
}

/* The last megabyte: never over, never stuck, and nothing of it lost. */
START_TEST(races_for_the_last_megabyte)
{
	for (int round = 0; round < ROUNDS; round++) {
		run_race(0, false);
		ck_assert_uint_eq(on_disk(), MEGABYTE);
		remove_files();
	}
}
END_TEST

START_TEST(races_with_returns)
{
	for (int round = 0; round < ROUNDS / 10; round++) {
		run_race(0, true);
		ck_assert_uint_gt(on_disk(), MEGABYTE - QUOTA_CHUNK);
		remove_files();
	}
}
END_TEST

/* With three who are killed on the way; then somebody takes all that is left. */
START_TEST(races_with_the_dying)
{
	struct quota quota;

	for (int round = 0; round < ROUNDS; round++) {
		run_race(3, round % 2 == 0);
		quota_lab_join(&quota, MEGABYTE, QUOTA_NO_LIMIT);
		ck_assert_int_eq(quota_reserve(&quota, MEGABYTE - on_disk(), 0), 0);
		quota_lab_refused(&quota, 1, 0);
		quota_leave(&quota);
		remove_files();
	}
}
END_TEST

Suite *
quota_race_suite(void)
{
	Suite *suite = suite_create("quota, racing");
	TCase *tcase = tcase_create("quota, racing");

	tcase_add_checked_fixture(tcase, quota_lab_begin, quota_lab_end);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, races_for_the_last_megabyte);
	tcase_add_test(tcase, races_with_returns);
	tcase_add_test(tcase, races_with_the_dying);
	suite_add_tcase(suite, tcase);
	return suite;
}
