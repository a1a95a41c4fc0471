/*
 * blocking-write: one loop for all clients, and a write(2) that waits for one of them.
 *
 * Mistake:   to wait for readiness before reading only. Writing waits as well, when the
 *            client does not read and all buffers between the two are full.
 * One sees:  one client that sends and never reads stops the service for everybody.
 * Cure:      non-blocking writes; keep the rest, watch for EPOLLOUT, and read nothing
 *            more of that client meanwhile.
 * Caught by: deaf_client_among_others
 */
#include <sys/epoll.h>

#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
answer(int epoll, int listener)
{
	right_watch(epoll, right_accept(listener), EPOLLIN);
}

static void
talk(int fd, unsigned events)
{
	char message[4096];
	ssize_t n = read(fd, message, sizeof message);

	(void)events;
	if (n <= 0 || !right_write(fd, message, (size_t)n)) /* how long may this take? */
		close(fd);
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	signal(SIGPIPE, SIG_IGN);
	right_epoll(listener, 0, answer, talk);
}
