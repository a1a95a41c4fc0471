/*
 * trace: -v tells each step of a conversation in words, -x shows its bytes.
 *
 * The steps are those of a telephone: a server buys a phone, inserts the SIM
 * card, switches it on, answers, talks and hangs up; a client buys a phone,
 * dials, talks and hangs up. sockets(7) tells the story. Datagrams are letters: a
 * letter box, a number on it, and no call. datagrams(7) tells that one.
 */
#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/log.h"

enum trace_step {
	TRACE_SOCKET,
	TRACE_BIND,
	TRACE_LISTEN,
	TRACE_ACCEPT,
	TRACE_FORK,
	TRACE_CONNECT,
	TRACE_TALK,
	TRACE_CLOSE,
	TRACE_LETTER_SOCKET,
	TRACE_LETTER_BIND,
	TRACE_LETTER_CONNECT,
	TRACE_LETTER_CLOSE,
};

enum trace_direction {
	TRACE_IN,  /* bytes that came, drawn "<-" */
	TRACE_OUT, /* bytes that go, drawn "->" */
};

/* Show bytes from now on (-x). Set once, at start-up. */
void trace_show_bytes(void);

/*
 * trace_step(step, format, ...): one line for a step, when -v was given; the format
 * says the particulars. A macro, so that without -v nothing is computed or touched.
 */
#define trace_step(...) (log_enabled(LOG_LEVEL_STEPS) ? trace_say(__VA_ARGS__) : (void)0)
void
trace_say(enum trace_step step, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* With -x: the bytes of one field of a header (16 at most), and in words what they are. */
void trace_field(enum trace_direction direction, const void *bytes, size_t len,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
bool trace_shows_bytes(void);

/* With -x: `len` bytes, sixteen to a line, in hexadecimal and as text. */
void trace_bytes(enum trace_direction direction, const void *bytes, size_t len);

#endif
