/*
 * handler-prints: a signal handler that keeps a diary.
 *
 * Mistake:   printf(3), localtime(3) and most of the library in a handler. It runs in
 *            the middle of whatever the program was doing: if that was localtime, it
 *            waits for a lock that its own process holds.
 * One sees:  after some hundred clients, or some thousand, the server stands still for
 *            ever; a debugger finds localtime, reap, localtime, one above the other.
 * Cure:      the handler sets a flag, and the loop sees to the rest; signal-safety(7)
 *            has the few calls that a handler may make.
 * Caught by: five_thousand_short_visits
 */
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
note(const char *what)
{
	time_t now = time(NULL);
	char text[32];

	strftime(text, sizeof text, "%X", localtime(&now));
	fprintf(stderr, "%s %s\n", text, what);
}

static void
reap(int signal)
{
	int saved = errno;

	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		note("a client has left"); /* in the middle of what? */
	errno = saved;
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	right_on_sigchld(reap, SA_RESTART);
	for (;;) {
		int fd = right_accept(listener);

		note("a client has come");
		if (fork() == 0)
			right_child(listener, fd, right_talk);
		note("a child talks");
		close(fd);
		note("the parent waits for the next");
	}
}
