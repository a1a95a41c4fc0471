/*
 * heed: signals that a session itself heeds while it runs a program.
 *
 * A child of a server dies of TERM. One that runs a program ends that first, and hears
 * when the program has ended without asking again and again:
 *
 *	heed_begin(&heed, conn->wait_mask)	CHLD, TERM, INT are blocked from here on
 *	sys_ppoll(..., heed_mask(&heed))	... and come in only here
 *	heed_is_told(&heed)			TERM came, or the server has died
 *	heed_end(&heed)				as it was
 *
 * One at a time in a process.
 */
#ifndef COMMON_HEED_H
#define COMMON_HEED_H

#include <signal.h>
#include <stdbool.h>

struct heed {
	const sigset_t *others; /* the server's own process heeds signals already, by this */
	sigset_t before, waiting;
	struct sigaction child, term, interrupt;
};

void heed_begin(struct heed *heed, const sigset_t *others);
const sigset_t *heed_mask(const struct heed *heed);
bool heed_is_told(const struct heed *heed);
void heed_end(struct heed *heed);

#endif
