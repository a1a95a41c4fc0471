/*
 * udp-any-address: is bound to every address, and lets the kernel choose from which of
 * them it answers.
 *
 * Mistake:   sendto without a source. The kernel takes the one that lies nearest to the
 *            receiver, and that need not be the one that was asked.
 * One sees:  on a machine with two addresses one of them never answers: its client drops
 *            what comes from another.
 * Cure:      IP_PKTINFO tells which address was asked, and to the kernel which to use.
 * Suite:     udpechod
 * Caught by: answers_from_the_address_asked
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
