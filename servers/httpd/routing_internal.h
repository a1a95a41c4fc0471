/*
 * routing_internal: the table of routes, which routing_make.c makes and routing.c reads.
 * Nobody else includes it.
 */
#ifndef SERVERS_HTTPD_ROUTING_INTERNAL_H
#define SERVERS_HTTPD_ROUTING_INTERNAL_H

#include "servers/httpd/routing.h"

/* What a rule leads to, beside it in the same order. */
struct place {
	bool programs;	  /* a folder of them: the next name of the path says which */
	struct jail jail; /* of a folder of files */
	char *file;	  /* absolute; but with `own` */
	bool own;	  /* it is a path beneath the directory of whichever site */
};

struct routing {
	char *root;
	bool hosted; /* for sites of several directories */
	bool whole;  /* there is a routes file: what has no rule is not found */
	size_t count;
	struct routes_rule rules[ROUTING_PLACES_MAX];
	struct place places[ROUTING_PLACES_MAX];
};

#endif
