/*
 * load: put load on a TCP echo server and print one number.
 *
 *	short     connections a second: connect, 64 bytes there and back, close
 *	pingpong  round trips a second of 64 bytes on connections that stay
 *	bulk      MB (10^6 bytes) a second echoed through one connection
 *
 * The failure it guards against: a benchmark that measures itself. One process, one epoll, and
 * a short connection costs it socket, connect, send, epoll_ctl, recv, close, and nothing else.
 * Events are edge-triggered: an answer fits one recv, and the kernel need not look twice.
 *
 * Closing first leaves TIME_WAIT on this side for 60 s, and a destination has only some 28,000
 * source ports, used up in a second or two: then the search for a free port is measured. So
 * the destination goes round 127.0.0.1 to .200, and servers under test listen on any address.
 *
 * Every answer is compared with what was sent. One fault makes the run worthless: it is
 * told on stderr, no number is printed, and the exit status is 1 (2: usage).
 */

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MESSAGE = 64,	    /* bytes of one message in short and pingpong */
	ANSWER_MAX = 128,   /* room to notice a server that says too much */
	DESTINATIONS = 200, /* 127.0.0.1 and up */
	CLIENTS_MAX = 4096, /* at once */
	PATIENCE = 10,	    /* seconds without any answer before a run is given up */
	CHUNK = 256 * 1024, /* bytes of one send or recv in bulk */
	PERIOD = 65521,	    /* bytes after which bulk repeats: a prime, no buffer's size */
	EDGE = 64,	    /* bytes compared at both ends of each bulk chunk */
};

struct load {
	in_port_t port;
	int clients;
	double seconds; /* to measure, after a tenth of it to warm up */
	uint64_t bulk;	/* bytes to echo in bulk */
	bool reconnect; /* short: a connection carries one message */
	bool ending;	/* the time is over: no client starts anything more */
	int epoll;
	int active;	   /* clients with an answer outstanding */
	uint64_t messages; /* started: each message carries its number */
	uint32_t dialled;  /* connections tried: chooses the destination */
	uint64_t answers;  /* complete and right, since measuring began */
	uint64_t faults;   /* refusals, resets, early ends, wrong bytes */
};

struct client {
	int fd;
	size_t got;
	unsigned char sent[MESSAGE];
	unsigned char answer[ANSWER_MAX];
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Counts a fault; only the first is told, thousands of others would say the same. */
static void
fault(struct load *load, const char *what, const char *why)
{
	if (load->faults++ == 0)
		fprintf(stderr, "load: %s: %s\n", what, why);
}

/* A blocking socket connected to the next destination, or -1 with errno. */
static int
dial(struct load *load)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(load->port) };
	int error, fd;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + load->dialled++ % DESTINATIONS);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* ---- short and pingpong: many clients in one epoll ---- */

/* Sends the next message. It carries its number, so that an answer to another is noticed. */
static bool
client_say(struct load *load, struct client *client)
{
	load->messages++;
	memcpy(client->sent, &load->messages, sizeof load->messages);
	client->got = 0;
	if (send(client->fd, client->sent, MESSAGE, MSG_NOSIGNAL) == MESSAGE)
		return true;
	fault(load, "send", strerror(errno));
	return false;
}

static bool
client_open(struct load *load, struct client *client)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = client };

	if ((client->fd = dial(load)) == -1) {
		fault(load, "connect", strerror(errno));
		return false;
	}
	if (!client_say(load, client)) {
		close(client->fd);
		return false;
	}
	if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, client->fd, &event) == -1)
		die("epoll_ctl");
	return true;
}

/* Reads what has come. 1: a whole and right answer, 0: more is to come, -1: a fault, told. */
static int
client_hear(struct load *load, struct client *client)
{
	ssize_t n;

	n = recv(client->fd, client->answer + client->got, ANSWER_MAX - client->got, 0);
	if (n <= 0) {
		fault(load, "recv", n == 0 ? "the server hung up too early" : strerror(errno));
		return -1;
	}
	if ((client->got += (size_t)n) < MESSAGE)
		return 0;
	if (client->got == MESSAGE && memcmp(client->answer, client->sent, MESSAGE) == 0)
		return 1;
	fault(load, "recv", "wrong bytes in the answer");
	return -1;
}

/* One step of a client whose socket is readable. A client with a fault is out. */
static void
client_step(struct load *load, struct client *client)
{
	bool stay;
	int heard;

	if ((heard = client_hear(load, client)) == 0)
		return;
	load->answers += heard == 1;
	stay = heard == 1 && !load->ending;
	if (stay && !load->reconnect && client_say(load, client))
		return;
	close(client->fd);
	if (stay && load->reconnect && client_open(load, client))
		return;
	load->active--;
}

/* Serves the clients until the time has come or all are gone; tires of a silent server. */
static void
run_until(struct load *load, double end)
{
	struct epoll_event events[64];
	int i, n;

	while (load->active > 0 && now() < end) {
		n = epoll_wait(load->epoll, events, 64, PATIENCE * 1000);
		if (n == -1 && errno != EINTR)
			die("epoll_wait");
		for (i = 0; i < n; i++)
			client_step(load, events[i].data.ptr);
		if (n == 0) {
			fault(load, "epoll_wait", "no answer within the time limit");
			load->active = 0;
		}
	}
}

