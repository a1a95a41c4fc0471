/*
 * ftptalk: the control connection of ftpload: a command, and the reply that must be.
 *
 * Whatever goes wrong is told on stderr and ends the process: a run with a mistake in it is
 * worth nothing.
 */
#ifndef TESTS_BENCH_FTPTALK_H
#define TESTS_BENCH_FTPTALK_H

#include <netinet/in.h>
#include <stddef.h>

enum {
	LINE_SIZE = 4096,
};

struct session {
	int fd;
	char in[LINE_SIZE];
	size_t at, end;
	char line[LINE_SIZE]; /* the last of a reply */
};

/* `why` NULL: errno tells. */
_Noreturn void die(const char *what, const char *why);

int dial(in_port_t port);
void send_all(int fd, const char *bytes, size_t len);

/* A reply, whose last line has a blank behind its code; its first digit must be that. */
void expect(struct session *session, char digit);
void say(const struct session *session, const char *verb, const char *argument);

void log_in(struct session *session, in_port_t port, const char *user, const char *password);
void log_out(struct session *session);

#endif
