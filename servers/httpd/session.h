/*
 * session: a conversation over HTTP/1.1 as a state machine without descriptors.
 *
 *	            bytes in                          head bytes, span of a file
 *	 client  -----------> driver ==> session ==> driver  --------------> client
 *
 *	        +-------------------- next request --------------------+
 *	        v                                                      |
 *	  HEAD -> GATE -> CONTENT (dropped) -> ANSWER -> parts ... -> DONE
 *	          ^  |                           |                     |
 *	          |  +-> RUN: a program or a handler answers ----------+--> CLOSE
 *	          +------+  or a password is tried
 *
 * A driver owns the socket, the buffers and the waiting; session_turn says what it
 * wants next. Three drivers share this core to the letter: drive.c blocks (fork,
 * prefork, iterative, -1, -i), multiplex.c waits for many (event), and the unit tests
 * cut the input into any pieces.
 *
 * What is kept of a client between two requests is struct session, which is small.
 * All that one request needs is struct exchange, which the driver lends while
 * session_needs_exchange, so that a thousand silent clients cost little.
 */
#ifndef SERVERS_HTTPD_SESSION_H
#define SERVERS_HTTPD_SESSION_H

#include "protocol/http.h"
#include "protocol/http_body.h"
#include "protocol/http_range.h"
#include "protocol/http_response.h"
#include "protocol/http_target.h"
#include "servers/httpd/host.h"

struct conn;
struct guard_place;

enum {
	SESSION_INPUT_MAX = HTTP_HEAD_MAX + 8192, /* a head, and some content behind it */
	SESSION_HEAD_ROOM = 4096 + 3 * 8192,	  /* of a response: Location may be long */
	SESSION_LOCATION_MAX = HTTP_ESCAPE_PATH * HTTP_PATH_MAX + HTTP_TARGET_MAX,
	SESSION_SMALL_MAX = 32768, /* a file up to this goes with its head in one write */
	SESSION_DROP_MAX =
	    65536, /* content that nobody wants: more of it ends the connection */
	SESSION_LINGER_MS = 2000, /* for a client to read the last answer, 9112 9.6 */
	SESSION_BOUNDARY_LEN = 32,
	SESSION_USER_MAX = 32, /* as USERS_NAME_MAX */
};

/* What has come and is not used up: bytes[start, end). The driver fills it at its end. */
struct session_input {
	char *bytes; /* capacity SESSION_INPUT_MAX where it is read into */
	size_t start, end;
	size_t skipped; /* private: content behind the head that was handed out */
	bool over;	/* the client sends no more */
};

enum session_want {
	SESSION_READ,  /* more input, or to be told that it is over */
	SESSION_SEND,  /* send *output, then say session_sent */
	SESSION_RUN,   /* session->exchange->run answers, slowly; then session_ran */
	SESSION_CLOSE, /* close; with session->linger so that what was said can be read */
};

/*
 * To send, in this order. The bytes stay where they are until the next turn; but head
 * lies in the driver's own buffer, so a driver that goes elsewhere meanwhile copies it.
 */
struct session_output {
	struct http_span head, content;
	int fd;		 /* of a file; */
	uint64_t offset; /* ... from there on */
	uint64_t length; /* ... so many bytes; 0: no file */
	bool more;	 /* and more of the same answer follows at once */
};

/*
 * The driver's room for what is made of a response: its head, and right behind that a
 * small file; a page for an error is made at SESSION_HEAD_ROOM. And what is large and
 * seldom used, so that it makes no frame of the stack long.
 */
struct session_room {
	char bytes[SESSION_HEAD_ROOM + SESSION_SMALL_MAX];
	char path[HTTP_PATH_MAX], sibling[HTTP_PATH_MAX + 8];
	char location[SESSION_LOCATION_MAX];
};

/*
 * What answers instead of a file. `answer` talks to the client itself, blocking, in a
 * process that has no other client: it reads content with session_content, says what it
 * has to say with session_answer_*, and returns 0, or -1 when the client is lost or the
 * answer is broken, and the connection must end.
 */
struct session;
struct session_run {
	int (*answer)(struct session *session, struct conn *conn, struct session_input *input,
	    struct session_room *room);
};

/* One request and its answer. */
struct exchange {
	struct http_request request;
	struct http_body body;
	struct session_run run;

