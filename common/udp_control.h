/*
 * udp_control: ancillary data beside datagrams, cmsg(3). For udp and udp_bulk alone.
 *
 *	IP_PKTINFO    in: which of our addresses was asked; out: which one answers
 *	IPV6_PKTINFO  likewise
 *	UDP_GRO       in: this is a row of datagrams, each of so many bytes
 *	UDP_SEGMENT   out: cut this into datagrams of so many bytes
 */
#ifndef COMMON_UDP_CONTROL_H
#define COMMON_UDP_CONTROL_H

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#endif
#ifndef UDP_SEGMENT /* Linux's numbers, for a C library that does not know them yet */
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum {
	/* One pktinfo of either family, and a size. */
	UDP_CONTROL_MAX = CMSG_SPACE(64) + CMSG_SPACE(sizeof(int)),
};

struct udp_control {
	_Alignas(struct cmsghdr) unsigned char bytes[UDP_CONTROL_MAX];
};

/*
 * Put one piece behind those that msg->msg_controllen counts already (0: it is the first).
 * `control` must live as long as the message.
 */
void udp_control_add(struct msghdr *msg, struct udp_control *control, int level, int type,
    const void *data, size_t len);

/* The kernel is to cut the message into datagrams of `each` bytes; the last may be shorter. */
void udp_control_cut(struct msghdr *msg, struct udp_control *control, size_t each);

/*
 * Whether it would. Linux before 4.18 overlooks what it does not know, and would send one
 * long datagram.
 */
bool udp_control_can_cut(int fd);

#endif
