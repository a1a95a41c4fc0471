/*
 * ftpload: put load on an FTP server and print one number.
 *
 *	login		logins a second: connect, 220, USER, PASS, 230, QUIT
 *	get NAME	files a second: EPSV, RETR; -s says how long each must be
 *	put NAME	files a second: EPSV, STOR of -s bytes
 *	list NAME	lists a second: EPSV, LIST; -s says how many lines each must have at
 *least hold		log in, say "holding", and stay until a signal comes
 *
 * A # in NAME stands for the number of the transfer, so that each may be another file.
 * With -c as many sessions do that at once, each -n times: all log in first, then all
 * begin together, and the time ends when the last of them has its last reply.
 *
 * The failure it guards against: a benchmark that measures itself. The bytes that come are
 * dropped by the kernel (MSG_TRUNC), those that go come from one buffer, and a command
 * costs a send and a recv. Every reply and every length is looked at: one that is wrong
 * makes the run worthless, is told on stderr, and no number is printed (status 1; 2: usage).
 */

#include <sys/socket.h>
#include <sys/wait.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/ftptalk.h"

enum {
	SESSIONS_MAX = 1000,
	CHUNK = 1 << 20, /* bytes of one send or recv */
};

struct load {
	const char *verb, *name, *user, *password;
	in_port_t port;
	long sessions, times;
	uint64_t size; /* bytes of each file, or lines of each list */
	int ready[2], go[2], done[2];
};

static char chunk[CHUNK];

static _Noreturn void
usage(void)
{
	fputs("usage: ftpload -p port [-c sessions] [-n times] [-s size] [-u user]\n"
	      "               [-w password] login | get name | put name | list name | hold\n",
	    stderr);
	exit(2);
}

/* ---- a transfer ---- */

static int
open_data(struct session *session)
{
	const char *bar;
	int port;

	say(session, "EPSV", "");
	expect(session, '2');
	bar = strchr(session->line, '|');
	if (bar == NULL || sscanf(bar, "|||%5d|", &port) != 1)
		die("EPSV", session->line);
	return dial((in_port_t)port);
}

/* All that comes: so many bytes, none of which is looked at. */
static uint64_t
drop(int fd)
{
	uint64_t sum = 0;
	ssize_t n;

	while ((n = recv(fd, chunk, sizeof chunk, MSG_TRUNC)) > 0)
		sum += (uint64_t)n;
	if (n == -1)
		die("data", NULL);
	return sum;
}

static uint64_t
count_lines(int fd)
{
	uint64_t lines = 0;
	ssize_t n;

	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
		for (const char *at = chunk;
		     (at = memchr(at, '\n', (size_t)(chunk + n - at))) != NULL; at++)
			lines++;
	if (n == -1)
		die("data", NULL);
	return lines;
}

static void
fill(int fd, uint64_t size)
{
	while (size > 0) {
		size_t len = size < sizeof chunk ? (size_t)size : sizeof chunk;

		send_all(fd, chunk, len);
		size -= len;
	}
}

static void
numbered(const char *pattern, long number, char name[LINE_SIZE])
{
	const char *mark = strchr(pattern, '#');
	int len;

	if (mark)
		len = snprintf(name, LINE_SIZE, "%.*s%ld%s", (int)(mark - pattern), pattern,
		    number, mark + 1);
	else
		len = snprintf(name, LINE_SIZE, "%s", pattern);
	if (len < 0 || len >= LINE_SIZE)
		die(pattern, "too long");
}

static void
transfer(struct session *session, const struct load *load, long number)
{
	char name[LINE_SIZE];
	uint64_t came = load->size;
	int fd = open_data(session);

	numbered(load->name, number, name);
	say(session, *load->verb == 'g' ? "RETR" : *load->verb == 'p' ? "STOR" : "LIST", name);
	expect(session, '1');
	if (*load->verb == 'g')
		came = drop(fd);
	else if (*load->verb == 'p')
		fill(fd, load->size);
	else
		came = count_lines(fd);
	close(fd);
	expect(session, '2');
	if (*load->verb == 'l' ? came < load->size : came != load->size)
		die(name, "it has another size");
}

