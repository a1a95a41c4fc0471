/*
 * serve_udp: the one loop of the suite's datagram servers.
 *
 * A datagram has no connection: one process waits with poll(2) and answers whatever
 * comes. A server describes itself in a struct udp_service; this loop does the rest:
 * sockets, root, daemon, signals, the guard (udp_guard.h) and the counters.
 *
 *	ppoll    a datagram, a line of the operator, a signal, or the time of `due`
 *	receive  as many as there are, at most UDP_BATCH with one call
 *	         guard -> service->receive -> udp_reply
 *	flush    all answers with one call
 *
 * Signals: TERM, INT and HUP end the loop, exit 0; USR1 prints the counters, and
 * what service->report has to tell. The ready line is serve.h's, with "udp".
 * -i: the socket was passed by inetd ("wait") or systemd; after serve.idle_ms without
 * a datagram the server exits, for inetd to wait again.
 */
#ifndef COMMON_SERVE_UDP_H
#define COMMON_SERVE_UDP_H

#include "common/serve.h"
#include "common/udp.h"
#include "common/udp_guard.h"

enum {
	UDP_GROUPS_MAX = 8,
};

struct udp_server;

struct udp_service {
	const char *name; /* in the ready line and in the logs */
	const char *port; /* the default for -p */

	/* A datagram that passed the guard. Answer with udp_reply, or not. */
	void (*receive)(struct udp_server *server, const struct udp_packet *packet, void *arg);

	/* Below: NULL where a server has no use for it. */

	/* When tick is due, in sys_now_ms() time; INT64_MAX: never. Asked before each wait. */
	int64_t (*due)(void *arg);
	void (*tick)(struct udp_server *server, int64_t now_ms, void *arg);

	/* Standard input has something (or its end): read it. False: watch it no more. */
	bool (*input)(struct udp_server *server, void *arg);

	void (*report)(void *arg); /* after the counters, for USR1: log lines */
};

struct udp_serve_options {
	struct serve_options serve;		/* address, port, family, daemon, inetd, user */
	int rate;				/* datagrams a second of one address; 0: any */
	bool rate_given;			/* by the user: then loopback counts too */
	const char *groups[UDP_GROUPS_MAX + 1]; /* multicast groups to join; ends with NULL */
};

#define UDP_SERVE_DEFAULTS                                                                     \
	{                                                                                      \
		.serve = SERVE_DEFAULTS, .rate = UDP_GUARD_RATE                                \
	}

/* Serve until told to stop. The exit status for main; errors are logged. */
int udp_serve(
    const struct udp_service *service, const struct udp_serve_options *options, void *arg);

/*
 * Answer the datagram that came by `path`. The bytes are not copied: they must stay
 * as they are until this datagram's batch is done (the packet's own bytes do; a local
 * array does not: for that there is udp_send). Sent later, in one go with the others.
 */
void udp_reply(struct udp_server *server, const struct udp_path *path, void *bytes, size_t len);

/* Send now what has been answered so far: the bytes are the caller's again. */
void udp_push(struct udp_server *server);

/* Not answered for a reason of the service's own: count it. */
void udp_ignore(struct udp_server *server);

/* The sockets, for who must send without having been asked: sockets[0..result). */
int udp_sockets(const struct udp_server *server, int fds[NET_LISTENERS_MAX]);

/* End the loop with this exit status after the present batch. */
void udp_stop(struct udp_server *server, int status);

#endif
