/*
 * http_basic: a name and a password, as a request says them. RFC 7617.
 *
 *	Authorization: Basic YW5uYTpzZWNyZXQ=	anna, secret
 *
 * That is no encryption: whoever sees the request has the password.
 *
 * What is not exactly this is no answer to our question: another scheme, base64 with
 * anything before, in or behind it (RFC 4648 3.3, 3.5), no colon, a control byte or a NUL,
 * a name or a password that is too long to be anybody's.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_BASIC_H
#define PROTOCOL_HTTP_BASIC_H

#include "protocol/http.h"

enum {
	HTTP_BASIC_NAME_MAX = 127,
	HTTP_BASIC_PASSWORD_MAX = 511, /* as PASSWORD_MAX: what crypt(3) takes */
};

/* Strings. To be wiped. */
struct http_basic {
	char name[HTTP_BASIC_NAME_MAX + 1];
	char password[HTTP_BASIC_PASSWORD_MAX + 1]; /* may be empty */
};

/* The value of Authorization. False: it is not that, and *basic is not set. */
bool http_basic_read(struct http_basic *basic, struct http_span value);

#endif
