/*
 * sys: the system's extensions beyond POSIX.1-2008, each with a plain fallback.
 *
 * Every function has two bodies, the extension and the fallback, side by side.
 */
#define _GNU_SOURCE /* accept4, ppoll, _Fork, setgroups, MAP_ANONYMOUS, ucred */

#include "common/sys.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#include <sys/prctl.h>
#include <sys/sendfile.h>
#endif

#if defined(__linux__) && defined(__GLIBC__)
#define HAVE_NSS 1
#include <sys/auxv.h>

#include <nss.h>
#endif

#if defined(HAVE_LINUX) && defined(__GLIBC__) && !defined(__SANITIZE_THREAD__)
#if __GLIBC_PREREQ(2, 34)
#define HAVE__FORK 1
#endif
#endif

int
sys_set_nonblocking(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return -1;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) == -1 ? -1 : 0;
}

void
sys_fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

#ifndef HAVE_LINUX
/* Set both flags on a fresh descriptor; on failure it is closed. */
static int
adopt(int fd, bool nonblocking)
{
	int saved;

	if (fd == -1)
		return -1;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && sys_set_nonblocking(fd, nonblocking) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}
#endif

int
sys_socket(int family, int type, int protocol, bool nonblocking)
{
#ifdef HAVE_LINUX
	return socket(
	    family, type | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), protocol);
#else
	return adopt(socket(family, type, protocol), nonblocking);
#endif
}

int
sys_accept(int listener, struct sockaddr *peer, socklen_t *peer_len, bool nonblocking)
{
#ifdef HAVE_LINUX
	return accept4(
	    listener, peer, peer_len, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0));
#else
	return adopt(accept(listener, peer, peer_len), nonblocking);
#endif
}

int
sys_pipe(int ends[2])
{
#ifdef HAVE_LINUX
	return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
#else
	int saved;

	if (pipe(ends) == -1)
		return -1;
	if (adopt(ends[0], true) != -1) {
		if (adopt(ends[1], true) != -1)
			return 0;
		saved = errno;
		close(ends[0]);
	} else {
		saved = errno;
		close(ends[1]);
	}
	errno = saved;
	return -1;
#endif
}

#ifndef HAVE_LINUX
enum {
	SLICE_MS = 50, /* of a wait that may miss a signal at its beginning */
};

/* pselect(2)'s sets. The highest descriptor, or -1; FD_SETSIZE: they cannot tell all. */
static int
sets_from_poll(const struct pollfd *fds, nfds_t count, fd_set *in, fd_set *out)
{
	int highest = -1;

	FD_ZERO(in);
	FD_ZERO(out);
	for (nfds_t i = 0; i < count; i++) {
		int fd = fds[i].fd;

		if (fd >= FD_SETSIZE || (fd >= 0 && fds[i].events == 0))
			return FD_SETSIZE; /* too high, or watched for its end alone */
		highest = fd > highest ? fd : highest;
		if (fd >= 0 && fds[i].events & POLLIN)
			FD_SET(fd, in);
		if (fd >= 0 && fds[i].events & POLLOUT)
			FD_SET(fd, out);
	}
	return highest;
}

/*
 * For what no set can tell: poll(2) with the mask opened around it. A
 * signal that comes just before poll begins would not end it; so it waits in
 * slices, and after each looks for signals by a wait of nothing.
 */
static int
poll_in_slices(struct pollfd *fds, nfds_t count, int timeout_ms, const sigset_t *mask)
{
	const struct timespec now = { 0, 0 };
	int64_t end = sys_now_ms() + timeout_ms;
	sigset_t before;
	int ready, slice, error;

	do {
		if (pselect(0, NULL, NULL, NULL, &now, mask) == -1)
			return -1;
		slice = SLICE_MS;
		if (timeout_ms >= 0 && end - sys_now_ms() < slice)
			slice = end > sys_now_ms() ? (int)(end - sys_now_ms()) : 0;
		sigprocmask(SIG_SETMASK, mask, &before);
		ready = poll(fds, count, slice);
		error = errno;
		sigprocmask(SIG_SETMASK, &before, NULL);
		errno = error;
	} while (ready == 0 && (timeout_ms < 0 || sys_now_ms() < end));
	return ready;
}

/* What pselect(2) has left in its sets, as poll(2) tells it. */
static void
poll_from_sets(struct pollfd *fds, nfds_t count, int ready, const fd_set *in, const fd_set *out)
{
	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = 0;
		if (ready == 0 || fds[i].fd < 0)
			continue;
		if (FD_ISSET(fds[i].fd, in))
			fds[i].revents |= POLLIN;
		if (FD_ISSET(fds[i].fd, out))
			fds[i].revents |= POLLOUT;
	}
}
#endif

