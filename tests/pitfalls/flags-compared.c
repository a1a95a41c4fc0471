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

#include "tests/pitfalls/right.h"

static void
answer(int epoll, int listener)
{
	right_watch(epoll, right_accept(listener), EPOLLIN | EPOLLRDHUP);
}

static void
turn(int fd, unsigned events)
{
	if (events == EPOLLIN) /* and with company? */
		right_turn(fd, events);
}

int
main(int argc, char *argv[])
{
	right_epoll(right_listen(argc, argv), 0, answer, turn);
}
