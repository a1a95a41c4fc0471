/*
 * The groups of tcpchat's checks, each in the file of its name, and the other side of
 * its calls, which is this test.
 */
#ifndef TESTS_E2E_TCPCHAT_H
#define TESTS_E2E_TCPCHAT_H

#include "tests/harness.h"

void tcpchat_filter(Suite *suite);
void tcpchat_ends(Suite *suite);
void tcpchat_waits(Suite *suite);
void tcpchat_turns(Suite *suite);
void tcpchat_terminal(Suite *suite);
void tcpchat_words(Suite *suite);
void tcpchat_interop(Suite *suite);

/* tcpchat calls us, with this option (or NULL): its end in *peer, ours to close. */
struct program *chat_call(const char *option, int *peer);

/* The same, started with these particulars; the arguments are added. */
struct program *chat_call_from(struct launch launch, const char *option, int *peer);

/* tcpchat waits for a call on a free port of 127.0.0.1: where, in the result. */
struct program *chat_wait(const char *option, char address[ADDRESS_MAX]);
void chat_await_address(struct program *p, char address[ADDRESS_MAX]);

#endif
