/*
 * probe: the small jobs around a measurement, for run.sh.
 *
 *	probe port                   print a TCP port that is free now
 *	probe wait PORT PID          connect until somebody accepts: the server is ready
 *	probe hold PORT CLIENTS      connect, one round trip each, print "holding", keep them
 *
 * The failure it guards against: a script that sleeps and hopes the server is up, or that
 * waits for ever for one that died at start. PID is that server: when it is gone, so is hope.
 * A port that is free now may be taken a moment later: the caller tries again.
 */

#include <sys/socket.h>
#include <sys/types.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENCE = 10, /* seconds for a server to be ready, and for one answer */
	MESSAGE = 64,
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static _Noreturn void
usage(void)
{
	fputs("usage: probe port | wait port pid | hold port clients\n", stderr);
	exit(2);
}

static long
number(const char *text, long max)
{
	char *end;
	long value;

	value = strtol(text, &end, 10);
	if (end == text || *end != '\0' || value < 1 || value > max)
		usage();
	return value;
}

/* A socket connected to the port on this machine, or -1 with errno. */
static int
dial(in_port_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int error, fd;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1)
		die("socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void
print_free_port(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t len = sizeof any;
	int fd;

	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    bind(fd, (struct sockaddr *)&any, len) == -1 ||
	    getsockname(fd, (struct sockaddr *)&any, &len) == -1)
		die("bind");
	printf("%d\n", ntohs(any.sin_port));
}

static void
await_server(in_port_t port, pid_t server)
{
	const struct timespec moment = { .tv_nsec = 10 * 1000 * 1000 };
	int fd, tries = PATIENCE * 100;

	while ((fd = dial(port)) == -1) {
		if (tries-- == 0)
			die("connect");
		if (kill(server, 0) == -1 && errno == ESRCH)
			die("server");
		nanosleep(&moment, NULL);
	}
	close(fd);
}

/* Never returns; the descriptors stay open until a signal ends the process. */
static _Noreturn void
hold(in_port_t port, long clients)
{
	unsigned char buf[MESSAGE] = { 0 };
	int fd;

	alarm(PATIENCE);
	while (clients-- > 0) {
		if ((fd = dial(port)) == -1)
			die("connect");
		if (send(fd, buf, sizeof buf, MSG_NOSIGNAL) == -1 ||
		    recv(fd, buf, sizeof buf, MSG_WAITALL) != (ssize_t)sizeof buf)
			die("talk");
	}
	alarm(0);
	puts("holding");
	fflush(stdout);
	for (;;)
		pause();
}

int
main(int argc, char *argv[])
{
	const char *job = argc > 1 ? argv[1] : "";
	in_port_t port;

	if (argc == 2 && strcmp(job, "port") == 0) {
		print_free_port();
		return 0;
	}
	if (argc != 4)
		usage();
	port = (in_port_t)number(argv[2], 65535);
	if (strcmp(job, "wait") == 0)
		await_server(port, (pid_t)number(argv[3], 1L << 30));
	else if (strcmp(job, "hold") == 0)
		hold(port, number(argv[3], 1000));
	else
		usage();
	return 0;
}
