/*
 * pause-between: waits a moment after each message, so that they do not stick together.
 *
 * Mistake:   to believe that the receiver reads in that moment. The messages lie in its
 *            kernel until it does, side by side.
 * One sees:  it works on the desk, slowly; and on a busy machine or a bad line two
 *            messages arrive as one.
 * Cure:      tell in the bytes where a message ends: frame(5). Then no pause is needed.
 * Suite:     messages
 * Caught by: messages_to_a_late_receiver
 */
#include <poll.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

enum {
	PAUSE_MS = 100,
};

static void
say(int fd, const char *message, size_t length)
{
	right_write(fd, message, length);
	poll(NULL, 0, PAUSE_MS);
}

static void
hear(int fd)
{
	char message[1024];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0)
		right_print(message, (size_t)n);
}

int
main(int argc, char *argv[])
{
	return right_messages(argc, argv, say, hear);
}
