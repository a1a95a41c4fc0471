/*
 * answer: what a request is answered with. For session.c.
 *
 *	what is wrong with it	a page for that status, and the connection closes
 *	a method		GET, HEAD; OPTIONS tells Allow; others 405, unknown ones 501
 *	a program's path	session->exchange->run
 *	a file			its conditions, its ranges, its compressed sibling
 *	a folder		its slash, its index, its listing
 */
#ifndef SERVERS_HTTPD_ANSWER_H
#define SERVERS_HTTPD_ANSWER_H

#include "servers/httpd/session.h"

/*
 * Whether it is known whether the request may have what it asks for; if not, guard_answer
 * has to find out. exchange->status is set if it may not.
 */
bool answer_judge(struct session *session, struct session_room *room);

/* Whether a program answers this request; exchange->run is then filled. */
bool answer_is_run(struct session *session, struct session_room *room);

/* Decide, and begin: the head, and what goes with it. False: nothing can be said. */
bool
answer_begin(struct session *session, struct session_room *room, struct session_output *output);

/*
 * For who runs: the routes of the host that the request is for, and its folder, absolute.
 * Good for this turn.
 */
const struct routing *answer_routing(const struct session *session);
const char *answer_root(const struct session *session);

/* The next one of several ranges. */
bool
answer_part(struct session *session, struct session_room *room, struct session_output *output);

#endif
