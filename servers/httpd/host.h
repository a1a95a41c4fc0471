/*
 * host: what all sessions of one process share.
 *
 * The options and the site are made by main, once; the clock is set by whoever drives
 * the sessions, before each turn, so that the core itself asks nobody what time it is
 * and a test can choose it.
 */
#ifndef SERVERS_HTTPD_HOST_H
#define SERVERS_HTTPD_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/http_date.h"
#include "servers/httpd/site.h"

struct access_log;
struct guard;
struct routing;

/* How long a client may take; each with its option in httpd(8). */
struct host_limits {
	int idle_ms;	 /* without a byte, within a request or an answer; 0: for ever */
	int keep_ms;	 /* between two requests of a connection; 0: none is kept */
	int patience_ms; /* for a head; and for content and answers beyond what the rate allows
			  */
	int wait_ms;	 /* the shorter of idle and patience: one wait of a blocking call */
	int rate;	 /* bytes a second, at least; 0: any */
	int program_ms;	 /* a program, without a byte */
	uint64_t program_output; /* bytes that a program may say; 0: any number */
};

struct host {
	struct site site;
	struct host_limits limits;
	bool listing;		/* folders without an index are listed */
	const char *errors;	/* "/errors": there stand pages as 404.html, or NULL */
	struct access_log *log; /* NULL: none is kept */

	struct routing *routing;       /* what is no file; NULL: all are */
	struct hosts *hosts;	       /* that have folders of their own; NULL: none */
	struct routing *hosts_routing; /* ... what is no file there */
	struct guard *guard;	       /* who must say who he is; NULL: nobody */
	char *helper;		       /* the program that loads handlers */

	/* The clock: host_clock sets it. */
	int64_t now_ms;		      /* of sys_now_ms */
	int64_t now;		      /* seconds since 1970 */
	char date[HTTP_DATE_LEN + 1]; /* now, as in Date */
	bool told_time;
};

/* Look at the clock. Cheap within the same second. */
void host_clock(struct host *host);

#endif
