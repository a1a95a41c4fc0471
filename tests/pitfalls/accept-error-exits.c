/*
 * accept-error-exits: the server ends when accept(2) fails.
 *
 * Mistake:   to treat an error of accept like one of socket, bind and listen. Those
 *            mean that there will be no server; accept fails because a client gave up
 *            (ECONNABORTED), a signal came (EINTR), or descriptors have run out for the
 *            moment (EMFILE): a crowd of clients is enough.
 * One sees:  the server is gone on its busiest day.
 * Cure:      go on; when descriptors have run out, rest until one is given back.
 * Caught by: accept_without_descriptors
 */
#include <sys/socket.h>

#include <unistd.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	right_forget_children();
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd == -1)
			right_fail("accept");
		if (fork() == 0)
			right_child(listener, fd, right_talk);
		close(fd);
	}
}
