/*
 * guard: who may have what: folders that ask for a name and a password. RFC 7617.
 *
 *	GET /private/x		---->
 *				<----	401, WWW-Authenticate: Basic realm="/private"
 *	GET /private/x
 *	Authorization: Basic …	---->	known? else a keeper tries the password ...
 *				<----	200; or 401, later each time; or 429: too often
 *
 * What is guarded is a path and all beneath it; of several the longest counts. It is judged
 * by the path in its one true form, before anything else is done with a request.
 *
 * A password is hashed on purpose so that it takes long, so it is a keeper's (keeper.h)
 * to try it: no process that talks to strangers sees a hash, and none that serves many
 * waits for one, because the connection goes on in a process of its own (session_run).
 * What was right is believed for GUARD_KNOWN_MS, by all processes: they share a table of
 * keyed hashes of it, with a key of this run alone.
 */
#ifndef SERVERS_HTTPD_GUARD_H
#define SERVERS_HTTPD_GUARD_H

#include "common/keeper.h"
#include "servers/httpd/session.h"

enum {
	GUARD_PLACES_MAX = 64,
	GUARD_KNOWN_MS = 30 * 1000,
	GUARD_ASK_MS = 30 * 1000, /* for the keeper's answer; failures are told late */
};

struct guard;
struct guard_place; /* a path that is guarded */

/* Guards nothing yet. NULL with errno. */
struct guard *guard_new(void);
void guard_free(struct guard *guard);

/* As the option says it: "users", or "/path=users"; "-": nobody is asked. -1: it is logged. */
int guard_add(struct guard *guard, const char *text);
/* As a line of a routes(5) file does, for the site alone. 0, or -1 with errno. */
int guard_add_rule(struct guard *guard, struct http_span path, const char *users);

/*
 * Whether all files of users can be used, and none would be served itself from one of these
 * directories (absolute; NULL: none). -1: it is logged why.
 */
int guard_check(const struct guard *guard, const char *const *roots, size_t count);

bool guard_is_empty(const struct guard *guard);

/* Start the keeper, before root is given up. 0, or -1: it is logged. */
int guard_start(struct guard *guard);
/* Whether that child of ours was it. */
bool guard_is_keeper(const struct guard *guard, pid_t pid);

enum guard_verdict {
	GUARD_OPEN,    /* he may; exchange->user is who, if he was asked */
	GUARD_ASK,     /* 401; exchange->place is where */
	GUARD_UNKNOWN, /* guard_answer has to find out */
};

/* Whether the request may have this canonical path. */
enum guard_verdict guard_judge(struct session *session, const char *path);

/* A session_run: have the password tried. Then the session is at its gate again. */
int guard_answer(struct session *session, struct conn *conn, struct session_input *input,
    struct session_room *room);

/* For WWW-Authenticate. */
const char *guard_challenge(const struct guard_place *place);

#endif
