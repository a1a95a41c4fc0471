/*
 * net_connect: from a name to a server. See net.h.
 */
#include <sys/time.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "common/explain.h"
#include "common/net_internal.h"
#include "common/sys.h"
#include "common/trace.h"

static bool
is_stopped(const struct net_stop *stop)
{
	return stop && *stop->raised;
}

/* Wait until a connect that is under way ends. 0, or -1 with errno. */
static int
await_connect(int fd, int timeout_ms, const struct net_stop *stop)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int64_t now, end = sys_now_ms() + timeout_ms;
	socklen_t len = sizeof(int);
	int ready, code;

	do {
		now = sys_now_ms();
		ready = sys_ppoll(&wait, 1,
		    timeout_ms == 0 ? -1 :
		    end > now	    ? (int)(end - now) :
				      0,
		    stop ? stop->mask : NULL);
	} while (ready == -1 && errno == EINTR && !is_stopped(stop));
	if (ready == -1 && !is_stopped(stop))
		return -1;
	if (is_stopped(stop))
		code = ECANCELED;
	else if (ready == 0)
		code = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len) == -1)
		return -1;
	errno = code;
	return code ? -1 : 0;
}

/*
 * A unix socket has no connection under way: connect(2) waits for room in the
 * backlog, for as long as SO_SNDTIMEO says, or fails with EAGAIN at once.
 */
static int
connect_unix(int fd, const struct net_address *address, int timeout_ms)
{
	const struct timeval limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000L };

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == -1 ||
	    sys_set_nonblocking(fd, false) == -1)
		return -1;
	if (connect(fd, &address->sa.any, address->len) == 0)
		return 0;
	if (errno == EAGAIN)
		errno = ETIMEDOUT;
	return -1;
}

static int
connect_tcp(
    int fd, const struct net_address *address, int timeout_ms, const struct net_stop *stop)
{
	if (net_is_loopback(address))
		sys_send_unpaced(fd);
	if (net_set_on(fd, IPPROTO_TCP, TCP_NODELAY) == -1)
		return -1;
	if (connect(fd, &address->sa.any, address->len) == -1 &&
	    (errno != EINPROGRESS || await_connect(fd, timeout_ms, stop) == -1))
		return -1;
	return sys_set_nonblocking(fd, false);
}

int
net_connect_to(const struct net_address *address, int timeout_ms, const struct net_stop *stop,
    struct net_error *error)
{
	char whom[NET_TEXT_MAX], advice[NET_ERROR_MAX] = "";
	int family = address->sa.any.sa_family, code;
	int fd = sys_socket(family, SOCK_STREAM, 0, true);

	net_format(address, whom);
	if (fd == -1)
		goto failed;
	trace_step(TRACE_SOCKET, "%s, SOCK_STREAM, descriptor %d", net_family_name(family), fd);
	trace_step(TRACE_CONNECT, "%s", whom);
	if (family == AF_UNIX ? connect_unix(fd, address, timeout_ms) == 0 :
				connect_tcp(fd, address, timeout_ms, stop) == 0)
		return fd;
failed:
	code = errno;
	explain_connect(advice, sizeof advice, address, code);
	net_fail(error, code, fd == -1 ? "socket" : "connect", whom, advice);
	if (fd != -1)
		close(fd);
	return -1;
}

int
net_connect_unless(const struct net_stop *stop, const char *host, const char *port, int family,
    int timeout_ms, struct net_address *peer, struct net_error *error)
{
	struct addrinfo *list;
	int fd = -1;

	error->code = 0;
	if (strncmp(host, NET_UNIX_PREFIX, strlen(NET_UNIX_PREFIX)) == 0)
		return net_unix_address(host, peer, error) == -1 ?
			   -1 :
			   net_connect_to(peer, timeout_ms, stop, error);
	if (net_resolve(host, port, family, SOCK_STREAM, false, &list, error) == -1)
		return -1;
	for (const struct addrinfo *ai = list; ai && fd == -1 && error->code != ECANCELED;
	     ai = ai->ai_next) {
		struct net_error this = { 0 };

		net_copy_address(peer, ai);
		fd = net_connect_to(peer, timeout_ms, stop, &this);
		if (fd == -1 && (error->code == 0 || net_is_no_network(error->code)))
			*error = this;
	}
	freeaddrinfo(list);
	return fd;
}

int
net_connect(const char *host, const char *port, int family, int timeout_ms,
    struct net_address *peer, struct net_error *error)
{
	return net_connect_unless(NULL, host, port, family, timeout_ms, peer, error);
}
