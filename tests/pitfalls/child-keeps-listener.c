/*
 * child-keeps-listener: each child has a copy of the listening socket.
 *
 * Mistake:   no close(2) of the listener in the child.
 * One sees:  the server is stopped, and its port is still taken as long as one client
 *            stays: callers are connected, and answered by nobody, and the next
 *            server cannot bind. SO_REUSEADDR does not help.
 * Cure:      close(listener) first of all in the child.
 * Caught by: port_is_free_after_the_end
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	right_forget_children();
	for (;;) {
		int fd = right_accept(listener);

		if (fork() == 0) {
			right_talk(fd); /* the listener is open all the while */
			_exit(0);
		}
		close(fd);
	}
}
