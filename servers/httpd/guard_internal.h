/*
 * guard_internal: what guard.c, guard_make.c and guard_keep.c share. Nobody else includes it.
 *
 *	guard_make.c	the paths, and what is wrong with their files
 *	guard.c		a request: who asks, and whether that is known
 *	guard_keep.c	the keeper: passwords
 */
#ifndef SERVERS_HTTPD_GUARD_INTERNAL_H
#define SERVERS_HTTPD_GUARD_INTERNAL_H

#include <stdatomic.h>

#include "common/net.h"
#include "common/siphash.h"
#include "link/users.h"
#include "protocol/http_basic.h"
#include "servers/httpd/guard.h"

enum {
	GUARD_KNOWN = 1024, /* logins that are believed for a while */
	GUARD_ERROR_MAX = 256,
	GUARD_REFUSED = USERS_VERDICTS, /* a verdict of ours: his address failed too often */
};

struct guard_place {
	char *path; /* canonical, without a slash at its end; "" is all */
	size_t len;
	char *users; /* absolute; NULL: nobody is asked */
	char *challenge;
	bool site_only; /* of a routes file: not for hosts with a folder of their own */
};

/* A name and a password that were right, until a time. Shared: written without a lock. */
struct guard_known {
	_Atomic uint64_t a, b;
	_Atomic int64_t until_ms;
};

struct guard {
	struct guard_place places[GUARD_PLACES_MAX];
	size_t count;
	struct keeper keeper;
	uint8_t keys[2][SIPHASH_KEY_SIZE];
	struct guard_known *known; /* GUARD_KNOWN of them */
};

/* To the keeper, and back. */
struct guard_question {
	uint32_t place, network_len;
	uint8_t network[NET_NETWORK_MAX];
	struct http_basic who;
};

struct guard_answer {
	int32_t verdict; /* of users_login, or GUARD_REFUSED */
	char error[GUARD_ERROR_MAX];
};

/* guard_keep.c; arg is the guard. */
extern const struct keeper_work guard_keeper;

#endif
