/*
 * serve: the one accept loop of the suite.
 *
 * A server describes itself in a struct service and gives a session: a function
 * that talks to one client over a struct conn and returns an exit status. serve
 * does the rest, so that no other file calls listen, accept or fork for a client.
 *
 * Models (-m)
 *   fork       A child for each client, made when it calls. The default.
 *   prefork    A few idle children wait in accept, so that the fork is off the
 *              caller's path. The pool grows when it is used up and shrinks when
 *              it idles; each child still serves one client at a time.
 *   iterative  No child: the server itself serves one client after another.
 *   A service may bring models of its own: crowd.h. They run in this process, or in
 *   several at once, which is for the service to say; a crashed one is replaced.
 *   -1         One client, no fork, then exit with the session's status (for gdb).
 *   -i         No socket of our own: the client is on descriptors 0 and 1
 *              (inetd), or the listeners were passed (systemd's LISTEN_FDS).
 *
 * What the loop promises
 *   Signals are blocked and delivered only inside ppoll; a handler only sets a
 *   flag. TERM, INT: close the listeners, TERM to the children, after
 *   SERVE_GRACE_MS KILL, exit 0. HUP: close the listeners, let the children
 *   finish, exit 0. USR1: print the child table to the log.
 *   A child never comes back into the loop, holds no listener (fork), and is
 *   killed when the parent dies.
 *   accept: EINTR, EAGAIN and ECONNABORTED are silent; out of descriptors or
 *   memory, the listener rests until a child is reaped or a second has passed.
 *   fork failing: a warning, that client is closed, the loop goes on.
 *   -c: when so many clients are served, callers wait in the backlog; or, if the
 *   service has words for it, are told so. -C: a client too many of one address is
 *   told so. Who is refused is accepted, told in the protocol's own words, and
 *   closed when it has read them, or two seconds later; it takes nobody's place.
 *   -t: idle time of the session's waits (conn.h). -T: total time of a session,
 *   enforced by the parent: TERM, then KILL after the grace.
 *   When ready, and only then, one line on stdout:
 *   "NAME: listening on tcp 127.0.0.1:7007".
 *   Started as root it becomes another user (-u, else nobody) after bind; no
 *   session runs as uid 0.
 */
#ifndef COMMON_SERVE_H
#define COMMON_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/conn.h"

enum {
	SERVE_GRACE_MS = 5000,	 /* between TERM and KILL */
	SERVE_MAX_LIMIT = 65536, /* the largest -c */
};

/* Exit statuses of every program. */
enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_REFUSED = 3,
};

enum serve_model {
	SERVE_FORK,
	SERVE_PREFORK,
	SERVE_ITERATIVE,
	SERVE_OWN, /* a model of the service's own */
};

struct server;

/* A model of a service's own: a loop as crowd.h describes. The exit status. */
struct serve_own_model {
	const char *name;
	int (*run)(struct server *server, void *arg);
};

struct service {
	const char *name;    /* in the ready line and in the logs */
	const char *port;    /* the default for -p */
	const char *refusal; /* sent to a client over -C's limit, or NULL: just close */
	size_t refusal_len;  /* 0: it is a string */
	const char *full;    /* sent to a client over -c's limit, or NULL: it waits */
	bool hears_first;    /* the client speaks first: one that is silent can wait */

	/*
	 * Talk to one client; `arg` is serve_run's. The descriptors are closed by
	 * serve. The result is the child's exit status.
	 */
	int (*session)(struct conn *conn, void *arg);

	/*
	 * Or NULL. Called once, in the process that will serve, before it listens and gives
	 * up root: to start what must live beside it (keeper.h). 0, or -1: all is logged.
	 */
	int (*prepare)(void *arg);
	/*
	 * Or NULL. A child has died that served nobody: one that `prepare` has started. -1 (all
	 * is logged): the server cannot do without, lets its clients finish, and fails.
	 */
	int (*lost)(pid_t pid, void *arg);
	/* Or NULL. For USR1: what the session in this process is about, or "". */
	const char *(*about)(pid_t pid, void *arg);
};

struct serve_options {
	const char *address, *port;		 /* -l, -p; port NULL: the service's own */
	int family;				 /* -4, -6 */
	int backlog;				 /* -b */
	int max, per_address;			 /* -c, -C; per_address 0: no limit */
	int idle_ms, total_ms;			 /* -t, -T; 0: none */
	enum serve_model model;			 /* -m ... */
	const struct serve_own_model *own_model; /* ... when it is SERVE_OWN ... */
	int workers; /* ... in so many processes, and one that minds them; 0: in this one */
	bool once, inetd, daemon;	     /* -1, -i, -D */
	const char *user;		     /* -u */
	int (*become)(uid_t uid, gid_t gid); /* how root is given up; NULL: sys_become */

	/* Experiments with the backlog, for the services that offer them. */
	bool no_reuse; /* leave SO_REUSEADDR off */
	int hold_ms;   /* accept nobody before, counting down */
	int pace_ms;   /* at least so long from one accept to the next */
};

#define SERVE_DEFAULTS                                                                         \
	{                                                                                      \
		.address = "127.0.0.1", .backlog = 511, .max = 512, .idle_ms = 300000,         \
	}

/*
 * Whether others than this machine can reach what these options listen on, sockets that
 * were passed (-i) included: for servers that then want a key.
 */
bool serve_is_remote(const struct serve_options *options);

/*
 * Call check(arg) as the user that serve_run will become, so that what would fail at the
 * first client fails at the start. Its result, or -1: logged.
 */
int serve_check_as_user(
    const struct serve_options *options, int (*check)(const void *arg), const void *arg);

/*
 * Whether the user that serve_run will become may look into a directory that is to be
 * served: its descriptor, its name. 0, or -1: logged, with what can be done.
 */
int serve_check_folder(const struct serve_options *options, int folder, const char *name);

/*
 * The table of clients as text, a line for each, cut to what fits in `cap`; a string. For
 * a session: conn->server. The length.
 *
 *	PID talking|idle SECONDS BYTES_IN BYTES_OUT ADDRESS
 */
size_t serve_clients(const struct server *server, char *out, size_t cap);

/* Serve until told to stop. The exit status for main; errors are logged. */
int serve_run(const struct service *service, const struct serve_options *options, void *arg);

#endif