int
sys_ppoll(struct pollfd *fds, nfds_t count, int timeout_ms, const sigset_t *mask)
{
	struct timespec limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	const struct timespec *timeout = timeout_ms < 0 ? NULL : &limit;
#ifdef HAVE_LINUX
	return ppoll(fds, count, timeout, mask);
#else
	fd_set in, out;
	int highest = sets_from_poll(fds, count, &in, &out), ready;

	if (highest >= FD_SETSIZE)
		return poll_in_slices(fds, count, timeout_ms, mask);
	ready = pselect(highest + 1, &in, &out, NULL, timeout, mask);
	if (ready >= 0)
		poll_from_sets(fds, count, ready, &in, &out);
	return ready;
#endif
}

int
sys_allow_files(uint64_t count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	if (limit.rlim_cur >= count)
		return 0;
	limit.rlim_cur = count;
	if (limit.rlim_max < count)
		limit.rlim_max = count;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

pid_t
sys_fork(void)
{
#ifdef HAVE__FORK
	return _Fork();
#else
	return fork();
#endif
}

bool
sys_take_signal(int signal)
{
#ifdef HAVE_LINUX
	static const struct timespec at_once;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return sigtimedwait(&set, NULL, &at_once) == signal;
#else
	(void)signal;
	return false;
#endif
}

bool
sys_can_die_with_parent(void)
{
#ifdef HAVE_LINUX
	return true;
#else
	return false;
#endif
}

int
sys_die_with(pid_t parent)
{
#ifdef HAVE_LINUX
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return -1;
	if (getppid() == parent)
		return 0;
	errno = ESRCH;
#else
	(void)parent;
	errno = ENOSYS;
#endif
	return -1;
}

void
sys_schedule_batch(void)
{
#ifdef HAVE_LINUX
	const struct sched_param none = { 0 };

	(void)sched_setscheduler(0, SCHED_BATCH, &none); /* a wish: nothing depends on it */
#endif
}

void *
sys_shared_memory(size_t size)
{
	void *memory;
#ifdef HAVE_LINUX
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
#else
	char name[] = "/tmp/switchboard-XXXXXX";
	int saved, fd = mkstemp(name);

	if (fd == -1)
		return NULL;
	unlink(name);
	memory = MAP_FAILED;
	if (ftruncate(fd, (off_t)size) == 0)
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	saved = errno;
	close(fd);
	errno = saved;
#endif
	return memory == MAP_FAILED ? NULL : memory;
}

enum {
	GUARD_SIZE = 64 * 1024, /* a whole page on every kind of machine */
};

void *
sys_new_stack(size_t size)
{
	char *map = mmap(NULL, GUARD_SIZE + size, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);

	if (map == MAP_FAILED)
		return NULL;
	if (mprotect(map + GUARD_SIZE, size, PROT_READ | PROT_WRITE) == 0)
		return map + GUARD_SIZE;
	munmap(map, GUARD_SIZE + size);
	return NULL;
}

void
sys_free_stack(void *stack, size_t size)
{
	munmap((char *)stack - GUARD_SIZE, GUARD_SIZE + size);
}

int
sys_become(uid_t uid, gid_t gid)
{
	if (setgroups(1, &gid) == -1 || setgid(gid) == -1 || setuid(uid) == -1)
		return -1;
	if (getuid() == uid && geteuid() == uid && getgid() == gid && getegid() == gid &&
	    (uid == 0 || setuid(0) == -1))
		return 0;
	errno = EPERM;
	return -1;
}

pid_t
sys_peer_pid(int fd)
{
#ifdef HAVE_LINUX
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0)
		return peer.pid;
#else
	(void)fd;
#endif
	return -1;
}

ssize_t
sys_sendfile(int out, int in, off_t *offset, size_t count)
{
#ifdef HAVE_LINUX
	return sendfile(out, in, offset, count);
#else
	(void)out, (void)in, (void)offset, (void)count;
	errno = ENOSYS;
	return -1;
#endif
}

void
sys_use_plain_names(void)
{
#ifdef HAVE_NSS
	if (getauxval(AT_BASE) != 0) /* a dynamic linker is there */
		return;
	__nss_configure_lookup("hosts", "files dns");
	__nss_configure_lookup("services", "files");
	__nss_configure_lookup("passwd", "files");
#endif
}

int64_t
sys_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
