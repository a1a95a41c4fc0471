/*
 * explain: why a bind or a connect failed, and what to do about it.
 *
 * An errno value names the kernel's reason; a person also wants to know which
 * process holds the port, or how long TIME_WAIT still lasts. Where there is a
 * /proc (Linux) the answer is read from there; elsewhere the advice is general.
 */
#ifndef COMMON_EXPLAIN_H
#define COMMON_EXPLAIN_H

#include <stddef.h>

#include "common/net.h"

/*
 * Write the explanation of a bind(2) or listen(2) that failed with `error` on
 * `address`, for a socket of `type`, as a string (possibly empty).
 */
void
explain_bind(char *text, size_t cap, const struct net_address *address, int type, int error);

/* The same for connect(2). */
void explain_connect(char *text, size_t cap, const struct net_address *address, int error);

#endif
