/*
 * drive: the drivers of a session. See session.h.
 */
#ifndef SERVERS_HTTPD_DRIVE_H
#define SERVERS_HTTPD_DRIVE_H

#include "servers/httpd/session.h"

struct conn;
struct server;

/* A whole conversation with one client, blocking: a service's session; arg is the host. */
int drive_session(struct conn *conn, void *arg);

/*
 * The same from where another driver stands: `input` has what came already. The exit
 * status.
 */
int drive_on(struct session *session, struct conn *conn, struct session_input *input,
    struct session_room *room);

/* Model event, in each of its processes: it waits for all its clients; arg is the host. */
int drive_many(struct server *server, void *arg);

#endif
