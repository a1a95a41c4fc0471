/*
 * spawn: run a program with pipes in a group of its own. See spawn.h.
 */
#include "common/spawn.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"

enum {
	SIGNALS = 65,		/* more than there are */
	PIPE_SIZE = 256 * 1024, /* wide, and within what one user's pipes may hold in all */
	CHILDREN_MAX = 256,	/* adopted ones that are signalled in one go */
};

enum step {
	STEP_PIPE,
	STEP_FORK,
	STEP_CHDIR,
	STEP_LIMIT,
	STEP_EXEC,
};

/* What the child says when it cannot become the program. */
struct report {
	int error;
	enum step step;
};

/* The pipes' ends: [0] to read, [1] to write. */
struct pipes {
	int in[2], out[2], err[2], report[2];
};

static const char *
step_name(enum step step)
{
	static const char *const names[] = {
		[STEP_PIPE] = "pipe",
		[STEP_FORK] = "fork",
		[STEP_CHDIR] = "chdir",
		[STEP_LIMIT] = "setrlimit",
		[STEP_EXEC] = "execve",
	};

	return names[step];
}

void
spawn_adopt_orphans(void)
{
	(void)sys_adopt_orphans(); /* without it, those who leave the group escape */
}

void
spawn_close(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
spawn_widen(int fd)
{
	sys_widen_pipe(fd, PIPE_SIZE);
}

static void
close_pipes(struct pipes *pipes)
{
	int *ends[] = { pipes->in, pipes->out, pipes->err, pipes->report };
	int saved = errno;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		spawn_close(&ends[i][0]);
		spawn_close(&ends[i][1]);
	}
	errno = saved;
}

static int
open_pipes(struct pipes *pipes)
{
	*pipes = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	/* Non-blocking is our side's matter: a program expects pipes that wait. */
	if (sys_pipe(pipes->in) == 0 && sys_pipe(pipes->out) == 0 &&
	    sys_pipe(pipes->err) == 0 && sys_pipe(pipes->report) == 0 &&
	    sys_set_nonblocking(pipes->in[0], false) == 0 &&
	    sys_set_nonblocking(pipes->out[1], false) == 0 &&
	    sys_set_nonblocking(pipes->err[1], false) == 0 &&
	    sys_set_nonblocking(pipes->report[0], false) == 0)
		return 0;
	close_pipes(pipes);
	return -1;
}

/* ---- the child, from fork to execve ---- */

static void
reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signal = 1; signal < SIGNALS; signal++)
		sigaction(signal, &action, NULL); /* KILL, STOP and those that are none: no */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Soft and hard alike: it cannot be raised again. */
static int
set_limit(int resource, uint64_t soft, uint64_t hard)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == -1)
		return -1;
	if (limit.rlim_max != RLIM_INFINITY && hard > limit.rlim_max)
		hard = limit.rlim_max;
	limit.rlim_max = hard;
	limit.rlim_cur = soft < hard ? soft : hard;
	return setrlimit(resource, &limit);
}

static int
set_limits(const struct spawn_limits *limits)
{
	if (set_limit(RLIMIT_CORE, 0, 0) == -1)
		return -1;
	/* a second between SIGXCPU and SIGKILL */
	if (limits->cpu_s && set_limit(RLIMIT_CPU, limits->cpu_s, limits->cpu_s + 1) == -1)
		return -1;
	if (limits->memory && set_limit(RLIMIT_AS, limits->memory, limits->memory) == -1)
		return -1;
#ifdef RLIMIT_NPROC /* everybody has it but POSIX */
	if (limits->processes &&
	    set_limit(RLIMIT_NPROC, limits->processes, limits->processes) == -1)
		return -1;
#endif
	return 0;
}

/* execve(2) with a const that it forgot; it changes nothing. */
static void
execute(const char *file, const struct spawn_program *program)
{
	union {
		const char *const *in;
		char *const *out;
	} argv = { .in = program->argv }, env = { .in = program->env };

	(void)execve(file, argv.out, env.out);
}

/* As execvp(3) searches, but in our own path: errno says what was found at best. */
static void
search_and_execute(const struct spawn_program *program)
{
	const char *name = program->argv[0], *from = program->path;
	char file[PATH_MAX];
	int denied = 0;

	if (strchr(name, '/')) {
		execute(name, program);
		return;
	}
	while (*name && *from) {
		size_t len = strcspn(from, ":");
		int n = snprintf(file, sizeof file, "%.*s/%s", (int)len, from, name);

		if (n > 0 && n < (int)sizeof file)
			execute(file, program);
		if (errno == EACCES)
			denied = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return;
		from += len + (from[len] == ':');
	}
	errno = denied ? denied : ENOENT;
}

