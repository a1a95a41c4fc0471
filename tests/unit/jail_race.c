/*
 * Guards: the look before the leap. Another process swaps a file or directory for a
 * link to the outside, or moves a directory away, as fast as it can while names go
 * through it. Nothing outside is ever opened, made or changed; and a plain openat(2)
 * in the same race does get out, or this test would prove nothing. With JAIL_RACES in
 * the environment it tells how often each happened.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/jail.h"
#include "common/sys.h"
#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

enum {
	ENOUGH = 300,		/* of each outcome */
	AT_LEAST_MS = 500,	/* of racing */
	AT_MOST_MS = 20 * 1000, /* on a slow machine */
};

static void
begin(void)
{
	farm_begin();
	farm_dir("top/real");
	farm_dir("top/real/sub");
	farm_dir("top/real/sub/deep");
	farm_file("top/real/secret", "inside");
	farm_file("top/secret", "inside");
	farm_dir("out/sub");
	farm_link("top/link", "../out");
	farm_link("top/file_link", "../out/secret");
	farm_file("top/file", "inside");
}

static void
step(const char *from, const char *to)
{
	if (renameat(farm_fd, from, farm_fd, to) == -1)
		_exit(1);
}

/* top/x is now the one, now the other, and on some systems for an instant nothing. */
static void
swap_ever(const char *one, const char *other)
{
	step(one, "top/x");
	for (;;) {
#ifdef RENAME_EXCHANGE
		if (renameat2(farm_fd, "top/x", farm_fd, other, RENAME_EXCHANGE) == 0)
			continue;
#endif
		step("top/x", one);
		step(other, "top/x");
		step("top/x", other);
		step(one, "top/x");
	}
}

static void
swap_directories(void)
{
	swap_ever("top/real", "top/link");
}

static void
swap_files(void)
{
	swap_ever("top/file", "top/file_link");
}

/* A directory moves out, where its parent has a secret of another kind, and back. */
static void
move_first(void)
{
	for (;;) {
		step("top/real", "out/real");
		step("out/real", "top/real");
	}
}

static void
move_second(void)
{
	for (;;) {
		step("top/real/sub", "out/moved");
		step("out/moved", "top/real/sub");
	}
}

static pid_t
start(void (*run)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run();
	}
	ck_assert_int_gt(pid, 0);
	return pid;
}

static void
stop(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, WNOHANG), 0); /* it is still at it */
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

/* Is this open file the one outside? Closes it. */
static bool
is_outside(int fd)
{
	struct stat st, outside;

	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(fstatat(farm_fd, "out/secret", &outside, 0), 0);
	close(fd);
	return st.st_ino == outside.st_ino && st.st_dev == outside.st_dev;
}

static const struct race {
	void (*run)(void);
	const char *name;
	bool link; /* a plain openat follows it out */
} races[] = {
	{ swap_directories, "x/secret", true },
	{ swap_files, "x", true },
	{ swap_directories, "x/sub/../secret", true },
	{ move_first, "real/sub/../../secret", false },
	{ move_second, "real/sub/deep/../../secret", false },
	{ move_second, "real/sub/deep/../deep/../deep/../deep/../deep/../../secret", false },
};

enum { RACES = sizeof races / sizeof *races };

/* Even: as the system can. Odd: the walk. */
START_TEST(nothing_outside_is_opened)
{
	const struct race *race = &races[_i / FARM_WAYS];
	struct jail jail = farm_jail(_i % FARM_WAYS);
	pid_t pid = start(race->run);
	int64_t began = sys_now_ms(), spent = 0;
	int inside = 0, refused = 0, plain_out = 0, moved = 0, fd;
	struct stat st, secret;

	ck_assert_int_eq(fstatat(farm_fd, "out/secret", &secret, 0), 0);
	while (
	    spent < AT_MOST_MS && (spent < AT_LEAST_MS || inside < ENOUGH || refused < ENOUGH ||
				      (race->link && plain_out < ENOUGH))) {
		fd = jail_open(&jail, race->name, NULL);
		if (fd != -1) {
			ck_assert_msg(!is_outside(fd), "%s got out", race->name);
			inside++;
		} else {
			moved += errno == EAGAIN;
			refused++;
		}
		if (jail_stat(&jail, race->name, &st) == 0)
			ck_assert_msg(st.st_ino != secret.st_ino || st.st_dev != secret.st_dev,
			    "stat of %s got out", race->name);
		fd = openat(jail.top, race->name, O_RDONLY | O_CLOEXEC);
		plain_out += fd != -1 && is_outside(fd);
		spent = sys_now_ms() - began;
	}
	stop(pid);
	ck_assert_msg(inside > 0 && refused > 0 && (!race->link || plain_out > 0),
	    "no race: %d inside, %d refused, %d by plain openat", inside, refused, plain_out);
	if (getenv("JAIL_RACES") != NULL)
		printf("%s, way %d: %d inside, %d refused (%d moved), %d by plain openat out\n",
		    race->name, _i % FARM_WAYS, inside, refused, moved, plain_out);
}
END_TEST

