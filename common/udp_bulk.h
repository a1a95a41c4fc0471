/*
 * udp_bulk: one conversation with many datagrams, and few system calls.
 *
 * A train is a row of datagrams of one size, of which the last may be shorter. Where the
 * kernel can it takes a train with one call and cuts it itself (UDP_SEGMENT), and hands
 * one over with one call (UDP_GRO): that costs little more than one datagram does. Else
 * sendmmsg and recvmmsg move several with one call, and in PORTABLE builds each has its
 * own.
 *
 * To put a process to sleep and to wake it costs more than a datagram's way there and back
 * on a fast network. So who was answered in no time looks a few more times before it
 * sleeps, yielding to others; where answers take their time it just sleeps.
 *
 * The socket is connected, or talks with `peer` without: then it hears strangers, too, and
 * can answer them.
 */
#ifndef COMMON_UDP_BULK_H
#define COMMON_UDP_BULK_H

#include <sys/types.h>
#include <sys/uio.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/net.h"

enum {
	UDP_TRAINS = 16,       /* of one receiving call */
	UDP_TRAIN_MAX = 65536, /* bytes */
	UDP_PIECES = 2,	       /* of each datagram that is sent: its header, its content */
	UDP_BULK_ROOM = UDP_TRAINS * UDP_TRAIN_MAX,
};

struct udp_bulk {
	int fd;
	bool connected;
	struct net_address peer; /* only if not connected */

	/* Set by a signal: do not begin to wait. Or NULL. Set it after the beginning. */
	const volatile sig_atomic_t *stop;

	/* Private. */
	bool no_segments; /* this kernel or this way cuts no trains */
	int wait_ms;	  /* what SO_RCVTIMEO is; 0: not set yet */
	int eager;	  /* so many waits in a row may begin without sleeping */
};

struct udp_train {
	unsigned char *bytes;
	size_t len, each;	 /* datagrams: at 0, each, 2 * each, … below len */
	struct net_address from; /* len 0 if the socket is connected */
};

/* Begin with a socket; `peer` NULL: it is connected. Trains may come in from now on. */
void udp_bulk_begin(struct udp_bulk *bulk, int fd, const struct net_address *peer);

/* Connect it after all: from now on no strangers, and ICMP's news. 0, or -1. */
int udp_bulk_connect(struct udp_bulk *bulk);

/*
 * Ask for `wanted` bytes of receive buffer, by privilege if we have it. What there is, as
 * getsockopt(SO_RCVBUF) tells.
 */
size_t udp_bulk_widen(int fd, int wanted);

/*
 * Send `count` datagrams of UDP_PIECES pieces each; every one has `each` bytes in all, but
 * the last may be shorter. Never waits: what the kernel has no room for is lost. 0, or -1
 * with errno: ECONNREFUSED is news about the peer.
 */
int udp_bulk_send(struct udp_bulk *bulk, struct iovec *pieces, size_t count, size_t each);

/* One datagram to somebody else, over a socket that is not connected. */
void udp_bulk_send_to(
    struct udp_bulk *bulk, const struct net_address *to, const void *bytes, size_t len);

/*
 * Take what has come into `room` (UDP_BULK_ROOM bytes, of which pages that nothing reaches
 * cost nothing); wait for the first `wait_ms` at most. `most` trains, UDP_TRAINS at most.
 * How many; -1 with errno: EAGAIN if nothing came, EINTR, ECONNREFUSED if nobody listens
 * at the peer's port.
 */
int udp_bulk_receive(struct udp_bulk *bulk, unsigned char *room, int wait_ms, int most,
    struct udp_train trains[UDP_TRAINS]);

#endif
