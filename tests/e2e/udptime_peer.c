/*
 * The servers that udptime is tested against: small, and not the suite's own, so that a
 * fault common to client and server does not hide.
 */
#include "tests/e2e/udptime_peer.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PROBE_SIZE = 48,
	DATAGRAM_MAX = 65536,
};

static void
put(unsigned char *at, int64_t number)
{
	uint64_t value = (uint64_t)number;

	for (int i = 7; i >= 0; i--, value >>= 8)
		at[i] = (unsigned char)value;
}

static int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
answer_probe(
    int fd, const struct peer *peer, unsigned char *probe, const struct sockaddr_in *from)
{
	const int64_t now = clock_ns() + peer->ahead_ns;
	const size_t size = peer->cut_off ? PROBE_SIZE - 1 : PROBE_SIZE;

	probe[5] = peer->as_request ? 1 : 2;
	probe[15] ^= peer->wrong_cookie ? 1 : 0;
	probe[23] ^= peer->wrong_t1 ? 1 : 0;
	put(probe + 24, now - peer->hold_ns);
	put(probe + 32, now);
	sendto(fd, probe, size, 0, (const struct sockaddr *)from, sizeof *from);
	if (!peer->each_twice)
		return;
	put(probe + 24, now + peer->later_ahead_ns);
	put(probe + 32, now + peer->later_ahead_ns);
	sendto(fd, probe, size, 0, (const struct sockaddr *)from, sizeof *from);
}

static _Noreturn void
serve(int fd, const struct peer *peer)
{
	static unsigned char bytes[DATAGRAM_MAX];
	int deaf_to = peer->deaf_to;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (;;) {
		struct sockaddr_in from;
		socklen_t from_len = sizeof from;
		ssize_t n =
		    recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &from_len);
		const void *answer = peer->answer ? (const void *)peer->answer : bytes;
		size_t len = peer->answer_len ? peer->answer_len :
			     peer->answer     ? strlen(peer->answer) :
						(size_t)n;

		if (n == PROBE_SIZE && memcmp(bytes, "\0clk", 4) == 0) {
			if (peer->probes)
				answer_probe(fd, peer, bytes, &from);
		} else if (n >= 0 && !peer->silent && deaf_to-- <= 0) {
			sendto(fd, answer, len, 0, (const struct sockaddr *)&from, from_len);
		}
	}
}

const char *
peer_start(const struct peer *peer)
{
	static char port[16];
	struct sockaddr_in own = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof own;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	pid_t pid;

	EXPECT(fd != -1 && bind(fd, (const struct sockaddr *)&own, sizeof own) == 0 &&
		   getsockname(fd, (struct sockaddr *)&own, &len) == 0,
	    "no socket");
	snprintf(port, sizeof port, "%d", ntohs(own.sin_port));
	pid = fork();
	EXPECT(pid != -1, "fork");
	if (pid == 0)
		serve(fd, peer);
	close(fd);
	return port;
}