/* Become the program, or say at which step that failed. */
static enum step
become(const struct spawn_program *program, const struct pipes *pipes)
{
	setsid();
	reset_signals();
	dup2(pipes->in[0], STDIN_FILENO);
	dup2(pipes->out[1], STDOUT_FILENO);
	dup2(pipes->err[1], STDERR_FILENO);
	sys_close_on_exec_from(STDERR_FILENO + 1);
	umask(program->umask);
	if (program->directory && chdir(program->directory) == -1)
		return STEP_CHDIR;
	if (set_limits(&program->limits) == -1)
		return STEP_LIMIT;
	errno = ENOENT;
	search_and_execute(program);
	return STEP_EXEC;
}

/* What the child needs to know. */
struct birth {
	const struct spawn_program *program;
	const struct pipes *pipes;
	pid_t parent;
};

static int
be_child(void *arg)
{
	const struct birth *birth = arg;
	struct report report;
	ssize_t n;

	if (sys_can_die_with_parent() && sys_die_with(birth->parent) == -1)
		return 1;
	report.step = become(birth->program, birth->pipes);
	report.error = errno;
	n = write(birth->pipes->report[1], &report, sizeof report);
	return n == sizeof report ? 127 : 1;
}

/* ---- the parent ---- */

/* Until the child is the program, or has said why not. Whether it is. */
static bool
hear_report(int fd, struct report *report)
{
	ssize_t n;

	do
		n = read(fd, report, sizeof *report);
	while (n == -1 && errno == EINTR);
	return n != (ssize_t)sizeof *report;
}

static int
reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return status;
}

/* 0, or -1 with *report. */
static int
start(const struct spawn_program *program, struct spawned *spawned, struct pipes *pipes,
    struct report *report)
{
	struct birth birth = { program, pipes, getpid() };
	pid_t pid = sys_fork_to_execute(be_child, &birth);

	if (pid == -1) {
		*report = (struct report){ .error = errno, .step = STEP_FORK };
		return -1;
	}
	spawn_close(&pipes->report[1]);
	if (!hear_report(pipes->report[0], report)) {
		(void)reap(pid);
		return -1;
	}
	*spawned = (struct spawned){
		.pid = pid,
		.in = pipes->in[1],
		.out = pipes->out[0],
		.err = pipes->err[0],
	};
	pipes->in[1] = pipes->out[0] = pipes->err[0] = -1; /* now the caller's */
	return 0;
}

int
spawn_start(const struct spawn_program *program, struct spawned *spawned, const char **step)
{
	struct report report = { .step = STEP_PIPE };
	struct pipes pipes;
	int result;

	*spawned = (struct spawned){ .in = -1, .out = -1, .err = -1, .state = SPAWN_GONE };
	*step = step_name(STEP_PIPE);
	if (open_pipes(&pipes) == -1)
		return -1;
	result = start(program, spawned, &pipes, &report);
	close_pipes(&pipes);
	if (result == 0)
		return 0;
	*step = step_name(report.step);
	errno = report.error;
	return -1;
}

/* ---- its end ---- */

/* Those that came to us when their parents ended. How many were signalled. */
static void
signal_adopted(int signal)
{
	pid_t children[CHILDREN_MAX];
	size_t count = sys_children(children, CHILDREN_MAX);

	for (size_t i = 0; i < count; i++)
		kill(children[i], signal);
}

void
spawn_signal(const struct spawned *spawned, int signal)
{
	if (spawned->state == SPAWN_GONE)
		return;
	/*
	 * The group's number is its first process's, which cannot be given to others
	 * while that is not waited for; later only while the group has members.
	 */
	if (spawned->state == SPAWN_RUNS || !sys_can_adopt_orphans()) {
		kill(-spawned->pid, signal);
		if (signal != SIGSTOP && signal != SIGTSTP)
			kill(-spawned->pid, SIGCONT); /* who is stopped cannot heed it */
	}
	if (spawned->state == SPAWN_REST || signal == SIGKILL)
		signal_adopted(signal);
}

/* The first process, if it has ended: its status is kept, its group is told. */
static bool
note_end(struct spawned *spawned)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)spawned->pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1 ||
	    info.si_pid == 0)
		return false;
	kill(-spawned->pid, SIGTERM); /* while its number is surely its own */
	kill(-spawned->pid, SIGCONT);
	spawned->status = reap(spawned->pid);
	spawned->state = SPAWN_REST;
	return true;
}

/* Whether anybody is left; the dead are buried. */
static bool
others_left(const struct spawned *spawned)
{
	pid_t pid;

	if (!sys_can_adopt_orphans())
		return kill(-spawned->pid, 0) == 0;
	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0 || (pid == -1 && errno == EINTR));
	return pid == 0;
}

enum spawn_state
spawn_check(struct spawned *spawned)
{
	bool first = spawned->state == SPAWN_RUNS && note_end(spawned);

	if (spawned->state == SPAWN_REST && !others_left(spawned))
		spawned->state = SPAWN_GONE;
	else if (first)
		signal_adopted(SIGTERM); /* of those, who had left the group */
	return spawned->state;
}
