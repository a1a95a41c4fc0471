/*
 * event_internal: what the files of event share. Nobody else includes it.
 */
#ifndef COMMON_EVENT_INTERNAL_H
#define COMMON_EVENT_INTERNAL_H

#include <poll.h>

#include "common/event.h"

struct event_loop {
	size_t most;

	/* The queue of timers: a heap, the earliest at 1. */
	struct event_timer **queue;
	size_t queued;

	int epoll; /* -1: poll(2) ... */
	struct pollfd *list;
	struct event_watch **watches; /* ... of each in the list */
	size_t count;
};

#endif
