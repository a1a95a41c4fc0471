/*
 * The server that tcpload is tested against: small, and not the suite's own, so that a
 * fault common to client and server does not hide. It counts what it sees.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/e2e/tcpload.h"

enum {
	CLIENTS = 4096,
	READ_SIZE = 65536,
	STALLS_AFTER = 100, /* reads */
	CORRUPTS_EACH = 10,
	DIES_AFTER = 50,
};

struct server {
	enum peer peer;
	struct seen *seen;
	long reads;
	nfds_t count; /* the listener and its clients */
	struct pollfd fds[CLIENTS];
};

static bool
write_all(int fd, const char *bytes, ssize_t count)
{
	while (count > 0) {
		ssize_t n = send(fd, bytes, (size_t)count, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		count -= n;
	}
	return true;
}

/* Closing makes the kernel send a reset. */
static bool
reset(int fd)
{
	const struct linger none = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	return false;
}

static bool
write_too_much(int fd, char *bytes, ssize_t count)
{
	bytes[count] = '!';
	return write_all(fd, bytes, count + 1);
}

/* Deal with a read; false when the client is to be closed. */
static bool
answer(struct server *server, int fd, char *bytes, ssize_t count)
{
	const struct timespec stall = { .tv_nsec = STALL_MS * 1000000L };

	server->reads++;
	switch (server->peer) {
	case PEER_STALLS:
		if (server->reads == STALLS_AFTER + 1)
			nanosleep(&stall, NULL);
		break;
	case PEER_CORRUPTS:
		if (server->reads % CORRUPTS_EACH == 0)
			bytes[count / 2] = (char)~bytes[count / 2];
		break;
	case PEER_BABBLES:
		return write_too_much(fd, bytes, count);
	case PEER_HALVES:
		write_all(fd, bytes, count / 2);
		return false;
	case PEER_RESETS:
		return reset(fd);
	case PEER_TURNS_AWAY:
	case PEER_SILENT:
		return true;
	case PEER_FORSAKES:
		write_all(fd, bytes, count);
		return false;
	case PEER_DIES:
		if (server->reads > DIES_AFTER)
			_exit(0);
		break;
	case PEER_ECHO:
		break;
	}
	return write_all(fd, bytes, count);
}

/* False when nobody else is waiting. */
static bool
take_client(struct server *server)
{
	int fd = accept(server->fds[0].fd, NULL, NULL);
	long at_once;

	if (fd == -1 && errno == EAGAIN)
		return false;
	if (fd == -1 || server->count == CLIENTS)
		_exit(1);
	server->fds[server->count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	server->seen->connections++;
	at_once = ++server->seen->at_once;
	if (at_once > server->seen->most_at_once)
		server->seen->most_at_once = at_once;
	if (server->peer == PEER_TURNS_AWAY)
		write_all(fd, "go away\n", 8);
	return true;
}

/* False when this client has been closed. */
static bool
serve_client(struct server *server, int fd)
{
	static char bytes[READ_SIZE + 1];
	ssize_t n = read(fd, bytes, READ_SIZE);

	if (n > 0)
		server->seen->bytes += n;
	if (n > 0 && answer(server, fd, bytes, n))
		return true;
	close(fd);
	server->seen->at_once--;
	return false;
}

static _Noreturn void
serve(struct server *server)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	fcntl(server->fds[0].fd, F_SETFL, O_NONBLOCK);
	for (;;) {
		if (poll(server->fds, server->count, -1) == -1)
			_exit(1);
		for (nfds_t i = server->count - 1; i > 0; i--)
			if (server->fds[i].revents && !serve_client(server, server->fds[i].fd))
				server->fds[i] = server->fds[--server->count];
		while (server->fds[0].revents && take_client(server))
			continue;
	}
}

/* Room for thousands of clients, as far as the hard limit goes. */
static void
raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < CLIENTS + 64 ? limit.rlim_max : CLIENTS + 64;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct seen *
peer_start_on(int listener, enum peer peer)
{
	struct seen *seen =
	    mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct server *server = calloc(1, sizeof *server);
	pid_t pid;

	EXPECT(seen != MAP_FAILED && server != NULL, "no memory");
	*server = (struct server){ .peer = peer, .seen = seen, .count = 1 };
	server->fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	pid = fork();
	EXPECT(pid != -1, "fork");
	if (pid == 0) {
		raise_limit();
		serve(server);
	}
	close(listener);
	free(server);
	return seen;
}

struct seen *
peer_start(enum peer peer, const char **port)
{
	static char address[ADDRESS_MAX];
	int listener = listener_open(1000, address);

	*port = strrchr(address, ':') + 1;
	return peer_start_on(listener, peer);
}
