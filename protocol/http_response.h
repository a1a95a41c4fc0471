/*
 * http_response: the head of a response, and the escapes of what goes into it.
 * RFC 9112 4, 9110 15.
 *
 *	HTTP/1.1 200 OK CR LF
 *	Content-Length: 1270 CR LF
 *	CR LF
 *
 * Every field goes through one function that takes no byte which could end a line: a name
 * of a file with CR LF in it cannot become a field (response splitting). Like pack, the
 * writer sticks at the first thing that does not fit or may not be, and says so once:
 *
 *	http_head_begin(&head, buf, sizeof buf, 200);
 *	http_head_field(&head, HTTP_SPAN("Date"), date);
 *	http_head_number(&head, HTTP_SPAN("Content-Length"), size);
 *	len = http_head_end(&head);		-1: did not fit, or would lie
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_RESPONSE_H
#define PROTOCOL_HTTP_RESPONSE_H

#include <sys/types.h>

#include "protocol/http.h"

struct http_head {
	char *start, *at, *end;
	bool failed;
};

/*
 * The status line. It says HTTP/1.1 to everyone (9110 2.5: the server's own version).
 * A status outside of 100 to 599 fails. Reasons are http_reason's.
 */
void http_head_begin(struct http_head *head, char *buffer, size_t capacity, int status);

/* A field line. Fails for a name that is no token, and a value with a control byte. */
void http_head_field(struct http_head *head, struct http_span name, struct http_span value);

/* The same with a number, and with a date as http_date_write has it. */
void http_head_number(struct http_head *head, struct http_span name, uint64_t number);
void http_head_date(struct http_head *head, struct http_span name, int64_t seconds);

/*
 * Whole lines that the program itself has made, "Server: httpd\r\n...": not looked at.
 * For what is the same in every answer.
 */
void http_head_lines(struct http_head *head, struct http_span lines);

/* The same without a status line: for the head of a part. */
void http_head_open(struct http_head *head, char *buffer, size_t capacity);

/* The empty line. The length of it all, or -1. */
ssize_t http_head_end(struct http_head *head);

/* "Not Found"; "" for a status that has no name here. */
const char *http_reason(int status);

/* Whether a response with this status has no content whatever it says: 1xx, 204, 304. */
bool http_status_is_bare(int status);

/*
 * A path for Location and for href: what RFC 3986 3.3 has for a path stays, all else
 * becomes %XX. A `:' in a relative reference's first name becomes %3A, or it would be a
 * scheme. The length, with a NUL behind it, or -1 when it does not fit.
 */
ssize_t http_escape_path(char *out, size_t cap, struct http_span path);

/*
 * Text for HTML, also within quotes: & < > " and ' become references; control bytes,
 * which HTML may not have, U+FFFD. The length, with a NUL behind it, or -1.
 */
ssize_t http_escape_html(char *out, size_t cap, struct http_span text);

/* Each byte of a text takes so many at most. */
enum {
	HTTP_ESCAPE_PATH = 3,
	HTTP_ESCAPE_HTML = 6,
};

#endif
