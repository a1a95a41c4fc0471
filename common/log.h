/*
 * log: what a program tells the person who runs it.
 *
 * Each call writes one line with one write(2), so that lines of parent and
 * children never tear each other, prefixed with the program's name (and, in a
 * child, its pid). A format that ends in a colon gets the name and the text of
 * errno appended: log_error("bind %s:", where) prints
 * "tcpechod: bind [::1]:7007: EADDRINUSE (Address already in use)".
 * Whatever the arguments hold, control characters and broken UTF-8 come out as
 * \xNN, so a peer cannot forge a line or drive a terminal.
 *
 * The module's state (name, level, where to) is set at start-up and then only
 * read. errno is preserved by every function.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LOG_LINE_MAX = 1024, /* bytes in a line; what is longer is cut and ends in "..." */
};

enum log_level {
	LOG_LEVEL_ERROR,  /* -q: only what made the program fail */
	LOG_LEVEL_NOTICE, /* the default */
	LOG_LEVEL_STEPS,  /* -v: every step, in words */
};

/* Name the program and choose how much it says. Lines go to stderr. */
void log_open(const char *program, enum log_level level);

/* From now on lines go to syslog(3), facility daemon. For -D and inetd. */
void log_to_syslog(void);

/*
 * This process, and none that it forks, writes lines without its pid. log_open
 * says so of its caller; a daemon says it again when it has forked itself off.
 */
void log_as_parent(void);

/* Whether a line of this level would be written. Ask before costly preparations. */
bool log_enabled(enum log_level level);

#define LOG_PRINTF __attribute__((format(printf, 1, 2)))

void log_error(const char *format, ...) LOG_PRINTF;
void log_notice(const char *format, ...) LOG_PRINTF;
void log_step(const char *format, ...) LOG_PRINTF;

/*
 * The name of an errno value: "ECONNREFUSED". Never NULL: "E1234" when it has
 * none here (in a static buffer).
 */
const char *log_errno_name(int error);

/*
 * Copy `in` with what could harm a terminal or forge a line escaped as \xNN, as
 * a string, cut to what fits in `cap` (at least 4). Returns its length.
 */
size_t log_escape(char *out, size_t cap, const void *in, size_t len);

#endif
