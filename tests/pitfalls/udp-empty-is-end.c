/*
 * udp-empty-is-end: takes a datagram without bytes for the end of something.
 *
 * Mistake:   the habit of TCP, where read returns 0 at the end. Here nothing can end: there
 *            is no connection, and 0 bytes are a datagram like any other.
 * One sees:  anybody can switch the server off by sending nothing.
 * Cure:      only -1 is not a datagram.
 * Suite:     udpechod
 * Caught by: empty_datagram_comes_back
 */
#include <sys/socket.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int fd = right_udp_bind(argc, argv);
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer;
	char message[65536];
	ssize_t n;

	while ((n = recvfrom(
		    fd, message, sizeof message, 0, (struct sockaddr *)&peer, &length)) > 0) {
		sendto(fd, message, (size_t)n, 0, (struct sockaddr *)&peer, length);
		length = sizeof peer;
	}
	return 0;
}
