/*
 * udp: datagrams, many with one call, each with the way it came. See udp.h.
 */
#define _GNU_SOURCE /* recvmmsg, sendmmsg, in_pktinfo, in6_pktinfo */

#include "common/udp.h"

#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#endif

enum {
	SLOT = 65536,		      /* of one datagram */
	BUFFER_WANTED = 4 << 20,      /* of the socket, for bursts */
	CONTROL_MAX = CMSG_SPACE(64), /* room for one pktinfo of either family */
};

struct control {
	_Alignas(struct cmsghdr) unsigned char bytes[CONTROL_MAX];
};

struct udp_inbox {
	struct net_address from[UDP_BATCH];
	struct control control[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	unsigned char *slots; /* within the same piece of memory */
};

struct udp_inbox *
udp_inbox_new(void)
{
	struct udp_inbox *inbox = malloc(sizeof *inbox + (size_t)UDP_BATCH * SLOT);

	if (inbox == NULL)
		return NULL;
	inbox->slots = (unsigned char *)(inbox + 1);
	for (size_t i = 0; i < UDP_BATCH; i++)
		inbox->iov[i] =
		    (struct iovec){ .iov_base = inbox->slots + i * SLOT, .iov_len = SLOT };
	return inbox;
}

int
udp_prepare(int fd)
{
	const int wanted = BUFFER_WANTED;
	struct net_address bound;

	/* As much as the system allows; less only means that bursts lose more. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
	if (net_local_address(fd, &bound) == -1)
		return -1;
#ifdef HAVE_LINUX
	const int on = 1;

	if (bound.sa.any.sa_family == AF_INET && bound.sa.in.sin_addr.s_addr == INADDR_ANY)
		return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
	if (bound.sa.any.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&bound.sa.in6.sin6_addr))
		return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
#endif
	return 0;
}

#ifdef HAVE_LINUX
/* Which of our addresses was asked, from the ancillary data. */
static void
read_own(struct udp_path *path, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			path->own.in = info.ipi_spec_dst;
			path->interface = (unsigned)info.ipi_ifindex;
			path->to_many = info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
			path->own_known = true;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			path->own.in6 = info.ipi6_addr;
			path->interface = info.ipi6_ifindex;
			path->to_many = IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
			path->own_known = true;
		}
	}
}

/* Say which of our addresses the datagram leaves from. */
static void
write_own(struct msghdr *msg, const struct udp_path *path, struct control *control)
{
	struct cmsghdr *c;

	if (!path->own_known)
		return;
	msg->msg_control = control;
	msg->msg_controllen = sizeof *control;
	c = CMSG_FIRSTHDR(msg);
	if (path->peer.sa.any.sa_family == AF_INET) {
		/* Not the interface: the way back may be another. */
		struct in_pktinfo info = { .ipi_spec_dst = path->own.in };

		msg->msg_controllen = CMSG_SPACE(sizeof info);
		*c = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof info),
			.cmsg_level = IPPROTO_IP,
			.cmsg_type = IP_PKTINFO };
		memcpy(CMSG_DATA(c), &info, sizeof info);
	} else {
		bool local = IN6_IS_ADDR_LINKLOCAL(&path->peer.sa.in6.sin6_addr);
		struct in6_pktinfo info = { .ipi6_ifindex = local ? path->interface : 0 };

		if (!path->to_many) /* nobody answers from a group's address */
			info.ipi6_addr = path->own.in6;
		msg->msg_controllen = CMSG_SPACE(sizeof info);
		*c = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof info),
			.cmsg_level = IPPROTO_IPV6,
			.cmsg_type = IPV6_PKTINFO };
		memcpy(CMSG_DATA(c), &info, sizeof info);
	}
}
#else
static void
read_own(struct udp_path *path, struct msghdr *msg)
{
	(void)path;
	(void)msg;
}

static void
write_own(struct msghdr *msg, const struct udp_path *path, struct control *control)
{
	(void)msg;
	(void)path;
	(void)control;
}
#endif

static void
aim_at_slot(struct msghdr *msg, struct udp_inbox *inbox, size_t i)
{
	*msg = (struct msghdr){
		.msg_name = &inbox->from[i].sa,
		.msg_namelen = sizeof inbox->from[i].sa,
		.msg_iov = &inbox->iov[i],
		.msg_iovlen = 1,
		.msg_control = &inbox->control[i],
		.msg_controllen = sizeof inbox->control[i],
	};
}

