/*
 * http_form: what a form of HTML sends: application/x-www-form-urlencoded.
 * (WHATWG URL 5.1; RFC 1866 8.2.1 had it first.)
 *
 *	name=Anna+B.&text=caf%C3%A9&sent=
 *
 * The same stands in the query of a form with method=get. A pair without `=' has an
 * empty value; `+' is a blank, which it is nowhere else in HTTP.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_FORM_H
#define PROTOCOL_HTTP_FORM_H

#include <sys/types.h>

#include "protocol/http.h"

/* Whether a Content-Type is this one, whatever its parameters. */
bool http_form_is(struct http_span type);

/*
 * The next pair of *rest, still encoded; false at the end. Empty ones ("&&") are left out.
 *
 *	struct http_span rest = body, name, value;
 *	while (http_form_next(&rest, &name, &value))
 */
bool http_form_next(struct http_span *rest, struct http_span *name, struct http_span *value);

/* A name or a value decoded: its length, with a NUL behind it. -1: no room, or not right. */
ssize_t http_form_decode(char *out, size_t cap, struct http_span text);

/* The first value of this name, decoded: its length; -1: there is none, or as above. */
ssize_t http_form_find(char *out, size_t cap, struct http_span form, const char *name);

#endif
