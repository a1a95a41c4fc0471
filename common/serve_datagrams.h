/*
 * serve_datagrams: what the two loops of datagram servers, serve_udp.c and serve_calls.c,
 * begin with and end with. Nobody else includes this.
 *
 *	-D    the background; its first process waits until we are ready
 *	      the sockets, our own or those that inetd passes; members of the groups
 *	      root is given up
 *	      guard, inbox, prepare, signals
 *	      the ready line
 *	      loop
 */
#ifndef COMMON_SERVE_DATAGRAMS_H
#define COMMON_SERVE_DATAGRAMS_H

#include <poll.h>

#include "common/serve_udp.h"

struct serve_datagrams {
	const char *name, *port; /* of the service */
	const struct udp_serve_options *options;
	int (*prepare)(void *server); /* and the signals; 0, or -1 with errno */
	int (*loop)(void *server);    /* the exit status */

	/* Filled before `prepare` is called. */
	struct pollfd *sockets; /* the loop's, with room for NET_LISTENERS_MAX */
	int count;		/* of them */
	struct udp_guard *guard;
	struct udp_inbox *inbox;

	/* Filled before `loop` is called. */
	int64_t active_ms; /* when the last datagram came; kept for -i */
};

/* Begin, run the loop, and end: the exit status for main. Errors are logged. */
int serve_datagrams(struct serve_datagrams *in, void *server);

/* -i: when nobody has asked for so long that inetd may do the waiting. INT64_MAX: not us. */
int64_t serve_datagrams_leave_at(const struct serve_datagrams *in);

#endif
