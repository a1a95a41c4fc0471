/*
 * one-read-one-message: takes what one read(2) returns for one message.
 *
 * Mistake:   to believe that TCP keeps apart what was sent apart. Small sends that are
 *            close in time arrive glued together.
 * One sees:  two lines sent at once get one answer. A pause between them, or an answer
 *            awaited after each, hides it until the network is slower.
 * Cure:      look for the end of each message in the bytes, and keep what comes behind
 *            it for the next.
 * Caught by: echo_glued_messages
 */
#include <string.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
talk(int fd)
{
	char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0) {
		const char *end = memchr(message, '\n', (size_t)n);
		size_t length = end != NULL ? (size_t)(end - message + 1) : (size_t)n;

		if (!right_write(fd, message, length)) /* and what stands behind the end? */
			return;
	}
}

int
main(int argc, char *argv[])
{
	right_fork(right_listen(argc, argv), talk);
}
