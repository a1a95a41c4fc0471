/*
 * udp_bulk: many datagrams with few system calls. See udp_bulk.h.
 */
#define _GNU_SOURCE /* sendmmsg */

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "common/udp_bulk_internal.h"

enum {
	SEGMENTS_MAX = 64, /* UDP_MAX_SEGMENTS of kernels before 6.9 */
	SEGMENTED_MAX =
	    65000, /* bytes of one call: what fits in an IP packet, and its headers */
	BATCH = 32,
};

void
udp_bulk_begin(struct udp_bulk *bulk, int fd, const struct net_address *peer)
{
	*bulk = (struct udp_bulk){ .fd = fd, .connected = peer == NULL };
	if (peer)
		bulk->peer = *peer;
#ifdef HAVE_LINUX
	const int on = 1;

	bulk->no_segments = !udp_control_can_cut(fd);
	(void)setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
	if (peer == NULL)
		return;
	if (peer->sa.any.sa_family == AF_INET) /* ICMP's news although not connected */
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
	else
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
#endif
}

int
udp_bulk_connect(struct udp_bulk *bulk)
{
	if (bulk->connected)
		return 0;
	if (connect(bulk->fd, &bulk->peer.sa.any, bulk->peer.len) == -1)
		return -1;
	bulk->connected = true;
	return 0;
}

size_t
udp_bulk_widen(int fd, int wanted)
{
	socklen_t len = sizeof(int);
	int have = 0;

#ifdef SO_RCVBUFFORCE
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) == -1)
#endif
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &have, &len) == -1 || have < 0)
		return 0;
	return (size_t)have;
}

/* ---- news ---- */

#ifdef HAVE_LINUX
static bool
is_peer(const struct udp_bulk *bulk, const struct sockaddr_storage *to)
{
	const struct net_address *peer = &bulk->peer;
	struct net_address other = { .len = sizeof other.sa };

	memcpy(&other.sa.storage, to, sizeof *to);
	return other.sa.any.sa_family == peer->sa.any.sa_family &&
	       net_port(&other) == net_port(peer) && net_same_host(&other, peer);
}

bool
udp_bulk_hears_of_peer(struct udp_bulk *bulk)
{
	unsigned char space[512];
	struct sockaddr_storage to;
	struct msghdr msg;
	const int saved = errno;
	bool about = false;

	for (;;) {
		msg = (struct msghdr){
			.msg_name = &to,
			.msg_namelen = sizeof to,
			.msg_control = space,
			.msg_controllen = sizeof space,
		};
		memset(&to, 0, sizeof to);
		if (recvmsg(bulk->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) == -1)
			break;
		about = about || is_peer(bulk, &to);
	}
	errno = saved;
	return about;
}
#else
bool
udp_bulk_hears_of_peer(struct udp_bulk *bulk)
{
	(void)bulk;
	return true;
}
#endif

/* ---- send ---- */

static void
address(const struct udp_bulk *bulk, struct msghdr *msg)
{
	if (bulk->connected)
		return;
	msg->msg_name = (void *)(uintptr_t)&bulk->peer.sa;
	msg->msg_namelen = bulk->peer.len;
}

/* The network loses datagrams, and so may we; but news of the peer is told. */
static int
judge_loss(struct udp_bulk *bulk, int error)
{
	if (error != ECONNREFUSED || (!bulk->connected && !udp_bulk_hears_of_peer(bulk)))
		return 0;
	errno = error;
	return -1;
}

static int
send_one(struct udp_bulk *bulk, struct iovec *pieces)
{
	struct msghdr msg = { .msg_iov = pieces, .msg_iovlen = UDP_PIECES };

	address(bulk, &msg);
	while (sendmsg(bulk->fd, &msg, 0) == -1)
		if (errno != EINTR)
			return judge_loss(bulk, errno);
	return 0;
}

#ifdef HAVE_LINUX
/* How many datagrams of this size one call can cut; below 2: none. */
static size_t
train_length(const struct udp_bulk *bulk, size_t each)
{
	size_t fits = SEGMENTED_MAX / each;

	if (bulk->no_segments)
		return 1;
	return fits < SEGMENTS_MAX ? fits : SEGMENTS_MAX;
}

/* 0; 1 if the kernel will not cut them; -1. */
static int
send_train(struct udp_bulk *bulk, struct iovec *pieces, size_t count, size_t each)
{
	struct udp_control control;
	struct msghdr msg = {
		.msg_iov = pieces,
		.msg_iovlen = count * UDP_PIECES,
	};

	udp_control_cut(&msg, &control, each);
	address(bulk, &msg);
	while (sendmsg(bulk->fd, &msg, 0) == -1) {
		if (errno == EINTR)
			continue;
		/* Larger than the way's MTU, or no checksum offload, or an old kernel. */
		if (errno == EINVAL || errno == EMSGSIZE || errno == EIO ||
		    errno == EOPNOTSUPP || errno == ENOPROTOOPT) {
			bulk->no_segments = true;
			return 1;
		}
		return judge_loss(bulk, errno);
	}
	return 0;
}

static int
send_batch(struct udp_bulk *bulk, struct iovec *pieces, size_t count)
{
	struct mmsghdr batch[BATCH];
	size_t done = 0;
	int sent;

	memset(batch, 0, count * sizeof *batch);
	for (size_t i = 0; i < count; i++) {
		batch[i].msg_hdr.msg_iov = pieces + i * UDP_PIECES;
		batch[i].msg_hdr.msg_iovlen = UDP_PIECES;
		address(bulk, &batch[i].msg_hdr);
	}
	while (done < count) {
		sent = sendmmsg(bulk->fd, batch + done, (unsigned)(count - done), 0);
		if (sent > 0)
			done += (size_t)sent;
		else if (errno != EINTR && judge_loss(bulk, errno) == -1)
			return -1;
		else if (errno != EINTR)
			done++;
	}
	return 0;
}

int
udp_bulk_send(struct udp_bulk *bulk, struct iovec *pieces, size_t count, size_t each)
{
	while (count > 0) {
		size_t most = train_length(bulk, each), n = count < most ? count : most;
		int result = n > 1 ? send_train(bulk, pieces, n, each) : 1;

		if (result == 1) {
			n = count < BATCH ? count : BATCH;
			result = n > 1 ? send_batch(bulk, pieces, n) : send_one(bulk, pieces);
		}
		if (result == -1)
			return -1;
		pieces += n * UDP_PIECES;
		count -= n;
	}
	return 0;
}
#else
int
udp_bulk_send(struct udp_bulk *bulk, struct iovec *pieces, size_t count, size_t each)
{
	(void)each;
	for (; count > 0; count--, pieces += UDP_PIECES)
		if (send_one(bulk, pieces) == -1)
			return -1;
	return 0;
}
#endif

void
udp_bulk_send_to(
    struct udp_bulk *bulk, const struct net_address *to, const void *bytes, size_t len)
{
	(void)sendto(bulk->fd, bytes, len, MSG_DONTWAIT, &to->sa.any, to->len);
}
