/*
 * http: the head of an HTTP/1.1 request, from the bytes as they come. RFC 9112, 9110.
 *
 *	GET /notes/?sort=size HTTP/1.1 CR LF	request-line  9112 3
 *	Host: lab:7080 CR LF			field lines   9112 5
 *	Accept-Encoding: gzip, br CR LF
 *	CR LF					the end of the head
 *	(content, see http_body.h)
 *
 * The parser is fed from the start of the head each time more has come, and goes on
 * where it stopped: bytes are looked at once, however they were cut. What it finds are
 * places in those bytes (struct http_at), so the caller may move or grow his buffer
 * between calls. It is strict where leniency lets two programs disagree on where a
 * request ends (9112 11.2): lines end in CR LF alone, no folded lines, no blank before
 * a colon, one Host, one Content-Length and never beside Transfer-Encoding.
 *
 * A fault is an enum with its status and its words; after any of them the connection
 * must be closed, because nobody knows where the next request begins.
 *
 * The other parts of HTTP have a header each:
 *
 *	http_body      content: by length, or chunked
 *	http_target    percent-decoding, a path in its one true form, hidden names
 *	http_date      the three dates that are read, the one that is written
 *	http_match     entity tags and the order of preconditions
 *	http_range     byte ranges, and how several are sent
 *	http_accept    quality values, which coding to send
 *	http_response  a response's head; what goes into Location and into HTML
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_H
#define PROTOCOL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The limits of a head, and the status of one that passes them. */
enum {
	HTTP_HEAD_MAX = 32768,	/* bytes of all of it: 431 (9110 5.4) */
	HTTP_TARGET_MAX = 8192, /* 414; 9112 3 wants request-lines of 8000 served */
	HTTP_METHOD_MAX = 24,	/* 501 (9112 3); the longest registered one has 17 */
	HTTP_LINES_MAX = 100,	/* field lines: 431 */
	HTTP_NAME_MAX = 255,	/* of a field: 431 */
	HTTP_EMPTY_LINES = 4,	/* ignored before a request (9112 2.2); one more: 400 */
	HTTP_HOST_MAX = 255,	/* 400 */
};

/* Some bytes; not a string. at == NULL: there are none to point to. */
struct http_span {
	const char *at;
	size_t len;
};

/* A string literal as a span. */
#define HTTP_SPAN(literal) ((struct http_span){ (literal), sizeof(literal) - 1 })

/* Bytes of the head at hand; 0, 0: not there. */
struct http_at {
	uint16_t at, len;
};

/* What the parser of anything here has to say. */
enum http_verdict {
	HTTP_MORE, /* so far right, and not complete */
	HTTP_DONE,
	HTTP_REFUSED, /* see the fault */
};

/* Methods are told apart by case (9110 9.1). What is not listed is HTTP_OTHER: 501. */
enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_CONNECT,
	HTTP_OPTIONS,
	HTTP_TRACE,
	HTTP_PATCH, /* RFC 5789 */
	HTTP_OTHER,
};

/* 9112 3.2. */
enum http_form {
	HTTP_ORIGIN,	/* /path?query */
	HTTP_ABSOLUTE,	/* http://host/path?query, as to a proxy */
	HTTP_AUTHORITY, /* host:port, of CONNECT alone */
	HTTP_ASTERISK,	/* *, of OPTIONS alone */
};

/* How the content is framed, 9112 6.3. */
enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH, /* `length` bytes, at least 1 */
	HTTP_CHUNKED,
};

/* The fields that a server looks at; all others are HTTP_F_OTHER. */
enum http_field {
	HTTP_F_OTHER,
	HTTP_F_ACCEPT,
	HTTP_F_ACCEPT_ENCODING,
	HTTP_F_ACCEPT_LANGUAGE,
	HTTP_F_AUTHORIZATION,
	HTTP_F_CONNECTION,
	HTTP_F_CONTENT_ENCODING,
	HTTP_F_CONTENT_LENGTH,
	HTTP_F_CONTENT_TYPE,
	HTTP_F_COOKIE,
	HTTP_F_DATE,
	HTTP_F_EXPECT,
	HTTP_F_HOST,
	HTTP_F_IF_MATCH,
	HTTP_F_IF_MODIFIED_SINCE,
	HTTP_F_IF_NONE_MATCH,
	HTTP_F_IF_RANGE,
	HTTP_F_IF_UNMODIFIED_SINCE,
	HTTP_F_KEEP_ALIVE,
	HTTP_F_ORIGIN,
	HTTP_F_PROXY, /* no field at all, but HTTP_PROXY to a CGI program: CVE-2016-5385 */
	HTTP_F_PROXY_AUTHORIZATION,
	HTTP_F_RANGE,
	HTTP_F_REFERER,
	HTTP_F_TE,
	HTTP_F_TRAILER,
	HTTP_F_TRANSFER_ENCODING,
	HTTP_F_UPGRADE,
	HTTP_F_USER_AGENT,
	HTTP_F_VIA,
	HTTP_F_COUNT,
};

