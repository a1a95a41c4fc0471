/*
 * net_name: from a name to addresses, and what went wrong to words. See net.h.
 */
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/net_internal.h"

void
net_fail(
    struct net_error *error, int code, const char *call, const char *whom, const char *advice)
{
	char name[32];

	snprintf(name, sizeof name, "%s", log_errno_name(code));
	error->code = code;
	snprintf(error->text, sizeof error->text, "%s %s: %s (%s)%s%s", call, whom, name,
	    strerror(code), *advice ? ": " : "", advice);
}

bool
net_is_no_network(int code)
{
	return code == EAFNOSUPPORT || code == EADDRNOTAVAIL || code == ENETUNREACH ||
	       code == EHOSTUNREACH;
}

int
net_unix_address(const char *text, struct net_address *address, struct net_error *error)
{
	const char *path = text + strlen(NET_UNIX_PREFIX);
	size_t len = strlen(path);

	memset(address, 0, sizeof *address);
	if (len == 0 || len >= sizeof address->sa.un.sun_path) {
		net_fail(error, len ? ENAMETOOLONG : EINVAL, "address", text,
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

int
net_resolve(const char *host, const char *port, int family, int type, bool passive,
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

void
net_copy_address(struct net_address *to, const struct addrinfo *from)
{
	memset(to, 0, sizeof *to);
	to->len = from->ai_addrlen;
	memcpy(&to->sa, from->ai_addr, from->ai_addrlen);
}

const char *
net_family_name(int family)
{
	return family == AF_INET ? "AF_INET" : family == AF_INET6 ? "AF_INET6" : "AF_UNIX";
}

int
net_set_on(int fd, int level, int option)
{
	const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof on);
}
