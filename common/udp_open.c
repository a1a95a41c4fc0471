/*
 * udp_open: a client's datagram socket, and multicast groups. See udp.h.
 */
#define _DEFAULT_SOURCE /* group_req: RFC 3678 */

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

/*
 * A socket for one address; a connected one proves that there is a way. The one that
 * only proves it sends nothing, so it may aim at a broadcast address.
 */
static int
open_one(const struct addrinfo *ai, bool connected, struct net_address *peer)
{
	int fd = sys_socket(ai->ai_family, SOCK_DGRAM, 0, false), saved;
	int probe = connected ? fd : sys_socket(ai->ai_family, SOCK_DGRAM, 0, false);
	const int on = 1;

	if (probe != fd)
		(void)setsockopt(probe, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
	if (fd != -1 && probe != -1 && connect(probe, ai->ai_addr, ai->ai_addrlen) == 0) {
		peer->len = ai->ai_addrlen;
		memcpy(&peer->sa, ai->ai_addr, ai->ai_addrlen);
		if (probe != fd)
			close(probe);
		return fd;
	}
	saved = errno;
	if (probe != fd && probe != -1)
		close(probe);
	if (fd != -1)
		close(fd);
	errno = saved;
	return -1;
}

int
udp_open(const char *host, const char *port, int family, bool connected,
    struct net_address *peer, struct net_error *error)
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list;
	char whom[NET_TEXT_MAX];
	int status = getaddrinfo(host, port, &hints, &list), fd = -1;

	*error = (struct net_error){ .code = status == EAI_SYSTEM ? errno : 0 };
	if (status != 0) {
		snprintf(error->text, sizeof error->text, "%s: %s", host,
		    status == EAI_SYSTEM ? strerror(errno) : gai_strerror(status));
		return -1;
	}
	for (const struct addrinfo *ai = list; ai && fd == -1; ai = ai->ai_next) {
		fd = open_one(ai, connected, peer);
		if (fd == -1 && error->code == 0) {
			error->code = errno;
			snprintf(error->text, sizeof error->text, "connect %s: %s (%s)", host,
			    log_errno_name(errno), strerror(errno));
		}
	}
	freeaddrinfo(list);
	if (fd != -1) {
		trace_step(TRACE_SOCKET, "%s, SOCK_DGRAM, descriptor %d",
		    peer->sa.any.sa_family == AF_INET ? "AF_INET" : "AF_INET6", fd);
		if (connected)
			trace_step(TRACE_CONNECT, "%s: only its datagrams come in",
			    net_format(peer, whom));
	}
	return fd;
}

/* RFC 3678: one call for both families. */
static int
join_group(int fd, const struct addrinfo *group, unsigned interface)
{
	struct group_req join = { .gr_interface = interface };

	memcpy(&join.gr_group, group->ai_addr, group->ai_addrlen);
	return setsockopt(fd,
	    group->ai_family == AF_INET ? (int)IPPROTO_IP : (int)IPPROTO_IPV6,
	    MCAST_JOIN_GROUP, &join, sizeof join);
}

int
udp_join(int fd, const char *group, struct net_error *error)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
	const char *interface = strchr(group, '%');
	struct net_address bound;
	struct addrinfo *ai;
	int status = getaddrinfo(group, NULL, &hints, &ai), result = 0;

	if (status != 0) {
		*error = (struct net_error){ 0 };
		snprintf(error->text, sizeof error->text, "group %s: %s", group,
		    gai_strerror(status));
		return -1;
	}
	if (net_local_address(fd, &bound) == 0 && bound.sa.any.sa_family == ai->ai_family)
		result =
		    join_group(fd, ai, interface ? if_nametoindex(interface + 1) : 0);
	if (result == -1) {
		error->code = errno;
		snprintf(error->text, sizeof error->text, "join %s: %s (%s)", group,
		    log_errno_name(errno), strerror(errno));
	}
	freeaddrinfo(ai);
	return result;
}
