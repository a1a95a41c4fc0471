/*
 * udpecho: what its files share.
 *
 *	udpecho.c  options, and which of the three it is to be
 *	talk.c     a dialogue on a terminal, or a filter: a line, a datagram, an answer
 *	count.c    -c: numbered datagrams, and how many came back after what time
 *	find.c     -b: one datagram to all, and everybody's answer
 *	post.c     the socket: open, send, receive, and errors in words
 */
#ifndef CLIENTS_UDPECHO_H
#define CLIENTS_UDPECHO_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/net.h"
#include "common/opts.h"
#include "common/udp.h"

enum {
	ECHO_BUFFER = 65536, /* more than any datagram holds */
};

struct echo_options {
	struct client_options client;
	const char *host;
	bool broadcast; /* -b */
	bool open;	/* -N: not connected */
	int count;	/* -c; 0: talk */
	int interval_ms;
	int retries;
	int size;
};

/* A socket, and with whom it speaks. */
struct echo_post {
	const struct echo_options *options;
	int fd;
	struct net_address peer;
	uint64_t foreign; /* datagrams of others, dropped */
};

int echo_talk(const struct echo_options *options);
int echo_count(const struct echo_options *options);
int echo_find(const struct echo_options *options);

/* ---- post.c ---- */

/* 0, or -1: it is logged. */
int post_open(struct echo_post *post, const struct echo_options *options);
void post_close(struct echo_post *post);

/* Send one datagram. 0, or -1: it is logged. ECONNREFUSED of an earlier one is not told here.
 */
int post_send(struct echo_post *post, const void *bytes, size_t len);

/*
 * Wait for a datagram of the peer until `deadline_ms` (INT64_MAX: for ever), and take it.
 * Its length, or -1 with errno: ETIMEDOUT, ECONNREFUSED (no one listens there) or
 * another. Datagrams of others do not count and are dropped; with -b everybody's count,
 * and *from says whose it is (else it may be NULL). `mask`: signals that may end the
 * wait, with EINTR; NULL: none.
 */
ssize_t post_receive(struct echo_post *post, void *bytes, size_t capacity, int64_t deadline_ms,
    const sigset_t *mask, struct net_address *from);

/* "no one listens there", or what else errno means here, as one line. */
void post_log_failure(const struct echo_post *post);

/*
 * From now on SIGINT sets a flag and ends waits, those of post_receive with this mask.
 */
void post_catch_interrupt(sigset_t *mask);
bool post_interrupted(void);

uint64_t post_now_ns(void);

#endif