/* ---- a session, in a process of its own ---- */

/* Tell that we are ready, and wait until all are. */
static void
meet(const struct load *load)
{
	char byte = 0;

	if (write(load->ready[1], &byte, 1) != 1)
		die("start", NULL);
	if (read(load->go[0], &byte, 1) != 1)
		_exit(1); /* it was called off, or was only to be held */
}

static _Noreturn void
run(const struct load *load, long which)
{
	bool logins = strcmp(load->verb, "login") == 0;
	struct session session;

	if (!logins) {
		log_in(&session, load->port, load->user, load->password);
		say(&session, "TYPE", "I");
		expect(&session, '2');
	}
	meet(load);
	for (long i = 0; i < load->times && strcmp(load->verb, "hold") != 0; i++) {
		if (logins) {
			log_in(&session, load->port, load->user, load->password);
			log_out(&session);
		} else {
			transfer(&session, load, which * load->times + i);
		}
	}
	if (write(load->done[1], "", 1) != 1)
		die("end", NULL);
	if (!logins)
		log_out(&session);
	_exit(0);
}

/* A byte of each. False: not from all of them. */
static bool
await_all(int fd, long count)
{
	char bytes[SESSIONS_MAX];

	while (count > 0) {
		ssize_t n = read(fd, bytes, (size_t)count);

		if (n <= 0)
			return false;
		count -= n;
	}
	return true;
}

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
begin(struct load *load)
{
	if (pipe(load->ready) == -1 || pipe(load->go) == -1 || pipe(load->done) == -1)
		die("pipe", NULL);
	for (long i = 0; i < load->sessions; i++) {
		pid_t pid = fork();

		if (pid == -1)
			die("fork", NULL);
		if (pid == 0) {
			close(load->go[1]); /* or nobody would see that it is called off */
			run(load, i);
		}
	}
	close(load->ready[1]);
	close(load->done[1]);
	if (!await_all(load->ready[0], load->sessions))
		die("start", "not every session is ready");
}

static int
measure(struct load *load)
{
	static const char bytes[SESSIONS_MAX];
	double since;
	int status = 0;

	begin(load);
	if (strcmp(load->verb, "hold") == 0) {
		puts("holding");
		fflush(stdout);
		pause(); /* the sessions end with us: nobody can let them go any more */
	}
	since = now();
	if (write(load->go[1], bytes, (size_t)load->sessions) != load->sessions)
		die("start", NULL);
	if (!await_all(load->done[0], load->sessions))
		die("end", "not every session has done its part");
	since = now() - since;
	while (wait(&status) > 0)
		if (status != 0)
			die("end", "a session has failed");
	printf("%.4f\n", (double)(load->sessions * load->times) / since);
	return 0;
}

static long
number(const char *text, long max)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end != '\0' || value < 0 || value > max)
		usage();
	return value;
}

int
main(int argc, char *argv[])
{
	struct load load = { .user = "anna", .password = "secret", .sessions = 1, .times = 1 };
	int letter;

	while ((letter = getopt(argc, argv, "c:n:p:s:u:w:")) != -1)
		switch (letter) {
		case 'c':
			load.sessions = number(optarg, SESSIONS_MAX);
			break;
		case 'n':
			load.times = number(optarg, 1000000);
			break;
		case 'p':
			load.port = (in_port_t)number(optarg, 65535);
			break;
		case 's':
			load.size = (uint64_t)number(optarg, 1L << 40);
			break;
		case 'u':
			load.user = optarg;
			break;
		case 'w':
			load.password = optarg;
			break;
		default:
			usage();
		}
	load.verb = optind < argc ? argv[optind++] : "";
	load.name = optind < argc ? argv[optind++] : "";
	if (optind < argc || load.port == 0 ||
	    (strcmp(load.verb, "login") && strcmp(load.verb, "get") &&
		strcmp(load.verb, "put") && strcmp(load.verb, "list") &&
		strcmp(load.verb, "hold")))
		usage();
	return measure(&load);
}
