/*
 * reset-ends-server: one client's trouble is everybody's.
 *
 * Mistake:   read(2) fails with ECONNRESET when a client vanishes, and the server takes
 *            that for its own end. (In Python the exception does it by itself.)
 * One sees:  anybody can stop the server by ending a client the hard way.
 * Cure:      a failed read ends that session: close, and on to the next.
 * Caught by: client_resets
 */
#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
talk(int fd)
{
	char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0)
		if (!right_write(fd, message, (size_t)n))
			return;
	if (n == -1)
		right_fail("read"); /* exits: but whose trouble was it? */
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = right_accept(listener);

		talk(fd);
		close(fd);
	}
}
