/*
 * udp-answers-anyone: answers whatever comes, whoever is said to have sent it.
 *
 * Mistake:   no look at the source. Anyone can write any there: the address of another
 *            echo server, and the two of them answer each other for ever.
 * One sees:  nothing; until one forged datagram keeps two machines busy.
 * Cure:      do not answer ports that only servers have: below 1024, and our own.
 * Suite:     udpechod
 * Caught by: its_like_is_not_answered
 */
#include <sys/socket.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int fd = right_udp_bind(argc, argv);
	struct sockaddr_storage peer;
	char message[65536];
	socklen_t length;
	ssize_t n;

	for (;;) {
		length = sizeof peer;
		n = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&peer, &length);
		if (n >= 0)
			sendto(fd, message, (size_t)n, 0, (struct sockaddr *)&peer, length);
	}
}
