/*
 * net: from a name to a socket. See net.h.
 */
#include "common/net.h"

#include <sys/stat.h>
#include <sys/time.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/explain.h"
#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	PORT_ZERO_TRIES = 16, /* a port free on one address may be taken on the next */
};

static void
fail(struct net_error *error, int code, const char *call, const char *whom, const char *advice)
{
	char name[32];

	snprintf(name, sizeof name, "%s", log_errno_name(code));
	error->code = code;
	snprintf(error->text, sizeof error->text, "%s %s: %s (%s)%s%s", call, whom, name,
	    strerror(code), *advice ? ": " : "", advice);
}

/* The IPv6 loopback on a machine without IPv6: no reason to give up, nor to tell. */
static bool
no_such_network(int code)
{
	return code == EAFNOSUPPORT || code == EADDRNOTAVAIL || code == ENETUNREACH ||
	       code == EHOSTUNREACH;
}

/* "unix:PATH" to an address. 0, or -1 with *error. */
static int
unix_address(const char *text, struct net_address *address, struct net_error *error)
{
	const char *path = text + strlen(NET_UNIX_PREFIX);
	size_t len = strlen(path);

	memset(address, 0, sizeof *address);
	if (len == 0 || len >= sizeof address->sa.un.sun_path) {
		fail(error, len ? ENAMETOOLONG : EINVAL, "address", text,
		    len ? "a socket's path has about 100 bytes at most" :
			  "a path must follow unix:");
		return -1;
	}
	address->sa.un.sun_family = AF_UNIX;
	memcpy(address->sa.un.sun_path, path, len + 1);
	address->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	return 0;
}

static const char *
family_word(int family)
{
	switch (family) {
	case AF_INET:
		return " (-4 asks for IPv4 only)";
	case AF_INET6:
		return " (-6 asks for IPv6 only)";
	default:
		return "";
	}
}

static int
resolve(const char *host, const char *port, int family, int type, bool passive,
    struct addrinfo **list, struct net_error *error)
{
	const struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = type,
		.ai_flags = passive ? AI_PASSIVE : 0,
	};
	bool any = passive && (*host == '\0' || strcmp(host, "*") == 0);
	int status = getaddrinfo(any ? NULL : host, port, &hints, list);

	if (status == 0)
		return 0;
	error->code = status == EAI_SYSTEM ? errno : 0;
	snprintf(error->text, sizeof error->text, "%s: %s%s",
	    status == EAI_SERVICE ? port : host,
	    status == EAI_SYSTEM ? strerror(errno) : gai_strerror(status), family_word(family));
	return -1;
}

static void
copy_address(struct net_address *to, const struct addrinfo *from)
{
	memset(to, 0, sizeof *to);
	to->len = from->ai_addrlen;
	memcpy(&to->sa, from->ai_addr, from->ai_addrlen);
}

static const char *
family_name(int family)
{
	return family == AF_INET ? "AF_INET" : family == AF_INET6 ? "AF_INET6" : "AF_UNIX";
}

static int
set_on(int fd, int level, int option)
{
	const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof on);
}

/*
 * Before bind. An IPv6 socket keeps to IPv6, because the IPv4 addresses have
 * sockets of their own. TCP_NODELAY set here is inherited by every accepted
 * connection: a server of short answers never wants to wait for more to send.
 */
static int
set_listener_options(int fd, const struct net_address *address, int type, bool no_reuse)
{
	int family = address->sa.any.sa_family;

	if (family == AF_UNIX)
		return 0;
	if (family == AF_INET6 && set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1)
		return -1;
	if (type != SOCK_STREAM)
		return 0;
	if (set_on(fd, IPPROTO_TCP, TCP_NODELAY) == -1)
		return -1;
	if (net_is_loopback(address))
		sys_send_unpaced(fd);
	return no_reuse ? 0 : set_on(fd, SOL_SOCKET, SO_REUSEADDR);
}

