/*
 * The groups of udptimed's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_UDPTIMED_H
#define TESTS_E2E_UDPTIMED_H

#include <time.h>

#include "tests/harness.h"

enum {
	ANSWER_MAX = 65536,
};

void udptimed_core(Suite *suite);
void udptimed_formats(Suite *suite);
void udptimed_probes(Suite *suite);
void udptimed_options(Suite *suite);

/* Ask with these bytes; the answer as a string (valid until the next question). */
const char *ask_bytes(int fd, const void *bytes, size_t count, size_t *len);
const char *ask(int fd, const char *request);

/*
 * Ask with `request`; the answer must be what strftime(3) makes of `format`, for a
 * second between the question and the answer, by this process' zone.
 */
void expect_time(int fd, const char *request, const char *format);

#endif
