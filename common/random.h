/*
 * random: what nobody outside can foresee, for nonces, cookies and seeds.
 */
#ifndef COMMON_RANDOM_H
#define COMMON_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* `len` bytes (256 at most) from the kernel. 0, or -1 with errno. */
int random_bytes(void *bytes, size_t len);

/*
 * A number. Where the kernel gives none the clock and the process id must do, which
 * a neighbour could guess: good enough against chance, not against an attack.
 */
uint64_t random_number(void);

#endif