/* What is wrong with a request. http_fault_status says its status. */
enum http_fault {
	HTTP_FINE,
	HTTP_BAD_LINE_END,	 /* 400: LF without CR, CR without LF, 9112 2.2 */
	HTTP_BAD_METHOD,	 /* 400: no token; what TLS or another protocol says */
	HTTP_LONG_METHOD,	 /* 501 */
	HTTP_BAD_TARGET,	 /* 400 */
	HTTP_LONG_TARGET,	 /* 414 */
	HTTP_BAD_VERSION,	 /* 400: not `HTTP/d.d' */
	HTTP_OTHER_VERSION,	 /* 505: not HTTP/1.x */
	HTTP_EMPTY_LINES_ONLY,	 /* 400 */
	HTTP_FOLDED_LINE,	 /* 400: a line that begins with a blank, 9112 5.2, 2.2 */
	HTTP_BLANK_BEFORE_COLON, /* 400, 9112 5.1 */
	HTTP_BAD_NAME,		 /* 400: no token before the colon, or no colon */
	HTTP_BAD_VALUE,		 /* 400: a control byte, 9110 5.5 */
	HTTP_MANY_FIELDS,	 /* 431 */
	HTTP_LONG_NAME,		 /* 431 */
	HTTP_LONG_HEAD,		 /* 431 */
	HTTP_NO_HOST,		 /* 400, 9112 3.2 */
	HTTP_MANY_HOSTS,	 /* 400 */
	HTTP_BAD_HOST,		 /* 400 */
	HTTP_BAD_LENGTH,	 /* 400: not a number, or no number that can be, 9112 6.3 */
	HTTP_MANY_LENGTHS,	 /* 400 */
	HTTP_LENGTH_AND_CODING,	 /* 400: both framings: smuggling, 9112 6.1 */
	HTTP_CODING_IN_1_0,	 /* 400: Transfer-Encoding in HTTP/1.0, 9112 6.1 */
	HTTP_BAD_CODING,	 /* 400: the last coding is not chunked, or it is twice */
	HTTP_UNKNOWN_CODING,	 /* 501, 9112 6.1 */
	HTTP_EXPECTATION,	 /* 417, 9110 10.1.1 */
	HTTP_BAD_CHUNK,		 /* 400: no size, or one that is too large, 9112 7.1 */
	HTTP_LONG_CHUNK_LINE,	 /* 400 */
	HTTP_BAD_CHUNK_END,	 /* 400: no CR LF behind the data */
	HTTP_BAD_TRAILER,	 /* 400 */
	HTTP_LONG_TRAILER,	 /* 431 */
	HTTP_BAD_ESCAPE,	 /* 400: % and no two hex digits */
	HTTP_NUL_IN_PATH,	 /* 400: %00 */
	HTTP_SLASH_IN_NAME,	 /* 400: %2F: no name of a file has one */
	HTTP_ABOVE_ROOT,	 /* 400: more `..' than there are folders */
	/* The session's own: time and room are not the parser's. */
	HTTP_TOO_LATE,	 /* 408 */
	HTTP_LARGE_BODY, /* 413 */
	HTTP_FAULTS,
};

/* One field line, its value without the blanks around it. */
struct http_line {
	uint16_t name, value, value_len;
	uint8_t name_len;
	uint8_t field; /* enum http_field */
};

struct http_request {
	const char *bytes; /* as given last: set it when the buffer moves after HTTP_DONE */

	/* Valid when HTTP_DONE; the fault when HTTP_REFUSED. */
	enum http_fault fault;
	enum http_method method;
	enum http_form form;
	enum http_framing framing;
	uint64_t length;      /* of the content, HTTP_LENGTH */
	uint16_t head_len;    /* bytes of the head, with its last line and those before it */
	uint8_t minor;	      /* HTTP/1.minor: 0, or 1 for all later ones (9110 2.5) */
	bool keep_alive;      /* the client means to send another one, 9112 9.3 */
	bool expect_continue; /* it waits for 100 before the content, 9110 10.1.1 */
	bool plain_path;      /* no %, no //, no name that begins with a dot: as it stands */

