/*
 * echo: what tcpechod says, whatever the model by which it says it.
 */
#ifndef SERVERS_TCPECHOD_ECHO_H
#define SERVERS_TCPECHOD_ECHO_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conn.h"
#include "common/crowd.h"

enum {
	ECHO_REPLY_MAX = 1024, /* of -r, with its newline */
};

struct echo_options {
	bool uppercase;		    /* -U */
	char reply[ECHO_REPLY_MAX]; /* -r: the text and a newline */
	size_t reply_len;	    /* 0: no -r */
	int work_ms;		    /* -w: burn so much processor time for each message */
	int sleep_ms;		    /* -s: sleep so long for each message */
	int pause_ms;		    /* -W: model nonblock, between two sweeps */
};

/*
 * The answer to one message (that is, one read): the message itself, perhaps
 * changed in place, or the fixed reply. Takes as long as -w and -s say. Valid as
 * long as `message` and the options are.
 */
const char *
echo_answer(const struct echo_options *echo, char *message, size_t len, size_t *answer_len);

/* The conversation of models that have a process or a thread for each client. */
int echo_session(struct conn *conn, void *arg);

/*
 * The models that serve all clients in one process: a file each, all with this
 * signature. They run until told to stop; the result is the exit status.
 */
int echo_thread(struct server *server, void *arg);
int echo_nonblock(struct server *server, void *arg);
int echo_select(struct server *server, void *arg);
int echo_poll(struct server *server, void *arg);
int echo_epoll(struct server *server, void *arg);
int echo_epoll_et(struct server *server, void *arg);
int echo_coroutine(struct server *server, void *arg);

#endif
