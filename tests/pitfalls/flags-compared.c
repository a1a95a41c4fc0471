/*
 * flags-compared: compares the events of epoll with == where it must test with &.
 *
 * Mistake:   events are a set. When the client has gone, EPOLLIN comes together with
 *            EPOLLRDHUP, or with EPOLLHUP and EPOLLERR, and is not equal to EPOLLIN.
 * One sees:  the client leaves, nobody reads the 0, and epoll_wait(2) returns at once
 *            for ever: a processor at 100 %, and a descriptor lost.
 * Cure:      if (events & EPOLLIN); so also with poll(2).
 * Caught by: no_work_when_idle
 */
#include <sys/epoll.h>

#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
answer(int epoll, int listener)
{
	right_watch(epoll, right_accept(listener), EPOLLIN | EPOLLRDHUP);
}

static void
talk(int fd, unsigned events)
{
	char message[4096];
	ssize_t n;

	if (events == EPOLLIN) { /* and what else? */
		n = read(fd, message, sizeof message);
		if (n <= 0 || !right_write(fd, message, (size_t)n))
			close(fd);
	}
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	signal(SIGPIPE, SIG_IGN);
	right_epoll(listener, 0, answer, talk);
}
