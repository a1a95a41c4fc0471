/*
 * The groups of rcmdd's checks, each in the file of its name, and the client they
 * speak with: it packs its frames by itself, so that a fault common to rcmdd and rcmd
 * does not hide.
 */
#ifndef TESTS_E2E_RCMDD_H
#define TESTS_E2E_RCMDD_H

#include "tests/harness.h"

void rcmdd_core(Suite *suite);
void rcmdd_streams(Suite *suite);
void rcmdd_end(Suite *suite);
void rcmdd_limits(Suite *suite);
void rcmdd_who(Suite *suite);
void rcmdd_frames(Suite *suite);
void rcmdd_words(Suite *suite);

/* As protocol/frame.h has them, written down once more. */
enum {
	HELLO = 1,
	CHALLENGE,
	PROOF,
	WELCOME,
	ERROR,
	EXEC = 16,
	STDIN,
	SIGNAL,
	STDOUT,
	STDERR,
	EXIT,
	WINDOW,
};

enum {
	EXITED = 1,
	SIGNALLED,
	TIMED_OUT,
	OUTPUT_LIMIT,
	NOT_STARTED,
};

enum {
	E_PROTOCOL = 1,
	E_DENIED,
	E_LIMIT,
};

enum {
	HEADER = 24,
	FIRST_WINDOW = 256 * 1024,
	KEPT = 64 * 1024, /* of an output, for looking at */
};

struct frame_got {
	unsigned type;
	uint64_t value, size;
	unsigned char *payload; /* valid until the next one; a NUL stands behind it */
};

/* All of a command's answer. */
struct answer {
	uint64_t end; /* EXITED ... */
	unsigned number;
	uint64_t out_bytes, err_bytes; /* as EXIT says; they are what came */
	char out[KEPT + 1], err[KEPT + 1];
	char words[256];
};

/* Start the server, as another user when we are root; options from ARGS(). */
struct program *rcmdd_start(const char *const *args);
struct program *rcmdd_launch(const char *const *args); /* it may fail: no ready line */

void frame_header(unsigned char header[HEADER], unsigned type, uint64_t value, uint64_t size);
void frame_send(int fd, unsigned type, uint64_t value, const void *payload, size_t size);
const struct frame_got *frame_receive(int fd);
void frame_hear_error(int fd, unsigned error); /* ERROR of that kind, then the end */

int rcmdd_hello(struct program *server); /* connected, WELCOME heard */
void exec_words(int fd, const char *const *words);
void exec_line(int fd, const char *line);
const struct answer *answer_await(int fd);

/* Run one command line in a session of its own. */
const struct answer *run_line(struct program *server, const char *line);
const struct answer *run_words(struct program *server, const char *const *words);

/* STDOUT's text so far has a line with a number, as echo $$ prints: await that. */
pid_t hear_pid(int fd);

/* A file the server's user owns, in a folder that it can enter. */
const char *private_file(const char *name, const char *text, unsigned mode);

/* ... and one that is ours, as rcmd's own keys are. */
const char *own_file(const char *name, const char *text, unsigned mode);

/* rcmd itself, for a client that knows a key. */
struct program *rcmd_start(struct program *server, const char *const *args);

#endif
