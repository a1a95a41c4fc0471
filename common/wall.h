/*
 * wall: the clock that people set, in nanoseconds. For durations there is sys_now_ms.
 */
#ifndef COMMON_WALL_H
#define COMMON_WALL_H

#include <stdint.h>

/* Nanoseconds since 1970-01-01 00:00 UTC, without leap seconds; -1 with errno. */
int64_t wall_now_ns(void);

/*
 * How fine that clock is, in ns: the smallest step seen between readings in a row, and
 * no less than what the system claims. RFC 5905, section 7.3, on "precision".
 */
int64_t wall_precision_ns(void);

#endif
