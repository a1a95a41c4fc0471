/*
 * routing: which path is a file, a program, a handler, or somewhere else.
 *
 *	-g /cgi-bin		/cgi-bin/NAME/rest   the program DIR/cgi-bin/NAME
 *	-a hello.so		/hello/rest          the handler of that file
 *	-R routes		each line of a routes(5) file; then what has no line is not
 *				found
 *	else			the files of the site
 *
 * The table is made by main, once, and only read afterwards.
 */
#ifndef SERVERS_HTTPD_ROUTING_H
#define SERVERS_HTTPD_ROUTING_H

#include <stdbool.h>
#include <stddef.h>

#include "common/jail.h"
#include "protocol/http_target.h"
#include "protocol/routes.h"

enum {
	ROUTING_PLACES_MAX = 256,
	ROUTING_LOCATION_MAX = 3 * HTTP_PATH_MAX + ROUTES_LINE_MAX + HTTP_TARGET_MAX,
};

enum routing_verdict {
	ROUTING_FILES,	   /* of the site */
	ROUTING_RUN,	   /* a program or a handler answers */
	ROUTING_ELSEWHERE, /* a redirect */
	ROUTING_NOTHING,   /* 404 */
	ROUTING_DENIED,	   /* 403: a file that is no program, or cannot be reached */
};

struct guard;
struct routing;

struct routing_found {
	enum routing_verdict verdict;
	/* ROUTING_RUN */
	bool app;	   /* a handler: its file is for the helper to load */
	const char *file;  /* absolute; for -g it lies in `name` */
	size_t script_len; /* of the path: what names the program */
	char name[JAIL_PATH_MAX];
	/* ROUTING_ELSEWHERE */
	int status;
	const struct routes_rule *rule; /* NULL: the same path with a slash behind it */
	struct http_span rest;
};

/*
 * An empty table for a site in this directory; NULL with errno. With `hosted` it serves
 * several: the directory is said with each question, and "/cgi-bin" means that of each.
 */
struct routing *routing_new(const char *directory, bool hosted);
void routing_free(struct routing *routing);

/*
 * As the options say it: "/cgi-bin" or "/cgi-bin=FOLDER"; "FILE.so" or "/path=FILE.so";
 * a routes(5) file, whose lines of auth are the guard's. -1: it is logged why.
 */
int routing_add_programs(struct routing *routing, const char *text);
int routing_add_handler(struct routing *routing, const char *text);
int routing_add_file(struct routing *routing, struct guard *guard, const char *name);

/* Whether one of them is a handler, for which a helper is needed. */
bool routing_has_handlers(const struct routing *routing);

/*
 * Log which folders on the way to a program or a handler this user may not enter; `routing`
 * is the table, for serve_check_as_user. 0: the others are served.
 */
int routing_tell_reach(const void *routing);

/* Whether what has no rule is not found. */
bool routing_is_whole(const struct routing *routing);

/* The folders that rules serve, absolute, at most ROUTING_PLACES_MAX: how many. */
size_t routing_folders(const struct routing *routing, const char **folders);

/* What a canonical path is, of a site in the directory `root`. */
void routing_find(const struct routing *routing, const char *root, const char *path,
    struct routing_found *found);

/* Whether a program or a handler answers for it. */
bool routing_runs(const struct routing *routing, const char *root, const char *path);

/*
 * What else is to be said for a path that is no file: a status, with *location, malloc'ed,
 * when that is a redirect. 0: it is a file.
 */
int routing_status(const struct routing *routing, const char *root, const char *path,
    struct http_span query, char **location);

/* The site's directory, absolute; the folder that serves the files of a path, and the name
 * there. */
const char *routing_root(const struct routing *routing);
const struct jail *
routing_jail(const struct routing *routing, const char *path, const char **name);

#endif
