/*
 * blocking-write: one loop for all clients, and a write(2) that waits for one of them.
 *
 * Mistake:   to wait for readiness before reading only. Writing waits as well, when the
 *            client does not read and all buffers between the two are full.
 * One sees:  one client that sends and never reads stops the service for everybody.
 * Cure:      non-blocking writes; keep the rest, watch for EPOLLOUT, and read nothing
 *            more of that client meanwhile.
 * Caught by: others_and_a_late_reader
 */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

enum {
	PLACES = 100,
};

static void
turn(struct pollfd *client)
{
	char message[4096];
	ssize_t n = read(client->fd, message, sizeof message); /* does not wait: poll says so */

	if (n > 0 && right_write(client->fd, message, (size_t)n)) /* and this? */
		return;
	close(client->fd);
	client->fd = -1; /* poll passes over it */
}

int
main(int argc, char *argv[])
{
	struct pollfd fds[PLACES] = { { .fd = right_listen(argc, argv), .events = POLLIN } };
	nfds_t used = 1;

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		poll(fds, used, -1);
		for (nfds_t i = 1; i < used; i++)
			if (fds[i].revents != 0)
				turn(&fds[i]);
		if (fds[0].revents != 0 && used < PLACES)
			fds[used++] = (struct pollfd){ right_accept(fds[0].fd), POLLIN, 0 };
	}
}
