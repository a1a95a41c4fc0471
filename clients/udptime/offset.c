/*
 * offset: how far two clocks are apart. RFC 5905, section 8, and RFC 4330, section 5.
 *
 *	client   T1 -------.                 .------> T4
 *	server             '--> T2    T3 ----'
 *
 *	offset = ((T2 - T1) + (T3 - T4)) / 2        delay = (T4 - T1) - (T3 - T2)
 *
 * The offset would be exact if both ways took the same time. If one took all of the
 * delay and the other none it is wrong by half the delay, and never by more: so of all
 * probes the one with the least delay is believed, and half its delay is reported as
 * the uncertainty, with the precision of both clocks. A probe that had to wait in a
 * queue has a longer delay, and is passed over.
 */
#include "clients/udptime/offset.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/random.h"

enum {
	NS_PER_US = 1000,
	US_PER_S = 1000000,
	SECONDS_TEXT_MAX = 32,
};

int
offset_prepare(struct exchange *exchange)
{
	for (int i = 0; i < exchange->probe_count; i++)
		if (random_bytes(&exchange->probes[i].cookie, sizeof(uint64_t)) == -1)
			return -1;
	return 0;
}

/* "0.000123", in microseconds rounded up: what is uncertain is not made to look better. */
static const char *
seconds(int64_t ns, char text[SECONDS_TEXT_MAX])
{
	const int64_t us = ns / NS_PER_US + (ns % NS_PER_US ? 1 : 0);

	snprintf(
	    text, SECONDS_TEXT_MAX, "%" PRId64 ".%06" PRId64, us / US_PER_S, us % US_PER_S);
	return text;
}

static const struct clock_sample *
find_best(const struct exchange *exchange, int *answered)
{
	const struct clock_sample *best = NULL;

	*answered = 0;
	for (int i = 0; i < exchange->probe_count; i++) {
		const struct exchange_probe *probe = &exchange->probes[i];

		*answered += probe->answered;
		if (probe->answered && (best == NULL || probe->sample.delay < best->delay))
			best = &probe->sample;
	}
	return best;
}

int
offset_print(const struct exchange *exchange)
{
	char value[SECONDS_TEXT_MAX], bound[SECONDS_TEXT_MAX];
	int answered;
	const struct clock_sample *best = find_best(exchange, &answered);

	if (best == NULL)
		return -1;
	printf("offset %c%s s, +/- %s s\n", best->offset < 0 ? '-' : '+',
	    seconds(best->offset < 0 ? -best->offset : best->offset, value),
	    seconds(best->bound, bound));
	printf(
	    "delay %s s, +/- %s s\n", seconds(best->delay, value), seconds(best->grain, bound));
	printf("probes %d, answered %d\n", exchange->probes_sent, answered);
	return 0;
}
