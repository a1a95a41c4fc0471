/*
 * relay: what its two files share. relay.c tells the story.
 */
#ifndef TESTS_RELAY_H
#define TESTS_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/lossy.h"
#include "common/net.h"

enum {
	FLOWS_MAX = 8192,
	HOLD_MS = 20, /* what is to come late comes at the latest then */
};

/* One way of a flow, and what is held back on it. */
struct way {
	unsigned char *held;
	size_t held_len;
	int64_t since_ms;
};

struct flow {
	struct net_address client, server;
	int fd;
	struct way up, down;
};

/* One that is delayed; in the order of their times. */
struct slow {
	struct slow *next;
	int64_t due_ms;
	struct flow *flow;
	const struct way *way;
	size_t len;
	unsigned char bytes[];
};

struct relay {
	int front, epoll;
	struct net_address server;
	struct lossy up, down;
	struct flow *flows[FLOWS_MAX];
	size_t flow_count, held_count;
	struct slow *slow, **slow_end;
	uint64_t fates[LOSSY_FATES], unheard;
	bool unplugged;
};

_Noreturn void relay_fail(const char *what);

/* A datagram on its way: what is to happen to it happens. */
void relay_pass(
    struct relay *relay, struct flow *flow, struct way *way, const void *bytes, size_t len);

/* Whether something is kept back; and let go what has been for long enough. */
bool relay_keeps(const struct relay *relay);
void relay_let_go(struct relay *relay);

#endif
