/*
 * serve_internal: what the files of serve share. Nobody else includes this.
 *
 *   serve.c          from options to a model: sockets, privileges, the ready line
 *   serve_loop.c     the parent's loop: wait, signals, reap, deadlines; model fork
 *   serve_door.c     who may come in, and how others are sent away
 *   serve_prefork.c  model prefork: the pool and its children
 *   serve_crowd.c    models of the service's own: crowd.h
 *   serve_workers.c  ... in several processes at once: their parent
 *   serve_child.c    what every child does first, and the session itself
 *   serve_table.c    the child table
 *   serve_start.c    becoming a daemon, giving up root, passed sockets, the ready line
 *   serve_datagrams.c  datagram servers: from options to the loop, and the end
 *   serve_udp.c      datagrams: no children, a loop of its own
 *   serve_calls.c    datagrams that each begin a child: a loop of its own, the same table
 */
#ifndef COMMON_SERVE_INTERNAL_H
#define COMMON_SERVE_INTERNAL_H

#include <sys/stat.h>
#include <sys/types.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "common/crowd.h"
#include "common/serve.h"

enum {
	SERVE_REST_MS = 1000,	    /* out of descriptors: how long the listener rests */
	SERVE_PARTINGS_MAX = 64,    /* refused callers that are not closed yet */
	SERVE_PARTING_TICK_MS = 50, /* how often to look whether they can be */
	SERVE_BATCH_MAX = 64,	    /* accepts before looking for signals again */
	SERVE_TICK_MS = 1000,	    /* prefork: how often the pool is looked over */
	SERVE_POOL_START = 4, /* prefork: children at start; more idle ones than this for a
				 whole tick are too many */
	SERVE_SPARE_MIN = 2,  /* prefork: fewer idle ones than this: make more */
	SERVE_GROW_MAX = 32,  /* prefork: children made in one go */
	SERVE_REGROW_MS = 20, /* prefork: between a child's end and the next fork */
};

/* What the signal handlers set. The only mutable globals of serve. */
struct serve_signals {
	volatile sig_atomic_t child, stop, drain, table;
};
extern struct serve_signals serve_signals;

/*
 * The child table. It lies in memory shared with the children: a slot is claimed and
 * freed by its owner only, the process whose loop took the client. That is the parent,
 * or where a service's own model has several processes, one of those; and then the
 * parent frees what a dead one leaves. In prefork its child moves the slot between IDLE
 * and TALKING, and fills in the client, for the parent to read.
 */
enum slot_state {
	SLOT_FREE,
	SLOT_IDLE,    /* prefork: waiting in accept */
	SLOT_TALKING, /* serving `peer` since since_ms */
	SLOT_RETIRED, /* prefork: to exit before its next client */
};

struct serve_slot {
	_Atomic int state;
	_Atomic pid_t owner; /* 0: nobody, it is free */
	pid_t pid;	     /* of the child; 0: its owner itself talks */
	int64_t since_ms;
	int64_t kill_at_ms; /* TERM was sent; KILL is due then. 0: not yet */
	struct net_address peer;
	uint64_t call; /* serve_calls: which request */
	struct conn_count count;
};

struct serve_table {
	_Atomic long served, refused; /* clients so far */
	pthread_mutex_t admission;    /* one process at a time counts an address's clients */

	/* prefork */
	_Atomic int idle;    /* children in SLOT_IDLE */
	_Atomic int low;     /* the fewest idle ones since the last tick */
	_Atomic int poked;   /* a byte to the parent is under way */
	_Atomic int closing; /* no new clients */
	_Atomic int live;    /* slots in use */
	_Atomic int used;    /* from here on no slot was ever in use, nor touched */
	int count;	     /* slots in all */
	struct serve_slot slots[];
};

/* Who was refused, and may still read why. */
struct serve_parting {
	int fd;
	int64_t until_ms;
};

struct server {
	const struct service *service;
	const struct serve_options *options;
	void *arg;
	enum serve_model model; /* -1 counts as iterative */

	struct pollfd listeners[NET_LISTENERS_MAX];
	int listener_count;
	bool passed;		     /* the listeners belong to whoever started us */
	struct net_address own_path; /* a unix socket to remove at the end, or len 0 */
	struct stat own_file;	     /* ... if it is still that file */

	struct serve_table *table;
	sigset_t wait_mask; /* in force while waiting; signals are blocked else */
	pid_t pid;	    /* the parent's */
	int lifeline[2];    /* a pipe that breaks when the parent dies; -1: the kernel tells */

	bool stopping;		 /* no new clients */
	bool resting;		 /* the listeners rest for want of descriptors ... */
	int status;		 /* for main; -1: the session's */
	int64_t accept_after_ms; /* ... or for another reason, until then */
	int64_t kill_at_ms;	 /* shutting down: KILL is due then; 0: not */

