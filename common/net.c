/*
 * net: from a name to a socket that listens. See net.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/explain.h"
#include "common/log.h"
#include "common/net_internal.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	PORT_ZERO_TRIES = 16, /* a port free on one address may be taken on the next */
};

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
	if (family == AF_INET6 && net_set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1)
		return -1;
	if (type != SOCK_STREAM)
		return 0;
	if (net_set_on(fd, IPPROTO_TCP, TCP_NODELAY) == -1)
		return -1;
	if (net_is_loopback(address))
		sys_send_unpaced(fd);
	return no_reuse ? 0 : net_set_on(fd, SOL_SOCKET, SO_REUSEADDR);
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
	    net_family_name(family), stream ? "SOCK_STREAM" : "SOCK_DGRAM", fd);
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
	net_fail(error, code, call, whom, advice);
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

	if (net_unix_address(options->address, &address, error) == -1)
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

		net_copy_address(&address, ai);
		if (net_port(&address) == 0)
			net_set_port(&address, chosen);
		fds[count] = bind_one(&address, type, options, &this);
		if (fds[count] == -1) {
			if (error->code == 0 || net_is_no_network(error->code))
				*error = this;
			if (net_is_no_network(this.code))
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
	if (net_resolve(options->address, options->port, options->family, type, true, &list,
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
