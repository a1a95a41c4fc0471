/*
 * ftptalk: the control connection of ftpload. See ftptalk.h.
 */
#include "tests/bench/ftptalk.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PATIENCE = 60, /* seconds for one reply or one piece of data */
};

_Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "ftpload: %s: %s\n", what, why ? why : strerror(errno));
	_exit(1);
}

/* ---- sockets ---- */

int
dial(in_port_t port)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Where BBR is usual its timers would pace what we send, and that be measured. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) ||
	    connect(fd, (const struct sockaddr *)&to, sizeof to) == -1)
		die("connect", NULL);
	return fd;
}

void
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n == -1)
			die("send", NULL);
		bytes += n;
		len -= (size_t)n;
	}
}

/* ---- the control connection ---- */

static void
next_line(struct session *session)
{
	size_t len = 0;

	for (;;) {
		if (session->at == session->end) {
			ssize_t n = recv(session->fd, session->in, sizeof session->in, 0);

			if (n <= 0)
				die("reply", n == 0 ? "the server has hung up" : NULL);
			session->at = 0;
			session->end = (size_t)n;
		}
		if (len == sizeof session->line - 1)
			die("reply", "its line is too long");
		session->line[len] = session->in[session->at++];
		if (session->line[len++] == '\n')
			break;
	}
	session->line[len] = '\0';
}

/* A reply, whose last line has a blank behind its code; its first digit must be that. */
void
expect(struct session *session, char digit)
{
	do
		next_line(session);
	while (strlen(session->line) < 4 || session->line[3] != ' ');
	if (session->line[0] != digit)
		die("refused", session->line);
}

void
say(const struct session *session, const char *verb, const char *argument)
{
	char line[LINE_SIZE];
	int len =
	    snprintf(line, sizeof line, "%s%s%s\r\n", verb, *argument ? " " : "", argument);

	if (len < 0 || (size_t)len >= sizeof line)
		die(verb, "its argument is too long");
	send_all(session->fd, line, (size_t)len);
}

void
log_in(struct session *session, in_port_t port, const char *user, const char *password)
{
	const int on = 1;

	session->at = session->end = 0;
	session->fd = dial(port);
	(void)setsockopt(session->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	expect(session, '2');
	say(session, "USER", user);
	expect(session, '3');
	say(session, "PASS", password);
	expect(session, '2');
}

void
log_out(struct session *session)
{
	say(session, "QUIT", "");
	expect(session, '2');
	close(session->fd);
}
