/*
 * offset: how far two clocks are apart, from the answers to some probes.
 */
#ifndef UDPTIME_OFFSET_H
#define UDPTIME_OFFSET_H

#include "clients/udptime/exchange.h"

/* Cookies that nobody can foresee for the probes of an exchange. 0, or -1 with errno. */
int offset_prepare(struct exchange *exchange);

/* Print what the best probe tells. 0, or -1 when none was answered. */
int offset_print(const struct exchange *exchange);

#endif
