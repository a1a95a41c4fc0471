/*
 * wipe: overwrite what was secret, so that it does not stay in memory.
 *
 * A memset of what nobody reads again is left out by the compiler; these writes are
 * not. C23 has memset_explicit for it.
 */
#ifndef COMMON_WIPE_H
#define COMMON_WIPE_H

#include <stddef.h>

static inline void
wipe(void *secret, size_t len)
{
	volatile unsigned char *p = secret;

	for (size_t i = 0; i < len; i++)
		p[i] = 0;
}

#endif
