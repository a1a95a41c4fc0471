/*
 * net_internal: what the parts of net share. Nobody else includes it.
 */
#ifndef COMMON_NET_INTERNAL_H
#define COMMON_NET_INTERNAL_H

#include <netdb.h>

#include "common/net.h"

/* "CALL WHOM: ENAME (text): ADVICE", if there is any advice. */
void net_fail(
    struct net_error *error, int code, const char *call, const char *whom, const char *advice);

/* The IPv6 loopback on a machine without IPv6: no reason to give up, nor to tell. */
bool net_is_no_network(int code);

/* "unix:PATH" to an address. 0, or -1 with *error. */
int net_unix_address(const char *text, struct net_address *address, struct net_error *error);

/* `passive`: to listen, where "" and "*" are every address. 0, or -1 with *error. */
int net_resolve(const char *host, const char *port, int family, int type, bool passive,
    struct addrinfo **list, struct net_error *error);
void net_copy_address(struct net_address *to, const struct addrinfo *from);

const char *net_family_name(int family); /* "AF_INET" */
int net_set_on(int fd, int level, int option);

#endif