/* One socket bound to `address`, listening if a stream. A descriptor, or -1 with *error. */
static int
bind_one(const struct net_address *address, int type, const struct net_listen_options *options,
    struct net_error *error)
{
	char whom[NET_TEXT_MAX], advice[NET_ERROR_MAX] = "";
	const char *call = "socket";
	struct net_address bound;
	int family = address->sa.any.sa_family, code;
	int fd = sys_socket(family, type, 0, true);
	bool stream = type == SOCK_STREAM;

	net_format(address, whom);
	if (fd == -1)
		goto failed;
	trace_step(stream ? TRACE_SOCKET : TRACE_LETTER_SOCKET, "%s, %s, descriptor %d",
	    family_name(family), stream ? "SOCK_STREAM" : "SOCK_DGRAM", fd);
	call = "setsockopt";
	if (set_listener_options(fd, address, type, options->no_reuse) == -1)
		goto failed;
	call = "bind";
	if (bind(fd, &address->sa.any, address->len) == -1)
		goto failed;
	if (log_enabled(LOG_LEVEL_STEPS) && net_local_address(fd, &bound) == 0)
		trace_step(stream ? TRACE_BIND : TRACE_LETTER_BIND, "%s",
		    net_format(&bound, whom)); /* port 0 has become one */
	call = "listen";
	if (stream && listen(fd, options->backlog) == -1)
		goto failed;
	if (stream)
		trace_step(TRACE_LISTEN, "%d callers may wait", options->backlog);
	return fd;
failed:
	code = errno;
	explain_bind(advice, sizeof advice, address, type, code);
	fail(error, code, call, whom, advice);
	if (fd != -1)
		close(fd);
	return -1;
}

/* Whether some server answers at a unix socket: 1 yes, 0 it is dead, -1 it is no socket. */
static int
unix_is_live(const struct net_address *address, int type)
{
	struct stat status;
	int fd, connected;

	if (lstat(address->sa.un.sun_path, &status) == -1 || !S_ISSOCK(status.st_mode))
		return -1;
	fd = sys_socket(AF_UNIX, type, 0, true);
	if (fd == -1)
		return 1;
	connected = connect(fd, &address->sa.any, address->len);
	/* EAGAIN: its backlog is full, so somebody is there. */
	connected = connected == 0 || errno != ECONNREFUSED;
	close(fd);
	return connected;
}

static int
bind_unix(
    const struct net_listen_options *options, int type, int fds[], struct net_error *error)
{
	struct net_address address;

	if (unix_address(options->address, &address, error) == -1)
		return -1;
	if (unix_is_live(&address, type) == 0) {
		log_notice("%s: nobody serves this socket any more: removed", options->address);
		unlink(address.sa.un.sun_path);
	}
	fds[0] = bind_one(&address, type, options, error);
	return fds[0] == -1 ? -1 : 1;
}

