/*
 * The groups of udpechod's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_UDPECHOD_H
#define TESTS_E2E_UDPECHOD_H

#include "tests/harness.h"

void udpechod_core(Suite *suite);
void udpechod_answers(Suite *suite);
void udpechod_lossy(Suite *suite);
void udpechod_addresses(Suite *suite);
void udpechod_guard(Suite *suite);
void udpechod_inetd(Suite *suite);
void udpechod_life(Suite *suite);
void udpechod_words(Suite *suite);

/* Ask for the counters (USR1) again and again, until a line like this is among them. */
void await_counters(struct program *server, const char *regex);

/* The port behind the last colon of an address, as text. */
const char *port_of(const char *address);

#endif
