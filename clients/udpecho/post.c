/*
 * post: udpecho's socket, and what can go wrong with a datagram, in words.
 *
 * A datagram that nobody takes is lost without a word, unless two things come together:
 * the other machine says so (ICMP "port unreachable"), and our socket is connected, so
 * that the kernel knows whom to tell. Then the next call fails with ECONNREFUSED.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clients/udpecho/udpecho.h"
#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"

static volatile sig_atomic_t interrupted;

/* ---- open ---- */

/* A broadcast leaves this machine only if we say that it is meant (SO_BROADCAST). */
static int
allow_many(int fd, int family)
{
	const int on = 1, one_hop = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) == -1)
		return -1;
	return family == AF_INET ?
		   setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &one_hop, sizeof one_hop) :
		   setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &one_hop, sizeof one_hop);
}

static const char *
advice(int error)
{
	switch (error) {
	case EACCES:
		return ": a broadcast address needs -b";
	case ECONNREFUSED:
		return ": no one listens there; start the server first";
	case EINVAL:
		return ": an address of the link needs its interface, as ff02::1%eth0";
	case EMSGSIZE:
		return ": more than one datagram can hold";
	case ENETUNREACH:
		return ": no way to that network from here; with -b, name the interface: "
		       "host%eth0";
	}
	return "";
}

int
post_open(struct echo_post *post, const struct echo_options *options)
{
	struct net_error error;

	post->options = options;
	post->fd = udp_open(options->host, options->client.port, options->client.family,
	    !options->open && !options->broadcast, &post->peer, &error);
	if (post->fd == -1) {
		log_error("%s%s", error.text, advice(error.code));
		return -1;
	}
	if (options->broadcast && allow_many(post->fd, post->peer.sa.any.sa_family) == -1) {
		log_error("SO_BROADCAST:");
		post_close(post);
		return -1;
	}
	return 0;
}

void
post_close(struct echo_post *post)
{
	char text[NET_TEXT_MAX];

	trace_step(TRACE_LETTER_CLOSE, "%s", net_format(&post->peer, text));
	close(post->fd);
	post->fd = -1;
}

/* ---- send and receive ---- */

static ssize_t
send_once(struct echo_post *post, const void *bytes, size_t len)
{
	const struct net_address *peer = &post->peer;
	bool connected = !post->options->open && !post->options->broadcast;

	return sendto(post->fd, bytes, len, 0, connected ? NULL : &peer->sa.any,
	    connected ? 0 : peer->len);
}

int
post_send(struct echo_post *post, const void *bytes, size_t len)
{
	char text[NET_TEXT_MAX];
	int refused = 0;

	trace_bytes(TRACE_OUT, bytes, len);
	while (send_once(post, bytes, len) == -1) {
		/* Told of an earlier one; nothing was sent yet. */
		if (errno == EINTR || (errno == ECONNREFUSED && refused++ == 0))
			continue;
		log_error("send %zu bytes to %s: %s (%s)%s", len, net_format(&post->peer, text),
		    log_errno_name(errno), strerror(errno), advice(errno));
		return -1;
	}
	trace_step(TRACE_TALK, "%zu bytes to %s", len, net_format(&post->peer, text));
	return 0;
}

static bool
is_peer(const struct echo_post *post, const struct net_address *from)
{
	return net_same_host(&post->peer, from) && net_port(&post->peer) == net_port(from);
}

/* Take what is there. The length, or -1 with errno; EAGAIN also for what is not the peer's. */
static ssize_t
take(struct echo_post *post, void *bytes, size_t capacity, struct net_address *from)
{
	struct net_address sender = { .len = sizeof sender.sa };
	char text[NET_TEXT_MAX];
	ssize_t len;

	len = recvfrom(post->fd, bytes, capacity, MSG_DONTWAIT, &sender.sa.any, &sender.len);
	if (len == -1)
		return -1;
	trace_bytes(TRACE_IN, bytes, (size_t)len);
	trace_step(TRACE_TALK, "%zd bytes from %s", len, net_format(&sender, text));
	if (!post->options->broadcast && !is_peer(post, &sender)) {
		log_notice("%zd bytes from %s, whom we have not asked: dropped", len,
		    net_format(&sender, text));
		post->foreign++;
		errno = EAGAIN;
		return -1;
	}
	if (from)
		*from = sender;
	return len;
}

static int
wait_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - sys_now_ms();

	if (deadline_ms == INT64_MAX)
		return -1;
	return left < 0 ? 0 : left < INT32_MAX ? (int)left : INT32_MAX;
}

ssize_t
post_receive(struct echo_post *post, void *bytes, size_t capacity, int64_t deadline_ms,
    const sigset_t *mask, struct net_address *from)
{
	struct pollfd wait = { .fd = post->fd, .events = POLLIN };
	ssize_t len;
	int ready;

	for (;;) {
		ready = mask ? sys_ppoll(&wait, 1, wait_ms(deadline_ms), mask) :
			       poll(&wait, 1, wait_ms(deadline_ms));
		if (ready == -1 && (errno != EINTR || mask))
			return -1;
		if (ready == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		len = ready == 1 ? take(post, bytes, capacity, from) : -1;
		if (len != -1 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
			return len;
	}
}

void
post_log_failure(const struct echo_post *post)
{
	char text[NET_TEXT_MAX];

	log_error("%s: %s (%s)%s", net_format(&post->peer, text), log_errno_name(errno),
	    strerror(errno), advice(errno));
}

/* ---- ^C, and the time ---- */

static void
note_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

void
post_catch_interrupt(sigset_t *mask)
{
	const struct sigaction action = { .sa_handler = note_interrupt };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, mask);
	sigdelset(mask, SIGINT);
	sigaction(SIGINT, &action, NULL);
}

bool
post_interrupted(void)
{
	return interrupted;
}

uint64_t
post_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}
