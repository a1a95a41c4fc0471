/*
 * The groups of filecp's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_FILECP_H
#define TESTS_E2E_FILECP_H

#include "tests/e2e/file_lab.h"

void filecp_copies(Suite *suite);
void filecp_trees(Suite *suite);
void filecp_cuts(Suite *suite);
void filecp_failures(Suite *suite);
void filecp_words(Suite *suite);

/* filecp with -p PORT and these: its exit status. The program stays to be looked at. */
struct program *copy_start(const char *port, const char *const *args);
void copy(const struct program *server, const char *const *args);

/* It must fail with this status, and say one line that matches. */
void copy_fails(
    const struct program *server, const char *const *args, int status, const char *regex);

#endif
