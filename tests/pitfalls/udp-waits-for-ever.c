/*
 * udp-waits-for-ever: a client that asks once and then waits for the answer.
 *
 * Mistake:   no timeout. The question may be lost, or the answer, or nobody may be there,
 *            and nobody will ever tell.
 * One sees:  with a server that is there it always works; one lost datagram, and it hangs.
 * Cure:      poll with a timeout, ask again, and give up at last.
 * Suite:     udpecho
 * Caught by: silence_has_an_end
 * But for that: lines_there_and_back
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int fd = right_udp_connect(argc, argv);
	char line[65536];
	ssize_t n;

	while (fgets(line, sizeof line, stdin) != NULL) {
		send(fd, line, strcspn(line, "\n"), 0);
		n = recv(fd, line, sizeof line, 0);
		if (n == -1)
			right_fail("recv");
		fwrite(line, 1, (size_t)n, stdout);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
