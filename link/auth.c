/*
 * auth: both ends prove that they know a key. See auth.h.
 */
#include "link/auth.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/digest.h"
#include "common/log.h"
#include "common/random.h"
#include "common/serve.h"
#include "common/sys.h"
#include "protocol/pack.h"

enum {
	ADDRESSES = 256,	    /* whose failures are remembered */
	FORGET_MS = 10 * 60 * 1000, /* after so long without another */
	PROOF_MAX = 128 + KEYS_NAME_MAX,
};

#define NO_KEY "-" /* a client that has none says this name */

struct auth_failures {
	struct {
		_Atomic uint32_t host; /* a hash of the address */
		_Atomic int count;
		_Atomic int64_t last_ms;
	} of[ADDRESSES];
};

struct auth_failures *
auth_failures_new(void)
{
	return sys_shared_memory(sizeof(struct auth_failures));
}

/* ---- what is proved ---- */

struct exchange {
	enum auth_service service;
	uint8_t client_nonce[FRAME_NONCE], server_nonce[FRAME_NONCE];
	char name[KEYS_NAME_MAX + 1];
};

static void
make_proof(const struct exchange *exchange, const char *who, const struct key *key,
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
	const uint8_t *bytes = NULL;
	uint32_t hash = 2166136261U;
	size_t len = 0;

	if (peer && peer->sa.any.sa_family == AF_INET) {
		bytes = (const uint8_t *)&peer->sa.in.sin_addr;
		len = sizeof peer->sa.in.sin_addr;
	} else if (peer && peer->sa.any.sa_family == AF_INET6) {
		bytes = (const uint8_t *)&peer->sa.in6.sin6_addr;
		len = sizeof peer->sa.in6.sin6_addr / 2;
	}
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619U;
	return hash ? hash : 1;
}

/* Count a failure of this address; how many it has now. */
static int
count_failure(struct auth_failures *failures, const struct net_address *peer)
{
	uint32_t host = hash_of(peer);
	size_t at = host % ADDRESSES;
	int64_t now = sys_now_ms();

	if (failures == NULL)
		return 1;
	if (failures->of[at].host != host || now - failures->of[at].last_ms > FORGET_MS)
		failures->of[at].count = 0;
	failures->of[at].host = host;
	failures->of[at].last_ms = now;
	return ++failures->of[at].count;
}

static void
wait_ms(int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		continue;
}

static int
deny(struct link *link, struct auth_failures *failures, const char *name)
{
	int count = count_failure(failures, link->conn->peer);
	int delay = count * AUTH_DELAY_MS;

	log_notice("%s: key \"%s\" refused, failure %d of this address", conn_peer(link->conn),
	    name, count);
	wait_ms(delay < AUTH_DELAY_MAX_MS ? delay : AUTH_DELAY_MAX_MS);
	(void)link_refuse(link, FRAME_E_DENIED, "no such key, or another secret");
	return -1;
}

/* A frame of this type and size, or refuse. 0, or -1. */
static int
expect(struct link *link, uint8_t type, size_t size)
{
	int got = link_read(link);

	if (got == 1 && link->frame.type == type && (size == 0 || link->frame.size == size))
		return 0;
	if (got == 1)
		(void)link_refuse(link, FRAME_E_PROTOCOL, "%s is expected here, not %s",
		    frame_name(type), frame_name(link->frame.type));
	else if (got == -1)
		conn_log_failure(conn_peer(link->conn), link->conn->idle_ms);
	return -1;
}

