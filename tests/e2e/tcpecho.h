/*
 * The groups of tcpecho's checks, each in the file of its name, and the servers
 * that they talk to.
 */
#ifndef TESTS_E2E_TCPECHO_H
#define TESTS_E2E_TCPECHO_H

#include "tests/harness.h"

void tcpecho_filter(Suite *suite);
void tcpecho_failures(Suite *suite);
void tcpecho_addresses(Suite *suite);
void tcpecho_count(Suite *suite);
void tcpecho_terminal(Suite *suite);
void tcpecho_words(Suite *suite);

/* How a server behaves to a client; it serves one client after another. */
enum peer {
	PEER_ECHO,
	PEER_SILENT,	 /* accepts, reads all, answers nothing, never hangs up */
	PEER_DEAF,	 /* accepts and does not even read */
	PEER_HANGS_UP,	 /* echoes one read, then closes */
	PEER_TURNS_AWAY, /* says "go away\n" and closes at once */
	PEER_IN_PIECES,	 /* echoes each byte alone */
};

/* Start such a server on a listener, in a process that dies with this test. */
void peer_start_on(int listener, enum peer peer);

/* ... on a port of its own, whose number is returned as text. */
const char *peer_start(enum peer peer);

#endif
