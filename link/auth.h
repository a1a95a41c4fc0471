/*
 * auth: both ends prove that they know a key, and neither says it.
 *
 *	client                                    server
 *	HELLO      nonce C, the key's name  --->
 *	           <---  nonce S                  CHALLENGE
 *	PROOF      HMAC(secret, "client" ...) -->
 *	           <---  HMAC(secret, "server" ...)  WELCOME, value: rights
 *
 * Each HMAC-SHA-256 is over who proves, the service, both nonces and the name, so a
 * recorded proof is good for nothing: not later, not for the other side, not for the
 * other service. The client proves first: who does not know the key learns nothing
 * that could be tried against it. An unknown name takes the same way and time as a
 * wrong secret.
 *
 * What it does not do: hide what is said afterwards, or guard it against change on the
 * way. A tunnel does (ssh -L).
 *
 * A server without a keys file asks for nothing; it may serve loopback only.
 */
#ifndef LINK_AUTH_H
#define LINK_AUTH_H

#include "common/keys.h"
#include "link/frames.h"

enum auth_service {
	AUTH_RCMD = 1,
	AUTH_FILE = 2,
};

enum {
	AUTH_DELAY_MS = 500,	  /* before a wrong proof is answered, times the failures */
	AUTH_DELAY_MAX_MS = 8000, /* ... at most */
	AUTH_FORGET_MS = 10 * 60 * 1000, /* after so long without another failure */
};

/* Failures of each address, in memory that all children share. NULL with errno. */
struct auth_failures;
struct auth_failures *auth_failures_new(void);

/* Other times than AUTH_DELAY_MS and AUTH_FORGET_MS. */
void auth_failures_set_time(struct auth_failures *failures, int delay_ms, int forget_ms);

/* Whether auth_serve can use these keys (NULL: none). 0, or -1: one line is logged. */
int auth_check_keys(const char *keys_path);

/*
 * The server's part; `keys_path` NULL: nobody is asked. 0 and *rights, name in `who`;
 * -1: refused, told and logged.
 */
int auth_serve(struct link *link, enum auth_service service, const char *keys_path,
    struct auth_failures *failures, unsigned *rights, char who[KEYS_NAME_MAX + 1]);

/*
 * The client's part; `key` NULL: without one. 0, or -1: one line is logged, with what
 * to do; the exit status is for main: 3 when refused, else 1.
 */
int auth_greet(struct link *link, enum auth_service service, const struct key *key,
    unsigned *rights, int *status);

/*
 * The same without a key, in two halves. Where nobody has to prove anything, the next
 * frames need not wait for the answer: they may go out between the halves.
 */
int auth_hello(struct link *link, enum auth_service service, int *status);
int auth_welcome(struct link *link, unsigned *rights, int *status);

#endif