/* The HELLO into *exchange. 0, or -1: refused. */
static int
hear_hello(struct link *link, enum auth_service service, struct exchange *exchange)
{
	struct frame_hello hello;

	if (expect(link, FRAME_HELLO, 0) == -1)
		return -1;
	if (!frame_unpack_hello(&hello, link->payload, (size_t)link->frame.size) ||
	    link->frame.value != service) {
		(void)link_refuse(link, FRAME_E_PROTOCOL, "this is another service");
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
	return random_bytes(key->secret, FRAME_NONCE);
}

static int
challenge(struct link *link, struct exchange *exchange, const struct key *key, bool known,
    struct auth_failures *failures)
{
	uint8_t proof[FRAME_MAC];

	if (random_bytes(exchange->server_nonce, FRAME_NONCE) == -1 ||
	    link_write(link, FRAME_CHALLENGE, 0, exchange->server_nonce, FRAME_NONCE) == -1 ||
	    expect(link, FRAME_PROOF, FRAME_MAC) == -1)
		return -1;
	make_proof(exchange, "client", key, proof);
	if (!digest_equal(proof, link->payload, FRAME_MAC) || !known)
		return deny(link, failures, exchange->name);
	make_proof(exchange, "server", key, proof);
	return link_write(link, FRAME_WELCOME, key->rights, proof, FRAME_MAC);
}

int
auth_serve(struct link *link, enum auth_service service, const char *keys_path,
    struct auth_failures *failures, unsigned *rights, char who[KEYS_NAME_MAX + 1])
{
	struct exchange exchange;
	struct key key;
	bool known;
	int result;

	if (hear_hello(link, service, &exchange) == -1)
		return -1;
	snprintf(who, KEYS_NAME_MAX + 1, "%s", exchange.name);
	if (keys_path == NULL) {
		*rights = KEYS_ALL;
		return link_write(link, FRAME_WELCOME, KEYS_ALL, NULL, 0);
	}
	if (fetch_key(keys_path, exchange.name, &key, &known) == -1) {
		(void)link_refuse(link, FRAME_E_FAILED, "the server cannot read its keys");
		return -1;
	}
	result = challenge(link, &exchange, &key, known, failures);
	*rights = key.rights;
	keys_forget(&key);
	return result;
}

/* ---- client ---- */

static int
fail(struct link *link, int *status, int code, const char *words)
{
	log_error("%s: %s", conn_peer(link->conn), words);
	*status = code;
	return -1;
}

/* The server's next frame; its ERROR, and its end, are told here. 0, or -1. */
static int
hear(struct link *link, int *status)
{
	char words[2 * FRAME_TEXT_MAX];
	int got = link_read(link);

	if (got == 0)
		return fail(link, status, STATUS_FAILED, "the server hung up");
	if (got == -1) {
		log_error("%s:", conn_peer(link->conn));
		*status = STATUS_FAILED;
		return -1;
	}
	if (link->frame.type != FRAME_ERROR)
		return 0;
	log_escape(words, sizeof words, link->payload, (size_t)link->frame.size);
	return fail(link, status, STATUS_REFUSED, words);
}

static int
prove(struct link *link, struct exchange *exchange, const struct key *key, int *status)
{
	uint8_t proof[FRAME_MAC];

	if (key == NULL)
		return fail(link, status, STATUS_REFUSED,
		    "the server asks for a key: give its file with -k");
	if (link->frame.size != FRAME_NONCE)
		return fail(link, status, STATUS_FAILED, "a challenge of the wrong size");
	memcpy(exchange->server_nonce, link->payload, FRAME_NONCE);
	make_proof(exchange, "client", key, proof);
	if (link_write(link, FRAME_PROOF, 0, proof, FRAME_MAC) == -1) {
		log_error("%s:", conn_peer(link->conn));
		*status = STATUS_FAILED;
		return -1;
	}
	if (hear(link, status) == -1)
		return -1;
	make_proof(exchange, "server", key, proof);
	if (link->frame.type != FRAME_WELCOME || link->frame.size != FRAME_MAC ||
	    !digest_equal(proof, link->payload, FRAME_MAC))
		return fail(link, status, STATUS_REFUSED,
		    "the server does not prove that it knows the key: do not trust it");
	return 0;
}

int
auth_greet(struct link *link, enum auth_service service, const struct key *key,
    unsigned *rights, int *status)
{
	struct exchange exchange = { .service = service };
	uint8_t payload[FRAME_NONCE + FRAME_KEY_NAME_MAX];
	struct frame_hello hello = { .nonce = exchange.client_nonce };
	int len;

	snprintf(exchange.name, sizeof exchange.name, "%s", key ? key->name : NO_KEY);
	hello.name = exchange.name;
	hello.name_len = strlen(exchange.name);
	if (random_bytes(exchange.client_nonce, FRAME_NONCE) == -1)
		return fail(link, status, STATUS_FAILED, "no random bytes");
	len = frame_pack_hello(&hello, payload, sizeof payload);
	if (len == -1)
		return fail(link, status, STATUS_USAGE, "the key's name may not be sent");
	if (link_write(link, FRAME_HELLO, service, payload, (size_t)len) == -1)
		return fail(link, status, STATUS_FAILED, strerror(errno));
	if (hear(link, status) == -1)
		return -1;
	if (link->frame.type == FRAME_CHALLENGE) {
		if (prove(link, &exchange, key, status) == -1)
			return -1;
	} else if (link->frame.type != FRAME_WELCOME) {
		return fail(link, status, STATUS_FAILED, "the server answers out of turn");
	} else if (key) {
		return fail(link, status, STATUS_REFUSED,
		    "the server does not ask for the key: leave -k off if that is meant");
	}
	*rights = (unsigned)link->frame.value;
	return 0;
}
