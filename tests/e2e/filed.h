/*
 * The groups of filed's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_FILED_H
#define TESTS_E2E_FILED_H

#include "tests/e2e/file_lab.h"

void filed_core(Suite *suite);
void filed_refusals(Suite *suite);
void filed_jail(Suite *suite);
void filed_cuts(Suite *suite);
void filed_words(Suite *suite);

#endif