/* Runs all clients: a warm-up, the time to measure, and an end in which nothing is cut off. */
static double
measure_messages(struct load *load)
{
	static struct client clients[CLIENTS_MAX];
	double begin, rate;
	int i;

	if ((load->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		die("epoll_create1");
	for (i = 0; i < load->clients; i++) {
		memset(clients[i].sent, 'a' + i % 26, MESSAGE);
		load->active += client_open(load, &clients[i]);
	}
	run_until(load, now() + load->seconds / 10);
	load->answers = 0;
	begin = now();
	run_until(load, begin + load->seconds);
	rate = (double)load->answers / (now() - begin);
	load->ending = true;
	run_until(load, now() + PATIENCE);
	return rate;
}

/* ---- bulk: one process sends, the other receives ---- */

/* PERIOD bytes without order, continued so that a chunk may begin at each of them. */
static unsigned char *
pattern(void)
{
	static unsigned char bytes[PERIOD + CHUNK];
	uint32_t x = 2463534242U;
	size_t i;

	for (i = 0; i < sizeof bytes; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		bytes[i] = i < PERIOD ? (unsigned char)x : bytes[i - PERIOD];
	}
	return bytes;
}

/* The sending process: all bytes, then the end. Its exit status tells. */
static _Noreturn void
bulk_send(int fd, const unsigned char *bytes, uint64_t total)
{
	uint64_t sent = 0;
	size_t want;
	ssize_t n;

	while (sent < total) {
		want = total - sent < CHUNK ? (size_t)(total - sent) : (size_t)CHUNK;
		if ((n = send(fd, bytes + sent % PERIOD, want, MSG_NOSIGNAL)) == -1)
			die("send");
		sent += (uint64_t)n;
	}
	shutdown(fd, SHUT_WR);
	_exit(0);
}

/*
 * Receives to the end of the stream; returns when the last expected byte came.
 * Comparing every byte would take the processor from the server under test. The two edges
 * of each chunk show any byte lost, doubled or moved all the same, and the length is exact.
 */
static double
bulk_receive(struct load *load, int fd, const unsigned char *bytes)
{
	static unsigned char buf[CHUNK];
	double done = 0;
	uint64_t got = 0;
	size_t last;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof buf, 0)) > 0) {
		last = (size_t)n < EDGE ? 0 : (size_t)n - EDGE;
		if (memcmp(buf, bytes + got % PERIOD, (size_t)n - last) != 0 ||
		    memcmp(buf + last, bytes + (got + last) % PERIOD, (size_t)n - last) != 0)
			fault(load, "recv", "wrong bytes in the stream");
		got += (uint64_t)n;
		if (got == load->bulk)
			done = now();
	}
	if (n == -1)
		fault(load, "recv", errno == EAGAIN ? "stood still" : strerror(errno));
	else if (got != load->bulk)
		fault(load, "recv", got < load->bulk ? "stream ended early" : "too many bytes");
	return done;
}

static double
measure_bulk(struct load *load)
{
	struct timeval limit = { .tv_sec = PATIENCE };
	const unsigned char *bytes = pattern();
	double begin, end;
	pid_t sender;
	int fd, status;

	if ((fd = dial(load)) == -1)
		die("connect");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	begin = now();
	if ((sender = fork()) == -1)
		die("fork");
	if (sender == 0)
		bulk_send(fd, bytes, load->bulk);
	end = bulk_receive(load, fd, bytes);
	shutdown(fd, SHUT_RDWR); /* a sender that still waits is told */
	if (waitpid(sender, &status, 0) == -1 || status != 0)
		load->faults++;
	return (double)load->bulk / 1e6 / (end - begin);
}

/* ---- the command line ---- */

static _Noreturn void
usage(void)
{
	fputs("usage: load short|pingpong|bulk -p port [-c clients] [-d s] [-n MiB]\n", stderr);
	exit(2);
}

static double
number(const char *text, double min, double max)
{
	char *end;
	double value;

	value = strtod(text, &end);
	if (end == text || *end != '\0' || !(value >= min && value <= max))
		usage();
	return value;
}

/* A blocking connect can hang where epoll's own limit does not look. */
static void
overtime(int signum)
{
	static const char text[] = "load: given up: a connect or the whole run took too long\n";

	(void)signum;
	_exit(write(STDERR_FILENO, text, sizeof text - 1) == -1 ? 2 : 1);
}

static void
parse_options(struct load *load, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "c:d:n:p:")) != -1)
		if (c == 'c')
			load->clients = (int)number(optarg, 1, CLIENTS_MAX);
		else if (c == 'd')
			load->seconds = number(optarg, 0.01, 3600);
		else if (c == 'n')
			load->bulk = (uint64_t)number(optarg, 1, 1 << 20) << 20;
		else if (c == 'p')
			load->port = (in_port_t)number(optarg, 1, 65535);
		else
			usage();
	if (load->port == 0 || optind != argc)
		usage();
}

static double
measure(struct load *load, const char *mode)
{
	load->reconnect = strcmp(mode, "short") == 0;
	if (load->reconnect || strcmp(mode, "pingpong") == 0)
		return measure_messages(load);
	if (strcmp(mode, "bulk") == 0)
		return measure_bulk(load);
	usage();
}

int
main(int argc, char *argv[])
{
	struct load load = { .clients = 1, .seconds = 1, .bulk = UINT64_C(512) << 20 };
	struct sigaction action = { .sa_handler = overtime };
	double rate;

	if (argc < 2)
		usage();
	parse_options(&load, argc - 1, argv + 1);
	sigaction(SIGALRM, &action, NULL);
	alarm((unsigned)load.seconds + 6 * PATIENCE);
	rate = measure(&load, argv[1]);
	if (load.faults > 0) {
		fprintf(stderr, "load: %llu faults\n", (unsigned long long)load.faults);
		return 1;
	}
	printf("%.1f\n", rate);
	return 0;
}
