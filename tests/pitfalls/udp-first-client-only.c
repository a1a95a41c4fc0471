/*
 * udp-first-client-only: connects its socket to whoever asks first.
 *
 * Mistake:   connect(2) in a server, to save the address in each sendto. From then on the
 *            kernel drops what comes from anybody else.
 * One sees:  one client is served, all others wait for ever.
 * Cure:      a server's socket stays unconnected, and each answer names its receiver.
 * Suite:     udpechod
 * Caught by: each_client_hears_its_own
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

	recvfrom(fd, message, 0, MSG_PEEK, (struct sockaddr *)&peer, &length);
	if (connect(fd, (struct sockaddr *)&peer, length) == -1)
		right_fail("connect");
	for (;;) {
		n = recv(fd, message, sizeof message, 0);
		if (n >= 0)
			send(fd, message, (size_t)n, 0);
	}
}
