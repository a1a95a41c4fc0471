/*
 * keeper: a process that does for sessions what they may not. See keeper.h.
 *
 * The question goes over a pair of sockets that all sessions share, so the answer needs a
 * way of its own: each question brings one end of a fresh pair with it (SCM_RIGHTS).
 */
#include "common/keeper.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"
#include "common/wipe.h"

/* Room for one descriptor beside a message, aligned as the kernel wants it. */
union rights {
	struct cmsghdr header;
	unsigned char bytes[CMSG_SPACE(sizeof(int))];
};

/* A message, with a descriptor unless that is -1. Its length, or -1. */
static ssize_t
send_message(int socket, const void *bytes, size_t len, int fd)
{
	union rights rights = { .bytes = { 0 } };
	struct iovec piece = { .iov_base = (void *)bytes, .iov_len = len };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t n;

	if (fd != -1) {
		message.msg_control = rights.bytes;
		message.msg_controllen = sizeof rights.bytes;
		rights.header.cmsg_level = SOL_SOCKET;
		rights.header.cmsg_type = SCM_RIGHTS;
		rights.header.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
	}
	do
		n = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n;
}

/* The next message, and in *fd its descriptor or -1. Its length, 0 at the end, or -1. */
static ssize_t
receive_message(int socket, void *bytes, size_t capacity, int *fd)
{
	union rights rights;
	struct iovec piece = { .iov_base = bytes, .iov_len = capacity };
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = rights.bytes,
		.msg_controllen = sizeof rights.bytes,
	};
	const struct cmsghdr *header;
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(socket, &message, 0);
	while (n == -1 && errno == EINTR);
	header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof *fd)) {
		memcpy(fd, CMSG_DATA(header), sizeof *fd);
		fcntl(*fd, F_SETFD, FD_CLOEXEC);
	}
	return n;
}

/* ---- the keeper ---- */

static void
answer_one(
    const struct keeper_work *work, void *arg, const void *question, size_t len, int reply)
{
	unsigned char answer[KEEPER_ANSWER_MAX];
	int fd = -1;
	size_t size = work->answer(arg, question, len, answer, &fd);

	if (size > 0)
		send_message(reply, answer, size, fd);
}

/* It holds no file of anybody's, and heeds no signal that is meant for the server. */
static void
withdraw(void)
{
	static const int deaf[] = { SIGINT, SIGHUP, SIGTERM, SIGUSR1, SIGQUIT, SIGPIPE };
	int null = open("/dev/null", O_RDWR);

	for (int fd = STDIN_FILENO; null != -1 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	for (size_t i = 0; i < sizeof deaf / sizeof *deaf; i++)
		signal(deaf[i], SIG_IGN);
}

static _Noreturn void
keep(int socket, const struct keeper_work *work, void *arg)
{
	unsigned char question[KEEPER_QUESTION_MAX];
	ssize_t n;
	int reply;

	signal(SIGCHLD, SIG_IGN); /* whoever answers leaves no zombie */
	while ((n = receive_message(socket, question, sizeof question, &reply)) > 0) {
		if (reply != -1 && sys_fork() == 0) {
			close(socket); /* or our own end would never be seen */
			answer_one(work, arg, question, (size_t)n, reply);
			_exit(0);
		}
		wipe(question, (size_t)n);
		if (reply != -1)
			close(reply);
	}
	_exit(0);
}

/* A keeper that was killed is followed by another. One that ends by itself is not. */
static _Noreturn void
guard(int socket, const struct keeper_work *work, void *arg)
{
	pid_t self = getpid(), pid;
	int status;

	withdraw();
	signal(SIGCHLD, SIG_DFL);
	if (work->begin && work->begin(arg) == -1)
		_exit(1);
	for (;;) {
		int64_t started = sys_now_ms(), lived;

		pid = sys_fork();
		if (pid == 0) {
			(void)sys_die_with(self);
			keep(socket, work, arg);
		}
		while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
			continue;
		if (pid != -1 && WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		lived = sys_now_ms() - started;
		if (lived < KEEPER_REST_MS)
			(void)poll(NULL, 0, (int)(KEEPER_REST_MS - lived));
	}
}

int
keeper_start(struct keeper *keeper, const struct keeper_work *work, void *arg)
{
	int ends[2];
	pid_t pid;

	/* Whole messages, from many at once; and their end is seen, unlike a datagram's. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = sys_fork();
	if (pid == 0) {
		close(ends[0]);
		guard(ends[1], work, arg);
	}
	close(ends[1]);
	keeper->guard = pid;
	keeper->fd = pid == -1 ? -1 : ends[0];
	if (pid == -1)
		close(ends[0]);
	return pid == -1 ? -1 : 0;
}

/* ---- a session ---- */

static ssize_t
await_answer(int socket, void *answer, size_t capacity, int *fd, int timeout_ms)
{
	struct pollfd wait = { .fd = socket, .events = POLLIN };
	int64_t end = sys_now_ms() + timeout_ms;
	ssize_t n;
	int ready;

	do {
		int64_t left = end - sys_now_ms();

		ready = poll(&wait, 1, left > 0 ? (int)left : 0);
	} while (ready == -1 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready != 1)
		return -1;
	n = receive_message(socket, answer, capacity, fd);
	if (n == 0)
		errno = EPIPE;
	return n > 0 ? n : -1;
}

ssize_t
keeper_ask(const struct keeper *keeper, const void *question, size_t len, void *answer,
    size_t capacity, int *fd, int timeout_ms)
{
	int ends[2], saved;
	ssize_t n;

	*fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	n = send_message(keeper->fd, question, len, ends[1]);
	saved = errno;
	close(ends[1]);
	errno = saved;
	if (n != -1)
		n = await_answer(ends[0], answer, capacity, fd, timeout_ms);
	saved = errno;
	close(ends[0]);
	errno = saved;
	return n;
}

void
keeper_leave(struct keeper *keeper)
{
	if (keeper->fd != -1)
		close(keeper->fd);
	keeper->fd = -1;
}
