/*
 * routes: one line of a routes(5) file: what of a site is served how.
 *
 *	# path       kind      where
 *	/            folder    html
 *	/wiki/       cgi       cgi-bin/wiki.cgi
 *	/time        app       time.so
 *	/old/        redirect  /new/            301
 *	/private/    auth      users
 *
 * A path that ends in `/' stands for all that begins with it, any other for itself
 * alone. The longest one that fits counts, wherever it stands in the file.
 *
 * Words are as those of commands(5): see allow.h.
 *
 * Pure: no I/O, nothing is allocated. What is found are spans of the line.
 */
#ifndef PROTOCOL_ROUTES_H
#define PROTOCOL_ROUTES_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "protocol/http.h"

enum {
	ROUTES_LINE_MAX = 4096,
	ROUTES_REDIRECT_STATUS = 302, /* when the line says none */
};

enum routes_kind {
	ROUTES_FOLDER,	 /* files beneath a folder */
	ROUTES_CGI,	 /* a program; under a prefix the rest is its PATH_INFO */
	ROUTES_APP,	 /* a C handler, app(7); likewise */
	ROUTES_REDIRECT, /* somewhere else */
	ROUTES_AUTH,	 /* who asks for this, or what is beneath, must be in a file of users */
};

struct routes_rule {
	enum routes_kind kind;
	bool prefix;	       /* `path' ends in `/' */
	struct http_span path; /* in its one true form, not encoded: see http_target.h */
	struct http_span to;   /* a folder or file; of a redirect a URI reference */
	int status;	       /* of a redirect: 301, 302, 303, 307, 308 */
};

enum routes_status {
	ROUTES_RULE,
	ROUTES_BLANK, /* nothing on the line, or a comment */
	ROUTES_BAD_BYTE,
	ROUTES_BAD_QUOTE,
	ROUTES_BAD_PATH,
	ROUTES_BAD_KIND,
	ROUTES_NO_TARGET,
	ROUTES_BAD_TARGET, /* of a redirect */
	ROUTES_BAD_STATUS,
	ROUTES_TOO_MANY,
	ROUTES_TOO_LONG,
	ROUTES_STATUSES,
};

/* A line, with or without its newline. *rule is set only if ROUTES_RULE. */
enum routes_status routes_parse(struct routes_rule *rule, const char *line, size_t len);

/* What is wrong with a line; "folder", "cgi", ... */
const char *routes_status_words(enum routes_status status);
const char *routes_kind_name(enum routes_kind kind);

enum routes_fit {
	ROUTES_NO,
	ROUTES_SLASH, /* the path is a prefix without its `/': redirect to it with one */
	ROUTES_YES,
};

/*
 * How a rule of auth stands to the others is not said here: it is no answer to a request,
 * and no place for it is among the rules of routes_find.
 */

/* Whether a canonical path is this rule's. *rest is what stands behind the prefix. */
enum routes_fit
routes_match(const struct routes_rule *rule, struct http_span path, struct http_span *rest);

/*
 * The rule that counts for a path, of `count': *which, and how it fits. A path that is
 * there twice counts where it stands first.
 */
enum routes_fit routes_find(const struct routes_rule *rules, size_t count,
    struct http_span path, size_t *which, struct http_span *rest);

/*
 * Where a redirect leads: `to', with the rest of the path behind it if both end in `/',
 * percent-encoded. The query is the caller's to add. Its length, with a NUL, or -1.
 */
ssize_t
routes_location(char *out, size_t cap, const struct routes_rule *rule, struct http_span rest);

#endif
