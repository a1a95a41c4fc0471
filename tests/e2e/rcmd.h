/*
 * The groups of rcmd's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_RCMD_H
#define TESTS_E2E_RCMD_H

#include "tests/e2e/rcmdd.h"

void rcmd_status(Suite *suite);
void rcmd_streams(Suite *suite);
void rcmd_signals(Suite *suite);
void rcmd_lines(Suite *suite);
void rcmd_peer(Suite *suite);
void rcmd_usage(Suite *suite);

/* Run rcmd with these arguments and no input; its exit status. */
int rcmd_finish(struct program *server, const char *const *args, struct program **client);

#endif
