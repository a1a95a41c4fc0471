/*
 * relay: a bad network between a client and a server, for tests and for the lab.
 *
 *	client  <---->  relay  <---->  server
 *	         loses, holds back, doubles, delays, cuts
 *
 * usage: relay [-L pct] [-O pct] [-D pct] [-S pct] [-C pct] [-Z seed] [-p port] host port
 *
 * Datagrams go both ways. Each client has a socket of its own towards the server, which so
 * sees as many addresses as there are clients. -L per cent are lost, -O come after their
 * successor (or after HOLD_MS, if there is none), -D come twice, -S after SLOW_MS, -C without
 * their last byte; -Z: what happens follows from this seed and the order of arrival.
 * SIGUSR1 pulls the cable out: nothing passes until SIGUSR2 puts it in. SIGTERM ends it, with
 * a line of counts.
 *
 * Where a server answers from another port than it was asked at (TFTP does), the client's
 * next datagrams go to that port: a flow follows who has answered it last, until nobody is
 * there any more. Else a client would get no answer that has, by chance, an earlier one's
 * port.
 *
 * When it is ready, one line on stdout: "relay: listening on udp 127.0.0.1:41234".
 */
#include "tests/relay.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/net.h"
#include "common/num.h"
#include "common/sys.h"
#include "common/udp.h"

enum {
	DATAGRAM_MAX = 65536,
	EVENTS = 64,
	BATCH = 64, /* datagrams of one socket before the others get their turn */
	BUFFER = 4 << 20,
};

static volatile sig_atomic_t told_to_stop, told_to_unplug, told_to_plug;

static void catch (int signal)
{
	if (signal == SIGUSR1)
		told_to_unplug = 1;
	else if (signal == SIGUSR2)
		told_to_plug = 1;
	else
		told_to_stop = 1;
}

_Noreturn void
relay_fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* ---- flows ---- */

