/*
 * conn: one client's connection, as a session sees it. See conn.h.
 */
#include "common/conn.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conn_internal.h"
#include "common/log.h"
#include "common/sys.h"

/* Let the socket itself keep the time of one direction. False where it cannot. */
static bool
let_socket_keep_time(int fd, int option, int idle_ms)
{
	const struct timeval limit = { idle_ms / 1000, idle_ms % 1000 * 1000L };

	return setsockopt(fd, SOL_SOCKET, option, &limit, sizeof limit) == 0;
}

static bool
is_socket(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

void
conn_open(struct conn *conn, int in, int out, const struct net_address *peer, int idle_ms,
    struct conn_count *count)
{
	conn->in = in;
	conn->out = out;
	conn->peer = peer;
	conn->idle_ms = idle_ms;
	conn->read_idle_ms = 0;
	conn->count = count ? count : &conn->own_count;
	atomic_store_explicit(&conn->count->in, 0, memory_order_relaxed);
	atomic_store_explicit(&conn->count->out, 0, memory_order_relaxed);
	conn->wait_mask = NULL;
	conn->stop = NULL;
	conn->lifeline = -1;
	conn->buffer = NULL;
	conn->capacity = conn->start = conn->end = 0;
	conn->peer_text[0] = '\0';
	/* A descriptor that came from accept(2) has a peer and is a socket for sure. */
	conn->in_is_socket = (peer && in == out) || is_socket(in);
	conn->out_is_socket = in == out ? conn->in_is_socket : is_socket(out);
	conn->polled = !conn->in_is_socket || !conn->out_is_socket;
	if (idle_ms)
		conn_set_idle(conn, idle_ms);
}

void
conn_set_idle(struct conn *conn, int idle_ms)
{
	conn->idle_ms = idle_ms;
	conn->read_idle_ms = 0;
	conn->polled = conn->polled || !let_socket_keep_time(conn->in, SO_RCVTIMEO, idle_ms) ||
		       !let_socket_keep_time(conn->out, SO_SNDTIMEO, idle_ms);
}

void
conn_set_read_idle(struct conn *conn, int idle_ms)
{
	conn->read_idle_ms = idle_ms;
	conn->polled = conn->polled || !let_socket_keep_time(conn->in, SO_RCVTIMEO, idle_ms);
}

void
conn_poll_waits(struct conn *conn)
{
	conn->polled = true;
}

const char *
conn_peer(struct conn *conn)
{
	if (conn->peer_text[0] == '\0') {
		if (conn->peer)
			net_format(conn->peer, conn->peer_text);
		else
			snprintf(conn->peer_text, sizeof conn->peer_text, "standard input");
	}
	return conn->peer_text;
}

void
conn_log_failure(const char *peer, int idle_ms)
{
	if (errno == ETIMEDOUT && idle_ms)
		log_notice(
		    "%s: idle for %d.%03d s: closed", peer, idle_ms / 1000, idle_ms % 1000);
	else if (errno != ECANCELED)
		log_notice("%s:", peer);
}

void
conn_set_buffer(struct conn *conn, char *buffer, size_t capacity)
{
	conn->buffer = buffer;
	conn->capacity = capacity;
	conn->start = conn->end = 0;
}

void
conn_count_bytes(_Atomic uint64_t *counter, ssize_t n)
{
	uint64_t before = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, before + (uint64_t)n, memory_order_relaxed);
}

/* Wait until fd is ready, the idle time is over, or we are to stop. 0, or -1. */
static int
await(struct conn *conn, int fd, short events)
{
	int idle_ms =
	    events == POLLIN && conn->read_idle_ms ? conn->read_idle_ms : conn->idle_ms;
	int64_t now = sys_now_ms(), end = now + idle_ms;
	struct pollfd wait[] = {
		{ .fd = fd, .events = events },
		{ .fd = conn->lifeline, .events = POLLIN },
	};
	int ready;

	for (;; now = sys_now_ms()) {
		int left = idle_ms == 0 ? -1 : end > now ? (int)(end - now) : 0;

		if (conn->stop && *conn->stop) {
			errno = ECANCELED;
			return -1;
		}
		ready = conn->wait_mask ? sys_ppoll(wait, 2, left, conn->wait_mask) :
					  poll(wait, 2, left);
		if (ready > 0 && wait[1].revents)
			_exit(1); /* the parent died: so do we */
		if (ready > 0)
			return 0;
		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready == 0 || errno != EINTR)
			return -1;
	}
}

/* After a failed read or write: whether to try again. Sets the errno to report. */
bool
conn_should_retry(const struct conn *conn)
{
	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	if (conn->polled) /* a false alarm of poll(2), or somebody else was quicker */
		return true;
	errno = ETIMEDOUT; /* the socket's own clock */
	return false;
}

