/*
 * event: the waiting. event_timer.c has the times. See event.h.
 */
#define _GNU_SOURCE /* epoll_pwait in musl's header */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/event_internal.h"
#include "common/sys.h"

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_EPOLL 1
#include <sys/epoll.h>
#ifndef EPOLLEXCLUSIVE
#define EPOLLEXCLUSIVE 0
#endif
#endif

enum {
	BATCH = 256, /* events taken from the kernel at once */
};

#ifdef HAVE_EPOLL

static int
begin(struct event_loop *loop)
{
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	return loop->epoll == -1 ? -1 : 0;
}

int
event_watch(struct event_loop *loop, struct event_watch *watch, int events)
{
	struct epoll_event event = { .data.ptr = watch };
	int how = watch->events == 0 ? EPOLL_CTL_ADD :
		  events == 0	     ? EPOLL_CTL_DEL :
				       EPOLL_CTL_MOD;

	if (events == watch->events)
		return 0;
	if (events & EVENT_IN)
		event.events |= EPOLLIN;
	if (events & EVENT_OUT)
		event.events |= EPOLLOUT;
	if (events & EVENT_ONE)
		event.events |= EPOLLEXCLUSIVE;
	if (epoll_ctl(loop->epoll, how, watch->fd, &event) == -1)
		return -1;
	watch->events = events;
	return 0;
}

void
event_closing(struct event_loop *loop, struct event_watch *watch)
{
	(void)loop; /* the kernel forgets what is closed */
	watch->events = 0;
}

int
event_wait(struct event_loop *loop, int wait_ms, const sigset_t *mask,
    struct event_ready *ready, int capacity)
{
	struct epoll_event events[BATCH];
	int count = epoll_pwait(
	    loop->epoll, events, capacity < BATCH ? capacity : BATCH, wait_ms, mask);

	for (int i = 0; i < count; i++) {
		uint32_t e = events[i].events;

		ready[i].watch = events[i].data.ptr;
		ready[i].events = (e & ~(uint32_t)EPOLLOUT ? EVENT_IN : 0) |
				  (e & ~(uint32_t)EPOLLIN ? EVENT_OUT : 0);
	}
	return count == -1 && errno == EINTR ? 0 : count;
}

#else

static int
begin(struct event_loop *loop)
{
	loop->epoll = -1;
	loop->list = calloc(loop->most, sizeof *loop->list);
	loop->watches = calloc(loop->most, sizeof *loop->watches);
	return loop->list && loop->watches ? 0 : -1;
}

/* Take it off the list; the last one gets its place. */
static void
take_off(struct event_loop *loop, struct event_watch *watch)
{
	size_t last = --loop->count;

	loop->list[watch->place] = loop->list[last];
	loop->watches[watch->place] = loop->watches[last];
	loop->watches[watch->place]->place = watch->place;
	watch->events = 0;
}

int
event_watch(struct event_loop *loop, struct event_watch *watch, int events)
{
	if (events == watch->events)
		return 0;
	if (events == 0) {
		take_off(loop, watch);
		return 0;
	}
	if (watch->events == 0) {
		if (loop->count == loop->most) {
			errno = ENOSPC;
			return -1;
		}
		watch->place = loop->count++;
		loop->watches[watch->place] = watch;
	}
	watch->events = events;
	loop->list[watch->place] = (struct pollfd){
		.fd = watch->fd,
		.events = (short)((events & EVENT_IN ? POLLIN : 0) |
				  (events & EVENT_OUT ? POLLOUT : 0)),
	};
	return 0;
}

void
event_closing(struct event_loop *loop, struct event_watch *watch)
{
	event_watch(loop, watch, 0);
}

int
event_wait(struct event_loop *loop, int wait_ms, const sigset_t *mask,
    struct event_ready *ready, int capacity)
{
	int left = sys_ppoll(loop->list, (nfds_t)loop->count, wait_ms, mask), count = 0;

	if (left == -1)
		return errno == EINTR ? 0 : -1;
	for (size_t i = 0; i < loop->count && count < left && count < capacity; i++) {
		short e = loop->list[i].revents;

		if (e == 0)
			continue;
		ready[count].watch = loop->watches[i];
		ready[count++].events =
		    (e & ~POLLOUT ? EVENT_IN : 0) | (e & ~POLLIN ? EVENT_OUT : 0);
	}
	return count;
}

#endif

struct event_loop *
event_new(size_t most)
{
	struct event_loop *loop = calloc(1, sizeof *loop);

	if (loop == NULL)
		return NULL;
	loop->most = most;
	loop->epoll = -1;
	loop->queue = calloc(most + 1, sizeof *loop->queue);
	if (loop->queue != NULL && begin(loop) == 0)
		return loop;
	event_free(loop);
	return NULL;
}

void
event_free(struct event_loop *loop)
{
	int saved = errno;

	if (loop->epoll != -1)
		close(loop->epoll);
	free(loop->queue);
	free(loop->list);
	free(loop->watches);
	free(loop);
	errno = saved;
}
