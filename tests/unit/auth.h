/*
 * auth: what the tests of link/auth share: one end runs in a child, the test is the
 * other, and speaks raw frames. It makes proofs from what frame(5) says, and not with
 * the code under test.
 */
#ifndef TESTS_UNIT_AUTH_H
#define TESTS_UNIT_AUTH_H

#include <stdio.h>

#include "common/serve.h"
#include "link/auth.h"
#include "tests/unit/unit.h"

#define SECRET "correct-horse-battery"
#define NAME   "anna"

enum {
	AUTH_IDLE_MS = 10000,
	WELCOMED = 100, /* exit status of a child that let us in, and the rights */
	HELLO_BYTES = FRAME_HEADER + FRAME_NONCE + sizeof NAME - 1,
	PROOF_BYTES = FRAME_HEADER + FRAME_MAC,
};

/* Of the test that runs; each has a process of its own. */
struct meeting {
	char keys_path[40];
	struct auth_failures *failures;
	const struct net_address *from; /* the child's peer */
	bool stopped;			/* the child's server is told to stop */
	int end;			/* of the connection: ours */
	pid_t child;
	FILE *child_words;
	char said[4096]; /* by the child, when it has ended */
};

extern struct meeting meeting;
extern const uint8_t our_nonce[FRAME_NONCE];

void meeting_setup(void);
void meeting_teardown(void);

/* A server or a client in the child. `path` NULL: nobody is asked; `secret` NULL: no key. */
void start_server(const char *path);
void start_client(const char *secret);

/* Its exit status; what it said goes to meeting.said. */
int await_child(void);

/* It ends with this status, and one line with these words, or none at all. */
void expect_end(int status, const char *words);

/* The client of ours, here; as auth_greet. What it says goes to meeting.said. */
int greet(const char *name, const char *secret, unsigned *rights, int *status);

struct raw {
	struct frame frame;
	uint8_t payload[FRAME_TEXT_MAX + 1];
};

void say(uint8_t type, uint64_t value, const void *payload, size_t len);
void say_hello(const char *name, uint64_t service);
bool hear(struct raw *raw); /* the next frame; false at the end */
void expect_frame(struct raw *raw, uint8_t type, size_t size);
void expect_error(enum frame_error error, const char *words); /* and nothing more */

/* Start a server, say HELLO, take its nonce. */
void be_challenged(const char *name, uint8_t nonce[FRAME_NONCE]);

/* frame(5): the HMAC over "SWBD", who, the service, both nonces and the name. */
void prove(const char *secret, const char *who, int service, const uint8_t *client,
    const uint8_t *server, uint8_t proof[FRAME_MAC]);

void auth_add_client_tests(TCase *tcase);
void auth_add_failure_tests(TCase *tcase);

#endif
