/*
 * The groups of tcpechod's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_TCPECHOD_H
#define TESTS_E2E_TCPECHOD_H

#include "tests/harness.h"

void tcpechod_core(Suite *suite);
void tcpechod_clients(Suite *suite);
void tcpechod_answers(Suite *suite);
void tcpechod_addresses(Suite *suite);
void tcpechod_limits(Suite *suite);
void tcpechod_timeouts(Suite *suite);
void tcpechod_shortage(Suite *suite);
void tcpechod_hygiene(Suite *suite);
void tcpechod_signals(Suite *suite);
void tcpechod_table(Suite *suite);
void tcpechod_prefork(Suite *suite);
void tcpechod_models(Suite *suite);
void tcpechod_load(Suite *suite);
void tcpechod_inetd(Suite *suite);
void tcpechod_daemon(Suite *suite);
void tcpechod_backlog(Suite *suite);
void tcpechod_words(Suite *suite);
void tcpechod_usage(Suite *suite);
void tcpechod_errors(Suite *suite);
void tcpechod_pitfalls(Suite *suite);

#endif
