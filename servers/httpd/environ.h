/*
 * environ: what a program is told of its request: RFC 3875 4.1.
 *
 *	GET /cgi-bin/wiki/Pages/A%20b?x=1 HTTP/1.1	SCRIPT_NAME=/cgi-bin/wiki
 *	Host: lab:7080					PATH_INFO=/Pages/A b
 *	Cookie: a=1					QUERY_STRING=x=1
 *							SERVER_NAME=lab
 *							HTTP_COOKIE=a=1	...
 *
 * It is made from nothing: of the server's own environment a program sees nothing.
 */
#ifndef SERVERS_HTTPD_ENVIRON_H
#define SERVERS_HTTPD_ENVIRON_H

#include "servers/httpd/session.h"

enum {
	ENVIRON_BYTES = 128 * 1024, /* a head and all that is said of it twice fit */
	ENVIRON_VARIABLES = HTTP_LINES_MAX + 32,
};

/* What the request itself does not tell. */
struct environ_more {
	const char *path;  /* canonical */
	size_t script_len; /* of it: SCRIPT_NAME; the rest is PATH_INFO */
	const char *file;  /* the program, absolute */
	const char *root;  /* the site's directory, absolute */
	bool has_content;
	uint64_t content_len;
	int fd; /* the client's socket, or a descriptor that is none */
};

struct environ {
	const char *list[ENVIRON_VARIABLES + 1]; /* ends with NULL */
	size_t count, used;
	bool full;
	char bytes[ENVIRON_BYTES];
};

/* False: it does not fit. */
bool environ_make(
    struct environ *environ, const struct session *session, const struct environ_more *more);

/* One more variable. */
void environ_add(struct environ *environ, const char *name, struct http_span value);

#endif
