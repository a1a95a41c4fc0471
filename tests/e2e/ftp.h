/*
 * The groups of ftp's checks, each in the file of its name, and the server that they
 * play themselves, line by line, as RFC 959 draws it and not by the suite's codec:
 *
 *	struct peer *peer = peer_open();
 *	struct program *p = get_start(peer, "notes", NULL);
 *
 *	peer_login(peer, NULL);
 *	peer_facts(peer, "notes", "213 5", "213 20260102030405");
 *	peer_offer(peer);			EPSV
 *	peer_answer(peer, "RETR notes", "150 Here it comes");
 *	peer_call(peer);
 *	client_say(peer->data, "bytes");
 *	peer_end(peer, "226 Done");
 */
#ifndef TESTS_E2E_FTP_H
#define TESTS_E2E_FTP_H

#include "tests/e2e/file_lab.h"
#include "tests/harness.h"

void ftp_gets(Suite *suite);
void ftp_resumes(Suite *suite);
void ftp_puts(Suite *suite);
void ftp_data(Suite *suite);
void ftp_traps(Suite *suite);
void ftp_logins(Suite *suite);
void ftp_shell(Suite *suite);
void ftp_trees(Suite *suite);
void ftp_pair(Suite *suite);
void ftp_words(Suite *suite);

#define TIME_THEN "20260102030405" /* of the server's files ... */

enum {
	SECONDS_THEN = 1767323045, /* ... and since 1970 */
};

/* Our side: a server by hand. */
struct peer {
	int door;     /* where calls come */
	char port[8]; /* of it */
	int control, data;
	int data_door; /* -1: not open */
};

/* It lives as long as the test. */
struct peer *peer_open(void);

/* Take a call, greet, and let anna in. `features` are lines of FEAT; NULL: the usual. */
void peer_login(struct peer *peer, const char *features);
/* The same up to the greeting. */
void peer_take(struct peer *peer, const char *greeting);

/* Await this command, and answer so (without CR LF). */
void peer_hear(struct peer *peer, const char *command);
void peer_say(struct peer *peer, const char *reply);
void peer_answer(struct peer *peer, const char *command, const char *reply);

/* TYPE I, SIZE, MDTM. `type`: TYPE is still to come. */
void
peer_facts(struct peer *peer, bool type, const char *name, const char *size, const char *time);

/* EPSV: a port of ours. Take the call there. End the transfer. */
void peer_offer(struct peer *peer);
void peer_call(struct peer *peer);
void peer_end(struct peer *peer, const char *reply);

/* All of one: EPSV, the command, the bytes, 226. */
void peer_send(struct peer *peer, const char *command, const char *bytes);
/* The same of a list: "\n" goes out as CR LF. */
void peer_list(struct peer *peer, const char *command, const char *lines);
/* What comes, up to its end, as a string. */
const char *peer_receive(struct peer *peer);

/* The connections break; the door stays open. */
void peer_cut(struct peer *peer);
/* QUIT, if it comes, and the end. */
void peer_leave(struct peer *peer);

/* ---- a real server, and a wire to it ---- */

/*
 * A wire to this ftpd, for one client after another; its port is the result. Once, at byte
 * `where` of a file, a bit of it is turned, or all connections break.
 */
enum harm {
	HARM_FLIP,
	HARM_CUT,
};
const char *ftp_wire_open(const struct program *server, enum harm harm, size_t where);

/* ---- the client ---- */

/* The client under test, with these arguments (-p, -n, and the host by name are added). */
struct program *ftp_start(const struct peer *peer, const char *const *args);
const char *peer_url(const struct peer *peer, const char *path);
struct program *get_start(const struct peer *peer, const char *name, const char *local);
struct program *put_start(const struct peer *peer, const char *local, const char *name);
/* -c: these commands, logged in. */
struct program *commands_start(const struct peer *peer, const char *commands);

/* Go to a directory of the test's own; programs are found nevertheless. */
const char *ftp_enter(const char *name);

/* It ends with this status, and a line on standard error is like this (NULL: none is). */
void ftp_ends_with(struct program *p, int status, const char *regex);

#endif
