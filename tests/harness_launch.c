/*
 * harness: start a program in its own process group with our ends of its pipes.
 *
 * Guards against a started program that outlives its test: it dies with us, and
 * teardown kills its group and whatever else descends from this test.
 */
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	PROGRAMS_MAX = 16, /* await_events has room for as many */
	ARGS_MAX = 64,
	FIRST_PASSED = 3,
	HIGH = 100, /* descriptors are moved here before they take their places */
};

static struct program programs[PROGRAMS_MAX];
static size_t program_count;

size_t
harness_programs(struct program **list)
{
	*list = programs;
	return program_count;
}

static bool
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd != -1)
		close(fd);
	return done;
}

/* Give this process a view of the file system in which /etc/hosts is `path`. */
static bool
mount_hosts(const char *path)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char map[64];

	if (unshare(CLONE_NEWNS) == -1) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
			return false;
		snprintf(map, sizeof map, "%u %u 1", uid, uid);
		write_file("/proc/self/setgroups", "deny");
		if (!write_file("/proc/self/uid_map", map))
			return false;
		snprintf(map, sizeof map, "%u %u 1", gid, gid);
		write_file("/proc/self/gid_map", map);
	}
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
}

const char *
missing_hosts(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(mount_hosts("/dev/null") ? 0 : 1);
	if (pid == -1 || waitpid(pid, &status, 0) != pid || status != 0)
		return "may not mount another /etc/hosts here";
	return NULL;
}

static void
limit(int resource, rlim_t soft)
{
	struct rlimit rlimit;

	if (soft == 0 || getrlimit((__rlimit_resource_t)resource, &rlimit) == -1)
		return;
	rlimit.rlim_cur = soft;
	setrlimit((__rlimit_resource_t)resource, &rlimit);
}

/* Put the descriptors where the program expects them, and none of ours. */
static void
place_descriptors(const struct launch *launch, int in, int out, int err)
{
	const int from[] = { in, out, err, launch->pass[0], launch->pass[1] };
	int high[ARRAY_LENGTH(from)];
	int count = FIRST_PASSED;

	for (size_t i = 0; i < ARRAY_LENGTH(from); i++)
		high[i] = from[i] > 0 ? fcntl(from[i], F_DUPFD_CLOEXEC, HIGH) : -1;
	for (int i = 0; i < (int)ARRAY_LENGTH(from); i++)
		if (high[i] != -1 && dup2(high[i], i) == i)
			count = i + 1;
	for (int fd = count; fd < HIGH; fd++)
		close(fd);
	if (count > FIRST_PASSED) {
		char number[16];

		snprintf(number, sizeof number, "%d", count - FIRST_PASSED);
		setenv("LISTEN_FDS", number, 1);
		snprintf(number, sizeof number, "%ld",
		    (long)(launch->pass_to_other ? getppid() : getpid()));
		setenv("LISTEN_PID", number, 1);
	}
}

/* The command line: $BIN/NAME ARGS..., or SUT's words and ARGS by the shell. */
static void
build_command(const char *argv[ARGS_MAX], const char *other, const char *const *args)
{
	static char path[4096];
	size_t n = 0;

	if (other == NULL && harness_sut() != NULL) {
		argv[n++] = "/bin/sh";
		argv[n++] = "-c";
		argv[n++] = "exec $SUT \"$@\"";
		argv[n++] = "sh";
	} else {
		snprintf(path, sizeof path, "%s%s%s",
		    other != NULL && *other == '/' ? "" : harness_bin(),
		    other != NULL && *other == '/' ? "" : "/",
		    other != NULL ? other : harness_program());
		argv[n++] = path;
	}
	for (; args != NULL && *args != NULL && n < ARGS_MAX - 1; args++)
		argv[n++] = *args;
	argv[n] = NULL;
}

static _Noreturn void
become_program(const struct launch *launch, const char *hosts, int in, int out, int err)
{
	const char *argv[ARGS_MAX];
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (launch->controlling) {
		setsid();
		ioctl(in, TIOCSCTTY, 0);
	} else {
		setpgid(0, 0);
	}
	if (hosts != NULL && !mount_hosts(hosts))
		_exit(126);
	if (launch->no_low_ports)
		prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE, 0, 0, 0);
	place_descriptors(launch, in, out, err);
	limit(RLIMIT_NPROC, launch->processes);
	limit(RLIMIT_NOFILE, launch->descriptors);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	build_command(argv, launch->other, launch->args);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* A descriptor for the program: the given one, or the far end of a new pipe. */
static int
far_end(int given, int *ours, int end)
{
	int ends[2];

	*ours = -1;
	if (given > 0)
		return given;
	EXPECT(pipe2(ends, O_CLOEXEC) == 0, "pipe2: %s", strerror(errno));
	*ours = ends[1 - end];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return ends[end];
}

static const char *
hosts_file(const char *text)
{
	static char path[4096];
	FILE *file;

	if (text == NULL)
		return NULL;
	snprintf(path, sizeof path, "%s/hosts", temporary_directory());
	file = fopen(path, "w");
	EXPECT(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, "cannot write %s",
	    path);
	return path;
}

struct program *
program_launch(const struct launch *launch)
{
	struct program *p = &programs[program_count];
	const char *hosts = hosts_file(launch->hosts);
	int in, out, err;

	EXPECT(program_count < PROGRAMS_MAX, "too many programs in one test");
	*p = (struct program){ .in = -1, .out.text = calloc(1, 1), .err.text = calloc(1, 1) };
	in = far_end(launch->in, &p->in, 0);
	out = far_end(launch->out, &p->out.fd, 1);
	err = far_end(launch->err, &p->err.fd, 1);
	program_count++;
	p->pid = fork();
	EXPECT(p->pid != -1, "fork: %s", strerror(errno));
	if (p->pid == 0)
		become_program(launch, hosts, in, out, err);
	if (!launch->controlling)
		setpgid(p->pid, p->pid);
	if (launch->in <= 0)
		close(in);
	if (launch->out <= 0)
		close(out);
	if (launch->err <= 0)
		close(err);
	return p;
}

void
program_release(struct program *p)
{
	int *const ends[] = { &p->in, &p->out.fd, &p->err.fd };

	EXPECT(p->exited && p == &programs[program_count - 1], "not the last one");
	EXPECT(strstr(p->err.text, "Sanitizer") == NULL &&
		   strstr(p->err.text, "runtime error:") == NULL,
	    "a sanitizer has reported: %s", p->err.text);
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (*ends[i] != -1)
			close(*ends[i]);
	free(p->out.text);
	free(p->err.text);
	program_count--;
}

void
harness_setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	program_count = 0;
}

void
harness_kill_all(void)
{
	for (size_t i = 0; i < program_count; i++)
		if (programs[i].pid > 0 && !programs[i].exited)
			kill(-programs[i].pid, SIGKILL);
	process_kill_descendants(getpid(), 0);
	for (size_t i = 0; i < program_count; i++)
		programs[i].exited = true;
}
