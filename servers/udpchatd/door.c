/*
 * door: nobody becomes a member without proof of the address.
 *
 * Anyone can write any address on a datagram. Who is behind it is known only when
 * something that was sent there comes back:
 *
 *	HELLO random          ->
 *	                      <-  COOKIE random, cookie = hash(key, time, address, random)
 *	JOIN random, cookie   ->      the hash again: is it the same? then a member
 *
 * The server keeps nothing in between: a flood of HELLOs costs it no memory, and no answer
 * is larger than what it answers. A cookie is good for one to two COOKIE_MS.
 */
#include <string.h>

#include "common/log.h"
#include "common/sys.h"
#include "servers/udpchatd/chatd.h"

enum {
	COOKIE_MS = 30000,
};

/* What a cookie vouches for, as bytes. */
static uint64_t
make_cookie(
    const struct chatd *chatd, const struct net_address *peer, uint64_t random, int64_t period)
{
	uint8_t message[sizeof period + sizeof random + sizeof(in_port_t) +
			sizeof(struct in6_addr) + sizeof(uint32_t)] = { 0 };
	const in_port_t port = net_port(peer);
	uint8_t *at = message;

	memcpy(at, &period, sizeof period);
	at += sizeof period;
	memcpy(at, &random, sizeof random);
	at += sizeof random;
	memcpy(at, &port, sizeof port);
	at += sizeof port;
	if (peer->sa.any.sa_family == AF_INET) {
		memcpy(at, &peer->sa.in.sin_addr, sizeof peer->sa.in.sin_addr);
	} else {
		memcpy(at, &peer->sa.in6.sin6_addr, sizeof peer->sa.in6.sin6_addr);
		at += sizeof peer->sa.in6.sin6_addr;
		memcpy(at, &peer->sa.in6.sin6_scope_id, sizeof(uint32_t));
	}
	return siphash(chatd->key, message, sizeof message);
}

void
door_hello(struct chatd *chatd, const struct udp_path *path, const struct chat_packet *packet)
{
	const struct chat_packet answer = {
		.type = CHAT_COOKIE,
		.random = packet->random,
		.cookie =
		    make_cookie(chatd, &path->peer, packet->random, sys_now_ms() / COOKIE_MS),
	};

	chatd_send(path, &answer);
}

static bool
is_our_cookie(
    const struct chatd *chatd, const struct udp_path *path, const struct chat_packet *join)
{
	int64_t period = sys_now_ms() / COOKIE_MS;

	return join->cookie == make_cookie(chatd, &path->peer, join->random, period) ||
	       join->cookie == make_cookie(chatd, &path->peer, join->random, period - 1);
}

static void
refuse(const struct udp_path *path, uint64_t random, enum chat_reason reason)
{
	const struct chat_packet answer = {
		.type = CHAT_REFUSED, .random = random, .reason = (uint8_t)reason
	};
	char who[NET_TEXT_MAX];

	log_notice(
	    "%s refused: %s", net_format(&path->peer, who), chat_reason_words(answer.reason));
	chatd_send(path, &answer);
}

static void
welcome(const struct chatd *chatd, const struct member *member)
{
	int64_t idle_s = (chatd->options.serve.idle_ms + 999) / 1000;
	const struct chat_packet answer = {
		.type = CHAT_WELCOME,
		.random = member->random,
		.token = member->token,
		.idle_s = idle_s < UINT16_MAX ? (uint16_t)idle_s : UINT16_MAX,
	};

	chatd_send(&member->path, &answer);
}

/* The address is proven: is there a place, and is the name free? */
static void
admit(struct chatd *chatd, const struct udp_path *path, const struct chat_packet *join)
{
	int per_address = chatd->options.serve.per_address;
	struct member *member;
	char who[NET_TEXT_MAX];

	if (!chat_is_name(join->name)) {
		refuse(path, join->random, CHAT_NAME_BAD);
		return;
	}
	if (chat_same(join->name, chat_span_of(CHAT_OPERATOR)) ||
	    member_named(chatd, join->name)) {
		refuse(path, join->random, CHAT_NAME_TAKEN);
		return;
	}
	if (per_address && members_of_host(chatd, &path->peer) >= per_address) {
		refuse(path, join->random, CHAT_TOO_MANY);
		return;
	}
	member = member_new(chatd, path, join, sys_now_ms());
	if (member == NULL) {
		refuse(path, join->random, CHAT_FULL);
		return;
	}
	log_notice("%.*s has come, from %s", (int)join->name.len,
	    (const char *)join->name.bytes, net_format(&path->peer, who));
	welcome(chatd, member);
}

bool
door_join(struct chatd *chatd, const struct udp_path *path, const struct chat_packet *join)
{
	struct member *here;

	if (!is_our_cookie(chatd, path, join))
		return false;
	here = member_at(chatd, path);
	if (here && here->random == join->random &&
	    chat_same(label_span(&here->name), join->name)) {
		welcome(chatd, here); /* the first WELCOME was lost, or this JOIN is a double */
		return true;
	}
	if (here) /* another program at the same address and port: the first one is gone */
		member_drop(chatd, here, CHAT_LEFT);
	admit(chatd, path, join);
	return true;
}
