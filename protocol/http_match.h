/*
 * http_match: entity tags, and whether a request's conditions hold. RFC 9110 8.8, 13.
 *
 *	    If-Match ----- no ----------------------------> 412
 *	       | yes, or none, and then:
 *	    If-Unmodified-Since (only without If-Match) no -> 412
 *	       |
 *	    If-None-Match -- matches: GET, HEAD ----------> 304, others 412
 *	       | none of it, or without it:
 *	    If-Modified-Since (only without it) not ------> 304
 *	       |
 *	    Range and If-Range: see http_range_wanted
 *
 * Conditions count only where the answer without them would be 200 (13.2.1): the
 * caller asks when he has found the file.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_MATCH_H
#define PROTOCOL_HTTP_MATCH_H

#include <sys/types.h>

#include "protocol/http.h"

enum {
	HTTP_ETAG_MAX = 80, /* of those that http_etag_write makes, with a NUL */
};

/* What is known of the thing asked for. */
struct http_validators {
	struct http_span etag; /* with its quotes; at == NULL: it has none */
	bool has_time;
	int64_t modified; /* seconds */
};

enum http_condition {
	HTTP_PROCEED = 0,
	HTTP_NOT_MODIFIED = 304,
	HTTP_PRECONDITION_FAILED = 412,
};

/* `now` is for dates of two-digit years. */
enum http_condition http_preconditions(
    const struct http_request *request, const struct http_validators *validators, int64_t now);

/*
 * Whether Range is to be looked at: it is a GET with one, and its If-Range, if any,
 * is the same strong tag or the same date (13.1.5). A date is only good if the file
 * is at least a second older than `now`: it may have changed again since.
 */
bool http_range_wanted(
    const struct http_request *request, const struct http_validators *validators, int64_t now);

/*
 * A strong tag that changes with the file: "inode-size-seconds.nanoseconds" in hex, and
 * `coding` behind it for a compressed sibling ("gz"; "" for none). Its length, with a
 * NUL behind it, or -1.
 */
struct http_etag_of {
	uint64_t inode, size;
	int64_t seconds;
	uint32_t nanoseconds;
	const char *coding;
};

ssize_t http_etag_write(char *out, size_t cap, const struct http_etag_of *of);

/* A tag as the grammar has it: [W/]"..." */
bool http_etag_is(struct http_span tag);

/* 8.8.3.2: strongly, both without W/; weakly, whatever is before the quotes. */
bool http_etag_same(struct http_span a, struct http_span b);
bool http_etag_same_weakly(struct http_span a, struct http_span b);

#endif
