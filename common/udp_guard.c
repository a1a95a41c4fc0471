/*
 * udp_guard: which datagrams a server must not answer. See udp_guard.h.
 *
 * What is known of senders is kept in a table of fixed size, in sets of a few: a new
 * one takes the place of whoever in its set was silent longest. Its place is chosen
 * by a hash that nobody outside can foresee, so that nobody can aim at a set.
 */
#include "common/udp_guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/random.h"

enum {
	SETS = 1024, /* a power of two */
	WAYS = 4,
	MILLI = 1000, /* credit is counted in thousandths of a datagram */
};

/* Services above 1023 that answer whatever comes; ours too. */
static const in_port_t small_services[] = {
	1434,  /* MS SQL browser */
	1900,  /* SSDP */
	3702,  /* WS-Discovery */
	5060,  /* SIP */
	5353,  /* mDNS */
	5683,  /* CoAP */
	7007,  /* udpechod */
	7018,  /* udpchatd */
	7037,  /* udptimed */
	7069,  /* tftpd */
	11211, /* memcached */
};

struct sender {
	uint8_t network[NET_NETWORK_MAX]; /* as net_network gives it, then zeros */
	sa_family_t family;
	int64_t seen_ms;
	int64_t credit; /* how many it may send, times MILLI */
};

struct udp_guard {
	in_port_t port;
	int64_t rate;
	bool loopback;
	uint64_t seed;
	struct sender senders[SETS][WAYS];
};

struct udp_guard *
udp_guard_new(in_port_t port, int rate, bool loopback)
{
	struct udp_guard *guard = calloc(1, sizeof *guard);

	if (guard == NULL)
		return NULL;
	guard->port = ntohs(port);
	guard->rate = rate;
	guard->loopback = loopback;
	guard->seed = random_number();
	return guard;
}

/* No client of ours has such a port. */
static bool
is_service(const struct udp_guard *guard, in_port_t port)
{
	for (size_t i = 0; i < sizeof small_services / sizeof *small_services; i++)
		if (port == small_services[i])
			return true;
	return port < UDP_RESERVED_PORTS || port == guard->port;
}

static bool
is_host(const struct net_address *peer)
{
	uint32_t v4 = ntohl(peer->sa.in.sin_addr.s_addr);
	const struct in6_addr *v6 = &peer->sa.in6.sin6_addr;

	if (peer->sa.any.sa_family == AF_INET)
		return v4 >> 24 != 0 && v4 >> 28 < 14; /* 0/8; 224/4 and above */
	return !IN6_IS_ADDR_UNSPECIFIED(v6) && !IN6_IS_ADDR_MULTICAST(v6);
}

/* FNV-1a, seeded, with a last mix so that all bits of the seed count. */
static size_t
set_of(const struct udp_guard *guard, const uint8_t network[NET_NETWORK_MAX])
{
	uint64_t hash = guard->seed;

	for (size_t i = 0; i < NET_NETWORK_MAX; i++)
		hash = (hash ^ network[i]) * 0x100000001b3U;
	hash ^= hash >> 32;
	hash *= guard->seed | 1;
	return (size_t)(hash >> 40) % SETS;
}

/* The sender's entry, perhaps a new one. */
static struct sender *
find_sender(struct udp_guard *guard, const struct net_address *peer, int64_t now_ms)
{
	uint8_t network[NET_NETWORK_MAX] = { 0 };
	struct sender *set, *oldest;

	(void)net_network(peer, network);
	set = oldest = guard->senders[set_of(guard, network)];
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].family == peer->sa.any.sa_family &&
		    memcmp(set[i].network, network, sizeof network) == 0)
			return &set[i];
		if (set[i].seen_ms < oldest->seen_ms)
			oldest = &set[i];
	}
	*oldest = (struct sender){ .family = peer->sa.any.sa_family,
		.seen_ms = now_ms,
		.credit = guard->rate * MILLI };
	memcpy(oldest->network, network, sizeof network);
	return oldest;
}

/* A bucket that fills with `rate` tokens a second and holds as many. */
static bool
has_credit(struct udp_guard *guard, const struct net_address *peer, int64_t now_ms)
{
	struct sender *sender = find_sender(guard, peer, now_ms);
	int64_t silent_ms = now_ms - sender->seen_ms;

	sender->seen_ms = now_ms;
	sender->credit += (silent_ms < MILLI ? silent_ms : MILLI) * guard->rate;
	if (sender->credit > guard->rate * MILLI)
		sender->credit = guard->rate * MILLI;
	if (sender->credit < MILLI)
		return false;
	sender->credit -= MILLI;
	return true;
}

enum udp_verdict
udp_guard_judge(struct udp_guard *guard, const struct net_address *peer, int64_t now_ms)
{
	in_port_t port = ntohs(net_port(peer));

	if (port == 0 || !is_host(peer))
		return UDP_NOT_A_HOST;
	if (is_service(guard, port))
		return UDP_FROM_SERVICE;
	if (guard->rate == 0 || (!guard->loopback && net_is_loopback(peer)) ||
	    has_credit(guard, peer, now_ms))
		return UDP_ANSWER;
	return UDP_TOO_FAST;
}

const char *
udp_verdict_words(enum udp_verdict verdict)
{
	static const char *const words[] = {
		[UDP_ANSWER] = "answered",
		[UDP_FROM_SERVICE] = "from a port that servers use",
		[UDP_NOT_A_HOST] = "from an address that is no host's",
		[UDP_TOO_FAST] = "from an address that sends too fast",
	};

	return words[verdict];
}
