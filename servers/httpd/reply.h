/*
 * reply: from a decision to bytes: the head of a response, and what follows it.
 */
#ifndef SERVERS_HTTPD_REPLY_H
#define SERVERS_HTTPD_REPLY_H

#include "servers/httpd/session.h"

/* What a response says. Zero but for the status is a response without anything. */
struct reply {
	int status;
	enum http_coding coding;
	const char *type;		/* Content-Type, or NULL */
	struct http_span content;	/* in memory; at == NULL: the file, or none */
	const struct site_file *file;	/* what is sent; NULL */
	const struct http_range *range; /* the one range of the file that is sent */
	const char *location;		/* or NULL */
	struct http_span lines;		/* complete field lines of a program */
	uint64_t length;		/* Content-Length, if has_length */
	uint64_t outside;		/* the size that there is, if is_outside: 416 */
	bool has_length, is_outside;
	bool parts;	 /* several ranges of the file follow */
	bool tells_file; /* ETag, Last-Modified and so on of the file */
	bool allow, chunked;
	int retry_s;	       /* Retry-After; 0: it is not said */
	const char *challenge; /* WWW-Authenticate, or NULL */
};

/* The methods that files know. */
#define REPLY_ALLOW "GET, HEAD, OPTIONS"

/* The head into room->bytes, at most SESSION_HEAD_ROOM: its length, or -1. */
ssize_t
reply_head(struct session *session, struct session_room *room, const struct reply *reply);

/* A short page for a status, as HTML, behind the room for a head. */
struct http_span reply_page(struct session_room *room, int status, const char *words);

#endif
