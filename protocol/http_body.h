/*
 * http_body: the content of a request, out of a stream that comes in pieces of any size.
 * RFC 9112 6 and 7.1.
 *
 *	by length	just so many bytes
 *	chunked		1a;name=value CR LF	size in hex, extensions are skipped
 *			(26 bytes) CR LF
 *			0 CR LF			the last one
 *			Trailer: x CR LF	checked, and dropped: never merged (7.1.2)
 *			CR LF
 *
 * Whoever gets the size of a chunk wrong takes the content for the next request, or the
 * other way round. So nothing is guessed: hex digits alone, no sign, no overflow, no
 * blank but before a `;', CR LF and nothing else.
 *
 *	http_body_begin(&body, &request);
 *	while (len > 0 && (n = http_body_feed(&body, bytes, len, &piece)) > 0)
 *		... piece ...; bytes += n; len -= n;
 *	if (body.verdict == HTTP_REFUSED) ... body.fault ...
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_BODY_H
#define PROTOCOL_HTTP_BODY_H

#include "protocol/http.h"

enum {
	HTTP_CHUNK_LINE_MAX = 1024,  /* bytes of a size and its extensions: 400 */
	HTTP_CHUNK_OVERHEAD = 65536, /* of all extensions of a request: 400 (9112 7.1.1) */
	HTTP_TRAILER_MAX = 8192,     /* of all trailer lines: 431 */
};

#define HTTP_CHUNK_MAX UINT64_C(0x7fffffffffffffff) /* bytes of one chunk: 400 */

struct http_body {
	enum http_verdict verdict; /* HTTP_DONE: the content is complete */
	enum http_fault fault;	   /* of HTTP_REFUSED */
	uint64_t total;		   /* bytes of content that were given out */

	/* The reader's own. */
	enum http_framing framing;
	uint64_t left; /* bytes of the content, or of the chunk, to come */
	uint8_t state;
	uint32_t line;	   /* bytes of the line at hand */
	uint32_t overhead; /* of all extensions, or of the trailer section */
};

/* For a request that is HTTP_DONE. Without content the verdict is HTTP_DONE at once. */
void http_body_begin(struct http_body *body, const struct http_request *request);

/*
 * Take some of `bytes`: how many; 0 when there are none, or the content is complete or
 * broken: then what is left is the next request's, or nobody's. *piece are content
 * bytes among those taken, often none (len 0).
 */
size_t
http_body_feed(struct http_body *body, const char *bytes, size_t len, struct http_span *piece);

/*
 * The other way: what stands before a chunk of `len` bytes, "1a\r\n", in a response.
 * Each chunk ends with "\r\n", all of them with HTTP_LAST_CHUNK. How many bytes of
 * `line` (at most HTTP_CHUNK_HEAD_MAX); 0 for no bytes: that would be the end.
 */
enum { HTTP_CHUNK_HEAD_MAX = 18 };

#define HTTP_LAST_CHUNK "0\r\n\r\n"

size_t http_chunk_head(char line[HTTP_CHUNK_HEAD_MAX], uint64_t len);

#endif
