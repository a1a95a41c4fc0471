/*
 * udp: datagrams, many with one call, each with the way it came.
 *
 * A socket bound to every address of a machine is asked at one of them, and the
 * answer must leave from that very one: a client that asked 10.0.0.1 does not
 * accept what comes from 10.0.0.2. The kernel tells the address that was asked
 * (IP_PKTINFO, IPV6_RECVPKTINFO: RFC 3542) and is told the one to answer from. A
 * socket bound to one address needs none of that.
 *
 * Where the system has them, recvmmsg and sendmmsg move a batch with one call. In
 * PORTABLE builds each datagram has a call of its own, and the address of an answer
 * is the kernel's choice.
 */
#ifndef COMMON_UDP_H
#define COMMON_UDP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/net.h"

enum {
	UDP_PAYLOAD_MAX = 65507,    /* over IPv4: 65535 - 20 (IP) - 8 (UDP) */
	UDP_PAYLOAD_V6_MAX = 65527, /* over IPv6, whose length does not count its own header */
	UDP_BATCH = 32,		    /* datagrams of one call */
};

/* The way a datagram came, and by which its answer goes back. */
struct udp_path {
	int fd;			 /* of the socket */
	struct net_address peer; /* from whom, to whom */
	union {
		struct in_addr in;
		struct in6_addr in6;
	} own;		    /* ours that was asked; zero unless own_known */
	unsigned interface; /* its index; only if own_known */
	bool own_known;
	bool to_many; /* it was sent to a broadcast or multicast address */
};

struct udp_packet {
	struct udp_path path;
	unsigned char *bytes; /* in the inbox, until it is filled again; may be changed */
	size_t len;
};

struct udp_inbox;

/* Room for a batch; freed with free(3). NULL with errno. */
struct udp_inbox *udp_inbox_new(void);

/* Options for a bound socket: the own address of each datagram, room for bursts. 0, or -1. */
int udp_prepare(int fd);

/*
 * Take what has come, without waiting: packets[0..result), at most UDP_BATCH, but not
 * always all that is there: poll again. 0 when there is nothing, or -1 with errno. A
 * datagram never comes in parts: each is whole.
 */
int udp_receive(struct udp_inbox *inbox, int fd, struct udp_packet packets[UDP_BATCH]);

/* Answers on their way. Zero it to begin; the bytes stay the caller's until udp_flush. */
struct udp_outbox {
	size_t count;
	struct udp_packet packets[UDP_BATCH];
};

/*
 * Put a datagram to the others; sends them all when there is no more room. The result
 * counts those that were not sent, for whatever reason: the network may lose datagrams,
 * and so may we. udp_flush likewise.
 */
size_t
udp_post(struct udp_outbox *outbox, const struct udp_path *path, void *bytes, size_t len);
size_t udp_flush(struct udp_outbox *outbox);

/* Send one datagram at once, without waiting. 0, or -1 with errno. */
int udp_send(const struct udp_path *path, const void *bytes, size_t len);

/*
 * A client's socket for `host`, a name or an address, which may name an interface as
 * "239.1.2.3%eth0" does: *peer is its first address that there is a way to; of this
 * machine's own, as "localhost" may have two, the first that somebody receives at.
 * `connected`: only its datagrams come in, and ICMP's "port unreachable" comes back
 * as ECONNREFUSED. A blocking descriptor, or -1 with *error.
 */
int udp_open(const char *host, const char *port, int family, bool connected,
    struct net_address *peer, struct net_error *error);

/*
 * A socket of its own to answer what came by `path`: bound to the address that was asked,
 * at a port that the kernel chooses, and connected. A blocking descriptor, or -1 with errno.
 */
int udp_open_answer(const struct udp_path *path);

/*
 * The largest payload that leaves for `peer` in one piece, without fragments of IP, as far
 * as this machine knows; 0 where it does not tell.
 */
size_t udp_payload_of_way(const struct net_address *peer);

/*
 * Join a multicast group, "239.1.2.3%eth0" or "ff02::1234%eth0", on a socket of its family
 * (on any other: nothing happens, 0). 0, or -1 with *error.
 */
int udp_join(int fd, const char *group, struct net_error *error);

#endif