	int64_t parting_at_ms;		/* to look at these again; 0: there are none */
	int parting_count;		/* the oldest first */
	struct serve_parting *partings; /* room for SERVE_PARTINGS_MAX, or NULL so far */

	/* many clients in this process: crowd.h */
	struct crowd_client **clients; /* client_count of them, without gaps */
	size_t client_count;
	crowd_evict *evict;
	int64_t limit_at_ms; /* a limit of one of those that are apart, or 0 */
	int apart;	     /* clients that have a process of their own, beside those */

	/* ... and several such processes: serve_workers.c */
	pid_t parent;		      /* in one of them; else 0 */
	struct serve_worker *workers; /* in their parent ... */
	int worker_count;	      /* ... which serves nobody itself; else 0 */

	/* prefork */
	int poke[2];	       /* children write, the parent reads: come and look */
	int64_t tick_at_ms;    /* 0: nothing to look over */
	int64_t grow_after_ms; /* no fork before: one failed, or a child ended */
	int grow;	       /* children to make next time the pool runs dry */
	bool sleeping;	       /* children sleep in accept: the listener blocks */
};

/* serve_start.c */
int serve_passed_sockets(struct server *server);
bool serve_is_listener(int fd);
int serve_daemonise(int *ready_fd);
void serve_daemon_ready(int ready_fd);
int serve_give_up_root(const struct serve_options *options);
int serve_passed_datagrams(struct pollfd sockets[NET_LISTENERS_MAX]);
void serve_keep_log_from(int fd);
void
serve_print_ready(const char *name, const char *kind, const struct pollfd *sockets, int count);

/* serve_table.c */
struct serve_table *serve_table_new(int count);
struct serve_slot *serve_table_claim(struct serve_table *table, pid_t owner);
void serve_table_free(struct serve_table *table, struct serve_slot *slot);
struct serve_slot *serve_table_find(struct serve_table *table, pid_t pid);
void serve_table_free_all(struct serve_table *table, pid_t owner);
bool serve_table_admit(struct serve_table *table, struct serve_slot *slot,
    const struct net_address *peer, int limit);
int serve_table_same_host(const struct serve_table *table, const struct net_address *peer);
void serve_table_print(const struct server *server);
void serve_table_signal(const struct serve_table *table, pid_t owner, int signal);
void serve_slot_log_end(const struct serve_slot *slot, int wait_status);
void serve_reap(struct server *server);

/* serve_child.c */
void serve_catch_signals(sigset_t *wait_mask);
void serve_child_begin(struct server *server, void (*on_hangup)(int));
void serve_let_signals(struct server *server);
int serve_session(struct server *server, struct serve_slot *slot, int in, int out,
    const struct net_address *peer);

/* serve_loop.c */
int serve_loop(struct server *server);
/* What begins each turn of a loop: children, signals, time. False: it is over. */
bool serve_goes_on(struct server *server);
void serve_close_listeners(struct server *server);
void serve_heed_signals(struct server *server);
void serve_end_rest(struct server *server);
int64_t serve_enforce_limits(struct server *server, int64_t now);
void serve_note_time(struct server *server, int64_t now);
int serve_wait_ms(const struct server *server, int64_t now, int64_t next_limit);

/* serve_door.c */

/* Whether all places are taken; and whether a caller is told so, or waits. */
bool serve_is_full(const struct server *server);
static inline bool
serve_answers_when_full(const struct server *server)
{
	return server->service && server->service->full;
}
bool serve_may_accept(const struct server *server, int64_t now);
/* The next caller of a listener: a descriptor, or -1 when there is none (all is heeded). */
int serve_accept(struct server *server, int listener, struct net_address *peer);
/* Announce an accepted caller: its slot; NULL if it was refused, and is gone. */
struct serve_slot *serve_admit(struct server *server, int fd, const struct net_address *peer);
/* A caller over -C's limit, or over -c's. */
void serve_refuse(struct server *server, int fd, const struct net_address *peer);
void serve_refuse_as_full(struct server *server, int fd, const struct net_address *peer);
/* Send a caller away with some words (len 0: a string), without ever waiting for it. */
void serve_dismiss(struct server *server, int fd, const char *words, size_t len);
/* Close those who have read their words. Costs nothing while there are none. */
void serve_tend_partings(struct server *server);

/* serve_crowd.c */
int serve_crowd(struct server *server);

/* serve_workers.c */
int serve_workers(struct server *server);
void serve_workers_signal(const struct server *server, int signal);
bool serve_worker_ended(struct server *server, pid_t pid, int wait_status);

/* serve_prefork.c */
int serve_prefork_start(struct server *server);
nfds_t serve_prefork_watch(struct server *server, struct pollfd watch[NET_LISTENERS_MAX + 1]);
void serve_prefork_refuse(struct server *server, const struct pollfd *watch, nfds_t count);
void serve_prefork_tend(struct server *server);
void serve_prefork_drain(struct server *server);

#endif
