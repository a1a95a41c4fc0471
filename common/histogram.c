/*
 * histogram: how often which value came, in memory that does not grow. See
 * histogram.h.
 */
#include "common/histogram.h"

/* The number of the highest bit that is set; 0 for 0 as well. */
static unsigned
highest_bit(uint64_t value)
{
	unsigned bit = 0;

	for (unsigned step = 32; step > 0; step /= 2)
		if (value >> step) {
			value >>= step;
			bit += step;
		}
	return bit;
}

/*
 * Values below 2 * PARTS have a bucket each. From there on a value keeps its highest
 * bit and the PART_BITS below it; how many bits are lost chooses the row.
 */
static unsigned
bucket_of(uint64_t value)
{
	unsigned bit = highest_bit(value);
	unsigned lost = bit > HISTOGRAM_PART_BITS ? bit - HISTOGRAM_PART_BITS : 0;

	return lost * HISTOGRAM_PARTS + (unsigned)(value >> lost);
}

/* The largest value of a bucket. */
static uint64_t
top_of(unsigned bucket)
{
	unsigned lost = bucket < 2 * HISTOGRAM_PARTS ? 0 : bucket / HISTOGRAM_PARTS - 1;
	uint64_t kept = bucket - lost * HISTOGRAM_PARTS;

	return (kept << lost) + ((UINT64_C(1) << lost) - 1);
}

void
histogram_add(struct histogram *histogram, uint64_t value)
{
	histogram->buckets[bucket_of(value)]++;
	if (histogram->count == 0 || value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
	histogram->count++;
}

/* Which value, counted from the smallest, is the percentile: at least the first. */
static uint64_t
rank_of(uint64_t count, double percent)
{
	double exact = (double)count * percent / 100;
	uint64_t rank = (uint64_t)exact;

	if ((double)rank < exact)
		rank++;
	return rank ? rank : 1;
}

uint64_t
histogram_percentile(const struct histogram *histogram, double percent)
{
	uint64_t rank = rank_of(histogram->count, percent), seen = 0;

	if (rank <= 1)
		return histogram->min;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		seen += histogram->buckets[bucket];
		if (seen >= rank)
			return top_of(bucket) < histogram->max ? top_of(bucket) :
								 histogram->max;
	}
	return histogram->max;
}
