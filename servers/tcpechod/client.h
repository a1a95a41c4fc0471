/*
 * client: one client of a model that must never wait for it.
 *
 *	        +--------- a message, all answered ---------+
 *	        v                                           |
 *	  wait for input --> client_turn: recv, answer, send
 *	        ^                                           |
 *	        |                                     not all taken
 *	        |                                           v
 *	        +--- all sent --- client_turn: send <-- wait for output
 *
 * What the client does not take is kept, and nothing more is read from it until
 * it has taken that: so one that does not read costs one buffer, and no more.
 */
#ifndef SERVERS_TCPECHOD_CLIENT_H
#define SERVERS_TCPECHOD_CLIENT_H

#include "common/crowd.h"
#include "servers/tcpechod/echo.h"

/* A model that must know more of each client makes this the first member of its own. */
struct client {
	struct crowd_client crowd; /* first: crowd allocates us by it */
	char *kept;		   /* of an answer, what is still to be sent; malloc'ed */
	size_t kept_at, kept_len;  /* from kept + kept_at on, kept_len bytes */
};

enum client_turn {
	CLIENT_MORE,	 /* did something, and perhaps could do more at once */
	CLIENT_WAIT_IN,	 /* nothing to do until it sends */
	CLIENT_WAIT_OUT, /* nothing to do until it reads */
	CLIENT_LEFT,	 /* it is gone, and freed */
};

/* One step of the conversation, without waiting. */
enum client_turn
client_turn(struct server *server, struct client *client, const struct echo_options *echo);

/* The end of a client; and a crowd_evict that ends one at once. */
void client_leave(struct server *server, struct client *client, int status);
void client_evict(struct server *server, struct crowd_client *client);

/* What to wait for: POLLIN, or POLLOUT while something is kept. */
short client_events(const struct client *client);

#endif
