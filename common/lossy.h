/*
 * lossy: to lose, repeat, reorder, delay and cut datagrams on purpose, as a bad network does.
 *
 * What happens follows from the seed alone, so a run can be repeated. Datagrams that
 * are to come later than their successors are kept by the caller; this module only
 * decides.
 */
#ifndef COMMON_LOSSY_H
#define COMMON_LOSSY_H

#include <stdint.h>

struct lossy {
	int lose, late, twice; /* per cent, 0 to 100 */
	uint64_t state;	       /* the seed, to begin with; any number */
	int slow, cut;	       /* per cent, too; all five make 100 at most */
};

enum lossy_fate {
	LOSSY_PASS,
	LOSSY_LOSE,
	LOSSY_LATE, /* keep it until the next one has gone */
	LOSSY_TWICE,
	LOSSY_SLOW, /* keep it for a while */
	LOSSY_CUT,  /* its last byte is lost */
	LOSSY_FATES,
};

/* What is to happen to the next datagram. */
enum lossy_fate lossy_next(struct lossy *lossy);

#endif
