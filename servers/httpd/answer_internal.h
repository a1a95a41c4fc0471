/*
 * answer_internal: what the parts of answer share. Nobody else includes it.
 *
 *	answer.c	which file, folder or error a request means
 *	answer_file.c	a file: sibling, conditions, ranges
 *	answer_send.c	what goes to the client of that
 */
#ifndef SERVERS_HTTPD_ANSWER_INTERNAL_H
#define SERVERS_HTTPD_ANSWER_INTERNAL_H

#include "servers/httpd/answer.h"
#include "servers/httpd/reply.h"

/* exchange->file, which was found under this path. */
bool answer_file(struct session *session, struct session_room *room, const char *path,
    struct session_output *output);

/* A reply: its head, and the content that it names. False: nothing can be said. */
bool answer_reply(struct session *session, struct session_room *room, const struct reply *reply,
    struct session_output *output);

/* A page for a status; with Location, if that is not NULL. */
bool answer_status(struct session *session, struct session_room *room, int status,
    const char *location, struct session_output *output);

#endif
