/*
 * The servers that tcpecho is tested against: small, and not the suite's own, so
 * that a fault common to client and server does not hide.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

static bool
write_all(int fd, const char *bytes, ssize_t count)
{
	while (count > 0) {
		ssize_t n = write(fd, bytes, (size_t)count);

		if (n <= 0)
			return false;
		bytes += n;
		count -= n;
	}
	return true;
}

static void
write_bytes_alone(int fd, const char *bytes, ssize_t count)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	for (ssize_t i = 0; i < count; i++)
		if (!write_all(fd, bytes + i, 1))
			return;
}

/* Deal with what was read from a client; false when it is to be closed. */
static bool
answer(int fd, enum peer peer, const char *bytes, ssize_t count)
{
	switch (peer) {
	case PEER_ECHO:
		return write_all(fd, bytes, count);
	case PEER_HANGS_UP:
		write_all(fd, bytes, count);
		return false;
	case PEER_IN_PIECES:
		write_bytes_alone(fd, bytes, count);
		return true;
	default:
		return true;
	}
}

static void
serve_client(int fd, enum peer peer)
{
	static char bytes[32768];
	ssize_t n;

	if (peer == PEER_TURNS_AWAY) {
		write_all(fd, "go away\n", 8);
		return;
	}
	while (peer == PEER_DEAF)
		pause();
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		if (!answer(fd, peer, bytes, n))
			return;
	while (peer == PEER_SILENT)
		pause();
}

static _Noreturn void
serve(int listener, enum peer peer)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd == -1)
			_exit(1);
		serve_client(fd, peer);
		close(fd);
	}
}

void
peer_start_on(int listener, enum peer peer)
{
	pid_t pid = fork();

	EXPECT(pid != -1, "fork");
	if (pid == 0)
		serve(listener, peer);
	close(listener);
}

const char *
peer_start(enum peer peer)
{
	static char address[ADDRESS_MAX];
	int listener = listener_open(20, address);

	peer_start_on(listener, peer);
	return strrchr(address, ':') + 1;
}
