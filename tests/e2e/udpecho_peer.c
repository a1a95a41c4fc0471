/*
 * udpecho's peers: servers of a few lines that do what a network or a bad server may do.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

struct letter {
	struct sockaddr_in from;
	char bytes[65536];
	size_t length;
};

static int
bind_socket(uint32_t address, in_port_t port)
{
	const struct sockaddr_in name = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(address), .sin_port = port
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	EXPECT(fd != -1 && bind(fd, (const struct sockaddr *)&name, sizeof name) == 0, "bind");
	return fd;
}

static in_port_t
port_of_socket(int fd)
{
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	getsockname(fd, (struct sockaddr *)&name, &length);
	return name.sin_port;
}

static void
receive(int fd, struct letter *letter)
{
	socklen_t length = sizeof letter->from;
	ssize_t n = recvfrom(fd, letter->bytes, sizeof letter->bytes, 0,
	    (struct sockaddr *)&letter->from, &length);

	letter->length = n < 0 ? 0 : (size_t)n;
}

static void
reply(int fd, const struct letter *letter)
{
	sendto(fd, letter->bytes, letter->length, 0, (const struct sockaddr *)&letter->from,
	    sizeof letter->from);
}

static bool
is_same(const struct letter *a, const struct letter *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* What depends on two datagrams. */
static void
serve_pair(int fd, enum peer peer, struct letter *letter, struct letter *before)
{
	bool again = is_same(letter, before);

	if (peer == PEER_SWAPS) {
		receive(fd, before);
		reply(fd, before);
		reply(fd, letter);
		return;
	}
	if (again && peer == PEER_LATE_TWICE)
		reply(fd, before);
	if (again || peer == PEER_ECHO)
		reply(fd, letter);
	*before = *letter;
}

static void
serve_one(int fd, int other, enum peer peer, struct letter *letter)
{
	static const char escapes[] = "\033[2Jred\nudpecho: forged\177";

	if (peer == PEER_ALTERS && letter->length > 0)
		letter->bytes[letter->length - 1] ^= 1;
	if (peer == PEER_CUTS && letter->length > 0)
		letter->length--;
	if (peer == PEER_ESCAPES) {
		letter->length = sizeof escapes - 1;
		memcpy(letter->bytes, escapes, letter->length);
	}
	reply(peer == PEER_OTHER_ADDRESS ? other : fd, letter);
	if (peer == PEER_TWICE)
		reply(fd, letter);
}

static _Noreturn void
serve(int fd, enum peer peer)
{
	static struct letter letter, before = { .length = sizeof before.bytes };
	int other = peer == PEER_OTHER_ADDRESS ?
			bind_socket(INADDR_LOOPBACK + 1, port_of_socket(fd)) :
			-1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		receive(fd, &letter);
		switch (peer) {
		case PEER_SILENT:
			break;
		case PEER_SECOND_TIME:
		case PEER_LATE_TWICE:
		case PEER_SWAPS:
			serve_pair(fd, peer, &letter, &before);
			break;
		default:
			serve_one(fd, other, peer, &letter);
		}
	}
}

static const char *
start_on(uint32_t address, enum peer peer)
{
	static char port[16];
	int fd = bind_socket(address, 0);

	snprintf(port, sizeof port, "%d", ntohs(port_of_socket(fd)));
	if (fork() == 0)
		serve(fd, peer);
	close(fd);
	return port;
}

const char *
udp_peer_start(enum peer peer)
{
	return start_on(INADDR_LOOPBACK, peer);
}

const char *
udp_peer_start_on_all(enum peer peer)
{
	return start_on(INADDR_ANY, peer);
}
