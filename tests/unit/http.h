/*
 * http: what the tests of protocol/http share.
 */
#ifndef TESTS_UNIT_HTTP_H
#define TESTS_UNIT_HTTP_H

#include "protocol/http.h"
#include "tests/unit/unit.h"

#define END  "\r\n\r\n"
#define HOST "\r\nHost: lab"
#define GET  "GET / HTTP/1.1\r\n"

/*
 * Feed a request in pieces. Each time its bytes are in a block of just their size, so
 * that a sanitizer sees one byte too far; the last one stays until the next call.
 */
enum http_verdict
http_feed(struct http_request *request, const char *text, size_t len, size_t piece);

/* Begin, and feed a whole text at once. */
enum http_verdict http_read_text(struct http_request *request, const char *text);

/* A span has these bytes; NULL: it is none. */
void expect_span(struct http_span span, const char *text);

#endif
