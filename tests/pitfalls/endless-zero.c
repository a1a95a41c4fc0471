/*
 * endless-zero: reads 0 for ever.
 *
 * Mistake:   to take 0 for an empty message. TCP has none: 0 is the end, and every
 *            further read(2) returns it again at once.
 * One sees:  a processor at 100 % for each client that has left.
 * Cure:      `> 0' in place of `>= 0'.
 * Caught by: no_work_when_idle
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
talk(int fd)
{
	char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) >= 0) /* 0 is no error, after all */
		right_write(fd, message, (size_t)n);
}

int
main(int argc, char *argv[])
{
	right_fork(right_listen(argc, argv), talk);
}
