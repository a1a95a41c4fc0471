/*
 * udp_send: datagrams on their way out. See udp.h.
 *
 *	outbox    a a a a a b c c        to whom
 *	sendmmsg  [a a a a a] b c c      one call
 *
 * Half of the cost of a small datagram is its way down through the system. Where
 * many of one size go to the same peer, Linux takes them as one message that it cuts
 * up at the very end (UDP_SEGMENT, "generic segmentation offload"). The receiver sees
 * datagrams as ever. Only who listens on the sending machine itself, as tcpdump(8)
 * does, sees the uncut one; so a few are left alone: what a person does by hand looks
 * as the textbook says. A message that the system or the device does not take in this
 * way goes in single ones.
 */
#define _GNU_SOURCE /* sendmmsg, in_pktinfo, in6_pktinfo */

#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "common/udp.h"
#include "common/udp_control.h"

enum {
	JOIN_MIN = 8,	      /* datagrams; fewer go one by one */
	JOIN_SIZE_MAX = 1200, /* of one: it must fit the way whole; RFC 8085, 3.2 */
};

#ifdef HAVE_LINUX
/* Say which of our addresses the datagram leaves from. */
static void
write_own(struct msghdr *msg, const struct udp_path *path, struct udp_control *control)
{
	if (!path->own_known)
		return;
	if (path->peer.sa.any.sa_family == AF_INET) {
		/* Not the interface: the way back may be another. */
		const struct in_pktinfo info = { .ipi_spec_dst = path->own.in };

		udp_control_add(msg, control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	} else {
		bool local = IN6_IS_ADDR_LINKLOCAL(&path->peer.sa.in6.sin6_addr);
		struct in6_pktinfo info = { .ipi6_ifindex = local ? path->interface : 0 };

		if (!path->to_many) /* nobody answers from a group's address */
			info.ipi6_addr = path->own.in6;
		udp_control_add(msg, control, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	}
}
#else
static void
write_own(struct msghdr *msg, const struct udp_path *path, struct udp_control *control)
{
	(void)msg;
	(void)path;
	(void)control;
}
#endif

/* A message to where `path` goes; iov and control must live as long as it. */
static void
aim_at_peer(struct msghdr *msg, const struct udp_path *path, struct iovec *iov,
    struct udp_control *control)
{
	*msg = (struct msghdr){
		.msg_name = (void *)(uintptr_t)&path->peer.sa,
		.msg_namelen = path->peer.len,
		.msg_iov = iov,
		.msg_iovlen = 1,
	};
	write_own(msg, path, control);
}

int
udp_send(const struct udp_path *path, const void *bytes, size_t len)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = len };
	struct udp_control control;
	struct msghdr msg;

	aim_at_peer(&msg, path, &iov, &control);
	while (sendmsg(path->fd, &msg, MSG_DONTWAIT) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* One call for each of them. How many were not sent. */
static size_t
send_singly(const struct udp_packet *packets, size_t count)
{
	size_t lost = 0;

	for (size_t i = 0; i < count; i++)
		lost += udp_send(&packets[i].path, packets[i].bytes, packets[i].len) == -1;
	return lost;
}

#ifdef HAVE_LINUX
/* Messages of one sendmmsg(2), each with one datagram or with some that are joined. */
struct sending {
	size_t count;
	struct mmsghdr messages[UDP_BATCH];
	size_t first[UDP_BATCH], joined[UDP_BATCH]; /* which packets are in it */
	struct iovec iov[UDP_BATCH];
	struct udp_control control[UDP_BATCH];
};

/* Whether two answers leave from the same address of ours. */
static bool
is_same_own(const struct udp_path *a, const struct udp_path *b)
{
	if (!a->own_known || !b->own_known)
		return a->own_known == b->own_known;
	if (a->interface != b->interface)
		return false;
	if (a->peer.sa.any.sa_family == AF_INET)
		return a->own.in.s_addr == b->own.in.s_addr;
	return memcmp(&a->own.in6, &b->own.in6, sizeof a->own.in6) == 0;
}

/* Whether two answers go the same way: only the bytes differ. */
static bool
is_same_way(const struct udp_path *a, const struct udp_path *b)
{
	return a->peer.len == b->peer.len &&
	       memcmp(&a->peer.sa, &b->peer.sa, a->peer.len) == 0 && a->to_many == b->to_many &&
	       is_same_own(a, b);
}

/* How many of packets[0..count) can go as one message; 1 at least. */
static size_t
count_joinable(const struct udp_packet *packets, size_t count)
{
	size_t n = 1;

	if (count < JOIN_MIN || packets[0].len == 0 || packets[0].len > JOIN_SIZE_MAX)
		return 1;
	while (n < count && packets[n].len == packets[0].len &&
	       is_same_way(&packets[n].path, &packets[0].path))
		n++;
	return n < JOIN_MIN || !udp_control_can_cut(packets[0].path.fd) ? 1 : n;
}

/* The next message, with `count` of the packets from `first` on. */
static void
add_message(
    struct sending *sending, const struct udp_packet *packets, size_t first, size_t count)
{
	size_t i = sending->count++;
	struct msghdr *msg = &sending->messages[i].msg_hdr;

	sending->first[i] = first;
	sending->joined[i] = count;
	for (size_t k = first; k < first + count; k++)
		sending->iov[k] = (struct iovec){ packets[k].bytes, packets[k].len };
	aim_at_peer(msg, &packets[first].path, &sending->iov[first], &sending->control[i]);
	if (count > 1) {
		msg->msg_iovlen = count;
		udp_control_cut(msg, &sending->control[i], packets[first].len);
	}
}

/* Send packets of one socket. How many were not sent. */
static size_t
send_run(const struct udp_packet *packets, size_t count)
{
	struct sending sending;
	size_t lost = 0, at = 0;
	int sent;

	sending.count = 0;
	if (count == 1) /* the plain call is the quicker one */
		return send_singly(packets, count);
	for (size_t n; at < count; at += n) {
		n = count_joinable(packets + at, count - at);
		add_message(&sending, packets, at, n);
	}
	for (at = 0; at < sending.count;) {
		sent = sendmmsg(packets->path.fd, sending.messages + at,
		    (unsigned)(sending.count - at), MSG_DONTWAIT);
		if (sent > 0) {
			at += (size_t)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (sending.joined[at] > 1) /* perhaps only this way of sending failed */
			lost += send_singly(packets + sending.first[at], sending.joined[at]);
		else
			lost++;
		at++; /* on with the next */
	}
	return lost;
}
#else
static size_t
send_run(const struct udp_packet *packets, size_t count)
{
	return send_singly(packets, count);
}
#endif

size_t
udp_flush(struct udp_outbox *outbox)
{
	const struct udp_packet *packets = outbox->packets;
	size_t lost = 0, from = 0;

	for (size_t i = 1; i <= outbox->count; i++)
		if (i == outbox->count || packets[i].path.fd != packets[from].path.fd) {
			lost += send_run(packets + from, i - from);
			from = i;
		}
	outbox->count = 0;
	return lost;
}

size_t
udp_post(struct udp_outbox *outbox, const struct udp_path *path, void *bytes, size_t len)
{
	size_t lost = outbox->count == UDP_BATCH ? udp_flush(outbox) : 0;
	struct udp_packet *packet = &outbox->packets[outbox->count++];

	packet->path = *path;
	packet->bytes = bytes;
	packet->len = len;
	return lost;
}
