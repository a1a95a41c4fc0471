/*
 * believed-size: takes as much memory, and waits for as many bytes, as a header says.
 *
 * Mistake:   the header comes from a stranger. Eight bytes of it can ask for more memory
 *            than there is, and for a message that never ends.
 * One sees:  MemoryError, or a server that somebody has stopped with 24 bytes.
 * Cure:      a largest size for each kind of message, and a look at it before anything
 *            is allocated or read: frame(5).
 * Suite:     messages
 * Caught by: a_size_that_lies
 */
#include <stdlib.h>

#include "tests/pitfalls/right.h"

static void
hear(int fd)
{
	char header[RIGHT_HEADER];

	while (right_read(fd, header, sizeof header)) {
		size_t size = right_size(header);
		char *message = malloc(size + 1);

		if (message == NULL)
			right_fail("malloc");
		if (!right_read(fd, message, size))
			right_refuse("the stream ends within a message");
		right_print(message, size);
		free(message);
	}
}

int
main(int argc, char *argv[])
{
	return right_messages(argc, argv, right_say_frame, hear);
}
