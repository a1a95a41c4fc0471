/*
 * udp-short-buffer: has room for 1024 bytes of each datagram.
 *
 * Mistake:   a buffer that is smaller than what may come. The rest of a datagram is not
 *            there for the next call, as with TCP: it is gone, without an error.
 * One sees:  small messages come back, large ones are cut.
 * Cure:      room for 65,507 bytes; or look for MSG_TRUNC.
 * Suite:     udpechod
 * Caught by: every_size_comes_back
 */
#include <sys/socket.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int fd = right_udp_bind(argc, argv);
	struct sockaddr_storage peer;
	char message[1024];
	socklen_t length;
	ssize_t n;

	for (;;) {
		length = sizeof peer;
		n = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&peer, &length);
		if (n >= 0)
			sendto(fd, message, (size_t)n, 0, (struct sockaddr *)&peer, length);
	}
}
