/*
 * udp_open: a client's datagram socket, and groups to join. See udp.h.
 *
 * An address may name the interface behind a `%'. For IPv6 getaddrinfo(3) knows that, and
 * it becomes a part of the address. An IPv4 address has no room for it: there it is an
 * option of the socket.
 */
#define _GNU_SOURCE /* ip_mreqn */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"
#include "common/udp.h"

/* What a text address names. */
struct target {
	struct addrinfo *list;
	unsigned interface; /* of an IPv4 address; 0: the routing table decides */
};

static int
fail(struct net_error *error, int code, const char *what, const char *why)
{
	*error = (struct net_error){ .code = code };
	snprintf(error->text, sizeof error->text, "%s: %s", what, why);
	return -1;
}

static bool
is_ipv4(const char *text)
{
	struct in_addr ignored;

	return inet_pton(AF_INET, text, &ignored) == 1;
}

/* Resolve `name`, an IPv4 address perhaps with %interface. 0, or -1 with *error. */
static int
resolve(const char *name, const char *port, const struct addrinfo *hints, struct target *target,
    struct net_error *error)
{
	char host[NET_TEXT_MAX];
	char *percent;
	int status;

	*target = (struct target){ 0 };
	snprintf(host, sizeof host, "%s", name);
	percent = strchr(host, '%');
	if (percent) {
		*percent = '\0';
		if (is_ipv4(host)) {
			target->interface = if_nametoindex(percent + 1);
			if (target->interface == 0)
				return fail(error, ENODEV, name, "there is no such interface");
			name = host;
		}
	}
	status = getaddrinfo(name, port, hints, &target->list);
	if (status == EAI_SYSTEM)
		return fail(error, errno, name, strerror(errno));
	return status ? fail(error, 0, name, gai_strerror(status)) : 0;
}

/* What an IPv4 socket sends leaves by this interface. 0, or -1 with errno. */
static int
leave_by(int fd, unsigned interface)
{
#if defined(IP_UNICAST_IF) && !defined(PORTABLE)
	const struct ip_mreqn many = { .imr_ifindex = (int)interface };
	const uint32_t one = htonl(interface);

	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &many, sizeof many) == -1)
		return -1;
	return setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &one, sizeof one);
#else
	(void)fd;
	(void)interface;
	errno = EOPNOTSUPP;
	return -1;
#endif
}

/* connect(2), by that interface if one is given. */
static int
aim(int fd, const struct addrinfo *ai, unsigned interface)
{
	if (fd == -1 || (interface && leave_by(fd, interface) == -1))
		return -1;
	return connect(fd, ai->ai_addr, ai->ai_addrlen);
}

/* Whether there is a way. This socket sends nothing, so it may aim at a broadcast address. */
static int
prove_way(const struct addrinfo *ai, unsigned interface)
{
	int fd = sys_socket(ai->ai_family, SOCK_DGRAM, 0, false), result, saved;
	const int on = 1;

	if (fd == -1)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
	result = aim(fd, ai, interface);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

/* A socket for one address; a connected one proves that there is a way. */
static int
open_one(
    const struct addrinfo *ai, unsigned interface, bool connected, struct net_address *peer)
{
	int fd, saved;

	if (!connected && prove_way(ai, interface) == -1)
		return -1;
	fd = sys_socket(ai->ai_family, SOCK_DGRAM, 0, false);
	if (fd == -1)
		return -1;
	if (connected ? aim(fd, ai, interface) == -1 :
			interface && leave_by(fd, interface) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	peer->len = ai->ai_addrlen;
	memcpy(&peer->sa, ai->ai_addr, ai->ai_addrlen);
	return fd;
}

/* An address of this machine that somebody is at: it cannot be bound once more. */
static bool
is_taken(const struct addrinfo *ai)
{
	struct net_address address = { .len = ai->ai_addrlen };
	int fd;
	bool taken;

	memcpy(&address.sa, ai->ai_addr, ai->ai_addrlen);
	if (!net_is_loopback(&address))
		return false;
	fd = sys_socket(ai->ai_family, SOCK_DGRAM, 0, false);
	if (fd == -1)
		return false;
	taken = bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 && errno == EADDRINUSE;
	close(fd);
	return taken;
}

/*
 * Where to begin in the list. A connection would be refused where nobody is, and the next
 * address tried; a datagram is just lost. But of the addresses of "localhost" we can tell.
 */
static const struct addrinfo *
begin_of(const struct addrinfo *list)
{
	if (list->ai_next)
		for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
			if (is_taken(ai))
				return ai;
	return list;
}

static void
tell_steps(int fd, bool connected, const struct net_address *peer)
{
	char whom[NET_TEXT_MAX];

	trace_step(TRACE_LETTER_SOCKET, "%s, SOCK_DGRAM, descriptor %d",
	    peer->sa.any.sa_family == AF_INET ? "AF_INET" : "AF_INET6", fd);
	if (connected)
		trace_step(TRACE_LETTER_CONNECT, "%s: only its datagrams come in",
		    net_format(peer, whom));
}

int
udp_open(const char *host, const char *port, int family, bool connected,
    struct net_address *peer, struct net_error *error)
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_DGRAM };
	struct target target;
	int fd = -1;

	if (resolve(host, port, &hints, &target, error) == -1)
		return -1;
	error->code = 0;
	for (const struct addrinfo *ai = begin_of(target.list); ai && fd == -1;
	     ai = ai->ai_next) {
		fd = open_one(ai, target.interface, connected, peer);
		if (fd == -1 && error->code == 0) {
			error->code = errno;
			snprintf(error->text, sizeof error->text, "connect %s: %s (%s)", host,
			    log_errno_name(errno), strerror(errno));
		}
	}
	freeaddrinfo(target.list);
	if (fd != -1)
		tell_steps(fd, connected, peer);
	return fd;
}

