/*
 * lossy: to lose, repeat, reorder, delay and cut datagrams on purpose. See lossy.h.
 */
#include "common/lossy.h"

/* SplitMix64: every state gives a good number, and the next state is one addition. */
static uint64_t
next_number(struct lossy *lossy)
{
	uint64_t z = lossy->state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

/* One number for each datagram, so that one rate does not move the fates of another. */
enum lossy_fate
lossy_next(struct lossy *lossy)
{
	int dice = (int)(next_number(lossy) % 100);

	if ((dice -= lossy->lose) < 0)
		return LOSSY_LOSE;
	if ((dice -= lossy->late) < 0)
		return LOSSY_LATE;
	if ((dice -= lossy->twice) < 0)
		return LOSSY_TWICE;
	if ((dice -= lossy->slow) < 0)
		return LOSSY_SLOW;
	return dice < lossy->cut ? LOSSY_CUT : LOSSY_PASS;
}
