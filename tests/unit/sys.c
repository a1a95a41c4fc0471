/*
 * Guards: a descriptor that leaks into a child, a signal lost between a look and
 * a wait, a child that outlives its parent.
 */
#include "common/sys.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/unit.h"

START_TEST(descriptors_are_close_on_exec)
{
	int ends[2], fd = sys_socket(AF_INET, SOCK_STREAM, 0, true);

	ck_assert_int_eq(sys_pipe(ends), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(fcntl(ends[i], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
		ck_assert_int_eq(fcntl(ends[i], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	}
	ck_assert_int_eq(sys_set_nonblocking(fd, false), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(sys_set_nonblocking(1000, false), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static volatile sig_atomic_t caught;

static void
note(int signal)
{
	caught = signal;
}

START_TEST(ppoll_lets_signals_in_only_while_it_waits)
{
	struct sigaction action = { .sa_handler = note };
	sigset_t block, before;

	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &before);
	raise(SIGUSR1);
	ck_assert_int_eq(caught, 0);
	ck_assert_int_eq(sys_ppoll(NULL, 0, -1, &before), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(caught, SIGUSR1);
}
END_TEST

START_TEST(a_taken_signal_has_no_handler)
{
	struct sigaction action = { .sa_handler = note };
	sigset_t block, before;

	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &before);
	ck_assert(!sys_take_signal(SIGUSR1));
	raise(SIGUSR1);
	if (sys_take_signal(SIGUSR1)) {
		ck_assert_int_eq(sys_ppoll(NULL, 0, 0, &before), 0);
		ck_assert_int_eq(caught, 0);
	} else { /* PORTABLE: it is still there */
		ck_assert_int_eq(sys_ppoll(NULL, 0, -1, &before), -1);
		ck_assert_int_eq(caught, SIGUSR1);
	}
}
END_TEST

START_TEST(ppoll_tells_what_is_ready)
{
	int ends[2];
	sigset_t none;
	struct pollfd fds[3];

	sigemptyset(&none);
	ck_assert_int_eq(sys_pipe(ends), 0);
	fds[0] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = ends[1], .events = POLLOUT };
	ck_assert_int_eq(sys_ppoll(fds, 1, 0, &none), 0);
	ck_assert_int_eq(fds[0].revents, 0);
	ck_assert_int_eq(sys_ppoll(fds, 3, -1, &none), 1);
	ck_assert_int_eq(fds[0].revents, 0);
	ck_assert_int_eq(fds[2].revents, POLLOUT);
	close(ends[1]);
	fds[2].fd = -1;
	ck_assert_int_eq(sys_ppoll(fds, 3, -1, &none), 1); /* the end of a pipe is an event */
	ck_assert(fds[0].revents != 0);
}
END_TEST

START_TEST(memory_is_shared_with_children)
{
	int *shared = sys_shared_memory(100000), status;
	pid_t pid;

	ck_assert_ptr_nonnull(shared);
	ck_assert_int_eq(shared[24999], 0);
	pid = sys_fork();
	if (pid == 0) {
		shared[24999] = 42;
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(shared[24999], 42);
}
END_TEST

/* The parent is killed in the middle: the grandchild's end of a pipe must close. */
START_TEST(a_child_dies_with_its_parent)
{
	int ends[2];
	char byte;
	pid_t parent;

	ck_assert_int_eq(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		pid_t self = getpid();

		if (fork() == 0) {
			close(ends[0]);
			ck_assert_int_eq(sys_die_with(self), 0);
			ck_assert_int_eq(write(ends[1], "r", 1), 1);
			for (;;)
				pause();
		}
		close(ends[1]);
		for (;;)
			pause();
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
}
END_TEST

Suite *
sys_suite(void)
{
	Suite *suite = suite_create("sys");
	TCase *tcase = tcase_create("sys");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, descriptors_are_close_on_exec);
	tcase_add_test(tcase, ppoll_lets_signals_in_only_while_it_waits);
	tcase_add_test(tcase, a_taken_signal_has_no_handler);
	tcase_add_test(tcase, ppoll_tells_what_is_ready);
	tcase_add_test(tcase, memory_is_shared_with_children);
	if (sys_can_die_with_parent())
		tcase_add_test(tcase, a_child_dies_with_its_parent);
	suite_add_tcase(suite, tcase);
	return suite;
}
