/*
 * ftpadm: what the files of e2e_ftpadm share.
 */
#ifndef TESTS_E2E_FTPADM_H
#define TESTS_E2E_FTPADM_H

#include "tests/harness.h"

void ftpadm_accounts(Suite *suite);
void ftpadm_passwords(Suite *suite);

/* A place of its own for this test: its users file, and another path (each static). */
const char *users_path(void);
const char *path_in(const char *name);

/* Run ftpadm -f users WORDS..., with this on standard input, and await its end. */
struct program *adm_run(const char *input, const char *const *words);

/* It must succeed and say nothing; or fail with this status and one line like this. */
void adm(const char *input, const char *const *words);
void adm_fails(const char *input, const char *const *words, int status, const char *regex);

/* The whole file, and a field of an account's line, from 0 on (static). */
const char *users_text(void);
const char *users_field(const char *name, int field);
void users_write(const char *text, unsigned mode);

#endif
