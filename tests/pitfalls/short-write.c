/*
 * short-write: believes that write(2) has written all.
 *
 * Mistake:   the number that write returns is not looked at. When the buffer is full
 *            it takes a part of what it is given, or nothing (EAGAIN); the rest is
 *            still the program's.
 * One sees:  all is well when one tries it by hand; pieces are missing from a long
 *            answer to a slow client.
 * Cure:      keep the rest, and write it when there is room: right_write, conn_write.
 * Caught by: echo_to_a_late_reader
 */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
talk(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char message[4096];
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK); /* as is usual with select, poll and epoll */
	while (poll(&wait, 1, -1) == 1 && (n = read(fd, message, sizeof message)) > 0)
		(void)!write(fd, message, (size_t)n); /* how many of them, it does not ask */
}

int
main(int argc, char *argv[])
{
	right_fork(right_listen(argc, argv), talk);
}