	struct http_at method_name;
	struct http_at target;	  /* as it came */
	struct http_at path;	  /* "/" where absolute-form has none: see http_path */
	struct http_at query;	  /* without its `?' */
	struct http_at authority; /* of absolute-form and authority-form */
	struct http_at host;	  /* that of absolute-form, else of Host; without the port */
	struct http_at port;	  /* digits, often none */

	uint16_t count;		     /* of lines */
	uint8_t first[HTTP_F_COUNT]; /* the number of a field's first line + 1; 0: none */
	uint32_t repeated;	     /* bit (1 << field): it has several lines */
	struct http_line lines[HTTP_LINES_MAX];

	/* The parser's own: where it stands. */
	uint16_t line;	  /* where the line at hand begins */
	uint16_t scanned; /* no LF before here in that line */
	uint8_t phase, empty_lines;
};

/* Before each request's first byte. Cheap: the table of lines is not cleared. */
void http_request_begin(struct http_request *request);

/*
 * Read on. `bytes` is the request from its first byte, `len` all that have come, more
 * than last time (what is behind the head does not matter: content, the next request).
 * HTTP_DONE: request->head_len of them are the head. HTTP_REFUSED: request->fault; what
 * was read before it (method, minor) is set, for the log. A request that is refused
 * for its fields has its method, so that the answer to HEAD has no content.
 */
enum http_verdict
http_request_read(struct http_request *request, const char *bytes, size_t len);

/* Whether anything but empty lines has come: the difference of idle and 408. */
bool http_request_begun(const struct http_request *request);

/* Which limit a request passes that fills the caller's own, smaller buffer: 414 or 431. */
enum http_fault http_request_too_long(const struct http_request *request);

int http_fault_status(enum http_fault fault);
const char *http_fault_words(enum http_fault fault); /* for people: "two Host fields" */

/* ---- what was found ---- */

static inline struct http_span
http_text(const struct http_request *request, struct http_at at)
{
	if (at.at == 0 && at.len == 0)
		return (struct http_span){ NULL, 0 };
	return (struct http_span){ request->bytes + at.at, at.len };
}

/* The path as it came, still encoded; "/" for absolute-form without one; "*". */
struct http_span http_path(const struct http_request *request);

static inline struct http_span
http_line_name(const struct http_request *request, size_t line)
{
	const struct http_line *at = &request->lines[line];

	return (struct http_span){ request->bytes + at->name, at->name_len };
}

static inline struct http_span
http_line_value(const struct http_request *request, size_t line)
{
	const struct http_line *at = &request->lines[line];

	return (struct http_span){ request->bytes + at->value, at->value_len };
}

static inline bool
http_has(const struct http_request *request, enum http_field field)
{
	return request->first[field] != 0;
}

/*
 * The value of a field that may have one line only: at == NULL when there is none, or
 * when there are several, which is no value at all (9110 5.3).
 */
struct http_span http_value(const struct http_request *request, enum http_field field);

/*
 * The members of a field that is a list, over all its lines (9110 5.6.1): empty ones are
 * left out, a comma within "quotes" is none.
 *
 *	struct http_list list = http_list_begin(request, HTTP_F_IF_NONE_MATCH);
 *	while (http_list_next(&list, &member))
 */
struct http_list {
	const struct http_request *request; /* NULL: only the rest */
	enum http_field field;
	size_t line; /* to look at next */
	struct http_span rest;
};

struct http_list http_list_begin(const struct http_request *request, enum http_field field);
struct http_list http_list_of(struct http_span value); /* of one value */
bool http_list_next(struct http_list *list, struct http_span *member);

/* ---- small things that all parts use ---- */

/* Whether a span is this word, ASCII letters in any case; `word` in lower case. */
bool http_is(struct http_span span, const char *word);

/* Whether these are one token (9110 5.6.2), and a byte of one. */
bool http_is_token(struct http_span span);
bool http_is_token_byte(char byte);

/* No byte that would end a line or confuse who reads it: 0-31 but HTAB, 127. */
bool http_is_value(struct http_span span);

/* Decimal digits, and nothing else: false when there are none or it is over UINT64_MAX. */
bool http_number(struct http_span span, uint64_t *number);

/* `host[:port]` as RFC 3986 3.2.2, 3.2.3: false when it is none, or empty. */
bool http_authority(struct http_span span, struct http_span *host, struct http_span *port);

/* The field of this name; HTTP_F_OTHER. The name must be a token. */
enum http_field http_field_of(const char *name, size_t len);

/* "GET"; NULL for HTTP_OTHER. */
const char *http_method_text(enum http_method method);

#endif
