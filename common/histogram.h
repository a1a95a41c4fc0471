/*
 * histogram: how often which value came, in memory that does not grow.
 *
 * Buckets are log-linear: each power of two is cut into 64 of equal width, so a
 * bucket is never wider than 1/64 of the values in it. A percentile is therefore
 * at most 1.6 % too high, and never too low, be it of nanoseconds or of hours.
 * Values below 128, the smallest and the largest are exact. Adding one takes a few
 * instructions and no floating point.
 */
#ifndef COMMON_HISTOGRAM_H
#define COMMON_HISTOGRAM_H

#include <stdint.h>

enum {
	HISTOGRAM_PART_BITS = 6,
	HISTOGRAM_PARTS = 1 << HISTOGRAM_PART_BITS, /* buckets of one power of two */
	HISTOGRAM_BUCKETS = (65 - HISTOGRAM_PART_BITS) * HISTOGRAM_PARTS,
};

/* All zero is an empty one. */
struct histogram {
	uint64_t count, min, max;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t value);

/*
 * The value that `percent` (0 to 100) of all are not above; 0 when there are none.
 * 0 asks for the smallest, 100 for the largest.
 */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);

#endif
