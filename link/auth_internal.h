/*
 * auth_internal: what the two halves of auth share, and nobody else.
 */
#ifndef LINK_AUTH_INTERNAL_H
#define LINK_AUTH_INTERNAL_H

#include <stdint.h>

#include "common/keys.h"
#include "link/auth.h"
#include "protocol/frame.h"

#define AUTH_NO_KEY "-" /* a client that has none says this name; keys(5) has none like it */

struct auth_exchange {
	enum auth_service service;
	uint8_t client_nonce[FRAME_NONCE], server_nonce[FRAME_NONCE];
	char name[KEYS_NAME_MAX + 1];
};

/* The proof of `who`, "client" or "server", that it knows the key. */
void auth_make_proof(const struct auth_exchange *exchange, const char *who,
    const struct key *key, uint8_t proof[FRAME_MAC]);

#endif
