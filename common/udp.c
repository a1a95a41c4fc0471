/*
 * udp: datagrams, many with one call, each with the way it came. See udp.h.
 */
#define _GNU_SOURCE /* recvmmsg, in_pktinfo, in6_pktinfo */

#include "common/udp.h"

#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/udp_control.h"

enum {
	SLOT = 65536,		 /* of one datagram */
	BUFFER_WANTED = 4 << 20, /* of the socket, for bursts */
	ALONE = 8,		 /* then no more than one is expected */
	LOOK_AGAIN = 16,	 /* ... but for each 16th call */
};

#ifdef HAVE_LINUX
typedef struct mmsghdr message;
#else
typedef struct {
	struct msghdr msg_hdr;
	unsigned msg_len;
} message;
#endif

struct udp_inbox {
	message messages[UDP_BATCH]; /* aimed at the slots, once and for all */
	struct net_address from[UDP_BATCH];
	struct udp_control control[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	unsigned char *slots; /* within the same piece of memory */
	unsigned alone;	      /* so many calls in a row have brought one datagram */
};

/* The system writes over these with what it has filled in. */
static void
reset_room(struct udp_inbox *inbox, size_t i)
{
	inbox->messages[i].msg_hdr.msg_namelen = sizeof inbox->from[i].sa;
	inbox->messages[i].msg_hdr.msg_controllen = sizeof inbox->control[i];
}

static void
aim_at_slot(struct udp_inbox *inbox, size_t i)
{
	inbox->iov[i] = (struct iovec){ .iov_base = inbox->slots + i * SLOT, .iov_len = SLOT };
	inbox->messages[i].msg_hdr = (struct msghdr){
		.msg_name = &inbox->from[i].sa,
		.msg_iov = &inbox->iov[i],
		.msg_iovlen = 1,
		.msg_control = &inbox->control[i],
	};
	reset_room(inbox, i);
}

struct udp_inbox *
udp_inbox_new(void)
{
	struct udp_inbox *inbox = malloc(sizeof *inbox + (size_t)UDP_BATCH * SLOT);

	if (inbox == NULL)
		return NULL;
	inbox->slots = (unsigned char *)(inbox + 1);
	inbox->alone = 0;
	for (size_t i = 0; i < UDP_BATCH; i++)
		aim_at_slot(inbox, i);
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
#else
static void
read_own(struct udp_path *path, struct msghdr *msg)
{
	(void)path;
	(void)msg;
}
#endif

static void
read_packet(struct udp_packet *packet, struct udp_inbox *inbox, size_t i, int fd)
{
	struct msghdr *msg = &inbox->messages[i].msg_hdr;

	packet->bytes = inbox->slots + i * SLOT;
	packet->len = inbox->messages[i].msg_len;
	packet->path.fd = fd;
	packet->path.own_known = packet->path.to_many = false;
	memset(&packet->path.own, 0, sizeof packet->path.own);
	inbox->from[i].len = msg->msg_namelen;
	packet->path.peer = inbox->from[i];
	read_own(&packet->path, msg);
	reset_room(inbox, i);
}

/* Errors of receiving that are no fault of ours: nothing there, or ICMP's news. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR ||
	       error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH;
}

/*
 * How many to ask for: a call that may bring many looks once more behind the last one.
 * Where datagrams come one by one that is in vain each time.
 */
static unsigned
batch_size(struct udp_inbox *inbox)
{
	return inbox->alone < ALONE || inbox->alone % LOOK_AGAIN == 0 ? UDP_BATCH : 1;
}

/* As recvmmsg(2), without waiting. */
static int
receive_many(int fd, message *messages, unsigned room)
{
#ifdef HAVE_LINUX
	return recvmmsg(fd, messages, room, MSG_DONTWAIT, NULL);
#else
	ssize_t n = 0;
	int count = 0;

	for (; count < (int)room; count++) {
		n = recvmsg(fd, &messages[count].msg_hdr, MSG_DONTWAIT);
		if (n == -1)
			break;
		messages[count].msg_len = (unsigned)n;
	}
	return count == 0 && n == -1 ? -1 : count;
#endif
}

int
udp_receive(struct udp_inbox *inbox, int fd, struct udp_packet packets[UDP_BATCH])
{
	int count = receive_many(fd, inbox->messages, batch_size(inbox));

	inbox->alone = count == 1 ? inbox->alone + 1 : 0;
	for (int i = 0; i < count; i++)
		read_packet(&packets[i], inbox, (size_t)i, fd);
	return count == -1 && is_passing(errno) ? 0 : count;
}
