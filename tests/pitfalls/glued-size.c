/*
 * glued-size: sends the size of each message in front of it, as text.
 *
 * Mistake:   digits have no end of their own. The first bytes of a message that begins
 *            with a digit become the last of its size.
 * One sees:  it works with one kind of message, and with another the receiver waits for
 *            bytes that never come, or takes the next message for a part of this one.
 * Cure:      a size in a fixed number of bytes, and in an agreed order: frame(5).
 * Suite:     messages
 * Caught by: messages_that_begin_with_a_digit
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/pitfalls/right.h"

static void
say(int fd, const char *message, size_t length)
{
	char size[24];

	right_write(fd, size, (size_t)snprintf(size, sizeof size, "%zu", length));
	right_write(fd, message, length);
}

static void
hear(int fd)
{
	char *message = malloc(RIGHT_MESSAGE_MAX), next;
	size_t size = 0;

	while (message != NULL && right_read(fd, &next, 1)) {
		if (isdigit((unsigned char)next)) { /* of the size, or of the message? */
			size = size * 10 + (size_t)(next - '0');
			continue;
		}
		if (size == 0 || size > RIGHT_MESSAGE_MAX)
			right_refuse("a size that may not be");
		message[0] = next;
		if (!right_read(fd, message + 1, size - 1))
			right_refuse("the stream ends within a message");
		right_print(message, size);
		size = 0;
	}
	free(message);
}

int
main(int argc, char *argv[])
{
	return right_messages(argc, argv, say, hear);
}
