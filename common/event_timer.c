/*
 * event_timer: times that are waited for. See event.h.
 *
 * The queue is a binary heap: queue[i] is not later than queue[2i] and queue[2i+1],
 * so the first to fall due is queue[1], and a change costs log n steps.
 */
#include <limits.h>

#include "common/event_internal.h"

static void
put(struct event_loop *loop, size_t place, struct event_timer *timer)
{
	loop->queue[place] = timer;
	timer->place = place;
}

static void
move_up(struct event_loop *loop, struct event_timer *timer)
{
	size_t place = timer->place;

	while (place > 1 && loop->queue[place / 2]->queued_ms > timer->queued_ms) {
		put(loop, place, loop->queue[place / 2]);
		place /= 2;
	}
	put(loop, place, timer);
}

static void
move_down(struct event_loop *loop, struct event_timer *timer)
{
	size_t place = timer->place, child;

	while ((child = place * 2) <= loop->queued) {
		if (child < loop->queued &&
		    loop->queue[child + 1]->queued_ms < loop->queue[child]->queued_ms)
			child++;
		if (loop->queue[child]->queued_ms >= timer->queued_ms)
			break;
		put(loop, place, loop->queue[child]);
		place = child;
	}
	put(loop, place, timer);
}

static void
take_out(struct event_loop *loop, struct event_timer *timer)
{
	struct event_timer *last = loop->queue[loop->queued--];

	if (last != timer) {
		put(loop, timer->place, last);
		move_up(loop, last);
		move_down(loop, last);
	}
	timer->place = 0;
}

void
event_timer_set(struct event_loop *loop, struct event_timer *timer, int64_t due_ms)
{
	timer->due_ms = due_ms;
	if (due_ms == 0) {
		if (timer->place)
			take_out(loop, timer);
		return;
	}
	if (timer->place && due_ms >= timer->queued_ms)
		return; /* event_timer_due sees to it */
	if (timer->place == 0) {
		if (loop->queued == loop->most)
			return; /* more timers than were announced: this one is not kept */
		timer->place = ++loop->queued;
	}
	timer->queued_ms = due_ms;
	move_up(loop, timer);
}

struct event_timer *
event_timer_due(struct event_loop *loop, int64_t now_ms)
{
	while (loop->queued > 0 && loop->queue[1]->queued_ms <= now_ms) {
		struct event_timer *timer = loop->queue[1];

		if (timer->due_ms > timer->queued_ms) { /* it was put off */
			timer->queued_ms = timer->due_ms;
			move_down(loop, timer);
			continue;
		}
		take_out(loop, timer);
		return timer;
	}
	return NULL;
}

int
event_wait_ms(const struct event_loop *loop, int64_t now_ms, int other_ms)
{
	int64_t left;

	if (loop->queued == 0)
		return other_ms;
	left = loop->queue[1]->queued_ms - now_ms;
	left = left < 0 ? 0 : left > INT_MAX ? INT_MAX : left;
	return other_ms >= 0 && other_ms < left ? other_ms : (int)left;
}