static void
read_packet(struct udp_packet *packet, struct msghdr *msg, size_t len, int fd,
    struct udp_inbox *inbox, size_t i)
{
	packet->bytes = inbox->slots + i * SLOT;
	packet->len = len;
	packet->path.fd = fd;
	packet->path.own_known = packet->path.to_many = false;
	inbox->from[i].len = msg->msg_namelen;
	packet->path.peer = inbox->from[i];
	read_own(&packet->path, msg);
}

/* Errors of receiving that are no fault of ours: nothing there, or ICMP's news. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR ||
	       error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH;
}

int
udp_receive(struct udp_inbox *inbox, int fd, struct udp_packet packets[UDP_BATCH])
{
#ifdef HAVE_LINUX
	struct mmsghdr batch[UDP_BATCH];
	int count;

	for (size_t i = 0; i < UDP_BATCH; i++)
		aim_at_slot(&batch[i].msg_hdr, inbox, i);
	count = recvmmsg(fd, batch, UDP_BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < count; i++)
		read_packet(
		    &packets[i], &batch[i].msg_hdr, batch[i].msg_len, fd, inbox, (size_t)i);
#else
	struct msghdr msg;
	int count = 0;
	ssize_t n = 0;

	while (count < UDP_BATCH) {
		aim_at_slot(&msg, inbox, (size_t)count);
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
		if (n == -1)
			break;
		read_packet(&packets[count], &msg, (size_t)n, fd, inbox, (size_t)count);
		count++;
	}
	if (count == 0 && n == -1)
		count = -1;
#endif
	return count == -1 && is_passing(errno) ? 0 : count;
}

/* A message that sends `packet`; iov and control must live as long as it. */
static void
aim_at_peer(struct msghdr *msg, const struct udp_packet *packet, struct iovec *iov,
    struct control *control)
{
	*iov = (struct iovec){ .iov_base = packet->bytes, .iov_len = packet->len };
	*msg = (struct msghdr){
		.msg_name = (void *)(uintptr_t)&packet->path.peer.sa,
		.msg_namelen = packet->path.peer.len,
		.msg_iov = iov,
		.msg_iovlen = 1,
	};
	write_own(msg, &packet->path, control);
}

int
udp_send(const struct udp_path *path, const void *bytes, size_t len)
{
	const struct udp_packet packet = {
		.path = *path,
		.bytes = (unsigned char *)(uintptr_t)bytes,
		.len = len,
	};
	struct control control;
	struct iovec iov;
	struct msghdr msg;

	aim_at_peer(&msg, &packet, &iov, &control);
	while (sendmsg(path->fd, &msg, MSG_DONTWAIT) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* Send packets [from, to), all of one socket. How many were not sent. */
static size_t
send_run(struct udp_outbox *outbox, size_t from, size_t to)
{
	size_t lost = 0;
#ifdef HAVE_LINUX
	struct mmsghdr batch[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct control control[UDP_BATCH];
	int sent;

	for (size_t i = from; i < to; i++)
		aim_at_peer(&batch[i].msg_hdr, &outbox->packets[i], &iov[i], &control[i]);
	while (from < to) {
		sent = sendmmsg(outbox->packets[from].path.fd, batch + from,
		    (unsigned)(to - from), MSG_DONTWAIT);
		if (sent > 0) {
			from += (size_t)sent;
		} else if (errno != EINTR) { /* the first one failed: on with the next */
			lost++;
			from++;
		}
	}
#else
	for (; from < to; from++) {
		const struct udp_packet *packet = &outbox->packets[from];

		lost += udp_send(&packet->path, packet->bytes, packet->len) == -1;
	}
#endif
	return lost;
}

size_t
udp_flush(struct udp_outbox *outbox)
{
	size_t lost = 0, from = 0;

	for (size_t i = 1; i <= outbox->count; i++)
		if (i == outbox->count ||
		    outbox->packets[i].path.fd != outbox->packets[from].path.fd) {
			lost += send_run(outbox, from, i);
			from = i;
		}
	outbox->count = 0;
	return lost;
}

size_t
udp_post(struct udp_outbox *outbox, const struct udp_path *path, void *bytes, size_t len)
{
	size_t lost = outbox->count == UDP_BATCH ? udp_flush(outbox) : 0;

	outbox->packets[outbox->count++] =
	    (struct udp_packet){ .path = *path, .bytes = bytes, .len = len };
	return lost;
}
