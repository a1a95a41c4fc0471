/*
 * edge-accept-once: edge-triggered epoll, and one accept(2) for each event.
 *
 * Mistake:   three clients that come at one time make one event. Two of them stay in
 *            the backlog until another client comes, who then stays there himself.
 * One sees:  connected, and no answer, now and then: under load, never in a trial.
 * Cure:      accept until EAGAIN; or no EPOLLET on the listener.
 * Caught by: callers_in_one_go
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <fcntl.h>

#include "tests/pitfalls/right.h"

static void
answer(int epoll, int listener)
{
	int fd = accept(listener, NULL, NULL); /* once */

	if (fd != -1)
		right_watch(epoll, fd, EPOLLIN);
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	fcntl(listener, F_SETFL, O_NONBLOCK);
	right_epoll(listener, EPOLLET, answer, right_turn);
}
