/*
 * auth_client: how a client says who it is, and hears whether the server knows the key as
 * well. See auth.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/digest.h"
#include "common/log.h"
#include "common/random.h"
#include "common/serve.h"
#include "link/auth.h"
#include "link/auth_internal.h"

static int
fail(struct link *link, int *status, int code, const char *words)
{
	log_error("%s: %s", conn_peer(link->conn), words);
	*status = code;
	return -1;
}

static int
fail_errno(struct link *link, int *status)
{
	log_error("%s:", conn_peer(link->conn));
	*status = STATUS_FAILED;
	return -1;
}

/* The server's next frame; its ERROR, and its end, are told here. 0, or -1. */
static int
hear(struct link *link, int *status)
{
	char words[2 * FRAME_TEXT_MAX];
	int got = link_read(link);
	bool refused;

	if (got == 0)
		return fail(link, status, STATUS_FAILED, "the server hung up");
	if (got == -1 && errno == EPROTO)
		return fail(link, status, STATUS_FAILED,
		    "this is no server of ours: is it the right port?");
	if (got == -1)
		return fail_errno(link, status);
	if (link->frame.type != FRAME_ERROR)
		return 0;
	log_escape(words, sizeof words, link->payload, (size_t)link->frame.size);
	refused = link->frame.value == FRAME_E_DENIED || link->frame.value == FRAME_E_LIMIT;
	return fail(link, status, refused ? STATUS_REFUSED : STATUS_FAILED, words);
}

static int
prove(struct link *link, struct auth_exchange *exchange, const struct key *key, int *status)
{
	uint8_t proof[FRAME_MAC];

	if (key == NULL)
		return fail(link, status, STATUS_REFUSED,
		    "the server asks for a key: give its file with -k");
	if (link->frame.size != FRAME_NONCE)
		return fail(link, status, STATUS_FAILED, "a challenge of the wrong size");
	memcpy(exchange->server_nonce, link->payload, FRAME_NONCE);
	auth_make_proof(exchange, "client", key, proof);
	if (link_write(link, FRAME_PROOF, 0, proof, FRAME_MAC) == -1)
		return fail_errno(link, status);
	if (hear(link, status) == -1)
		return -1;
	auth_make_proof(exchange, "server", key, proof);
	if (link->frame.type != FRAME_WELCOME || link->frame.size != FRAME_MAC ||
	    !digest_equal(proof, link->payload, FRAME_MAC))
		return fail(link, status, STATUS_REFUSED,
		    "the server does not prove that it knows the key: do not trust it");
	return 0;
}

/* HELLO, with a nonce of ours in *exchange. 0, or -1: told. */
static int
say_hello(struct link *link, struct auth_exchange *exchange, int *status)
{
	uint8_t payload[FRAME_NONCE + FRAME_KEY_NAME_MAX];
	const struct frame_hello hello = {
		.nonce = exchange->client_nonce,
		.name = exchange->name,
		.name_len = strlen(exchange->name),
	};
	int len;

	if (random_bytes(exchange->client_nonce, FRAME_NONCE) == -1)
		return fail_errno(link, status);
	len = frame_pack_hello(&hello, payload, sizeof payload);
	if (len == -1)
		return fail(link, status, STATUS_USAGE, "the key's name may not be sent");
	if (link_write(link, FRAME_HELLO, exchange->service, payload, (size_t)len) == -1)
		return fail_errno(link, status);
	return 0;
}

/* What HELLO is answered with, and what that takes. 0, or -1: told. */
static int
hear_answer(struct link *link, struct auth_exchange *exchange, const struct key *key,
    unsigned *rights, int *status)
{
	if (hear(link, status) == -1)
		return -1;
	if (link->frame.type == FRAME_CHALLENGE) {
		if (prove(link, exchange, key, status) == -1)
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

int
auth_greet(struct link *link, enum auth_service service, const struct key *key,
    unsigned *rights, int *status)
{
	struct auth_exchange exchange = { .service = service };

	snprintf(exchange.name, sizeof exchange.name, "%s", key ? key->name : AUTH_NO_KEY);
	if (say_hello(link, &exchange, status) == -1)
		return -1;
	return hear_answer(link, &exchange, key, rights, status);
}

int
auth_hello(struct link *link, enum auth_service service, int *status)
{
	struct auth_exchange exchange = { .service = service, .name = AUTH_NO_KEY };

	return say_hello(link, &exchange, status);
}

int
auth_welcome(struct link *link, unsigned *rights, int *status)
{
	return hear_answer(link, NULL, NULL, rights, status);
}
