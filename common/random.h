/*
 * random: numbers that nobody outside can foresee, for cookies and seeds.
 *
 * From /dev/urandom. Where there is none the clock and the process id must do, which
 * a neighbour could guess: good enough against chance, not against an attack.
 */
#ifndef COMMON_RANDOM_H
#define COMMON_RANDOM_H

#include <stdint.h>

uint64_t random_number(void);

#endif
