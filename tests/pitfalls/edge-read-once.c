/*
 * edge-read-once: edge-triggered epoll, and one read(2) for each event.
 *
 * Mistake:   EPOLLET tells once that something has come, not that there is something.
 *            What one read leaves behind is not told again until more comes.
 * One sees:  the answer stops in the middle, or is always one message behind. The
 *            client waits for the server and the server for the client. (A buffer of
 *            16 bytes shows it soon; with 4096 it takes a longer message.)
 * Cure:      read until EAGAIN; or no EPOLLET.
 * Caught by: echo_after_half_close
 */
#include <sys/epoll.h>

#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
answer(int epoll, int listener)
{
	right_watch(epoll, right_accept(listener), EPOLLIN | EPOLLET);
}

static void
turn(int fd, unsigned events)
{
	char message[16];
	ssize_t n = read(fd, message, sizeof message); /* once */

	(void)events;
	if (n <= 0 || !right_write(fd, message, (size_t)n))
		close(fd);
}

int
main(int argc, char *argv[])
{
	right_epoll(right_listen(argc, argv), 0, answer, turn);
}
