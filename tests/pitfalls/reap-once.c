/*
 * reap-once: one waitpid for one SIGCHLD.
 *
 * Mistake:   to take signals for messages. Those that come while one is waiting to
 *            be delivered are lost: ten children that end together make one signal.
 * One sees:  a few zombies after a busy hour, more after a day.
 * Cure:      waitpid with WNOHANG in a loop, until there is no more.
 * Caught by: children_that_leave_together
 */
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
reap(int signal)
{
	int saved = errno;

	(void)signal;
	waitpid(-1, NULL, WNOHANG); /* one of them */
	errno = saved;
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	right_on_sigchld(reap, SA_RESTART);
	for (;;) {
		int fd = right_accept(listener);

		if (fork() == 0)
			right_child(listener, fd, right_talk);
		close(fd);
	}
}
