/*
 * udp_guard: which datagrams a server must not answer.
 *
 * Anyone can write any source address on a datagram. A server that answers
 * whatever comes can be made to answer another server, which answers back, for
 * ever (CERT CA-1996-01, CVE-2024-2169), or to pour its answers on a third party.
 * So it answers no source that only a server would have, nothing that is no
 * single host, and nobody too often.
 */
#ifndef COMMON_UDP_GUARD_H
#define COMMON_UDP_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/net.h"

enum {
	UDP_RESERVED_PORTS = 1024, /* below: a server's port, not a client's */
	UDP_GUARD_RATE = 1000,	   /* default: datagrams a second of one address */
	UDP_GUARD_RATE_MAX = 1000000,
};

enum udp_verdict {
	UDP_ANSWER,
	UDP_FROM_SERVICE, /* from a port below 1024, of a small service, or our own */
	UDP_NOT_A_HOST,	  /* from a broadcast, multicast or null address, or port 0 */
	UDP_TOO_FAST,	  /* more than the rate from this address */
	UDP_VERDICTS,
};

struct udp_guard;

/*
 * A guard for a server on `port` (network byte order). Each address may send `rate`
 * datagrams a second (0: any number), and as many at once; `loopback`: also those on
 * this machine, which are else not counted. Freed with free(3). NULL with errno.
 */
struct udp_guard *udp_guard_new(in_port_t port, int rate, bool loopback);

/* What to do with a datagram of `peer` that comes at `now_ms`. */
enum udp_verdict
udp_guard_judge(struct udp_guard *guard, const struct net_address *peer, int64_t now_ms);

/* "from a port that servers use", for people. */
const char *udp_verdict_words(enum udp_verdict verdict);

#endif
