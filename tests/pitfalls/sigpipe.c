/*
 * sigpipe: one process for all clients, and a write to one who has gone.
 *
 * Mistake:   SIGPIPE is left as it is. Writing to a connection that the other side has
 *            given up does not merely fail with EPIPE: the signal ends the process.
 * One sees:  the server is gone, without a word, after days of good service. A child
 *            of its own for each client hides it: only that child dies.
 * Cure:      signal(SIGPIPE, SIG_IGN), or send(2) with MSG_NOSIGNAL.
 * Caught by: gone_before_the_answer
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	for (;;) {
		int fd = right_accept(listener);

		right_talk(fd); /* which looks at write's -1, but never gets it */
		close(fd);
	}
}
