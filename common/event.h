/*
 * event: wait for many descriptors at once, and for times.
 *
 * For a server whose sessions never wait themselves: one process waits for all of
 * them here and serves whichever is ready. On Linux the kernel keeps the list
 * (epoll, level-triggered); elsewhere and with PORTABLE it is handed to poll(2) each
 * time. Nothing here accepts, reads or closes: crowd.h says who may come in.
 *
 *	loop = event_new(clients)
 *	event_watch(loop, &client->watch, EVENT_IN)
 *	for ever
 *		n = event_wait(loop, event_wait_ms(loop, now, others), mask, ready, MAX)
 *		the ready ones: ready[i].watch->who
 *		while ((timer = event_timer_due(loop, now)) != NULL): timer->who is late
 *
 * A timer is cheap to put off, which is what happens to most of them: a later time is
 * only noted, and its place in the queue is mended when the old time has come.
 */
#ifndef COMMON_EVENT_H
#define COMMON_EVENT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EVENT_IN = 1,  /* something to read, the end of input, or an error */
	EVENT_OUT = 2, /* room to write */
	/*
	 * With EVENT_IN: other processes wait for the same, and it is enough to wake one of
	 * them. A wish; and only from 0 to this, and back.
	 */
	EVENT_ONE = 4,
};

struct event_loop;

/* A descriptor that is waited for. Zero but for fd and who at first. */
struct event_watch {
	void *who;
	size_t place; /* private */
	int fd;
	int events; /* private: what for */
};

struct event_ready {
	struct event_watch *watch;
	int events;
};

/* A time that is waited for. Zero but for who at first. */
struct event_timer {
	void *who;
	int64_t due_ms;	   /* private: 0: never */
	int64_t queued_ms; /* private: its place in the queue is that of this time */
	size_t place;	   /* private: in the queue, from 1 on; 0: not in it */
};

/* A loop for at most `most` watches and as many timers. NULL with errno. */
struct event_loop *event_new(size_t most);
void event_free(struct event_loop *loop);

/*
 * Wait for `events` (a sum) of this descriptor from now on, whatever it was before;
 * 0: no longer. 0, or -1 with errno.
 */
int event_watch(struct event_loop *loop, struct event_watch *watch, int events);

/*
 * No longer, because the descriptor is closed next; cheaper than to watch for 0. Not
 * for one that another process has, too, if only for a moment: there it must be 0.
 */
void event_closing(struct event_loop *loop, struct event_watch *watch);

/*
 * Wait at most `wait_ms` (-1: for ever) with the signal mask `mask` in force; fill
 * `ready`. How many; 0 also when a signal came. -1 with errno.
 */
int event_wait(struct event_loop *loop, int wait_ms, const sigset_t *mask,
    struct event_ready *ready, int capacity);

/* Let the timer fall due at that time of sys_now_ms; 0 stops it. */
void event_timer_set(struct event_loop *loop, struct event_timer *timer, int64_t due_ms);

/* A timer that has fallen due, and is stopped; NULL: no more of them. */
struct event_timer *event_timer_due(struct event_loop *loop, int64_t now_ms);

/* How long to wait: until the first timer, or `other_ms` (-1: for ever) if that is less. */
int event_wait_ms(const struct event_loop *loop, int64_t now_ms, int other_ms);

#endif
