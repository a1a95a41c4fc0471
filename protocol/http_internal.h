/*
 * http_internal: what the files of protocol/http share, and nobody else's business.
 */
#ifndef PROTOCOL_HTTP_INTERNAL_H
#define PROTOCOL_HTTP_INTERNAL_H

#include "protocol/http.h"

/* What a byte may be part of. */
enum {
	HTTP_B_TOKEN = 1,    /* 9110 5.6.2 */
	HTTP_B_TARGET = 2,   /* of a request-target before its `?' */
	HTTP_B_PATH = 4,     /* pchar and `/', RFC 3986 3.3, but for the % of an escape */
	HTTP_B_HOST = 8,     /* unreserved and sub-delims, 3986 3.2.2 */
	HTTP_B_PERCENT = 16, /* `%' */
	HTTP_B_HEX = 32,
	HTTP_B_STEP = 64,   /* `/' and `.': what makes a path odd behind a slash */
	HTTP_B_SLASH = 128, /* `/'; twice HTTP_B_STEP, so that a shift compares neighbours */
};

extern const uint8_t http_bytes[256];

static inline uint8_t
http_byte(char byte)
{
	return http_bytes[(unsigned char)byte];
}

/* 0 to 15; the byte must be HTTP_B_HEX. */
static inline unsigned
http_hex(char byte)
{
	return byte <= '9' ? (unsigned)(byte - '0') : ((unsigned)byte | 0x20U) - 'a' + 10;
}

/* One line of the head, from..to, without its CR LF, in request->bytes. */
enum http_fault
http_read_request_line(struct http_request *request, const char *from, const char *to);
enum http_fault
http_read_field_line(struct http_request *request, const char *from, const char *to);

/* What the lines mean together: host, framing, connection, expectation. */
enum http_fault http_judge(struct http_request *request);

/* A member of the head as a place. */
static inline struct http_at
http_place(const struct http_request *request, const char *from, const char *to)
{
	return (struct http_at){ (uint16_t)(from - request->bytes), (uint16_t)(to - from) };
}

#endif
