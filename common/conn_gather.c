/*
 * conn_gather: answers of several pieces. See conn_gather.h.
 */
#include "common/conn_gather.h"

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "common/conn_internal.h"
#include "common/pieces.h"
#include "common/sys.h"

#ifndef MSG_MORE
#define MSG_MORE 0 /* a packet more */
#endif

static ssize_t
send_some(struct conn *conn, const struct iovec *pieces, int count, bool more)
{
	struct msghdr message = { .msg_iov = (struct iovec *)pieces };
	ssize_t n;

	message.msg_iovlen = (size_t)count;
	do
		n = sendmsg(conn->out, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	while (n == -1 && conn_should_retry(conn));
	if (n > 0)
		conn_count_bytes(&conn->count->out, n);
	return n;
}

int
conn_gather(struct conn *conn, struct iovec *pieces, int count, bool more)
{
	while (count > 0 && conn->out_is_socket && !conn->polled) {
		ssize_t n = send_some(conn, pieces, count, more);

		if (n == -1)
			return -1;
		count = pieces_skip(&pieces, count, (size_t)n);
	}
	for (int i = 0; i < count; i++)
		if (conn_write(conn, pieces[i].iov_base, pieces[i].iov_len) == -1)
			return -1;
	return 0;
}

void
conn_hurry(struct conn *conn)
{
	int on = 1;

	if (conn->out_is_socket && conn->peer && conn->peer->sa.any.sa_family != AF_UNIX)
		(void)setsockopt(conn->out, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void
conn_linger(struct conn *conn, int wait_ms)
{
	char nowhere[4096];
	int64_t end = sys_now_ms() + wait_ms;

	if (conn->out_is_socket)
		shutdown(conn->out, SHUT_WR);
	conn_set_idle(conn, wait_ms);
	while (sys_now_ms() < end && conn_read(conn, nowhere, sizeof nowhere) > 0)
		continue;
}
