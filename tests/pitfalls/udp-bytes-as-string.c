/*
 * udp-bytes-as-string: answers with as many bytes as strlen(3) finds.
 *
 * Mistake:   a datagram is taken for a string, which ends at its first zero byte.
 * One sees:  text comes back, anything else is cut.
 * Cure:      the length is what recvfrom returned.
 * Suite:     udpechod
 * Caught by: every_byte_comes_back
 */
#include <sys/socket.h>

#include <string.h>

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
		n = recvfrom(
		    fd, message, sizeof message - 1, 0, (struct sockaddr *)&peer, &length);
		if (n < 0)
			continue;
		message[n] = '\0';
		sendto(fd, message, strlen(message), 0, (struct sockaddr *)&peer, length);
	}
}
