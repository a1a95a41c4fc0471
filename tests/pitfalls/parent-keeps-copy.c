/*
 * parent-keeps-copy: the parent forgets the descriptor that it gave to its child.
 *
 * Mistake:   no close(2) in the parent. A connection ends when the last copy of its
 *            descriptor is closed, and the parent still has one.
 * One sees:  the client gets all its bytes and then waits for an end that never
 *            comes; after as many clients as the server may have descriptors,
 *            accept fails with EMFILE.
 * Cure:      close(fd) in the parent, right after the fork.
 * Caught by: echo_text
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

		if (fork() == 0)
			right_child(listener, fd, right_talk);
		/* the parent has no use for fd, and so forgets it */
	}
}
