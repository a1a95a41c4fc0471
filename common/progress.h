/*
 * progress: how far a long work is, on one line of a terminal that is drawn anew.
 *
 *	 43%   1.2 GiB  812.4 MB/s  0:12  pictures/big.iso
 *
 * Silent when standard error is no terminal, or with -q. progress_format is pure.
 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PROGRESS_LINE_MAX = 256,
	PROGRESS_EVERY_MS = 200, /* from one drawing to the next */
};

struct progress {
	bool on, drawn;
	uint64_t done, total; /* bytes; total 0: nobody knows */
	uint64_t kept;	      /* of those done: what was there before */
	int64_t begin_ms, drawn_ms;
};

/* Whether anybody would see it; ask before a total that costs something to find. */
bool progress_is_wanted(void);

void progress_begin(struct progress *progress, uint64_t total);
void progress_set_total(struct progress *progress, uint64_t total);

/* An earlier attempt has brought so many bytes: they are done, and say nothing of the rate. */
void progress_keep(struct progress *progress, uint64_t bytes);

/* So many more bytes, of `name`, which is escaped. */
void progress_add(struct progress *progress, const char *name, uint64_t bytes);

/* Make room for a line of another kind; it is drawn again with the next bytes. */
void progress_clear(struct progress *progress);

/* The last state stays to be seen, if any was drawn. */
void progress_end(struct progress *progress);

/*
 * The line for `done` of `total` bytes, all but `kept` of them in `ms` milliseconds, at
 * most `columns` wide; `name` is cut at its begin. Percent is never 100 before all is
 * done, and the time that is left is that of the average rate. Returns its length.
 */
size_t progress_format(char line[PROGRESS_LINE_MAX], size_t columns, uint64_t done,
    uint64_t kept, uint64_t total, int64_t ms, const char *name);

#endif