/* Ours that was asked: the kernel has told it, or the socket is bound to it. 0, or -1. */
static int
asked_address(const struct udp_path *path, struct net_address *own)
{
	bool v4 = path->peer.sa.any.sa_family == AF_INET;

	if (!path->own_known) {
		if (net_local_address(path->fd, own) == -1)
			return -1;
		net_set_port(own, 0);
		return 0;
	}
	memset(own, 0, sizeof *own);
	own->sa.any.sa_family = path->peer.sa.any.sa_family;
	if (v4) {
		own->len = sizeof own->sa.in;
		own->sa.in.sin_addr = path->own.in;
	} else {
		own->len = sizeof own->sa.in6;
		own->sa.in6.sin6_addr = path->own.in6;
		if (IN6_IS_ADDR_LINKLOCAL(&path->own.in6))
			own->sa.in6.sin6_scope_id = path->interface;
	}
	return 0;
}

int
udp_open_answer(const struct udp_path *path)
{
	struct net_address own;
	int fd, saved;

	if (asked_address(path, &own) == -1)
		return -1;
	fd = sys_socket(own.sa.any.sa_family, SOCK_DGRAM, 0, false);
	if (fd == -1)
		return -1;
	if (bind(fd, &own.sa.any, own.len) == 0 &&
	    connect(fd, &path->peer.sa.any, path->peer.len) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

size_t
udp_payload_of_way(const struct net_address *peer)
{
	size_t most = 0;
#if defined(IP_MTU) && defined(IPV6_MTU) && !defined(PORTABLE)
	bool v6 = peer->sa.any.sa_family == AF_INET6;
	size_t headers = v6 ? 40 + 8 : 20 + 8;
	int fd = sys_socket(peer->sa.any.sa_family, SOCK_DGRAM, 0, false), mtu = 0;
	socklen_t len = sizeof mtu;

	/* Of a connected socket the kernel knows the route; nothing is sent. */
	if (fd != -1 && connect(fd, &peer->sa.any, peer->len) == 0 &&
	    getsockopt(
		fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU, &mtu, &len) == 0 &&
	    mtu > (int)headers)
		most = (size_t)mtu - headers;
	if (fd != -1)
		close(fd);
#else
	(void)peer;
#endif
	return most < UDP_PAYLOAD_MAX ? most : UDP_PAYLOAD_MAX;
}

static int
join_group(int fd, const struct sockaddr *group, unsigned interface)
{
	if (group->sa_family == AF_INET) {
#ifndef PORTABLE
		struct ip_mreqn join = { .imr_ifindex = (int)interface };
#else
		struct ip_mreq join = { .imr_interface.s_addr = INADDR_ANY };

		if (interface) {
			errno = EOPNOTSUPP;
			return -1;
		}
#endif
		memcpy(&join.imr_multiaddr,
		    (const char *)group + offsetof(struct sockaddr_in, sin_addr),
		    sizeof join.imr_multiaddr);
		return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof join);
	}
	struct ipv6_mreq join = { 0 };
	struct sockaddr_in6 in6;

	memcpy(&in6, group, sizeof in6);
	join.ipv6mr_multiaddr = in6.sin6_addr;
	join.ipv6mr_interface = in6.sin6_scope_id;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &join, sizeof join);
}

int
udp_join(int fd, const char *group, struct net_error *error)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
	struct net_address bound;
	struct target target;
	int result = 0;

	if (resolve(group, NULL, &hints, &target, error) == -1)
		return -1;
	if (net_local_address(fd, &bound) == 0 &&
	    bound.sa.any.sa_family == target.list->ai_family)
		result = join_group(fd, target.list->ai_addr, target.interface);
	if (result == -1) {
		error->code = errno;
		snprintf(error->text, sizeof error->text, "join %s: %s (%s)", group,
		    log_errno_name(errno), strerror(errno));
	}
	freeaddrinfo(target.list);
	return result;
}
