/*
 * tcpload: what its files share.
 *
 *   tcpload.c  options, whose machine may be loaded, the first call
 *   run.c      when: who calls and who speaks at which moment, and the end
 *   client.c   how: one client's connection and its messages
 *   ready.c    which descriptors can go on: epoll(7), else poll(2)
 *   report.c   what came of it, for people and as TSV
 */
#ifndef CLIENTS_TCPLOAD_H
#define CLIENTS_TCPLOAD_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/histogram.h"
#include "common/net.h"
#include "common/opts.h"

enum {
	CLIENTS_MAX = 20000,
	MESSAGE_MAX = 1024 * 1024,
	RATE_MAX = 10 * 1000 * 1000,
	ERRORS_MAX = 256,	   /* errno values that have a count of their own */
	ERROR_HUNG_UP = 0,	   /* ... and in place of one: the stream ended too early */
	ERROR_WRONG = EBADMSG,	   /* bytes came that were not sent; no system call says so */
	RECEIVE_SIZE = 128 * 1024, /* bytes of one recv(2) */
	PERIOD = 65521, /* bytes after which the pattern repeats: a prime, no buffer's size */
};

#define MS INT64_C(1000000) /* times are in nanoseconds of a clock that only runs forward */

struct load_options {
	struct client_options client;
	const char *host;
	const char *output;   /* -o, or NULL */
	int clients, size;    /* -c, -s */
	int duration_ms;      /* -d; 0: no limit, -1: not given */
	int count;	      /* -n; 0: no limit */
	int rate;	      /* -r; 0: closed loop */
	bool keep_open, once; /* -L, -S */
	bool rotate;	      /* -R */
	bool allow_remote;    /* --allow-remote */
};

/* ---- ready.c ---- */

enum {
	READY_IN = 1,
	READY_OUT = 2, /* an error or a hang-up is told as both: the next call says which */
	READY_BATCH = 64,
};

struct ready_event {
	uint32_t client;
	unsigned what;
};

struct ready;

/* For descriptors of so many clients. NULL with errno. */
struct ready *ready_new(int clients);
void ready_free(struct ready *ready); /* may be NULL */

/* Watch a client's descriptor; watch it for something else; 0, or -1 with errno. */
int ready_add(struct ready *ready, uint32_t client, int fd, unsigned what);
int ready_change(struct ready *ready, uint32_t client, int fd, unsigned what);

/* The client's descriptor is about to be closed. */
void ready_remove(struct ready *ready, uint32_t client);

/*
 * Wait for events, for at most so many nanoseconds; a signal ends it, too. How many
 * came (0 if none), or -1 with errno.
 */
int ready_wait(struct ready *ready, int64_t timeout, struct ready_event events[READY_BATCH]);

/* ---- client.c ---- */

enum client_state {
	CLIENT_IDLE,	/* nothing under way; perhaps a connection stands */
	CLIENT_CALLING, /* connecting ahead of the first message */
	CLIENT_TALKING, /* a message is on its way, there or back */
	CLIENT_RESTING, /* after an error: goes on a little later */
	CLIENT_GONE,	/* has done its share */
};

struct client {
	int fd; /* -1: no connection */
	enum client_state state;
	unsigned watched;     /* READY_... for which ready knows it; 0: not at all */
	bool fresh;	      /* this connection has not taken a byte yet */
	bool owed;	      /* resting with a message that could not be sent yet */
	bool shown;	      /* this message is the one that -x shows */
	uint32_t at;	      /* where in the pattern its message begins */
	uint32_t sent, heard; /* bytes of the message and of its answer so far */
	int64_t due;	      /* latency counts from here */
	int64_t since;	      /* when the call or the message began, for -t */
	int64_t rests_until;
	int64_t turn;	     /* -r: the number of its next message */
	struct client *next; /* of those that rest */
};

struct load {
	const struct load_options *options;
	struct net_address server;
	struct ready *ready;
	struct client *clients;
	struct client *resting, **last_resting; /* in the order in which they go on */
	unsigned char *pattern;			/* every message is a piece of it */
	unsigned char *buffer;			/* RECEIVE_SIZE bytes */
	uint32_t dialled;			/* calls, for -R */

	/* When. */
	bool connecting;    /* before the first message */
	bool ending;	    /* nothing new begins */
	int64_t start, end; /* of the time that is measured; end INT64_MAX: none */
	int64_t last_answer;
	int64_t next; /* -r: the number of the message that falls due next */
	int busy;     /* clients that call, talk or owe a message */
	int present;  /* clients that are not GONE */

	/* What came of it. */
	int64_t begun, finished; /* messages; an error finishes one, too */
	int64_t answered;	 /* all of the message came back */
	int64_t connections;
	int64_t connections_before; /* ... of them before the first message */
	int64_t answered_in_time;   /* before the end, for the rates */
	int64_t elapsed;	    /* from start to end, as it was */
	int64_t unfinished;	    /* messages due that had no chance */
	int64_t failed;		    /* errors of all kinds */
	int64_t failed_since_answer;
	int64_t errors[ERRORS_MAX];
	struct histogram latency; /* nanoseconds */
};

/* Connect, without a message. Then the client is IDLE, when it has worked. */
void client_call(struct load *load, struct client *client);

/* Use this connection, which stands already. */
void client_adopt(struct load *load, struct client *client, int fd);

/* Send the next message, first connecting if there is no connection. */
void client_begin(struct load *load, struct client *client, int64_t due);

/* Go on with what ready says is possible, or after a rest. */
void client_event(struct load *load, struct client *client, unsigned what);
void client_wake(struct load *load, struct client *client);

/* It has waited too long. */
void client_give_up(struct load *load, struct client *client);

/*
 * Its share is done. A connection that is long stays until the others are done as well,
 * so that it is that many clients to the end.
 */
void client_leave(struct load *load, struct client *client);

/* ---- run.c ---- */

/* The time in nanoseconds. */
int64_t load_now(void);

/* A client has finished its message at `now`: what does it do next? */
void load_next(struct load *load, struct client *client, int64_t now);

/* Catch INT, TERM and HUP: they end the run, which is then reported. */
void load_catch_signals(void);

/* All of it. 0, or -1 when it could not go on (said). */
int load_run(struct load *load);

/* ---- report.c ---- */

/* On standard output. 0, or -1 with errno. */
int report_print(const struct load *load);

/* A header and a line of tab-separated values. 0, or -1 with errno. */
int report_tsv(const struct load *load, FILE *file);

#endif
