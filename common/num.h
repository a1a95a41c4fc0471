/*
 * num: strict numbers from text.
 *
 * A number is decimal digits and nothing else: no space, no plus, no other base,
 * no overflow. Both return 0, or -1 with errno EINVAL (not a number) or ERANGE. And one
 * the other way, for people.
 */
#ifndef COMMON_NUM_H
#define COMMON_NUM_H

#include <stdint.h>

/* A whole number from min to max; a minus sign may stand before it. */
int num_parse(const char *text, int64_t min, int64_t max, int64_t *number);

/* Seconds, 0 to max_seconds, with a fraction if wanted ("0.25"), as milliseconds. */
int num_parse_ms(const char *text, int max_seconds, int64_t *ms);

enum { NUM_BYTES_MAX = 16 }; /* with a NUL */

/* "1.2 GiB": at most 8 characters that anybody can read, up to 2^60. */
void num_bytes(char text[NUM_BYTES_MAX], double bytes);

#endif
