/*
 * Guards: an error of execve that looks like the program's own status, a program that
 * inherits our descriptors or signals, and children that outlive it.
 */
#include "common/spawn.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"
#include "tests/unit/unit.h"

enum {
	TRIES = 1000, /* of 10 ms */
};

static struct spawned spawned;

static int
start(const struct spawn_program *other, const char *const *argv, const char **step)
{
	static const char *const env[] = { "A=1", NULL };
	struct spawn_program program = {
		.argv = argv, .env = env, .path = "/no/such/folder:/usr/bin:/bin", .umask = 027
	};

	if (other) {
		program.directory = other->directory;
		program.limits = other->limits;
	}
	return spawn_start(&program, &spawned, step);
}

static int
run_shell(const char *line, const struct spawn_program *other)
{
	const char *const argv[] = { "sh", "-c", line, NULL };
	const char *step;

	return start(other, argv, &step);
}

/* All of its standard output. */
static const char *
read_output(void)
{
	static char text[4096];
	struct pollfd wait = { spawned.out, POLLIN, 0 };
	size_t have = 0;
	ssize_t n;

	do {
		ck_assert_int_eq(poll(&wait, 1, 10000), 1);
		n = read(spawned.out, text + have, sizeof text - 1 - have);
		have += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	text[have] = '\0';
	return text;
}

static void
await_state(enum spawn_state state)
{
	for (int i = 0; i < TRIES && spawn_check(&spawned) < state; i++)
		poll(NULL, 0, 10);
	ck_assert_int_ge(spawned.state, state);
}

static void
close_all(void)
{
	spawn_close(&spawned.in);
	spawn_close(&spawned.out);
	spawn_close(&spawned.err);
}

START_TEST(runs_and_ends)
{
	ck_assert_int_eq(run_shell("echo $A; umask; exit 3", NULL), 0);
	ck_assert_str_eq(read_output(), "1\n0027\n");
	await_state(SPAWN_GONE);
	ck_assert(WIFEXITED(spawned.status) && WEXITSTATUS(spawned.status) == 3);
	close_all();
}
END_TEST

struct failure {
	const char *name, *directory, *step;
	int error;
};

static const struct failure failures[] = {
	{ "no-such-program", NULL, "execve", ENOENT },
	{ "", NULL, "execve", ENOENT },
	{ "/no/such", NULL, "execve", ENOENT },
	{ "/etc/passwd", NULL, "execve", EACCES },
	{ "/", NULL, "execve", EACCES },
	{ "true", "/no/such", "chdir", ENOENT },
	{ "true", "/etc/passwd", "chdir", ENOTDIR },
};

START_TEST(says_what_failed)
{
	const char *const argv[] = { failures[_i].name, NULL };
	const struct spawn_program other = { .directory = failures[_i].directory };
	const char *step;

	ck_assert_int_eq(start(&other, argv, &step), -1);
	ck_assert_int_eq(errno, failures[_i].error);
	ck_assert_str_eq(step, failures[_i].step);
	ck_assert_int_eq(spawned.in, -1);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* buried */
}
END_TEST

START_TEST(inherits_nothing)
{
	int extra = dup(STDERR_FILENO); /* not close-on-exec */
	sigset_t block;

	signal(SIGPIPE, SIG_IGN);
	sigfillset(&block);
	sigprocmask(SIG_BLOCK, &block, NULL);
	ck_assert_int_eq(run_shell("exec cat /proc/self/status", NULL), 0);
	ck_assert_ptr_nonnull(strstr(read_output(), "SigBlk:\t0000000000000000\n"));
	await_state(SPAWN_GONE);
	close_all();
	ck_assert_int_eq(run_shell("test -e /proc/$$/fd/3 && echo open; :", NULL), 0);
	ck_assert_str_eq(read_output(), "");
	await_state(SPAWN_GONE);
	close_all();
	close(extra);
}
END_TEST

START_TEST(ends_the_group)
{
	ck_assert_int_eq(run_shell("sleep 1000 & sleep 1000", NULL), 0);
	ck_assert_int_eq(spawn_check(&spawned), SPAWN_RUNS);
	spawn_signal(&spawned, SIGTERM);
	await_state(SPAWN_GONE);
	ck_assert(WIFSIGNALED(spawned.status) && WTERMSIG(spawned.status) == SIGTERM);
	ck_assert_str_eq(read_output(), ""); /* nobody holds the pipe */
	close_all();
}
END_TEST

START_TEST(ends_who_is_left)
{
	spawn_adopt_orphans();
	ck_assert_int_eq(run_shell("sleep 1000 & setsid sleep 1000 & sleep 0.2", NULL), 0);
	await_state(SPAWN_REST);
	ck_assert(WIFEXITED(spawned.status));
	await_state(SPAWN_GONE);
	if (sys_can_adopt_orphans())
		ck_assert_str_eq(read_output(), "");
	close_all();
}
END_TEST

START_TEST(kills_who_ignores_term)
{
	spawn_adopt_orphans();
	ck_assert_int_eq(
	    run_shell("trap '' TERM; echo go; while :; do sleep 0.1; done", NULL), 0);
	poll(&(struct pollfd){ spawned.out, POLLIN, 0 }, 1, 10000);
	spawn_signal(&spawned, SIGTERM);
	poll(NULL, 0, 50);
	ck_assert_int_eq(spawn_check(&spawned), SPAWN_RUNS);
	spawn_signal(&spawned, SIGKILL);
	await_state(SPAWN_GONE);
	ck_assert(WIFSIGNALED(spawned.status) && WTERMSIG(spawned.status) == SIGKILL);
	close_all();
}
END_TEST

START_TEST(limits_what_it_uses)
{
	const struct spawn_program other = { .limits = { 60, 1 << 28, 3000 } };

	ck_assert_int_eq(run_shell("ulimit -t; ulimit -v; ulimit -c", &other), 0);
	ck_assert_str_eq(read_output(), "60\n262144\n0\n");
	await_state(SPAWN_GONE);
	close_all();
}
END_TEST

Suite *
spawn_suite(void)
{
	Suite *suite = suite_create("spawn");
	TCase *tcase = tcase_create("spawn");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, runs_and_ends);
	tcase_add_loop_test(
	    tcase, says_what_failed, 0, (int)(sizeof failures / sizeof *failures));
	tcase_add_test(tcase, inherits_nothing);
	tcase_add_test(tcase, ends_the_group);
	tcase_add_test(tcase, ends_who_is_left);
	tcase_add_test(tcase, kills_who_ignores_term);
	tcase_add_test(tcase, limits_what_it_uses);
	suite_add_tcase(suite, tcase);
	return suite;
}
