/*
 * The groups of tcpload's checks, each in the file of its name; the server that they
 * load; and how they read what tcpload reports.
 */
#ifndef TESTS_E2E_TCPLOAD_H
#define TESTS_E2E_TCPLOAD_H

#include <stdatomic.h>

#include "tests/harness.h"

void tcpload_counts(Suite *suite);
void tcpload_errors(Suite *suite);
void tcpload_rate(Suite *suite);
void tcpload_remote(Suite *suite);
void tcpload_words(Suite *suite);

/* How a server behaves to its clients; it serves all of them at once, with poll(2). */
enum peer {
	PEER_ECHO,
	PEER_STALLS,	 /* echoes, but its 101st read is followed by a pause of STALL_MS */
	PEER_CORRUPTS,	 /* echoes, with one byte changed in each tenth read */
	PEER_BABBLES,	 /* echoes, and says a byte too much */
	PEER_HALVES,	 /* echoes half of what it read, then hangs up */
	PEER_RESETS,	 /* answers the first bytes with a reset */
	PEER_TURNS_AWAY, /* says "go away\n" to whoever calls, and echoes nothing */
	PEER_SILENT,	 /* reads all, answers nothing */
	PEER_FORSAKES,	 /* echoes once, then hangs up */
	PEER_DIES,	 /* echoes 50 times, then is gone, its listener too */
};

enum {
	STALL_MS = 300,
};

/* What the server has seen, in memory shared with it. */
struct seen {
	_Atomic long connections, at_once, most_at_once, bytes;
};

/* Start such a server on a listener, in a process that dies with this test. */
struct seen *peer_start_on(int listener, enum peer peer);

/* ... on a port of 127.0.0.1, whose number is in *port as text. */
struct seen *peer_start(enum peer peer, const char **port);

/* Load the server with these further arguments, to the end; p->status etc. are filled. */
struct program *load_run(const char *port, const char *const *args);

/* The same without waiting for the end. */
struct program *load_start(const char *port, const char *const *args);

/* The number behind these words in the report: figure(p, "messages"), figure(p, "p99"). */
double figure(const struct program *p, const char *name);

/* The report must count these errors ("ECONNRESET 3, EOF 1"; "" for none). */
void expect_errors(const struct program *p, long count, const char *names);

#endif