ssize_t
conn_read_some(struct conn *conn, void *into, size_t len)
{
	ssize_t n;

	do {
		if (conn->polled && await(conn, conn->in, POLLIN) == -1)
			return -1;
		n = conn->in_is_socket ?
			recv(conn->in, into, len, conn->polled ? MSG_DONTWAIT : 0) :
			read(conn->in, into, len);
	} while (n == -1 && conn_should_retry(conn));
	if (n > 0)
		conn_count_bytes(&conn->count->in, n);
	return n;
}

static ssize_t
write_some(struct conn *conn, const void *from, size_t len)
{
	ssize_t n;

	do {
		if (conn->polled && await(conn, conn->out, POLLOUT) == -1)
			return -1;
		if (conn->out_is_socket)
			n = send(conn->out, from, len,
			    MSG_NOSIGNAL | (conn->polled ? MSG_DONTWAIT : 0));
		else /* a pipe that polls writable takes PIPE_BUF bytes without blocking */
			n = write(conn->out, from, len < PIPE_BUF ? len : PIPE_BUF);
	} while (n == -1 && conn_should_retry(conn));
	if (n > 0)
		conn_count_bytes(&conn->count->out, n);
	return n;
}

/* Whether a call on a descriptor that is no socket would not wait; else EAGAIN. */
static bool
is_ready(int fd, short events)
{
	struct pollfd wait = { .fd = fd, .events = events };

	if (poll(&wait, 1, 0) > 0)
		return true;
	errno = EAGAIN;
	return false;
}

ssize_t
conn_try_read(struct conn *conn, void *into, size_t len)
{
	ssize_t n = -1;

	if (conn->in_is_socket)
		n = recv(conn->in, into, len, MSG_DONTWAIT);
	else if (is_ready(conn->in, POLLIN))
		n = read(conn->in, into, len);
	if (n > 0)
		conn_count_bytes(&conn->count->in, n);
	return n;
}

ssize_t
conn_try_write(struct conn *conn, const void *from, size_t len)
{
	ssize_t n = -1;

	if (conn->out_is_socket)
		n = send(conn->out, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	else if (is_ready(conn->out, POLLOUT))
		n = write(conn->out, from, len < PIPE_BUF ? len : PIPE_BUF);
	if (n > 0)
		conn_count_bytes(&conn->count->out, n);
	return n;
}

/* Hand out what the buffer still holds. */
static size_t
take_buffered(struct conn *conn, void *into, size_t len)
{
	size_t n = conn->end - conn->start;

	if (n > len)
		n = len;
	if (n > 0)
		memcpy(into, conn->buffer + conn->start, n);
	conn->start += n;
	return n;
}

ssize_t
conn_read(struct conn *conn, void *into, size_t len)
{
	size_t n = take_buffered(conn, into, len);

	return n > 0 ? (ssize_t)n : conn_read_some(conn, into, len);
}

ssize_t
conn_read_exact(struct conn *conn, void *into, size_t len)
{
	size_t have = take_buffered(conn, into, len);

	while (have < len) {
		ssize_t n = conn_read_some(conn, (char *)into + have, len - have);

		if (n == -1)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

ssize_t
conn_fill(struct conn *conn, size_t least)
{
	size_t have = conn->end - conn->start;
	ssize_t n;

	if (conn->capacity - conn->start < least) {
		memmove(conn->buffer, conn->buffer + conn->start, have);
		conn->start = 0;
		conn->end = have;
	}
	n = conn_read_some(conn, conn->buffer + conn->end, conn->capacity - conn->end);
	if (n > 0)
		conn->end += (size_t)n;
	return n;
}

/* Give the buffered bytes from start on to the caller, `len` of them. */
static ssize_t
hand_out(struct conn *conn, const char **line, size_t len)
{
	*line = conn->buffer + conn->start;
	conn->start += len;
	return (ssize_t)len;
}

ssize_t
conn_read_line(struct conn *conn, const char **line)
{
	size_t seen = 0; /* bytes already searched */

	for (;;) {
		const char *from = conn->buffer + conn->start;
		size_t have = conn->end - conn->start;
		const char *newline =
		    have > seen ? memchr(from + seen, '\n', have - seen) : NULL;
		ssize_t n;

		if (newline)
			return hand_out(conn, line, (size_t)(newline - from) + 1);
		seen = have;
		if (have == conn->capacity) {
			conn->start = conn->end = 0;
			errno = EMSGSIZE;
			return -1;
		}
		n = conn_fill(conn, conn->capacity); /* as much as there is room for */
		if (n == -1)
			return -1;
		if (n == 0)
			return hand_out(conn, line, have);
	}
}

int
conn_write(struct conn *conn, const void *from, size_t len)
{
	const char *p = from;

	while (len > 0) {
		ssize_t n = write_some(conn, p, len);

		if (n == -1)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}