	/* Whose files answer, for this turn; NULL: the site's. And whether it is not NULL. */
	const struct hosts_one *host;
	bool host_chosen, hosted;

	/* Whether he may ask for that: guard.h. */
	bool judged;
	const struct guard_place *place;
	char user[SESSION_USER_MAX + 1]; /* who asks; "": nobody knows */

	/* The answer. */
	int status;
	bool bare;			  /* no content is sent: HEAD, 204, 304 */
	bool chunked;			  /* a program's answer, of unknown length */
	struct site_file *file, own_file; /* what is sent, or NULL */
	struct http_range ranges[HTTP_RANGES_MAX];
	size_t range_count, range_next;
	char boundary[SESSION_BOUNDARY_LEN]; /* of several ranges */
	char *made; /* content that was made for this answer: malloc'ed */
	size_t made_len;
	uint64_t sent; /* bytes of content */
};

enum session_state {
	SESSION_IN_HEAD,
	SESSION_AT_GATE,    /* the head is whole: may he, and who answers? */
	SESSION_IN_CONTENT, /* of a request that will be answered with a file */
	SESSION_IN_ANSWER,
	SESSION_IN_PARTS, /* several ranges: the next one */
	SESSION_IN_RUN,
	SESSION_AT_END, /* the answer has gone */
	SESSION_OVER,
};

struct session {
	struct host *host;
	struct exchange *exchange; /* lent by the driver, or NULL */
	const struct net_address *peer;
	enum session_state state;
	bool keep;	 /* the connection, after this answer */
	bool linger;	 /* when it closes: the client may still be sending */
	bool continued;	 /* 100 Continue was said */
	size_t head_len; /* bytes of input from start on that the request still points into */
	uint64_t moved;	 /* bytes since began_ms, in the direction that is waited for */
	int64_t began_ms, moved_ms; /* when this wait for the client began; the last byte */
	unsigned answers;	    /* so far */
	unsigned moves;		    /* local redirects of this request */
};

void session_begin(struct session *session, struct host *host, const struct net_address *peer);
void session_end(struct session *session); /* whatever is open is closed */

/* Lend an exchange before a turn, and take it back when it is not needed. */
bool session_needs_exchange(const struct session *session);
void session_lend(struct session *session, struct exchange *exchange);
struct exchange *session_take_back(struct session *session);

/* One step. Uses up input; fills *output when the result is SESSION_SEND. */
enum session_want session_turn(struct session *session, struct session_input *input,
    struct session_room *room, struct session_output *output);

/* All of the output has gone. */
void session_sent(struct session *session, const struct session_output *output);

/*
 * When the client must have sent or taken what is waited for, in the time of
 * host->now_ms; 0: never. Who is later loses its connection; session_is_late first gives
 * the words for it, if there is still something to say: a turn follows (408).
 */
int64_t session_deadline(const struct session *session);
bool session_is_late(struct session *session);

/* Bytes came or went: the deadline moves. */
void session_moved(struct session *session, size_t bytes);

/* ---- for what answers instead of a file ---- */

/*
 * The request's content, decoded: *piece are some bytes of it that are in `input`, good
 * until the next call. When it is empty: HTTP_MORE, read more input first; HTTP_DONE,
 * there is no more; HTTP_REFUSED, session->exchange->body.fault says why.
 */
enum http_verdict
session_content(struct session *session, struct session_input *input, struct http_span *piece);

/*
 * The head of the answer into room->bytes: its length, or -1. `lines` are complete field
 * lines ("Name: value\r\n") that were checked; length is that of the content, or
 * UINT64_MAX when it is not known: then it goes in chunks (exchange->chunked), or to an
 * HTTP/1.0 client up to the connection's end. exchange->bare: send no content.
 */
ssize_t session_answer_head(struct session *session, struct session_room *room, int status,
    struct http_span lines, uint64_t length);

/* An answer without a program's words: a page for this status, as the core makes them. */
void session_answer_status(struct session *session, int status);

/*
 * The answer is that to another request, which takes this one's place: its head, in bytes
 * that are not input's. False: there is no room.
 */
bool session_ask_anew(
    struct session *session, struct session_input *input, const char *head, size_t len);

/* The run has found out whether he may ask for that: the exchange's status says if not. */
void session_judged(struct session *session);

/* The run is over. False: what was said is not whole, so the connection ends. */
void session_ran(struct session *session, bool whole);

#endif
