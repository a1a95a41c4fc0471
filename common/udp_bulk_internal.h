/*
 * udp_bulk_internal: what both halves of udp_bulk share. Nobody else includes this.
 */
#ifndef COMMON_UDP_BULK_INTERNAL_H
#define COMMON_UDP_BULK_INTERNAL_H

#include <sys/socket.h>

#include "common/udp_bulk.h"

#if defined(__linux__) && !defined(PORTABLE)
#include <linux/errqueue.h>
#include <netinet/udp.h>
#define HAVE_LINUX 1
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#endif

/* Room for the size of a train's datagrams. */
struct udp_bulk_control {
	_Alignas(struct cmsghdr) unsigned char bytes[CMSG_SPACE(sizeof(int))];
};

/* Not connected: take all news that ICMP brought. Whether one of them is about the peer. */
bool udp_bulk_hears_of_peer(struct udp_bulk *bulk);

#endif
