/*
 * The groups of udpchat's checks, each in the file of its name, and the server for them.
 */
#ifndef TESTS_E2E_UDPCHAT_H
#define TESTS_E2E_UDPCHAT_H

#include "tests/e2e/chat.h"

void udpchat_filter(Suite *suite);
void udpchat_terminal(Suite *suite);
void udpchat_failures(Suite *suite);

/* udpchatd on a free port; its address. */
struct program *chat_server(void);
/* The port of "HOST:PORT", as text. */
const char *port_of(const char *address);

#endif
