/*
 * program_internal: what program.c, program_pump.c and program_output.c share. Nobody else
 * includes it.
 */
#ifndef SERVERS_HTTPD_PROGRAM_INTERNAL_H
#define SERVERS_HTTPD_PROGRAM_INTERNAL_H

#include "common/conn.h"
#include "common/heed.h"
#include "common/spawn.h"
#include "protocol/http_cgi.h"
#include "servers/httpd/program.h"

enum {
	RUN_PIECE = 64 * 1024, /* of output in one go: what a pipe holds */
	RUN_OUT_MAX = SESSION_HEAD_ROOM + RUN_PIECE + HTTP_CGI_HEAD_MAX + 64,
	RUN_ERROR_MAX = 512, /* of a line on standard error; the rest makes another */
	RUN_GRACE_MS = 1000, /* for a program that has said all, before it is killed */
	RUN_REST_MS = 20,    /* to look again whether all of it is gone */
};

enum run_end {
	RUN_ON,	     /* it still runs */
	RUN_DONE,    /* all was said */
	RUN_MOVED,   /* a local redirect */
	RUN_FAILED,  /* not as CGI wants it, or too much: it is logged */
	RUN_LATE,    /* silent for too long */
	RUN_REFUSED, /* the request's content is broken */
	RUN_LOST,    /* the client is gone, or too slow */
};

struct run {
	struct session *session;
	struct conn *conn;
	struct session_input *input;
	struct session_room *room;
	const char *name; /* for the log */
	struct spawned program;
	struct heed heed;
	enum run_end end;

	struct http_span piece; /* of the request's content: the program's next */
	bool collected;		/* all of the content is in `piece` */

	struct http_cgi cgi;
	bool answered, over; /* our head is on its way; all output was read */
	uint64_t left;	     /* of Content-Length; UINT64_MAX: it claims none */
	uint64_t total;	     /* bytes of output */
	int64_t moved_ms;    /* the last byte between us and the program, or the client */
	int64_t rest_ms;     /* its first process has ended, others have not; 0: not so */

	size_t head_len, out_start, out_end, error_len;
	char head[HTTP_CGI_HEAD_MAX];
	char data[RUN_PIECE];
	char out[RUN_OUT_MAX]; /* to the client */
	char error[RUN_ERROR_MAX];
};

/* program_pump.c: move bytes until run->end is set. */
void program_pump(struct run *run);
/* Wait until the whole group is gone; what takes longer than a grace is killed. */
void program_bury(struct run *run);

/* program_output.c: some output, its end, and lines of standard error. */
void program_take_output(struct run *run, const char *bytes, size_t len);
void program_take_end(struct run *run);
void program_take_error(struct run *run, const char *bytes, size_t len);
void program_flush_error(struct run *run);
/* The request that a local redirect makes. False: it cannot be. */
bool program_move(struct run *run);

#endif
