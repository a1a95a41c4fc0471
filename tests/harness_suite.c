/*
 * harness: which checks run.
 *
 * Guards against a result that was not earned: what cannot be tested here is
 * printed as skipped and is in no count.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/shard.h"

enum {
	CHECKS_MAX = 256,
	CHECK_TIMEOUT_S = 120, /* the last resort: every wait has its own, shorter bound */
};

static const char *const model_names[] = {
	[MODEL_FORK] = "fork",
	[MODEL_PREFORK] = "prefork",
	[MODEL_ITERATIVE] = "iterative",
	[MODEL_THREAD] = "thread",
	[MODEL_NONBLOCK] = "nonblock",
	[MODEL_SELECT] = "select",
	[MODEL_POLL] = "poll",
	[MODEL_EPOLL] = "epoll",
	[MODEL_EPOLL_ET] = "epoll-et",
	[MODEL_COROUTINE] = "coroutine",
	[MODEL_EVENT] = "event",
	[MODEL_COUNT] = NULL,
};

/* Filled before the first test runs, then only read. */
static struct {
	const char *program;
	struct check checks[CHECKS_MAX];
	size_t count;
	int skipped;
	pid_t runner;
} suite_state;

const char *
harness_program(void)
{
	return suite_state.program;
}

const char *
harness_bin(void)
{
	const char *bin = getenv("BIN");

	return bin != NULL ? bin : "bin";
}

const char *
harness_model(int model)
{
	return model_names[model];
}

const char *
harness_server(void)
{
	const char *sut = getenv("SUT");

	if (sut != NULL && (strncmp(sut, "tcp:", 4) == 0 || strncmp(sut, "udp:", 4) == 0))
		return sut + 4;
	return NULL;
}

const char *
harness_sut(void)
{
	const char *sut = getenv("SUT");

	return sut != NULL && *sut != '\0' && harness_server() == NULL ? sut : NULL;
}

/*
 * Before each test: its orphans come to us, so that we can see and kill them; and
 * whatever an earlier, crashed test has left with the runner goes now.
 */
static void
setup(void)
{
	if (getppid() == suite_state.runner)
		process_kill_descendants(suite_state.runner, getpid());
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	harness_setup();
	harness_grade_await_turn();
}

Suite *
harness_suite(const char *program)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", harness_bin(), program);
	if (!harness_is_graded() && access(path, X_OK) == -1) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	suite_state.program = program;
	return suite_create(program);
}

/* Why a check cannot be tested, or NULL. */
static const char *
reason_to_skip(const struct check *check, const char *missing)
{
	if (harness_server() != NULL && check->needs != NEEDS_PORT)
		return "needs a server that the harness starts";
	if (harness_is_graded() && check->needs == NEEDS_OURS)
		return "about this suite's own words and models";
	return missing;
}

/* Some models need what only Linux has: ask the program. */
static bool
has_model(int model)
{
	static signed char known[MODEL_COUNT]; /* 1 yes, -1 no */
	char command[4096];

	if (model < MODEL_EPOLL)
		return true;
	snprintf(command, sizeof command, "%s/%s -m %s -V >/dev/null 2>&1", harness_bin(),
	    suite_state.program, model_names[model]);
	if (known[model] == 0) {
		known[model] = system(command) == 0 ? 1 : -1;
		if (known[model] == -1)
			printf("skipped: model %s: not in this build\n", model_names[model]);
	}
	return known[model] == 1;
}

static void
add_in_models(TCase *tcase, const struct check *check)
{
	static unsigned long seen;

	if (harness_is_graded()) {
		tcase_add_loop_test(tcase, check->test, MODEL_COUNT, MODEL_COUNT + 1);
		return;
	}
	for (int model = 0; model < MODEL_COUNT; model++)
		if (((unsigned)check->models >> model & 1) != 0 && has_model(model) &&
		    shard_has(seen++))
			tcase_add_loop_test(tcase, check->test, model, model + 1);
}

void
harness_add_unless(const char *missing, Suite *suite, const struct check *checks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct check *check = &checks[i];
		const char *reason = reason_to_skip(check, missing);
		TCase *tcase;

		if (reason != NULL) {
			printf("skipped: %s: %s\n", check->test->name, reason);
			suite_state.skipped++;
			continue;
		}
		if (suite_state.count == CHECKS_MAX)
			abort();
		suite_state.checks[suite_state.count++] = *check;
		tcase = tcase_create(check->test->name);
		tcase_add_checked_fixture(tcase, setup, harness_teardown);
		tcase_set_timeout(tcase, CHECK_TIMEOUT_S);
		add_in_models(tcase, check);
		suite_add_tcase(suite, tcase);
	}
}

void
harness_add(Suite *suite, const struct check *checks, size_t count)
{
	harness_add_unless(NULL, suite, checks, count);
}

static int
run_checks(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	TestResult **results;
	int ran, failed;

	suite_state.runner = getpid();
	harness_grade_begin();
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	srunner_run_all(runner, CK_ENV);
	process_kill_descendants(suite_state.runner, 0);
	ran = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	results = srunner_results(runner);
	if (suite_state.skipped > 0)
		printf("%d checks were skipped and are counted nowhere\n", suite_state.skipped);
	if (harness_is_graded())
		harness_grade_report(suite_state.checks, suite_state.count, results, ran);
	free(results);
	srunner_free(runner);
	if (ran == 0)
		puts("nothing was tested");
	return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
harness_run(Suite *suite)
{
	const char *forking = getenv("CK_FORK");
	int status;

	/* A shell ignores these for what it runs in the background, and programs heed that. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	fflush(stdout);
	if (forking != NULL && strcmp(forking, "no") == 0) /* under a debugger */
		return run_checks(suite);
	status = harness_guard(run_checks, suite);
	srunner_free(srunner_create(suite)); /* our copy: the guarded child ran its own */
	return status;
}

const char *
missing_ipv6(void)
{
	int port, fd = port_reserve(AF_INET6, &port);

	if (fd == -1)
		return "this machine has no ::1";
	close(fd);
	return NULL;
}

const char *
missing_root(void)
{
	return geteuid() != 0 ? "only root becomes another user" : NULL;
}

const char *
missing_command(const char *name)
{
	static char words[64];
	const char *path = getenv("PATH");
	char file[4096];

	while (path != NULL && *path != '\0') {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof file, "%.*s/%s", (int)len, path, name);
		if (access(file, X_OK) == 0)
			return NULL;
		path += len + (path[len] == ':');
	}
	snprintf(words, sizeof words, "no %s here", name);
	return words;
}
