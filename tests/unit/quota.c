/*
 * Guards: a quota that two sessions pass together, one that a killed session has taken
 * for ever, one that counts a file twice or not at all, and a lock that is never opened.
 */
#include "common/quota.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum {
	SESSIONS = 12,
	RACERS = 8,
	ROUNDS = 100,
	CHUNK = 65536,
	MEGABYTE = 1 << 20,
};

static char directory[64];
static struct jail home;
static struct quota_table *table;

static void
setup(void)
{
	strcpy(directory, "/tmp/switchboard-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(jail_begin(&home, directory), 0);
	table = quota_new(SESSIONS);
	ck_assert_ptr_nonnull(table);
}

static void
teardown(void)
{
	char command[96];

	jail_end(&home);
	snprintf(command, sizeof command, "rm -rf %s", directory);
	ck_assert_int_eq(system(command), 0);
}

/* A file of so many bytes, longer than before if it is there. */
static void
grow(const char *name, size_t len)
{
	static const char bytes[CHUNK];
	int fd = openat(home.top, name, O_WRONLY | O_CREAT | O_APPEND, 0600);

	for (size_t n; len > 0; len -= n) {
		n = len < sizeof bytes ? len : sizeof bytes;
		if (fd == -1 || write(fd, bytes, n) != (ssize_t)n)
			abort();
	}
	close(fd);
}

static void
join(struct quota *quota, uint64_t bytes, uint64_t files)
{
	ck_assert_int_eq(quota_join(quota, table, "anna", bytes, files, &home), 0);
}

static void
refused(struct quota *quota, uint64_t bytes, uint64_t files)
{
	errno = 0;
	ck_assert_int_eq(quota_reserve(quota, bytes, files), -1);
	ck_assert_int_eq(errno, EDQUOT);
}

static uint64_t
on_disk(void)
{
	uint64_t bytes, files;

	ck_assert_int_eq(quota_count(&home, &bytes, &files), 0);
	return bytes;
}

/* ---- one session ---- */

START_TEST(counts_a_tree)
{
	uint64_t bytes, files;

	ck_assert_int_eq(quota_count(&home, &bytes, &files), 0);
	ck_assert_uint_eq(bytes + files, 0);
	grow("a", 10);
	grow(JAIL_TEMP_PREFIX "b", 200);
	ck_assert_int_eq(mkdirat(home.top, "d", 0700), 0);
	ck_assert_int_eq(mkdirat(home.top, "d/e", 0700), 0);
	grow("d/e/c", 3000);
	ck_assert_int_eq(symlinkat("..", home.top, "d/up"), 0);
	ck_assert_int_eq(symlinkat("/etc", home.top, "out"), 0);
	ck_assert_int_eq(quota_count(&home, &bytes, &files), 0);
	ck_assert_uint_eq(bytes, 3210);
	ck_assert_uint_eq(files, 3);
}
END_TEST

START_TEST(refuses_what_is_too_deep)
{
	int at = dup(home.top), next;
	uint64_t bytes, files;

	for (int i = 0; i <= QUOTA_DEPTH_MAX; i++, at = next) {
		ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
		next = openat(at, "d", O_RDONLY);
		close(at);
	}
	close(at);
	ck_assert_int_eq(quota_count(&home, &bytes, &files), -1);
	ck_assert_int_eq(errno, ELOOP);
}
END_TEST

START_TEST(reserves_up_to_the_limit)
{
	struct quota quota;
	struct quota_figures figures;

	grow("a", 100);
	join(&quota, 1000, 3);
	ck_assert_int_eq(quota_reserve(&quota, 900, 2), 0);
	refused(&quota, 1, 0);
	refused(&quota, 0, 1);
	ck_assert_int_eq(quota_reserve(&quota, 0, 0), 0);
	refused(&quota, UINT64_MAX, 0); /* no sum wraps */
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

	grow("a", 1000);
	join(&quota, 1000, QUOTA_NO_LIMIT);
	refused(&quota, 1, 0);
	ck_assert_int_eq(quota_hold(&quota), 0);
	ck_assert_int_eq(quota_hold(&quota), -1); /* not twice, and no waiting for oneself */
	ck_assert_int_eq(unlinkat(home.top, "a", 0), 0);
	quota_release(&quota, 1000, 1);
	ck_assert_int_eq(quota_reserve(&quota, 1000, 1), 0);
	quota_leave(&quota);
	join(&quota, 1000, QUOTA_NO_LIMIT); /* what was reserved went with the session */
	ck_assert_int_eq(quota_reserve(&quota, 1000, 1), 0);
	quota_leave(&quota);
}
END_TEST

START_TEST(takes_the_newest_limit)
{
	struct quota first, second;

	join(&first, 1000, QUOTA_NO_LIMIT);
	ck_assert_int_eq(quota_reserve(&first, 600, 0), 0);
	join(&second, 500, QUOTA_NO_LIMIT); /* lowered: already over */
	refused(&first, 1, 0);
	refused(&second, 1, 0);
	ck_assert_int_eq(quota_return(&first, 600, 0), 0);
	ck_assert_int_eq(quota_reserve(&second, 500, 0), 0);
	quota_leave(&second);
	quota_leave(&first);
}
END_TEST

START_TEST(keeps_users_apart)
{
	struct quota anna, bob;

	join(&anna, 1000, QUOTA_NO_LIMIT);
	ck_assert_int_eq(quota_join(&bob, table, "bob", 1000, QUOTA_NO_LIMIT, &home), 0);
	ck_assert_int_eq(quota_reserve(&anna, 1000, 0), 0);
	ck_assert_int_eq(quota_reserve(&bob, 1000, 0), 0);
	quota_leave(&anna);
	refused(&bob, 1, 0);
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

		if (quota_join(&quota, table, "anna", MEGABYTE, QUOTA_NO_LIMIT, &home) == -1)
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
		grow("theirs", MEGABYTE / 2);
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

	join(&quota, MEGABYTE, QUOTA_NO_LIMIT);
	refused(&quota, 1, 0);
	end(pid);
	ck_assert_int_eq(quota_reserve(&quota, MEGABYTE / 2, 1), 0);
	refused(&quota, 1, 0); /* what was written counts */
	quota_leave(&quota);
}
END_TEST

START_TEST(opens_a_dead_session_s_lock)
{
	struct quota quota;
	pid_t pid;

	join(&quota, MEGABYTE, QUOTA_NO_LIMIT);
	pid = child(hold);
	grow("theirs", 1000);
	end(pid);
	ck_assert_int_eq(quota_reserve(&quota, MEGABYTE - 1000, 1), 0);
	refused(&quota, 1, 0);
	quota_leave(&quota);
}
END_TEST

START_TEST(finds_room_among_the_dead)
{
	struct quota quota, other;
	pid_t pids[SESSIONS];

	for (size_t i = 0; i < SESSIONS; i++)
		pids[i] = child(do_nothing);
	errno = 0;
	ck_assert_int_eq(quota_join(&quota, table, "bob", 1, 1, &home), -1);
	ck_assert_int_eq(errno, ENOSPC);
	end(pids[3]);
	ck_assert_int_eq(quota_join(&quota, table, "bob", 1, 1, &home), 0);
	ck_assert_int_eq(quota_join(&other, table, "eve", 1, 1, &home), -1);
	quota_leave(&quota);
	for (size_t i = 0; i < SESSIONS; i++)
		if (i != 3)
			end(pids[i]);
}
END_TEST

/* ---- races ---- */

/* Write until there is no more: chunk by chunk, as a session does. */
static void
race(int number, const int *go, bool clumsy)
{
	struct quota quota;
	char name[16], c;

	snprintf(name, sizeof name, "f%d", number);
	close(go[1]);
	if (quota_join(&quota, table, "anna", MEGABYTE, QUOTA_NO_LIMIT, &home) == -1)
		_exit(1);
	(void)!read(go[0], &c, 1); /* until all are there */
	while (quota_reserve(&quota, CHUNK, 0) == 0) {
		size_t n = clumsy ? CHUNK / 3 : CHUNK;

		grow(name, n);
		if (quota_spend(&quota, n, 0) == -1 || quota_return(&quota, CHUNK - n, 0) == -1)
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
		unlinkat(home.top, name, 0);
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
		ck_assert_uint_gt(on_disk(), MEGABYTE - CHUNK);
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
		join(&quota, MEGABYTE, QUOTA_NO_LIMIT);
		ck_assert_int_eq(quota_reserve(&quota, MEGABYTE - on_disk(), 0), 0);
		refused(&quota, 1, 0);
		quota_leave(&quota);
		remove_files();
	}
}
END_TEST

Suite *
quota_suite(void)
{
	Suite *suite = suite_create("quota");
	TCase *tcase = tcase_create("quota");

	tcase_add_checked_fixture(tcase, setup, teardown);
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
	tcase_add_test(tcase, races_for_the_last_megabyte);
	tcase_add_test(tcase, races_with_returns);
	tcase_add_test(tcase, races_with_the_dying);
	suite_add_tcase(suite, tcase);
	return suite;
}
