/*
 * program: a program answers a request, by the rules of CGI/1.1: RFC 3875.
 *
 *	client			httpd				program
 *	head            --->	its environment	(environ.h)
 *	content         --->	as it comes              --->	standard input
 *			<---	head, checked (http_cgi.h)  <---	standard output
 *			<---	content, framed anew        <---
 *				the log                     <---	standard error
 *
 * All of that moves at once, as far as each side takes it: a program may answer before
 * it has read, or never read. It runs in a group of its own, in the folder it stands
 * in, with three descriptors and what environ.h makes, and all of the group ends
 * with the answer, with the client, with its time or with the server.
 *
 *	nothing said yet and it fails	502, or 504 when its time is over
 *	part of the answer is said	the connection ends without the end of the content
 *
 * Blocking: for a process that has no other client, and no other children.
 */
#ifndef SERVERS_HTTPD_PROGRAM_H
#define SERVERS_HTTPD_PROGRAM_H

#include "servers/httpd/session.h"

enum {
	PROGRAM_COLLECT_MAX = 1 << 20, /* chunked content, whose length must be known: 413 */
	PROGRAM_MOVES_MAX = 8,	       /* local redirects of one request: then 502 */
};

/* A session_run. */
int program_answer(struct session *session, struct conn *conn, struct session_input *input,
    struct session_room *room);

#endif
