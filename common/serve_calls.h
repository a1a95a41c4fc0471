/*
 * serve_calls: a server that clients call with one datagram, and that gives each a child.
 *
 * The request comes to the well-known port. A child answers it from a socket of its own:
 * bound to the very address that was asked, at a port that the kernel chooses, connected
 * to who asked. All other requests go on coming to the parent.
 *
 *	parent				child
 *	ppoll, receive
 *	guard -> service->screen
 *	fork  ------------------------>	open its socket
 *	ppoll ...			service->session
 *	waitpid <---------------------	_exit
 *
 * The child table, limits (-c, -C, -T), signals (TERM, INT, HUP, USR1), root and daemon are
 * serve.h's; guard (udp_guard.h) and rate (-r) are those of all datagram servers. What
 * differs:
 *
 *   -c: when so many are served, requests wait in the socket's buffer.
 *   A request that is repeated, byte by byte and from the same port, while its child lives
 *   is not served again: the child has timers of its own.
 *   What was sent to a broadcast or multicast address is ignored (RFC 1123, 4.2.3.4).
 *   -1: this process itself serves the first client. -i: the socket was passed; after -t
 *   without a request or a child the server exits, for inetd to wait again.
 */
#ifndef COMMON_SERVE_CALLS_H
#define COMMON_SERVE_CALLS_H

#include "common/serve_udp.h"

enum {
	CALL_REQUEST_MAX = 1500, /* a longer one is ignored */
	CALL_ANSWER_MAX = 512,
};

/* What a child gets. */
struct serve_call {
	int fd; /* connected; closed by serve */
	const struct net_address *peer;
	const unsigned char *request;
	size_t len;
	int idle_ms;  /* -t */
	int lifeline; /* readable when the parent has died; -1: the kernel kills us */
	struct conn_count *count; /* to be kept by the session: the parent shows it */
};

enum call_verdict {
	CALL_BEGIN,  /* a child, please */
	CALL_ANSWER, /* what was written is the answer; no child */
	CALL_IGNORE,
};

struct call_service {
	const char *name; /* in the ready line and in the logs */
	const char *port; /* the default for -p */

	/*
	 * In the parent, so quick and without waiting: what to do with a request of `peer`.
	 * An answer goes to `answer` and its length to *answer_len.
	 */
	enum call_verdict (*screen)(const struct net_address *peer,
	    const unsigned char *request, size_t len, unsigned char answer[CALL_ANSWER_MAX],
	    size_t *answer_len, void *arg);

	/* The answer to an address that has too many children already (-C). */
	const void *refusal;
	size_t refusal_len;

	/* In the child. The result is its exit status. */
	int (*session)(const struct serve_call *call, void *arg);
};

/* Serve until told to stop. The exit status for main; errors are logged. */
int serve_calls(
    const struct call_service *service, const struct udp_serve_options *options, void *arg);

#endif