START_TEST(nothing_outside_is_changed)
{
	struct jail jail = farm_jail(_i);
	pid_t pid = start(swap_directories);
	int64_t began = sys_now_ms(), spent = 0;
	int done = 0, refused = 0;
	struct jail_file file;

	jail.lazy = true;
	while (
	    spent < AT_MOST_MS && (spent < AT_LEAST_MS || done < ENOUGH || refused < ENOUGH)) {
		if (jail_create(&jail, "x/secret", NULL, 0644, &file) == 0) {
			done++;
			if (done % 2 == 0 || jail_publish(&file, true) == -1)
				jail_discard(&file);
		} else {
			refused++;
		}
		jail_mkdir(&jail, "x/a", 0755);
		jail_rename(&jail, "x/a", "x/c", true);
		jail_rmdir(&jail, "x/c");
		jail_chmod(&jail, "x/secret", 0600);
		jail_rename(&jail, "x/secret", "x/other", true);
		jail_remove(&jail, "x/other");
		spent = sys_now_ms() - began;
	}
	stop(pid);
	ck_assert_msg(done > 0 && refused > 0, "no race: %d done, %d refused", done, refused);
	ck_assert_int_eq(farm_count("out"), 2);
	ck_assert(farm_has("out/secret", "outside"));
	ck_assert(faccessat(farm_fd, "out/sub", F_OK, 0) == 0);
}
END_TEST

/* Not with AddressSanitizer: its own system calls are traced too, and are hundreds. */
#if defined(__linux__) && defined(RENAME_EXCHANGE) && !defined(__SANITIZE_ADDRESS__)
#define SWAP_BEFORE_EACH_CALL 1
/*
 * The same without chance: a name is looked up again and again, and each time the swap
 * is made before another one of the system calls, there or back.
 */
static const struct swap {
	const char *name, *one, *other;
} swaps[] = {
	{ "real/secret", "top/real", "top/link" },
	{ "real/sub/../secret", "top/real", "top/link" },
	{ "file", "top/file", "top/file_link" },
	{ "real/sub/deep/../../secret", "top/real/sub", "out/sub" },
	{ "real/sub/deep/../../../secret", "top/real/sub", "out/sub" },
};

enum { SWAPS = sizeof swaps / sizeof *swaps };

static struct swap current;
static size_t swap_at;

static void
swap_once(uint64_t number, size_t count)
{
	(void)number;
	if (count == swap_at)
		ck_assert_int_eq(
		    renameat2(farm_fd, current.one, farm_fd, current.other, RENAME_EXCHANGE),
		    0);
}

static void
look_up(const struct jail *jail)
{
	const off_t inside = strlen("inside");
	int fd = jail_open(jail, current.name, NULL);
	struct stat st;

	if (fd != -1 && (fstat(fd, &st) == -1 || st.st_size != inside))
		_exit(1);
	if (jail_stat(jail, current.name, &st) == 0 && st.st_size != inside)
		_exit(2);
}

START_TEST(swapped_before_each_call)
{
	struct jail jail = farm_jail(_i % FARM_WAYS);
	size_t calls;

	farm_dir("out/sub/deep");
	farm_file("secret", "outside");
	current = swaps[_i / FARM_WAYS];
	do {
		farm_trace(&jail, look_up, swap_once);
		calls = farm_trace(&jail, look_up, swap_once);
	} while (swap_at++ < calls);
}
END_TEST
#endif

/* A place for each: a race leaves it in disorder. */
static void
add(Suite *suite, const TTest *test, int count)
{
	for (int i = 0; i < count; i++) {
		TCase *tcase = tcase_create("jail_race");

		tcase_set_timeout(tcase, 120);
		tcase_add_unchecked_fixture(tcase, begin, farm_end);
		tcase_add_loop_test(tcase, test, i, i + 1);
		suite_add_tcase(suite, tcase);
	}
}

Suite *
jail_race_suite(void)
{
	Suite *suite = suite_create("jail, racing");

	add(suite, nothing_outside_is_opened, RACES * FARM_WAYS);
	add(suite, nothing_outside_is_changed, FARM_WAYS);
#ifdef SWAP_BEFORE_EACH_CALL
	add(suite, swapped_before_each_call, SWAPS * FARM_WAYS);
#endif
	return suite;
}
