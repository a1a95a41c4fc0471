/*
 * child-in-the-loop: the child that is done goes on as if it were the parent.
 *
 * Mistake:   no _exit(2) at the end of the child, which falls through to the bottom
 *            of the loop, and so to accept.
 * One sees:  nothing wrong at first, as all answers are right. With each client the
 *            server has one process more, for ever.
 * Cure:      _exit at the end of the child's branch.
 * Caught by: no_process_is_left_behind
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
			right_talk(fd); /* the child; and then? */
		close(fd);
	}
}
