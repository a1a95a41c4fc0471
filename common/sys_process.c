/*
 * sys_process: the part of sys that is about starting programs and ending them.
 *
 * Every function has two bodies, the extension and the fallback, side by side.
 */
#define _GNU_SOURCE /* CLOSE_RANGE_CLOEXEC, F_SETPIPE_SZ, syscall, clone */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "common/sys.h"

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <sched.h>
#endif

/*
 * The stack is given by its upper end: right for all processors but HP's old one. The
 * sanitizers keep books of who uses which memory, in which such a child is not foreseen.
 */
#if defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
#if defined(HAVE_LINUX) && !defined(__hppa__) && !SANITIZED
#define HAVE_BORROWING_CHILD 1
#endif

enum {
	FILES_MAX = 65536,  /* descriptors that are closed one by one, at most */
	STACK_SIZE = 65536, /* of a child that is about to execute */
};

pid_t
sys_fork_to_execute(int (*child)(void *arg), void *arg)
{
	pid_t pid;
#ifdef HAVE_BORROWING_CHILD
	/* vfork(2) would have it run on our own stack, under functions that return. */
	alignas(max_align_t) char stack[STACK_SIZE];
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before); /* our handlers are not for the child */
	pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, arg);
	sigprocmask(SIG_SETMASK, &before, NULL);
#else
	pid = sys_fork();
	if (pid == 0)
		_exit(child(arg));
#endif
	return pid;
}

void
sys_be_told_of_parents_end(void)
{
#ifdef HAVE_LINUX
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
}

bool
sys_can_adopt_orphans(void)
{
	return sys_can_die_with_parent(); /* the same kernels */
}

int
sys_adopt_orphans(void)
{
#ifdef HAVE_LINUX
	return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
#else
	errno = ENOSYS;
	return -1;
#endif
}

size_t
sys_children(pid_t *children, size_t capacity)
{
	size_t count = 0;
#ifdef HAVE_LINUX
	FILE *file = fopen("/proc/thread-self/children", "re");
	long pid;

	while (file && count < capacity && fscanf(file, "%ld", &pid) == 1)
		children[count++] = (pid_t)pid;
	if (file)
		fclose(file);
#else
	(void)children, (void)capacity;
#endif
	return count;
}

void
sys_close_on_exec_from(int first)
{
	long end = sysconf(_SC_OPEN_MAX);
#if defined(HAVE_LINUX) && defined(SYS_close_range) && defined(CLOSE_RANGE_CLOEXEC)
	if (syscall(SYS_close_range, (unsigned)first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
#endif
	if (end == -1 || end > FILES_MAX)
		end = FILES_MAX;
	for (int fd = first; fd < end; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int
sys_processors(int most)
{
	long count = 1;
#ifdef HAVE_LINUX
	cpu_set_t ours;

	if (sched_getaffinity(0, sizeof ours, &ours) == 0)
		count = CPU_COUNT(&ours);
#elif defined(_SC_NPROCESSORS_ONLN)
	count = sysconf(_SC_NPROCESSORS_ONLN);
#endif
	return count < 1 ? 1 : count > most ? most : (int)count;
}

void
sys_widen_pipe(int fd, int size)
{
#ifdef HAVE_LINUX
	(void)fcntl(fd, F_SETPIPE_SZ, size);
#else
	(void)fd, (void)size;
#endif
}

int
sys_reopen_to_write(int fd)
{
#ifdef HAVE_LINUX
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
#else
	(void)fd;
	errno = ENOSYS;
	return -1;
#endif
}
