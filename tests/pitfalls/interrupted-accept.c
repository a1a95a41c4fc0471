/*
 * interrupted-accept: the first child that ends takes the server along.
 *
 * Mistake:   a handler for SIGCHLD without SA_RESTART makes accept(2) fail with EINTR,
 *            and that is taken for an error.
 * One sees:  the server serves one client and is gone: "accept: Interrupted system
 *            call".
 * Cure:      SA_RESTART, or go on when errno is EINTR; best, let signals in only where
 *            they are awaited (ppoll(2)).
 * Caught by: one_client_after_another
 */
#include <sys/socket.h>
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
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	right_on_sigchld(reap, 0); /* and not SA_RESTART */
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd == -1)
			right_fail("accept");
		if (fork() == 0)
			right_child(listener, fd, right_talk);
		close(fd);
	}
}
