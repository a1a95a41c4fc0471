/*
 * member: one of many clients of a process, and what goes to it. For multiplex.c.
 */
#ifndef SERVERS_HTTPD_MEMBER_H
#define SERVERS_HTTPD_MEMBER_H

#include "common/crowd.h"
#include "common/event.h"
#include "servers/httpd/session.h"

enum {
	MANY_SPARE = 16, /* exchanges that are kept for the next requests */
};

/* What a process has once for all its clients. */
struct many {
	struct server *server;
	struct host *host;
	struct event_loop *loop;
	size_t spares;
	struct exchange *spare[MANY_SPARE];
	struct session_room room; /* from here on nothing is touched before it is needed */
	char bytes[SESSION_INPUT_MAX];
};

/* An answer, or a part of one, that the client has not taken whole. */
struct pending {
	struct session_output whole, left;
	char bytes[]; /* of it, what lay in the room that all share */
};

struct member {
	struct crowd_client crowd; /* first: crowd allocates us by it */
	struct many *many;
	struct session session;
	struct event_watch watch;
	struct event_timer timer;
	struct pending *pending;
	char *kept; /* input that is not used up yet; malloc'ed */
	size_t kept_len;
	int64_t linger_ms; /* it was parted with: until then what it sends is dropped */
	bool unblocked;	   /* its descriptor is non-blocking, as sendfile(2) needs */
	bool hurried;
};

/* An exchange for the session, if it needs one. False: no memory. */
bool member_lend(struct many *many, struct member *member);
void many_give_back(struct many *many, struct exchange *exchange);

/* Input that is kept from before, and what is to be kept until the next turn. */
void member_fetch_kept(struct many *many, struct member *member, struct session_input *input);
bool member_keep(struct member *member, const struct session_input *input);

/* What it has of its own is freed; not the descriptor, nor its exchange. */
void member_free(struct member *member);

enum push {
	PUSH_DONE,    /* all has gone */
	PUSH_BLOCKED, /* the rest is pending */
	PUSH_LOST,    /* the client is gone; errno */
};

/* Send a new output, or go on with what is pending. */
enum push
member_push(struct many *many, struct member *member, const struct session_output *output);
enum push member_push_pending(struct member *member);

#endif
