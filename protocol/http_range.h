/*
 * http_range: parts of a file. RFC 9110 14.
 *
 *	Range: bytes=0-499		the first 500 bytes
 *	Range: bytes=500-		all behind them
 *	Range: bytes=-500		the last 500
 *	Range: bytes=0-0,-1		the first and the last byte: two parts
 *
 * One part is sent as it is, with Content-Range; several as multipart/byteranges:
 *
 *	--BOUNDARY CR LF
 *	Content-Type: text/plain CR LF
 *	Content-Range: bytes 0-0/1270 CR LF
 *	CR LF
 *	(the bytes) CR LF
 *	--BOUNDARY CR LF ... --BOUNDARY-- CR LF
 *
 * Ranges that overlap or touch are sent as one, and a request for more than
 * HTTP_RANGES_MAX gets the whole file: a small request must not cost a large answer
 * (14.2, 17.15).
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_RANGE_H
#define PROTOCOL_HTTP_RANGE_H

#include <sys/types.h>

#include "protocol/http.h"

enum {
	HTTP_RANGES_MAX = 16,	  /* of a request; more: 200 and all of it */
	HTTP_BOUNDARY_MAX = 70,	  /* RFC 2046 5.1.1 */
	HTTP_PART_HEAD_MAX = 512, /* room that a part's head takes at most */
	HTTP_CONTENT_RANGE_MAX = 6 + 20 + 1 + 20 + 1 + 20 + 1, /* "bytes F-L/N", a NUL */
};

/* Both inclusive, and within the file. */
struct http_range {
	uint64_t first, last;
};

enum http_range_verdict {
	HTTP_RANGE_WHOLE,   /* no range that counts: answer 200 with all of it */
	HTTP_RANGE_SOME,    /* 206 */
	HTTP_RANGE_OUTSIDE, /* right, but nothing of the file: 416 */
};

/*
 * What `value` (of Range) asks for, of a file of `size` bytes. An unknown unit and a set
 * that is not well-formed are WHOLE (14.2). *count is set when SOME, at least 1.
 */
enum http_range_verdict http_range_read(struct http_span value, uint64_t size,
    struct http_range ranges[HTTP_RANGES_MAX], size_t *count);

/*
 * The value of Content-Range: "bytes 0-499/1270"; of a 416, with range == NULL, the same
 * with a star for the range (14.4). Its length, with a NUL behind it, or -1.
 */
ssize_t
http_content_range(char *out, size_t cap, const struct http_range *range, uint64_t size);

/* Of an answer in several parts. The boundary must not be in the file: make it random. */
struct http_multipart {
	struct http_span boundary;
	struct http_span type; /* of each part; at == NULL: not said */
	uint64_t size;	       /* of the whole file */
};

/* What stands before a part, and behind the last one. The length, or -1. */
ssize_t http_part_head(char *out, size_t cap, const struct http_multipart *multipart,
    const struct http_range *range, bool first);
ssize_t http_part_end(char *out, size_t cap, const struct http_multipart *multipart);

/* Content-Length of all parts with what is between them. False: a part's head is too long. */
bool http_multipart_length(const struct http_multipart *multipart,
    const struct http_range *ranges, size_t count, uint64_t *length);

#endif
