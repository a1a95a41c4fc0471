/*
 * The groups of udpecho's checks, each in the file of its name, and the servers that
 * they talk to.
 */
#ifndef TESTS_E2E_UDPECHO_H
#define TESTS_E2E_UDPECHO_H

#include "tests/harness.h"

void udpecho_filter(Suite *suite);
void udpecho_terminal(Suite *suite);
void udpecho_loss(Suite *suite);
void udpecho_count(Suite *suite);
void udpecho_find(Suite *suite);
void udpecho_failures(Suite *suite);

/* How a server behaves. */
enum peer {
	PEER_ECHO,
	PEER_SILENT,	    /* takes all, answers nothing */
	PEER_SECOND_TIME,   /* answers what it has heard twice in a row */
	PEER_TWICE,	    /* answers everything twice */
	PEER_LATE_TWICE,    /* the first of two equal ones late: when the second has come */
	PEER_SWAPS,	    /* answers two at a time, the second first */
	PEER_ALTERS,	    /* changes the last byte */
	PEER_CUTS,	    /* leaves the last byte out */
	PEER_OTHER_ADDRESS, /* answers from 127.0.0.2 */
	PEER_ESCAPES,	    /* answers with control characters */
};

/*
 * Start such a server on 127.0.0.1 (but on all addresses if it is to hear broadcasts), in a
 * process that dies with this test. Its port, as text.
 */
const char *udp_peer_start(enum peer peer);
const char *udp_peer_start_on_all(enum peer peer);

/* The number before a word of the summary of -c, 3 in "3 lost"; -1 if it is not there. */
long number_before(const char *text, const char *word);

#endif
