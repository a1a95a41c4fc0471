/*
 * The groups of tftp's checks, each in the file of its name, and the server that they
 * play themselves, packet by packet, as RFC 1350 draws it and not by the suite's codec:
 *
 *	struct peer peer = peer_open();
 *	struct program *p = get_start(&peer, "name", file);
 *
 *	peer_hear_request(&peer, "RRQ");	from here on: a port of its own
 *	peer_oack(&peer, "tsize", "3");
 *	peer_hear_ack(&peer, 0);
 *	peer_data(&peer, 1, "abc", 3);
 *	peer_hear_ack(&peer, 1);
 */
#ifndef TESTS_E2E_TFTP_H
#define TESTS_E2E_TFTP_H

#include <netinet/in.h>

#include "tests/e2e/tftp_codes.h"
#include "tests/harness.h"

void tftp_gets(Suite *suite);
void tftp_puts(Suite *suite);
void tftp_options(Suite *suite);
void tftp_traps(Suite *suite);
void tftp_ends(Suite *suite);
void tftp_files(Suite *suite);
void tftp_windows(Suite *suite);
void tftp_shell(Suite *suite);
void tftp_words(Suite *suite);

enum {
	PACKET_MAX = 65536,
	BLOCK = 512,
};

/* Our side: a server by hand. */
struct peer {
	int door;		   /* where requests come */
	int fd;			   /* the transfer's own, connected; -1 before a request */
	char port[8];		   /* of the door */
	struct sockaddr_in client; /* who has asked last */
	bool patient;		   /* ... and repeats nothing before we have had our say */
	unsigned char packet[PACKET_MAX];
	size_t length; /* what was heard last */

	/* The packet before, by its opcode and number, and when it came. */
	unsigned char last[4];
	int64_t heard_ms;
};

/* It lives as long as the test. */
struct peer *peer_open(void);

/* Await "RRQ" or "WRQ" and go on from a new port. The name that is asked for. */
const char *peer_hear_request(struct peer *peer, const char *kind);
const char *peer_mode(const struct peer *peer);
/* The value of an option of this request; NULL if it has none. */
const char *peer_option(const struct peer *peer, const char *name);

void peer_expect_option(const struct peer *peer, const char *name, const char *value);

/*
 * The answer to a WRQ, and the begin of each OACK: nothing, or what makes ours patient, if
 * it was started so. Names and values, ended by NULL.
 */
void peer_accept(const struct peer *peer);
#define peer_oack(peer, ...) peer_send_oack(peer, ARGS(__VA_ARGS__))
void peer_send_oack(const struct peer *peer, const char *const *options);
void peer_data(const struct peer *peer, unsigned block, const void *bytes, size_t size);
/* The block of a file of lab_fill: its last may be short. */
void peer_block(const struct peer *peer, unsigned block, size_t at, size_t size, unsigned seed);
void peer_ack(const struct peer *peer, unsigned block);
void peer_error(const struct peer *peer, unsigned code, const char *words);
void peer_send(const struct peer *peer, const void *bytes, size_t size);

/*
 * The next packet must be this one. Who is left without an answer says the same again in
 * time; where a slow machine has made us late that is no failure.
 */
void peer_hear_ack(struct peer *peer, unsigned block);
/* The same, whatever comes before it. */
void peer_await_ack(struct peer *peer, unsigned block);
void peer_hear_data(struct peer *peer, unsigned block, const void *bytes, size_t size);
void peer_hear_error(struct peer *peer, unsigned code);
void peer_hear_nothing(struct peer *peer);
/* The next packet, of whatever kind; its opcode. The client may have gone behind it. */
unsigned peer_hear_any(struct peer *peer);

/* A socket of a stranger on this machine, connected to the client. */
int stranger_open(const struct peer *peer);
void stranger_hear_error(int fd, unsigned code);

/* The client under test, with these arguments behind -p PORT (NULL: none). */
struct program *tftp_start(const struct peer *peer, const char *const *args);
struct program *get_start(const struct peer *peer, const char *name, const char *local);
struct program *put_start(const struct peer *peer, const char *local, const char *name);

#define TFTP_PATIENCE "9" /* seconds */

/*
 * The same, but ours repeats nothing for so long: whatever comes twice was not the timer's. A
 * program that is graded may not know -R.
 */
struct program *patient_start(const struct peer *peer, const char *const *args);

/* A get of "f" that has had its first block; a put of the file "abc" that has sent it. */
struct program *get_begun(struct peer *peer, const char *file);
struct program *put_begun(struct peer *peer, const char *file);

/* Go to a directory; programs are found nevertheless. */
void tftp_enter(const char *directory);

/* It ends with this status; with one line on standard error like this, or (NULL) none. */
void tftp_ends_with(struct program *p, int status, const char *regex);

#endif
