/*
 * wall: the clock that people set, in nanoseconds. See wall.h.
 */
#include "common/wall.h"

#include <time.h>

enum {
	NS_PER_S = 1000000000,
	READINGS = 100,
};

static int64_t
nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

int64_t
wall_now_ns(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_REALTIME, &now) == -1 ? -1 : nanoseconds(&now);
}

int64_t
wall_precision_ns(void)
{
	struct timespec claimed;
	int64_t step, last = wall_now_ns(), smallest = NS_PER_S;

	for (int i = 0; i < READINGS; i++) {
		int64_t now = wall_now_ns();

		step = now - last;
		if (step > 0 && step < smallest)
			smallest = step;
		last = now;
	}
	if (clock_getres(CLOCK_REALTIME, &claimed) == 0 && nanoseconds(&claimed) > smallest)
		smallest = nanoseconds(&claimed);
	return smallest;
}
