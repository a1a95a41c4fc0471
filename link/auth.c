/*
 * auth: both ends prove that they know a key: what is proved, and the server. See auth.h;
 * the client is auth_client.c.
 */
#include "link/auth.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/digest.h"
#include "common/log.h"
#include "common/random.h"
#include "common/serve.h"
#include "common/sys.h"
#include "link/auth_internal.h"
#include "protocol/pack.h"

enum {
	ADDRESSES = 256,     /* whose failures are counted apart */
	FAILURES_MAX = 1000, /* counted; far beyond the longest delay */
	PROOF_MAX = 128 + KEYS_NAME_MAX,
};

_Static_assert((int)KEYS_NAME_MAX == (int)FRAME_KEY_NAME_MAX, "each name fits in a HELLO");

struct auth_failures {
	int delay_ms, forget_ms;
	struct {
		_Atomic int count;
		_Atomic int64_t last_ms;
	} of[ADDRESSES];
};

struct auth_failures *
auth_failures_new(void)
{
	struct auth_failures *failures = sys_shared_memory(sizeof *failures);

	if (failures)
		auth_failures_set_time(failures, AUTH_DELAY_MS, AUTH_FORGET_MS);
	return failures;
}

void
auth_failures_set_time(struct auth_failures *failures, int delay_ms, int forget_ms)
{
	failures->delay_ms = delay_ms;
	failures->forget_ms = forget_ms;
}

/* ---- what is proved ---- */

void
auth_make_proof(const struct auth_exchange *exchange, const char *who, const struct key *key,
    uint8_t proof[FRAME_MAC])
{
	uint8_t bytes[PROOF_MAX];
	struct pack pack = pack_begin(bytes, sizeof bytes);

	pack_bytes(&pack, "SWBD", 4);
	pack_bytes(&pack, who, 6); /* "client", "server" */
	pack_u8(&pack, (uint8_t)exchange->service);
	pack_bytes(&pack, exchange->client_nonce, FRAME_NONCE);
	pack_bytes(&pack, exchange->server_nonce, FRAME_NONCE);
	pack_bytes(&pack, exchange->name, strlen(exchange->name));
	digest_mac(key->secret, key->secret_len, bytes, (size_t)pack_end(&pack), proof);
}

/* ---- server ---- */

/* FNV-1a over the address without its port. */
static uint32_t
hash_of(const struct net_address *peer)
{
	uint8_t bytes[NET_NETWORK_MAX];
	size_t len = peer ? net_network(peer, bytes) : 0;
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619U;
	return hash ^ hash >> 16;
}

/*
 * Count a failure of this address; how many it has now. Two addresses may share a
 * count: better than that one pushes the other's out and starts anew.
 */
static int
count_failure(struct auth_failures *failures, const struct net_address *peer)
{
	size_t at = hash_of(peer) % ADDRESSES;
	int64_t now = sys_now_ms(), before;
	int count;

	before = atomic_exchange(&failures->of[at].last_ms, now);
	if (now - before > failures->forget_ms)
		atomic_store(&failures->of[at].count, 0);
	count = atomic_load(&failures->of[at].count);
	if (count >= FAILURES_MAX)
		return count;
	return atomic_fetch_add(&failures->of[at].count, 1) + 1;
}

/* Or less: the server is told to stop, which interrupts the wait. */
static void
wait_ms(const struct conn *conn, int ms)
{
	int64_t end = sys_now_ms() + ms, now;

	while ((now = sys_now_ms()) < end && !(conn->stop && *conn->stop)) {
		int left = (int)(end - now);

		(void)(conn->wait_mask ? sys_ppoll(NULL, 0, left, conn->wait_mask) :
					 poll(NULL, 0, left));
	}
}

/* Nobody is told at once. Who does not wait for the answer still keeps this child. */
static int
deny(struct link *link, struct auth_failures *failures, const char *name)
{
	int count = failures ? count_failure(failures, link->conn->peer) : 1;
	int delay = count * (failures ? failures->delay_ms : AUTH_DELAY_MS);

	log_notice("%s: key \"%s\" refused, failure %d of this address", conn_peer(link->conn),
	    name, count);
	wait_ms(link->conn, delay < AUTH_DELAY_MAX_MS ? delay : AUTH_DELAY_MAX_MS);
	(void)link_refuse(link, FRAME_E_DENIED, "no such key, or another secret");
	return -1;
}

/* Why reading failed, unless the header was wrong: that has been said. */
static void
log_read_failure(struct link *link)
{
	if (errno != EPROTO)
		conn_log_failure(conn_peer(link->conn), link->conn->idle_ms);
}

