/*
 * crowd: many clients in one process.
 *
 * A service may have models of its own beside serve's fork, prefork and iterative:
 * loops that serve all clients at once, with threads or by waiting for whichever
 * is ready. How to wait is the model's; all that a server owes whatever its model
 * is here: who may be accepted, who is refused, the table, the time limits and the
 * signals.
 *
 *	crowd_begin(server, evict)
 *	while (crowd_goes_on(server)) {            signals, time limits
 *		wait at most crowd_wait_ms(server), with crowd_wait_mask(server)
 *		for a listener that is ready, as often as there is someone:
 *			client = crowd_accept(server, listener, sizeof *client)
 *		for a client that is ready: talk; crowd_touch
 *			it left: crowd_leave(server, client, status)
 *	}
 *
 * Time limits are looked at every so often, not with each event, so they are kept
 * within a quarter of themselves or a second, whichever is less.
 */
#ifndef COMMON_CROWD_H
#define COMMON_CROWD_H

#include <sys/types.h>

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct net_address;
struct server;
struct serve_slot;

/*
 * What is known of each client. A model's own client has this as its first
 * member; crowd allocates and frees it.
 */
struct crowd_client {
	int fd;
	struct serve_slot *slot;
	bool moved;	   /* a byte since its time was last looked at; see crowd_touch */
	int64_t active_ms; /* when that was seen */
	size_t place;	   /* in crowd_clients */
};

/*
 * How a model ends a client whose time is over: it leaves now (crowd_leave), or
 * soon, and is evicted again until it has left.
 */
typedef void crowd_evict(struct server *server, struct crowd_client *client);

/* First of all. */
void crowd_begin(struct server *server, crowd_evict *evict);

/*
 * Heed signals and time limits; evicts those whose time is over, and on TERM all.
 * False when the loop shall end.
 */
bool crowd_goes_on(struct server *server);

/* The listeners, as for poll(2): watch them only while crowd_accepts. */
const struct pollfd *crowd_listeners(const struct server *server, size_t *count);
bool crowd_accepts(const struct server *server);

/* Whether other processes wait at the same listeners: who is woken may find nobody there. */
bool crowd_shares_listeners(const struct server *server);

/* For the wait: how long at most (-1: for ever), and the signals to let in. */
int crowd_wait_ms(const struct server *server);
const sigset_t *crowd_wait_mask(const struct server *server);

/*
 * Take a caller: `size` zeroed bytes that begin with a crowd_client. Those who may
 * not come in are refused on the way. NULL when nobody more waits, or nobody may
 * be taken now. The descriptor blocks: use MSG_DONTWAIT.
 */
void *crowd_accept(struct server *server, int listener, size_t size);

/* Refuse a caller that was just taken: it is told "NAME: refused: REASON" and closed. */
void crowd_refuse(struct server *server, struct crowd_client *client, const char *reason);

/* The client is gone: tell how it went, close and free it. */
void crowd_leave(struct server *server, struct crowd_client *client, int status);

/* It moved bytes: its idle time starts anew. Costs no look at the clock. */
void crowd_touch(struct crowd_client *client, size_t in, size_t out);

/*
 * For a model with a thread for each client: the service's own session, which
 * blocks and keeps the idle time itself. Its result is for crowd_leave, once the
 * thread has ended.
 */
int crowd_session(struct server *server, struct crowd_client *client);

/*
 * Give a client a process of its own, for what would hold up the others. In the child, 0:
 * nobody else's descriptors are open there, `conn` is its connection, as a session has
 * it, and _exit with the status of that is the end. In the parent the child's number: say
 * crowd_handed_over when what the model keeps of the client is freed. -1 with errno.
 * Whatever else waits for the descriptor (epoll) must have been told to forget it.
 */
pid_t crowd_fork(struct server *server, struct crowd_client *client, struct conn *conn);

/*
 * Whether there is such a process: a fresh one has the descriptors of all clients, until it
 * has closed them. So what was closed here may be open still, and epoll(7) must be told.
 */
bool crowd_shares_clients(const struct server *server);

/* The child has it: close our copy and free the client. It counts until the child ends. */
void crowd_handed_over(struct server *server, struct crowd_client *client);

/* All clients, in an order that changes when one leaves: its place goes to the last. */
struct crowd_client **crowd_clients(const struct server *server, size_t *count);

/* Its address; and as "127.0.0.1:43210", in a static buffer. */
const struct net_address *crowd_address(const struct crowd_client *client);
const char *crowd_peer(const struct crowd_client *client);

/* The most clients there may be: -c. */
size_t crowd_limit(const struct server *server);

#endif
