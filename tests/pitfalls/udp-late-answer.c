/*
 * udp-late-answer: a client that asks again, and takes the first answer that comes.
 *
 * Mistake:   whoever asks twice may be answered twice. The second answer waits in the socket
 *            until the next question is asked, and is taken for its answer; and so is each
 *            answer from then on taken for that to the question after it.
 * One sees:  after a moment of bad network every answer is one too old.
 * Cure:      something in the question that comes back in the answer (a number); or where
 *            the bytes are not ours, another socket after a second try.
 * Suite:     udpecho
 * Caught by: late_answers_are_not_the_next
 * But for that: lines_there_and_back
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/pitfalls/right.h"

enum {
	WAIT_MS = 500,
	TRIES = 3,
};

static ssize_t
ask(int fd, const char *line, size_t length, char *answer, size_t room)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	for (int i = 0; i < TRIES; i++) {
		send(fd, line, length, 0);
		if (poll(&wait, 1, WAIT_MS) == 1)
			return recv(fd, answer, room, 0);
	}
	return -1;
}

int
main(int argc, char *argv[])
{
	int fd = right_udp_connect(argc, argv);
	char line[65536], answer[65536];
	ssize_t n;

	while (fgets(line, sizeof line, stdin) != NULL) {
		n = ask(fd, line, strcspn(line, "\n"), answer, sizeof answer);
		if (n == -1)
			right_fail("no answer");
		fwrite(answer, 1, (size_t)n, stdout);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
