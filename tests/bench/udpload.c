/*
 * udpload: put load on a UDP echo server.
 *
 *	udpload flight -p PORT [-w WINDOW] [-d SECONDS]   answers a second, WINDOW in flight
 *	udpload pace -p PORT [-r RATE] [-d SECONDS]       RATE a second: how many were lost
 *	udpload wait -p PORT                              until it answers; nothing is printed
 *
 * -a ADDRESS names another than 127.0.0.1.
 *
 * The failure it guards against: a benchmark that measures itself. What can be sent or received
 * at once is, with one system call (sendmmsg, recvmmsg), so that the load has always more
 * to spare than the server; and a datagram that is lost does not stop the rest.
 *
 * Each datagram of 64 bytes carries its number. An answer that is not the bytes of one that is
 * in flight is a fault, which makes the run worthless: exit status 1, and no number.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MESSAGE = 64,
	WINDOW_MAX = 256,
	LOST_MS = 200,	  /* in flight: no answer at all for so long: all are lost */
	PATIENCE = 10,	  /* seconds to become ready */
	BUFFER = 4 << 20, /* wanted for the socket */
};

struct load {
	int fd;
	int window;
	int rate;
	double seconds;
	uint64_t next; /* number of the next datagram */
	uint64_t answers;
	uint64_t faults;
	struct mmsghdr out[WINDOW_MAX], in[WINDOW_MAX];
	struct iovec out_iov[WINDOW_MAX], in_iov[WINDOW_MAX];
	uint64_t sent[WINDOW_MAX][MESSAGE / 8], heard[WINDOW_MAX][MESSAGE / 8 + 1];
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "udpload: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
prepare(struct load *load, const char *address, in_port_t port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr(address),
		.sin_port = htons(port) };
	const int size = BUFFER;

	load->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (load->fd == -1 || connect(load->fd, (const struct sockaddr *)&to, sizeof to) == -1)
		die("socket");
	setsockopt(load->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	for (size_t i = 0; i < WINDOW_MAX; i++) {
		load->out_iov[i] = (struct iovec){ load->sent[i], MESSAGE };
		load->in_iov[i] = (struct iovec){ load->heard[i], sizeof load->heard[i] };
		load->out[i].msg_hdr =
		    (struct msghdr){ .msg_iov = &load->out_iov[i], .msg_iovlen = 1 };
		load->in[i].msg_hdr =
		    (struct msghdr){ .msg_iov = &load->in_iov[i], .msg_iovlen = 1 };
	}
}

/* Send so many, with new numbers. What the kernel does not take is lost like any other. */
static void
send_some(struct load *load, int count)
{
	for (int i = 0; i < count; i++, load->next++)
		for (size_t k = 0; k < MESSAGE / 8; k++)
			load->sent[i][k] = load->next;
	if (sendmmsg(load->fd, load->out, (unsigned)count, 0) == -1 && errno != ECONNREFUSED &&
	    errno != ENOBUFS)
		die("send");
}

/* Each byte of it, and one of those sent; not which of them: they may be late. */
static bool
is_right(const struct load *load, int i)
{
	const uint64_t *words = load->heard[i];

	for (size_t k = 1; k < MESSAGE / 8; k++)
		if (words[k] != words[0])
			return false;
	return load->in[i].msg_len == MESSAGE && words[0] < load->next;
}

/* Take what has come, or wait for it so long. How many; 0 when nothing came. */
static int
receive_some(struct load *load, int wait_ms)
{
	struct pollfd wait = { .fd = load->fd, .events = POLLIN };
	int count = recvmmsg(load->fd, load->in, WINDOW_MAX, MSG_DONTWAIT, NULL);

	if (count == -1 && errno == EAGAIN && wait_ms > 0 && poll(&wait, 1, wait_ms) == 1)
		count = recvmmsg(load->fd, load->in, WINDOW_MAX, MSG_DONTWAIT, NULL);
	if (count == -1 && errno != EAGAIN && errno != ECONNREFUSED)
		die("receive");
	for (int i = 0; i < count; i++)
		if (is_right(load, i))
			load->answers++;
		else if (load->faults++ == 0)
			fprintf(stderr,
			    "udpload: an answer of %u bytes that nobody asked for\n",
			    load->in[i].msg_len);
	return count < 0 ? 0 : count;
}

/* ---- the three ---- */

/* As many are sent as have come. When nothing comes they are lost: begin anew. */
static double
keep_in_flight(struct load *load, double seconds)
{
	double begin = now(), end = begin + seconds;
	uint64_t before = load->answers;
	int count;

	send_some(load, load->window);
	while (now() < end) {
		count = receive_some(load, LOST_MS);
		send_some(load, count ? count : load->window);
	}
	seconds = now() - begin;
	before = load->answers - before;
	while (receive_some(load, LOST_MS / 4) > 0) /* what is still in flight */
		continue;
	return (double)before / seconds;
}

static void
flight(struct load *load)
{
	keep_in_flight(load, load->seconds / 10);
	printf("%.1f\n", keep_in_flight(load, load->seconds));
}

/* In a millisecond what is due in it. Lost is what has not come when all is quiet. */
static void
pace(struct load *load)
{
	double begin = now();
	uint64_t all = (uint64_t)(load->rate * load->seconds);

	while (load->next < all) {
		uint64_t due = (uint64_t)((now() - begin) * load->rate);

		if (due > all)
			due = all;
		if (due > load->next)
			send_some(load, due - load->next < WINDOW_MAX ?
					    (int)(due - load->next) :
					    WINDOW_MAX);
		receive_some(load, 1);
	}
	while (load->answers < all && receive_some(load, 5 * LOST_MS) > 0)
		continue;
	printf("%llu\n", (unsigned long long)(all - load->answers));
}

static void
await(struct load *load)
{
	for (double end = now() + PATIENCE; now() < end;) {
		send_some(load, 1);
		if (receive_some(load, LOST_MS / 4) > 0)
			return;
	}
	errno = ETIMEDOUT;
	die("wait");
}

/* ---- the command line ---- */

static _Noreturn void
usage(void)
{
	fputs("usage: udpload flight|pace|wait -p port [-a address] [-d s] [-r rate] [-w "
	      "window]\n",
	    stderr);
	exit(2);
}

static double
number(const char *text, double min, double max)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= min && value <= max))
		usage();
	return value;
}

int
main(int argc, char *argv[])
{
	static struct load load = { .window = 1, .rate = 20000, .seconds = 1 };
	const char *mode = argc > 1 ? argv[1] : "";
	const char *address = "127.0.0.1";
	in_port_t port = 0;
	int c;

	while (argc > 1 && (c = getopt(argc - 1, argv + 1, "a:d:p:r:w:")) != -1)
		if (c == 'a')
			address = optarg;
		else if (c == 'd')
			load.seconds = number(optarg, 0.01, 3600);
		else if (c == 'p')
			port = (in_port_t)number(optarg, 1, 65535);
		else if (c == 'r')
			load.rate = (int)number(optarg, 1, 10000000);
		else if (c == 'w')
			load.window = (int)number(optarg, 1, WINDOW_MAX);
		else
			usage();
	if (port == 0)
		usage();
	prepare(&load, address, port);
	if (strcmp(mode, "flight") == 0)
		flight(&load);
	else if (strcmp(mode, "pace") == 0)
		pace(&load);
	else if (strcmp(mode, "wait") == 0)
		await(&load);
	else
		usage();
	return load.faults > 0;
}
