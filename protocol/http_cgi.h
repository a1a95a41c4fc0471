/*
 * http_cgi: what a CGI program answers, and how it is told of a request. RFC 3875.
 *
 *	Status: 404 Not Found		a document, 6.2.1
 *	Content-Type: text/plain
 *	(empty line, then content until the end)
 *
 *	Location: /other?x=y		alone: served as if that were asked for, 6.2.2
 *
 *	Location: http://host/x		302, 6.2.3; with Status and content, 6.2.4
 *
 * Lines end in LF or CR LF: programs write both. All else is as strict as a request's
 * head, because its fields go to a client: a control byte in a value is refused and not
 * sent. A program that speaks all of HTTP itself (`nph-', 5) is refused: what it says
 * could not be framed, so the connection could not be kept.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_CGI_H
#define PROTOCOL_HTTP_CGI_H

#include <sys/types.h>

#include "protocol/http.h"

/* A head that passes one of these is the program's mistake: 502. */
enum {
	HTTP_CGI_HEAD_MAX = 16384, /* bytes */
	HTTP_CGI_LINES_MAX = 64,
	HTTP_CGI_NAME_MAX = 5 + HTTP_NAME_MAX + 1, /* HTTP_..., and a NUL */
};

enum http_cgi_kind {
	HTTP_CGI_DOCUMENT, /* status, lines, content */
	HTTP_CGI_LOCAL,	   /* location is a path here, to be served instead */
	HTTP_CGI_REDIRECT, /* location is for the client; the rest as a document */
};

enum http_cgi_fault {
	HTTP_CGI_FINE,
	HTTP_CGI_SILENT,       /* nothing but its end: see http_cgi_end */
	HTTP_CGI_NPH,	       /* it begins with HTTP/ */
	HTTP_CGI_BAD_NAME,     /* a line without a name and a colon */
	HTTP_CGI_BAD_VALUE,    /* a control byte */
	HTTP_CGI_TWICE,	       /* one of its three fields, or Content-Length, 6.3 */
	HTTP_CGI_BAD_STATUS,   /* no three digits, or under 200 */
	HTTP_CGI_BAD_LOCATION, /* empty, or with a blank */
	HTTP_CGI_BAD_LENGTH,
	HTTP_CGI_NOTHING, /* neither Content-Type nor Location nor Status, 6.2 */
	HTTP_CGI_LONG,
	HTTP_CGI_CUT, /* it ended before its empty line */
	HTTP_CGI_FAULTS,
};

struct http_cgi {
	const char *bytes; /* as given last */

	/* Valid when HTTP_DONE; the fault when HTTP_REFUSED. */
	enum http_cgi_fault fault;
	enum http_cgi_kind kind;
	int status; /* 200 or 302 when none is said */
	struct http_at type, location;
	bool has_length;
	uint64_t length; /* of the content, as it claims */
	uint16_t head_len;

	/*
	 * The fields to pass on, Content-Type and Location not among them. Left out is
	 * what belongs to the server: Date, Server, Content-Length, all that is said of
	 * the connection, and names that begin with X-CGI- (6.3.5).
	 */
	uint16_t count;
	struct http_line lines[HTTP_CGI_LINES_MAX];

	/* The parser's own. */
	uint16_t line, scanned;
	bool has_status, done;
};

void http_cgi_begin(struct http_cgi *cgi);

/* As http_request_read: all that has come from the first byte on. */
enum http_verdict http_cgi_read(struct http_cgi *cgi, const char *bytes, size_t len);

/* The program has ended, and the head has not: SILENT or CUT. */
enum http_cgi_fault http_cgi_end(const struct http_cgi *cgi);

const char *http_cgi_fault_words(enum http_cgi_fault fault);

/*
 * The meta-variable of a request's field, 4.1.18: "HTTP_USER_AGENT". Its length, with a
 * NUL behind it; 0 for a field that a program does not see: those of the connection and
 * of the content's framing, Content-Type and Content-Length (they have names of their
 * own), secrets, Proxy (CVE-2016-5385), and names with a byte other than letters, digits
 * and `-': X_A and X-A would be the same variable. -1: no room.
 */
ssize_t http_cgi_variable(char *out, size_t cap, struct http_span name);

#endif
