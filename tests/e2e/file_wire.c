/*
 * file_wire: a wire between client and server that breaks. See file_lab.h.
 *
 * A process of its own, so that it works while the test waits for its programs. A cut
 * is a reset of both connections: what the kernel still held is lost, as it is when a
 * cable is pulled.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"

enum {
	PIECE = 65536,
};

static void
cut(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

/* Pass on a piece; *left is what may still pass, 0: any. False: it is over. */
static bool
pass(int from, int to, uint64_t *left)
{
	static char bytes[PIECE];
	size_t most = *left > 0 && *left < sizeof bytes ? (size_t)*left : sizeof bytes;
	ssize_t n = read(from, bytes, most), sent = 0, m;

	if (n <= 0)
		return false;
	while (sent < n) {
		struct pollfd room = { .fd = to, .events = POLLOUT };

		poll(&room, 1, WAIT_MS);
		m = send(to, bytes + sent, (size_t)(n - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (m == -1)
			return false;
		sent += m;
	}
	if (*left == 0)
		return true;
	*left -= (uint64_t)n;
	return *left > 0;
}

static _Noreturn void
relay(int client, int server, uint64_t from_client, uint64_t from_server)
{
	struct pollfd wait[] = {
		{ .fd = client, .events = POLLIN },
		{ .fd = server, .events = POLLIN },
	};
	bool going = true;

	while (going && poll(wait, 2, WAIT_MS) > 0) {
		if (wait[0].revents)
			going = pass(client, server, &from_client);
		if (going && wait[1].revents)
			going = pass(server, client, &from_server);
	}
	cut(client);
	cut(server);
	_exit(0);
}

const char *
wire_open(const struct program *server, uint64_t from_client, uint64_t from_server)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address), client, far;

	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		await_events(listener, POLLIN, now_ms() + WAIT_MS);
		client = accept(listener, NULL, NULL);
		far = client_open(server->address[0]);
		relay(client, far, from_client, from_server);
	}
	close(listener);
	return text_of("%s", strrchr(address, ':') + 1);
}