static void
widen(int fd)
{
	const int size = BUFFER;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

static void
watch(const struct relay *relay, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	if (epoll_ctl(relay->epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		relay_fail("epoll_ctl");
}

/* Tell us in receive when nobody listens where a datagram went. */
static void
ask_for_news(const struct flow *flow)
{
	const int on = 1;

	if (flow->server.sa.any.sa_family == AF_INET)
		(void)setsockopt(flow->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
	else
		(void)setsockopt(flow->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

static void
heed_news(const struct relay *relay, struct flow *flow)
{
	struct msghdr news = { .msg_iovlen = 0 };

	while (recvmsg(flow->fd, &news, MSG_ERRQUEUE | MSG_DONTWAIT) != -1)
		flow->server = relay->server;
}

static struct flow *
flow_of(struct relay *relay, const struct net_address *client)
{
	struct flow *flow;

	for (size_t i = 0; i < relay->flow_count; i++)
		if (net_port(&relay->flows[i]->client) == net_port(client) &&
		    net_same_host(&relay->flows[i]->client, client))
			return relay->flows[i];
	if (relay->flow_count == FLOWS_MAX)
		return NULL;
	flow = calloc(1, sizeof *flow);
	if (flow == NULL)
		relay_fail("calloc");
	flow->client = *client;
	flow->server = relay->server;
	flow->fd = sys_socket(relay->server.sa.any.sa_family, SOCK_DGRAM, 0, true);
	if (flow->fd == -1)
		relay_fail("socket");
	widen(flow->fd);
	ask_for_news(flow);
	watch(relay, flow->fd, flow);
	return relay->flows[relay->flow_count++] = flow;
}

/* All that has come: from clients (flow NULL), or from the server for one of them. */
static void
receive(struct relay *relay, struct flow *flow)
{
	static unsigned char bytes[DATAGRAM_MAX];
	struct net_address from;
	ssize_t len;

	for (int i = 0; i < BATCH; i++) {
		from.len = sizeof from.sa;
		len = recvfrom(flow ? flow->fd : relay->front, bytes, sizeof bytes,
		    MSG_DONTWAIT, &from.sa.any, &from.len);
		if (len == -1) { /* nothing more, or ICMP's news of a peer that has gone */
			if (flow)
				heed_news(relay, flow);
			return;
		}
		if (flow) {
			flow->server = from;
			relay_pass(relay, flow, &flow->down, bytes, (size_t)len);
		} else {
			struct flow *of_client = flow_of(relay, &from);

			if (of_client)
				relay_pass(
				    relay, of_client, &of_client->up, bytes, (size_t)len);
		}
	}
}

/* ---- beginning and end ---- */

static void
open_front(struct relay *relay, const char *port)
{
	const struct net_listen_options front = {
		.address = relay->server.sa.any.sa_family == AF_INET ? "127.0.0.1" : "::1",
		.port = port,
	};
	int fds[NET_LISTENERS_MAX];
	struct net_error error;
	struct net_address own;
	char text[NET_TEXT_MAX];

	if (net_bind_udp(&front, fds, &error) == -1) {
		log_error("%s", error.text);
		exit(EXIT_FAILURE);
	}
	relay->front = fds[0];
	widen(relay->front);
	watch(relay, relay->front, NULL);
	if (net_local_address(relay->front, &own) == -1)
		relay_fail("getsockname");
	printf("relay: listening on udp %s\n", net_format(&own, text));
	if (fflush(stdout) == EOF)
		relay_fail("stdout");
}

static void
find_server(struct relay *relay, const char *host, const char *port)
{
	struct net_error error;
	int fd = udp_open(host, port, AF_UNSPEC, false, &relay->server, &error);

	if (fd == -1) {
		log_error("%s", error.text);
		exit(EXIT_FAILURE);
	}
	close(fd);
}

static _Noreturn void
usage(void)
{
	fputs("usage: relay [-L pct] [-O pct] [-D pct] [-S pct] [-C pct] [-Z seed] [-p port]"
	      " host port\n",
	    stderr);
	exit(2);
}

static int64_t
number(int64_t max)
{
	int64_t value;

	if (num_parse(optarg, 0, max, &value) == -1)
		usage();
	return value;
}

static const char *
parse_options(struct relay *relay, int argc, char *argv[])
{
	const char *port = "0";
	int letter;

	while ((letter = getopt(argc, argv, "L:O:D:S:C:Z:p:")) != -1)
		switch (letter) {
		case 'L':
			relay->up.lose = relay->down.lose = (int)number(100);
			break;
		case 'O':
			relay->up.late = relay->down.late = (int)number(100);
			break;
		case 'D':
			relay->up.twice = relay->down.twice = (int)number(100);
			break;
		case 'S':
			relay->up.slow = relay->down.slow = (int)number(100);
			break;
		case 'C':
			relay->up.cut = relay->down.cut = (int)number(100);
			break;
		case 'Z':
			relay->up.state = (uint64_t)number(INT64_MAX);
			relay->down.state = ~relay->up.state;
			break;
		case 'p':
			port = optarg;
			break;
		default:
			usage();
		}
	if (argc - optind != 2)
		usage();
	return port;
}

static void
catch_signals(sigset_t *wait_mask)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGUSR2 };
	struct sigaction action = { .sa_handler = catch };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, wait_mask);
}

static void
run(struct relay *relay, const sigset_t *wait_mask)
{
	struct epoll_event events[EVENTS];
	int ready;

	while (!told_to_stop) {
		ready = epoll_pwait(
		    relay->epoll, events, EVENTS, relay_keeps(relay) ? HOLD_MS : -1, wait_mask);
		if (told_to_unplug || told_to_plug)
			relay->unplugged = told_to_unplug;
		told_to_unplug = told_to_plug = 0;
		for (int i = 0; i < ready; i++)
			receive(relay, events[i].data.ptr);
		relay_let_go(relay);
	}
}

int
main(int argc, char *argv[])
{
	static struct relay relay = { .slow_end = &relay.slow };
	sigset_t wait_mask;
	const char *port = parse_options(&relay, argc, argv);

	log_open("relay", LOG_LEVEL_NOTICE);
	(void)sys_allow_files(FLOWS_MAX + 16);
	relay.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (relay.epoll == -1)
		relay_fail("epoll_create1");
	catch_signals(&wait_mask);
	find_server(&relay, argv[optind], argv[optind + 1]);
	open_front(&relay, port);
	run(&relay, &wait_mask);
	log_notice("%" PRIu64 " passed, %" PRIu64 " lost, %" PRIu64 " late, %" PRIu64
		   " twice, %" PRIu64 " slow, %" PRIu64 " cut, %" PRIu64
		   " unheard; %zu clients",
	    relay.fates[LOSSY_PASS], relay.fates[LOSSY_LOSE], relay.fates[LOSSY_LATE],
	    relay.fates[LOSSY_TWICE], relay.fates[LOSSY_SLOW], relay.fates[LOSSY_CUT],
	    relay.unheard, relay.flow_count);
	return EXIT_SUCCESS;
}
