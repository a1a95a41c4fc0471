/*
 * busy-polling: asks every client again and again whether there is something.
 *
 * Mistake:   non-blocking sockets in a list, and a loop over the list that never waits.
 *            It does serve many clients in one process.
 * One sees:  a processor at 100 % while nobody says a word.
 * Cure:      let the kernel tell: select, poll or epoll sleep until there is something.
 *            If it must be a sweep, pause between two: tcpechod -m nonblock -W.
 * Caught by: no_work_when_idle
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

enum {
	CLIENTS = 100,
};

/* False when there is no more to come. */
static bool
sweep(int fd)
{
	char message[4096];
	ssize_t n = recv(fd, message, sizeof message, MSG_DONTWAIT);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR;
	return n > 0 && right_write(fd, message, (size_t)n);
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);
	int clients[CLIENTS], count = 0;

	signal(SIGPIPE, SIG_IGN);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	for (;;) { /* and never a rest */
		if (count < CLIENTS && (clients[count] = accept(listener, NULL, NULL)) != -1)
			count++;
		for (int i = count - 1; i >= 0; i--)
			if (!sweep(clients[i])) {
				close(clients[i]);
				clients[i] = clients[--count];
			}
	}
}