/* A frame of this type and size (0: any), or refuse. 0, or -1. */
static int
expect(struct link *link, uint8_t type, size_t size)
{
	int got = link_read(link);

	if (got == 1 && link->frame.type == type && (size == 0 || link->frame.size == size))
		return 0;
	if (got == 1) {
		log_notice("%s: %s of %" PRIu64 " bytes where %s belongs",
		    conn_peer(link->conn), frame_name(link->frame.type), link->frame.size,
		    frame_name(type));
		(void)link_refuse(link, FRAME_E_PROTOCOL, "%s of the right size belongs here",
		    frame_name(type));
	} else if (got == -1) {
		log_read_failure(link);
	}
	return -1;
}

/* The HELLO into *exchange. 0, or -1: refused. */
static int
hear_hello(struct link *link, enum auth_service service, struct auth_exchange *exchange)
{
	struct frame_hello hello;

	if (expect(link, FRAME_HELLO, 0) == -1)
		return -1;
	if (!frame_unpack_hello(&hello, link->payload, (size_t)link->frame.size)) {
		log_notice("%s: a HELLO that is not right", conn_peer(link->conn));
		(void)link_refuse(link, FRAME_E_PROTOCOL, "a HELLO has a nonce and a name");
		return -1;
	}
	if (link->frame.value != service) {
		log_notice("%s: wants another service", conn_peer(link->conn));
		(void)link_refuse(link, FRAME_E_PROTOCOL, "another service is here");
		return -1;
	}
	exchange->service = service;
	memcpy(exchange->client_nonce, hello.nonce, FRAME_NONCE);
	memcpy(exchange->name, hello.name, hello.name_len);
	exchange->name[hello.name_len] = '\0';
	return 0;
}

/* The key, or one that nobody knows, so that an unknown name takes the same way. */
static int
fetch_key(const char *path, const char *name, struct key *key, bool *known)
{
	char error[KEYS_LINE_MAX];
	int found = keys_find(path, name, key, error, sizeof error);

	if (found == -1) {
		log_error("%s", error);
		return -1;
	}
	*known = found == 1;
	if (*known)
		return 0;
	key->secret_len = FRAME_NONCE;
	if (random_bytes(key->secret, FRAME_NONCE) == 0)
		return 0;
	log_error("no random bytes:");
	return -1;
}

/* Say that the client may come in. 0, or -1: told. */
static int
welcome(struct link *link, unsigned rights, const uint8_t *proof, size_t len)
{
	int result = link_write(link, FRAME_WELCOME, rights, proof, len);

	if (result == -1)
		conn_log_failure(conn_peer(link->conn), link->conn->idle_ms);
	return result;
}

static int
challenge(struct link *link, struct auth_exchange *exchange, const struct key *key, bool known,
    struct auth_failures *failures)
{
	uint8_t proof[FRAME_MAC];

	if (random_bytes(exchange->server_nonce, FRAME_NONCE) == -1 ||
	    link_write(link, FRAME_CHALLENGE, 0, exchange->server_nonce, FRAME_NONCE) == -1) {
		conn_log_failure(conn_peer(link->conn), link->conn->idle_ms);
		return -1;
	}
	if (expect(link, FRAME_PROOF, FRAME_MAC) == -1)
		return -1;
	auth_make_proof(exchange, "client", key, proof);
	if (!digest_equal(proof, link->payload, FRAME_MAC) || !known)
		return deny(link, failures, exchange->name);
	auth_make_proof(exchange, "server", key, proof);
	return welcome(link, key->rights, proof, FRAME_MAC);
}

int
auth_check_keys(const char *keys_path)
{
	struct key key;

	if (keys_path == NULL)
		return 0;
	if (keys_fetch(keys_path, NULL, &key) == -1)
		return -1;
	keys_forget(&key);
	return 0;
}

int
auth_serve(struct link *link, enum auth_service service, const char *keys_path,
    struct auth_failures *failures, unsigned *rights, char who[KEYS_NAME_MAX + 1])
{
	struct auth_exchange exchange;
	struct key key;
	bool known;
	int result;

	*rights = 0;
	if (hear_hello(link, service, &exchange) == -1)
		return -1;
	snprintf(who, KEYS_NAME_MAX + 1, "%s", exchange.name);
	if (keys_path == NULL) {
		*rights = KEYS_ALL;
		return welcome(link, KEYS_ALL, NULL, 0);
	}
	if (fetch_key(keys_path, exchange.name, &key, &known) == -1) {
		(void)link_refuse(link, FRAME_E_FAILED, "the server cannot read its keys");
		return -1;
	}
	result = challenge(link, &exchange, &key, known, failures);
	if (result == 0)
		*rights = key.rights;
	keys_forget(&key);
	return result;
}
