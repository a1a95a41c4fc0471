/*
 * one-receive: knows how long a message is, and asks for all of it in one read.
 *
 * Mistake:   a read returns what has come, up to what was asked for. A long message comes
 *            in many segments.
 * One sees:  short messages are right; of a long one the beginning, and then rubbish: what
 *            is left of it is taken for the next header.
 * Cure:      read on until the message is whole.
 * Suite:     messages
 * Caught by: long_messages
 */
#include <stdlib.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
hear(int fd)
{
	char header[RIGHT_HEADER], *message = malloc(RIGHT_MESSAGE_MAX);

	while (message != NULL && right_read(fd, header, sizeof header)) {
		size_t size = right_size(header);
		ssize_t n;

		if (size > RIGHT_MESSAGE_MAX)
			right_refuse("a message that is too long");
		n = read(fd, message, size); /* and the rest? */
		if (n > 0)
			right_print(message, (size_t)n);
	}
	free(message);
}

int
main(int argc, char *argv[])
{
	return right_messages(argc, argv, right_say_frame, hear);
}
