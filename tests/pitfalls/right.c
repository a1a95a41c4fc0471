/*
 * right: what the broken servers of this directory do right; see right.h.
 */
#include "tests/pitfalls/right.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BACKLOG = 511,
	REST_MS = 100,
	EVENTS = 16,
};

_Noreturn void
right_fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

bool
right_has_option(int argc, char *argv[], const char *option)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], option) == 0)
			return true;
	return false;
}

unsigned short
right_port(int argc, char *argv[])
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-p") == 0)
			return (unsigned short)strtoul(argv[i + 1], NULL, 10);
	return 0;
}

int
right_socket(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener == -1)
		right_fail("socket");
	return listener;
}

void
right_reuse(int listener)
{
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == -1)
		right_fail("SO_REUSEADDR");
}

void
right_bind(int listener, unsigned address, unsigned short port)
{
	const struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address),
		.sin_port = htons(port) };

	if (bind(listener, (const struct sockaddr *)&name, sizeof name) == -1)
		right_fail("bind");
}

void
right_switch_on(int listener)
{
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	if (listen(listener, BACKLOG) == -1 ||
	    getsockname(listener, (struct sockaddr *)&name, &length) == -1)
		right_fail("listen");
	printf("%s: listening on tcp %s:%d\n", program_invocation_short_name,
	    inet_ntoa(name.sin_addr), ntohs(name.sin_port));
	fflush(stdout);
}

int
right_listen(int argc, char *argv[])
{
	int listener = right_socket();

	right_reuse(listener);
	right_bind(listener, INADDR_LOOPBACK, right_port(argc, argv));
	right_switch_on(listener);
	return listener;
}

bool
right_write(int fd, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t n = write(fd, bytes, count);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		bytes += n;
		count -= (size_t)n;
	}
	return true;
}

void
right_talk(int fd)
{
	char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0 || (n == -1 && errno == EINTR))
		if (n > 0 && !right_write(fd, message, (size_t)n))
			return;
}

int
right_accept(int listener)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) == -1)
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			poll(NULL, 0, REST_MS); /* accept would fail again at once */
	return fd;
}

void
right_forget_children(void)
{
	if (signal(SIGCHLD, SIG_IGN) == SIG_ERR)
		right_fail("signal");
}

void
right_on_sigchld(void (*handler)(int), int flags)
{
	const struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	if (sigaction(SIGCHLD, &action, NULL) == -1)
		right_fail("sigaction");
}

_Noreturn void
right_child(int listener, int fd, void (*talk)(int fd))
{
	close(listener);
	talk(fd);
	_exit(0);
}

_Noreturn void
right_fork(int listener, void (*talk)(int fd))
{
	right_forget_children();
	for (;;) {
		int fd = right_accept(listener);

		if (fork() == 0)
			right_child(listener, fd, talk);
		close(fd);
	}
}

void
right_watch(int epoll, int fd, unsigned events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		right_fail("epoll_ctl");
}

void
right_turn(int fd, unsigned events)
{
	char message[4096];
	ssize_t n = read(fd, message, sizeof message);

	(void)events;
	if (n <= 0 || !right_write(fd, message, (size_t)n))
		close(fd);
}

_Noreturn void
right_epoll(int listener, unsigned how, void (*answer)(int epoll, int listener),
    void (*turn)(int fd, unsigned events))
{
	struct epoll_event events[EVENTS];
	int epoll = epoll_create1(0);

	signal(SIGPIPE, SIG_IGN);
	right_watch(epoll, listener, EPOLLIN | how);
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++)
			if (events[i].data.fd == listener)
				answer(epoll, listener);
			else
				turn(events[i].data.fd, events[i].events);
	}
}

/* ---- datagrams ---- */

static int
udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1)
		right_fail("socket");
	return fd;
}

int
right_udp_bind(int argc, char *argv[])
{
	struct sockaddr_in name;
	socklen_t length = sizeof name;
	int fd = udp_socket();

	right_bind(fd, right_has_option(argc, argv, "*") ? INADDR_ANY : INADDR_LOOPBACK,
	    right_port(argc, argv));
	if (getsockname(fd, (struct sockaddr *)&name, &length) == -1)
		right_fail("getsockname");
	printf("%s: listening on udp %s:%d\n", program_invocation_short_name,
	    inet_ntoa(name.sin_addr), ntohs(name.sin_port));
	fflush(stdout);
	return fd;
}

int
right_udp_connect(int argc, char *argv[])
{
	const struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr(argv[argc - 1]),
		.sin_port = htons(right_port(argc, argv)) };
	int fd = udp_socket();

	if (connect(fd, (const struct sockaddr *)&name, sizeof name) == -1)
		right_fail("connect");
	return fd;
}

/* The receiving end; the address to call goes to *name. It is a child of ours. */
static pid_t
start_hearing(struct sockaddr_in *name, void (*hear)(int fd))
{
	int listener = right_socket();
	socklen_t length = sizeof *name;
	pid_t pid;

	right_bind(listener, INADDR_LOOPBACK, 0);
	if (listen(listener, 1) == -1 ||
	    getsockname(listener, (struct sockaddr *)name, &length) == -1)
		right_fail("listen");
	pid = fork();
	if (pid == -1)
		right_fail("fork");
	if (pid == 0) {
		hear(right_accept(listener));
		exit(0);
	}
	close(listener);
	return pid;
}

int
right_messages(int argc, char *argv[], void (*say)(int fd, const char *message, size_t length),
    void (*hear)(int fd))
{
	struct sockaddr_in name;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t n;
	int fd = right_socket(), status;
	pid_t pid;

	if (right_has_option(argc, argv, "-r")) {
		hear(STDIN_FILENO);
		return 0;
	}
	pid = start_hearing(&name, hear);
	if (connect(fd, (struct sockaddr *)&name, sizeof name) == -1 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)) == -1)
		right_fail("connect");
	while ((n = getline(&line, &capacity, stdin)) > 0)
		say(fd, line, (size_t)(line[n - 1] == '\n' ? n - 1 : n));
	free(line);
	shutdown(fd, SHUT_WR);
	if (right_has_option(argc, argv, "-v"))
		fprintf(stderr, "%s: all is sent\n", program_invocation_short_name);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

void
right_print(const char *message, size_t length)
{
	right_write(STDOUT_FILENO, message, length);
	right_write(STDOUT_FILENO, "\n", 1);
}

_Noreturn void
right_refuse(const char *why)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, why);
	exit(1);
}

bool
right_read(int fd, char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t n = read(fd, bytes, count);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		count -= (size_t)n;
	}
	return true;
}

void
right_say_frame(int fd, const char *message, size_t length)
{
	char header[RIGHT_HEADER] = "SWBD\1\23"; /* version 1, type STDOUT */

	for (int i = 0; i < 8; i++)
		header[RIGHT_HEADER - 1 - i] = (char)(length >> 8 * i);
	right_write(fd, header, sizeof header);
	right_write(fd, message, length);
}

size_t
right_size(const char header[RIGHT_HEADER])
{
	size_t size = 0;

	for (int i = RIGHT_HEADER - 8; i < RIGHT_HEADER; i++)
		size = size << 8 | (unsigned char)header[i];
	return size;
}
