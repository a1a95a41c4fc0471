/*
 * net: addresses, apart from the sockets that use them. See net.h.
 */
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/net.h"

enum {
	HOST_MAX = 96, /* an IPv6 address, '%' and an interface's name */
	PORT_MAX = 8,
	LOOPBACK_NET = 127, /* the first byte of its addresses */
};

const char *
net_format(const struct net_address *address, char text[NET_TEXT_MAX])
{
	char host[HOST_MAX], port[PORT_MAX];
	size_t path = offsetof(struct sockaddr_un, sun_path);

	if (address->len == 0 || address->sa.any.sa_family == AF_UNIX) {
		size_t len = address->len > path ? address->len - path : 0;

		snprintf(text, NET_TEXT_MAX, "unix:%.*s",
		    (int)strnlen(address->sa.un.sun_path, len), address->sa.un.sun_path);
	} else if (getnameinfo(&address->sa.any, address->len, host, sizeof host, port,
		       sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		snprintf(text, NET_TEXT_MAX, "(family %d)", address->sa.any.sa_family);
	} else {
		snprintf(
		    text, NET_TEXT_MAX, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	}
	return text;
}

int
net_local_address(int fd, struct net_address *address)
{
	address->len = sizeof address->sa;
	return getsockname(fd, &address->sa.any, &address->len);
}

bool
net_same_host(const struct net_address *a, const struct net_address *b)
{
	if (a->sa.any.sa_family != b->sa.any.sa_family)
		return false;
	switch (a->sa.any.sa_family) {
	case AF_INET:
		return a->sa.in.sin_addr.s_addr == b->sa.in.sin_addr.s_addr;
	case AF_INET6:
		return memcmp(&a->sa.in6.sin6_addr, &b->sa.in6.sin6_addr,
			   sizeof a->sa.in6.sin6_addr) == 0;
	default:
		return false;
	}
}

void
net_set_port(struct net_address *address, in_port_t port)
{
	if (address->sa.any.sa_family == AF_INET6)
		address->sa.in6.sin6_port = port;
	else
		address->sa.in.sin_port = port;
}

in_port_t
net_port(const struct net_address *address)
{
	return address->sa.any.sa_family == AF_INET6 ? address->sa.in6.sin6_port :
						       address->sa.in.sin_port;
}

bool
net_is_loopback(const struct net_address *address)
{
	const struct in6_addr *in6 = &address->sa.in6.sin6_addr;

	switch (address->sa.any.sa_family) {
	case AF_UNIX:
		return true;
	case AF_INET:
		return ntohl(address->sa.in.sin_addr.s_addr) >> 24 == LOOPBACK_NET;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(in6) ||
		       (IN6_IS_ADDR_V4MAPPED(in6) && in6->s6_addr[12] == LOOPBACK_NET);
	}
	return false;
}

size_t
net_network(const struct net_address *address, uint8_t bytes[NET_NETWORK_MAX])
{
	const struct in6_addr *in6 = &address->sa.in6.sin6_addr;
	const uint8_t *from = in6->s6_addr;
	size_t len = sizeof *in6 / 2;

	if (address->sa.any.sa_family == AF_INET) {
		from = (const uint8_t *)&address->sa.in.sin_addr;
		len = sizeof address->sa.in.sin_addr;
	} else if (address->sa.any.sa_family != AF_INET6) {
		return 0;
	} else if (IN6_IS_ADDR_V4MAPPED(in6)) {
		len = sizeof address->sa.in.sin_addr;
		from += sizeof *in6 - len;
	}
	memcpy(bytes, from, len);
	return len;
}

bool
net_listens_locally(const char *name, int family)
{
	const struct addrinfo hints = {
		.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE
	};
	struct addrinfo *list;
	bool locally = true;

	if (strncmp(name, NET_UNIX_PREFIX, strlen(NET_UNIX_PREFIX)) == 0)
		return true;
	if (*name == '\0' || strcmp(name, "*") == 0)
		return false;
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return true; /* net_listen will say so */
	for (const struct addrinfo *at = list; at; at = at->ai_next) {
		struct net_address address = { .len = at->ai_addrlen };

		memcpy(&address.sa, at->ai_addr, at->ai_addrlen);
		locally = locally && net_is_loopback(&address);
	}
	freeaddrinfo(list);
	return locally;
}
