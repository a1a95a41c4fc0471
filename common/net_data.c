/*
 * net_data: a second connection for a client. See net_data.h.
 */
#include "common/net_data.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

#include "common/random.h"
#include "common/sys.h"

enum {
	BACKLOG = 4, /* one is expected; the others are to be turned away, not to block it */
};

static int
close_failed(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

/* A socket bound to that address and port. */
static int
bind_at(const struct net_address *local, int port)
{
	struct net_address address = *local;
	int fd = sys_socket(local->sa.any.sa_family, SOCK_STREAM, 0, true), on = 1;

	if (fd == -1)
		return -1;
	if (net_is_loopback(local))
		sys_send_unpaced(fd);
	net_set_port(&address, htons((uint16_t)port));
	/* A port that was used a moment ago, and is in TIME_WAIT, will do. */
	if ((port == 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0) &&
	    bind(fd, &address.sa.any, address.len) == 0)
		return fd;
	return close_failed(fd);
}

static int
listen_at(const struct net_address *local, int port)
{
	int fd = bind_at(local, port);

	if (fd == -1 || listen(fd, BACKLOG) == 0)
		return fd;
	return close_failed(fd);
}

int
net_data_listen(const struct net_address *local, int first, int last)
{
	int count = last - first + 1, start, fd = -1;

	if (first == 0)
		return listen_at(local, 0);
	start = (int)(random_number() % (uint64_t)count);
	for (int i = 0; i < count && fd == -1; i++) {
		fd = listen_at(local, first + (start + i) % count);
		if (fd == -1 && errno != EADDRINUSE && errno != EACCES)
			break;
	}
	return fd;
}

int
net_data_connect(const struct net_address *local, const struct net_address *target)
{
	int fd = bind_at(local, 0);

	if (fd == -1 || connect(fd, &target->sa.any, target->len) == 0 || errno == EINPROGRESS)
		return fd;
	return close_failed(fd);
}

int
net_data_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}
