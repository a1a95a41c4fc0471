/*
 * one-at-a-time: says that it serves many clients, and serves one after another.
 *
 * Mistake:   no process, no thread and no loop over all: while one client is served
 *            nobody else is. The kernel connects the others all the same, up to the
 *            backlog, so it looks as if they were served.
 * One sees:  the second client is connected, sends, and waits until the first leaves.
 * Cure:      one of the models of tcpechod -m, or the name iterative.
 * Caught by: two_clients_at_once
 */
#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = right_accept(listener);

		right_talk(fd); /* for as long as this client likes */
		close(fd);
	}
}
