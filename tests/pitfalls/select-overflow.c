/*
 * select-overflow: more descriptors than an fd_set has bits.
 *
 * Mistake:   FD_SET with a descriptor of FD_SETSIZE (1024) or above. It sets a bit
 *            behind the end of the set, in whatever lies there. The size is fixed when
 *            the program is compiled; it is the same on 64-bit machines.
 * One sees:  with a C library that looks, "buffer overflow detected" and the end; with
 *            another, a wrong value in some variable, later, somewhere else.
 * Cure:      refuse the client (tcpechod -m select does), or use poll or epoll.
 * Caught by: more_clients_than_select_holds
 */
#include <sys/select.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

/* Where the library does not look, we do: this program must not really overflow. */
static void
stop_overflow(int fd)
{
#if !defined __USE_FORTIFY_LEVEL || __USE_FORTIFY_LEVEL == 0
	if (fd >= FD_SETSIZE)
		abort();
#else
	(void)fd;
#endif
}

/* False when there is no more to come. */
static bool
talk(int fd)
{
	char message[4096];
	ssize_t n = read(fd, message, sizeof message);

	return n > 0 && right_write(fd, message, (size_t)n);
}

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv), last = listener;
	fd_set watched, ready;

	signal(SIGPIPE, SIG_IGN);
	FD_ZERO(&watched);
	FD_SET(listener, &watched);
	for (;;) {
		ready = watched;
		if (select(last + 1, &ready, NULL, NULL, NULL) == -1)
			right_fail("select");
		for (int fd = 0; fd <= last; fd++)
			if (FD_ISSET(fd, &ready) && fd != listener && !talk(fd)) {
				FD_CLR(fd, &watched);
				close(fd);
			}
		if (FD_ISSET(listener, &ready)) {
			int fd = right_accept(listener);

			stop_overflow(fd);
			FD_SET(fd, &watched); /* whatever its number is */
			last = fd > last ? fd : last;
		}
	}
}