static void
close_all(const int fds[], int count)
{
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

/* Bind each address of the list, all to one port. How many, or -1 with *error. */
static int
bind_list(const struct addrinfo *list, int type, const struct net_listen_options *options,
    int fds[], struct net_error *error)
{
	in_port_t chosen = 0;
	int count = 0;

	for (const struct addrinfo *ai = list; ai && count < NET_LISTENERS_MAX;
	     ai = ai->ai_next) {
		struct net_error this = { 0 };
		struct net_address address;

		copy_address(&address, ai);
		if (net_port(&address) == 0)
			net_set_port(&address, chosen);
		fds[count] = bind_one(&address, type, options, &this);
		if (fds[count] == -1) {
			if (error->code == 0 || no_such_network(error->code))
				*error = this;
			if (no_such_network(this.code))
				continue;
			close_all(fds, count);
			return -1;
		}
		if (net_local_address(fds[count++], &address) == 0)
			chosen = net_port(&address);
	}
	return count ? count : -1;
}

static int
bind_all(const struct net_listen_options *options, int type, int fds[], struct net_error *error)
{
	struct addrinfo *list;
	int count, tries = strcmp(options->port, "0") == 0 ? PORT_ZERO_TRIES : 1;

	if (strncmp(options->address, NET_UNIX_PREFIX, strlen(NET_UNIX_PREFIX)) == 0)
		return bind_unix(options, type, fds, error);
	if (resolve(options->address, options->port, options->family, type, true, &list,
		error) == -1)
		return -1;
	do {
		error->code = 0;
		count = bind_list(list, type, options, fds, error);
	} while (count == -1 && error->code == EADDRINUSE && --tries > 0);
	freeaddrinfo(list);
	return count;
}

int
net_listen(const struct net_listen_options *options, int fds[NET_LISTENERS_MAX],
    struct net_error *error)
{
	return bind_all(options, SOCK_STREAM, fds, error);
}

int
net_bind_udp(const struct net_listen_options *options, int fds[NET_LISTENERS_MAX],
    struct net_error *error)
{
	return bind_all(options, SOCK_DGRAM, fds, error);
}

/* Wait until a connect that is under way ends. 0, or -1 with errno. */
static int
await_connect(int fd, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int64_t now, end = sys_now_ms() + timeout_ms;
	socklen_t len = sizeof(int);
	int ready, code;

	do {
		now = sys_now_ms();
		ready = poll(&wait, 1, timeout_ms == 0 ? -1 : end > now ? (int)(end - now) : 0);
	} while (ready == -1 && errno == EINTR);
	if (ready == -1)
		return -1;
	if (ready == 0)
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
connect_tcp(int fd, const struct net_address *address, int timeout_ms)
{
	if (net_is_loopback(address))
		sys_send_unpaced(fd);
	if (set_on(fd, IPPROTO_TCP, TCP_NODELAY) == -1)
		return -1;
	if (connect(fd, &address->sa.any, address->len) == -1 &&
	    (errno != EINPROGRESS || await_connect(fd, timeout_ms) == -1))
		return -1;
	return sys_set_nonblocking(fd, false);
}

/* Connect to one address. A blocking descriptor, or -1 with *error. */
static int
connect_one(const struct net_address *address, int timeout_ms, struct net_error *error)
{
	char whom[NET_TEXT_MAX], advice[NET_ERROR_MAX] = "";
	int family = address->sa.any.sa_family, code;
	int fd = sys_socket(family, SOCK_STREAM, 0, true);

	net_format(address, whom);
	if (fd == -1)
		goto failed;
	trace_step(TRACE_SOCKET, "%s, SOCK_STREAM, descriptor %d", family_name(family), fd);
	trace_step(TRACE_CONNECT, "%s", whom);
	if (family == AF_UNIX ? connect_unix(fd, address, timeout_ms) == 0 :
				connect_tcp(fd, address, timeout_ms) == 0)
		return fd;
failed:
	code = errno;
	explain_connect(advice, sizeof advice, address, code);
	fail(error, code, fd == -1 ? "socket" : "connect", whom, advice);
	if (fd != -1)
		close(fd);
	return -1;
}

int
net_connect(const char *host, const char *port, int family, int timeout_ms,
    struct net_address *peer, struct net_error *error)
{
	struct addrinfo *list;
	int fd = -1;

	error->code = 0;
	if (strncmp(host, NET_UNIX_PREFIX, strlen(NET_UNIX_PREFIX)) == 0)
		return unix_address(host, peer, error) == -1 ?
			   -1 :
			   connect_one(peer, timeout_ms, error);
	if (resolve(host, port, family, SOCK_STREAM, false, &list, error) == -1)
		return -1;
	for (const struct addrinfo *ai = list; ai && fd == -1; ai = ai->ai_next) {
		struct net_error this = { 0 };

		copy_address(peer, ai);
		fd = connect_one(peer, timeout_ms, &this);
		if (fd == -1 && (error->code == 0 || no_such_network(error->code)))
			*error = this;
	}
	freeaddrinfo(list);
	return fd;
}
