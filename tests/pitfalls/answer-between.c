/*
 * answer-between: waits for an answer after each message, so that they do not stick.
 *
 * Mistake:   that keeps messages apart, at the price of a journey there and back for each;
 *            but it does not tell how long one is. What does not fit in a read is taken
 *            for further messages.
 * One sees:  short answers are right. The tail of a long one appears in front of the next.
 * Cure:      say how long a message is, and read until it is whole: frame(5).
 * Suite:     messages
 * Caught by: long_messages
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
say(int fd, const char *message, size_t length)
{
	char answer;

	right_write(fd, message, length);
	right_read(fd, &answer, 1);
}

static void
hear(int fd)
{
	char message[1024];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0) {
		right_print(message, (size_t)n);
		right_write(fd, "!", 1);
	}
}

int
main(int argc, char *argv[])
{
	return right_messages(argc, argv, say, hear);
}
