/*
 * shard: several runs of one test program share its work, side by side.
 */
#ifndef TESTS_SHARD_H
#define TESTS_SHARD_H

#include <stdbool.h>

/* Whether this run does the i-th piece. SHARD=1/3 is the second of three; else all. */
bool shard_has(unsigned long i);

#endif
