/*
 * zombies: a child for each client, and nobody asks how it ended.
 *
 * Mistake:   no waitpid(2).
 * One sees:  a line `<defunct>' in ps(1) for each client there ever was; when the
 *            table of processes is full, nobody on the machine can fork any more.
 * Cure:      on SIGCHLD, waitpid(-1, NULL, WNOHANG) until it returns no child; or
 *            signal(SIGCHLD, SIG_IGN), if nobody wants to know.
 * Caught by: no_zombies
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	for (;;) {
		int fd = right_accept(listener);

		if (fork() == 0)
			right_child(listener, fd, right_talk);
		close(fd); /* and no waitpid anywhere */
	}
}
