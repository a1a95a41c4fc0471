/*
 * http_target: what a request's path means to a server of files. RFC 3986.
 *
 *	/notes/./a%20b/../%7Eanna//x?q=1
 *	       |                          decode each %XX, once
 *	       |                          drop empty names and `.', let `..' take one away
 *	/notes/~anna/x
 *
 * Decoding comes first, so that %2e%2e is the same `..' as the plain one; and it happens
 * once, so that %252e is three bytes of a name. What cannot be the name of a file is a
 * fault and not a guess: %00, %2F, and a `..' that would leave the root. `+' is a plus.
 *
 * The result is a name for openat(2) beneath a root, but no promise about what is
 * there: symbolic links are for common/jail to judge.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_TARGET_H
#define PROTOCOL_HTTP_TARGET_H

#include <sys/types.h>

#include "protocol/http.h"

enum {
	HTTP_PATH_MAX = 4096, /* of the decoded path, with its NUL: 414 */
};

/*
 * The path in its one true form, with a NUL behind it: it begins with `/'; it ends with
 * `/' if it names a folder ("/", "/a/", "/a/.", "/a/b/.."). *out_len is its length.
 * HTTP_FINE, HTTP_BAD_TARGET (it does not begin with `/'), HTTP_BAD_ESCAPE,
 * HTTP_NUL_IN_PATH, HTTP_SLASH_IN_NAME, HTTP_ABOVE_ROOT, or HTTP_LONG_TARGET when `cap`
 * is too small. A request's plain_path needs none of this: copy it.
 */
enum http_fault
http_path_canonical(char *out, size_t cap, struct http_span path, size_t *out_len);

/*
 * Whether a name in a canonical path begins with a dot: not shown, not served. The first
 * name `.well-known' is an exception (RFC 8615).
 */
bool http_path_is_hidden(struct http_span path);

/* %XX decoded: the length, with a NUL behind it; -1: a bad escape, a NUL, no room. */
ssize_t http_decode(char *out, size_t cap, struct http_span text);

#endif
