/*
 * net: from a name to a socket.
 *
 * An address is text: a name, an IPv4 or IPv6 address, "unix:PATH" for a socket
 * in the file system, or (to listen) "" or "*" for every address of this machine.
 * Names are resolved by getaddrinfo(3) and its results are used in its order,
 * IPv4 and IPv6 alike.
 *
 * Nothing here exits or logs an error: a function that fails returns -1 and
 * leaves one line for people in struct net_error, which says what, whom, why and
 * what to do.
 */
#ifndef COMMON_NET_H
#define COMMON_NET_H

#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NET_LISTENERS_MAX = 16, /* addresses that one server listens on */
	NET_TEXT_MAX = 128,	/* "[IPv6%interface]:port" or "unix:path", with its NUL */
	NET_ERROR_MAX = 512,
	NET_NETWORK_MAX = 16, /* bytes of an IPv6 address */
};

#define NET_UNIX_PREFIX "unix:"

/* A socket address of any family, so that no pointer need be cast to read it. */
struct net_address {
	socklen_t len;
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage storage;
	} sa;
};

struct net_error {
	int code; /* errno, or 0 when a name did not resolve */
	char text[NET_ERROR_MAX];
};

struct net_listen_options {
	const char *address, *port;
	int family;    /* AF_UNSPEC, AF_INET or AF_INET6 */
	int backlog;   /* for listen(2) */
	bool no_reuse; /* leave SO_REUSEADDR off: a restart waits for TIME_WAIT */
};

/*
 * Listen on every address that options name. Fills `fds` (non-blocking,
 * close-on-exec) and returns how many, or -1 with *error. Port "0" lets the
 * kernel choose one port for all addresses. A socket file that nobody serves is
 * removed and made anew; a live one, or a file of another kind, is an error.
 */
int net_listen(const struct net_listen_options *options, int fds[NET_LISTENERS_MAX],
    struct net_error *error);

/* The same for datagram sockets: bound, not listening. */
int net_bind_udp(const struct net_listen_options *options, int fds[NET_LISTENERS_MAX],
    struct net_error *error);

/*
 * Connect to a server: every address of `host` in turn, each for at most
 * `timeout_ms` (0: as long as the kernel tries). Returns a blocking descriptor
 * and fills *peer, or returns -1 with the first useful cause in *error (code
 * ETIMEDOUT when the time ran out).
 */
int net_connect(const char *host, const char *port, int family, int timeout_ms,
    struct net_address *peer, struct net_error *error);

/*
 * For who keeps signals blocked: `mask` is in force while a connect waits, and a handler
 * that sets *raised ends it: code ECANCELED.
 */
struct net_stop {
	const sigset_t *mask;
	const volatile sig_atomic_t *raised;
};

/* The same as net_connect; `stop` may be NULL. And to one address, that is known. */
int net_connect_unless(const struct net_stop *stop, const char *host, const char *port,
    int family, int timeout_ms, struct net_address *peer, struct net_error *error);
int net_connect_to(const struct net_address *address, int timeout_ms,
    const struct net_stop *stop, struct net_error *error);

/* "127.0.0.1:7007", "[::1]:7007", "unix:/run/x". Always fills `text`; returns it. */
const char *net_format(const struct net_address *address, char text[NET_TEXT_MAX]);

/* The port of an IPv4 or IPv6 address, in network byte order. */
in_port_t net_port(const struct net_address *address);
void net_set_port(struct net_address *address, in_port_t port);

/* The address this socket has itself. 0, or -1 with errno. */
int net_local_address(int fd, struct net_address *address);

/* Whether only this machine can reach it: 127/8, ::1, a socket in the file system. */
bool net_is_loopback(const struct net_address *address);

/* The same of an address to listen on, as text; a name that does not resolve: true. */
bool net_listens_locally(const char *address, int family);

/*
 * The bytes that name whoever has this address, for counting by sender: all of an IPv4
 * address, also of one in IPv6; the network (/64) of an IPv6 address, because a single
 * host has all of its 2^64 addresses to choose from. How many; 0 for other families.
 */
size_t net_network(const struct net_address *address, uint8_t bytes[NET_NETWORK_MAX]);

/* Whether two peers are the same machine: ports do not count. False for unix sockets. */
bool net_same_host(const struct net_address *a, const struct net_address *b);

#endif
