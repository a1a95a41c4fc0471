/*
 * none: no mistake. A child for each client; its loop is right_fork in right.c.
 *
 *	$ make check-tcpechod SUT=build/pitfalls/none
 *
 * It passes every check by which the others here are caught, which shows that those
 * checks do not ask too much. What it lacks to be a server for others are limits of
 * every kind: see common/serve.h.
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

/* -U: a to z only, for the bytes of other letters are none of these. */
static void
talk_in_upper_case(int fd)
{
	char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (message[i] >= 'a' && message[i] <= 'z')
				message[i] = (char)(message[i] - 'a' + 'A');
		if (!right_write(fd, message, (size_t)n))
			return;
	}
}

int
main(int argc, char *argv[])
{
	bool upper_case = right_has_option(argc, argv, "-U");

	right_fork(right_listen(argc, argv), upper_case ? talk_in_upper_case : right_talk);
}
