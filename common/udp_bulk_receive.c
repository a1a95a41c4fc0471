/*
 * udp_bulk_receive: the receiving half of udp_bulk. See udp_bulk.h.
 */
#define _GNU_SOURCE /* recvmmsg */

#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "common/udp_bulk_internal.h"

enum {
	MS = 1000,
	LOOK_NS = 50000,  /* so long we look before we sleep ... */
	SOON_NS = 100000, /* ... after a sleep that was no longer than this; */
	EAGER = 4,	  /* until it was in vain so many times in a row */
	NS = 1000000000,
};

/* The call itself waits; its time is set only when it is to be another one by a quarter. */
static void
set_wait(struct udp_bulk *bulk, int wait_ms)
{
	struct timeval wait;

	if (wait_ms < 1)
		wait_ms = 1;
	if (bulk->wait_ms && wait_ms <= bulk->wait_ms && wait_ms > bulk->wait_ms / 4 * 3)
		return;
	wait.tv_sec = wait_ms / MS;
	wait.tv_usec = (suseconds_t)(wait_ms % MS) * MS;
	if (setsockopt(bulk->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0)
		bulk->wait_ms = wait_ms;
}

#ifdef HAVE_LINUX
static size_t
segment_size(struct msghdr *msg)
{
	int size = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
			memcpy(&size, CMSG_DATA(c), sizeof size);
	return size > 0 ? (size_t)size : 0;
}

static void
read_train(struct udp_train *train, struct msghdr *msg, size_t len)
{
	size_t each = segment_size(msg);

	train->len = len;
	train->each = each ? each : len;
	train->from.len = msg->msg_namelen;
}

static int
receive(
    struct udp_bulk *bulk, unsigned char *room, int most, int flags, struct udp_train *trains)
{
	struct mmsghdr batch[UDP_TRAINS];
	struct udp_control control[UDP_TRAINS];
	struct iovec iov[UDP_TRAINS];
	int count;

	for (int i = 0; i < most; i++) {
		trains[i].bytes = room + (size_t)i * UDP_TRAIN_MAX;
		iov[i] = (struct iovec){ trains[i].bytes, UDP_TRAIN_MAX };
		batch[i].msg_hdr = (struct msghdr){
			.msg_iov = &iov[i],
			.msg_iovlen = 1,
			.msg_control = &control[i],
			.msg_controllen = sizeof control[i],
			.msg_name = bulk->connected ? NULL : &trains[i].from.sa,
			.msg_namelen = bulk->connected ? 0 : sizeof trains[i].from.sa,
		};
	}
	if (most == 1) {
		ssize_t n = recvmsg(bulk->fd, &batch[0].msg_hdr, flags);

		if (n == -1)
			return -1;
		batch[0].msg_len = (unsigned)n;
		count = 1;
	} else {
		count = recvmmsg(bulk->fd, batch, (unsigned)most, flags | MSG_WAITFORONE, NULL);
	}
	for (int i = 0; i < count; i++)
		read_train(&trains[i], &batch[i].msg_hdr, batch[i].msg_len);
	return count;
}
#else
static int
receive(
    struct udp_bulk *bulk, unsigned char *room, int most, int flags, struct udp_train *trains)
{
	int count = 0;

	while (count < most) {
		struct udp_train *train = &trains[count];
		ssize_t n;

		train->bytes = room + (size_t)count * UDP_TRAIN_MAX;
		train->from.len = sizeof train->from.sa;
		n = recvfrom(bulk->fd, train->bytes, UDP_TRAIN_MAX,
		    count ? MSG_DONTWAIT : flags, &train->from.sa.any, &train->from.len);
		if (n == -1)
			break;
		if (bulk->connected)
			train->from.len = 0;
		train->len = train->each = (size_t)n;
		count++;
	}
	return count ? count : -1;
}
#endif

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS + now.tv_nsec;
}

/*
 * As receive, but sleep only when nothing comes at once, where things mostly do. The others
 * first: who shares our processor may be the one that is to answer.
 */
static int
receive_soon(struct udp_bulk *bulk, unsigned char *room, int most, struct udp_train *trains)
{
	int64_t begin = 0;
	int count;

	while (bulk->eager > 0) {
		sched_yield();
		count = receive(bulk, room, most, MSG_DONTWAIT, trains);
		if (count >= 0)
			bulk->eager = EAGER;
		if (count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
			return count;
		if (begin == 0)
			begin = now_ns();
		else if (now_ns() - begin > LOOK_NS) {
			bulk->eager--;
			break;
		}
	}
	if (bulk->stop && *bulk->stop) {
		errno = EINTR;
		return -1;
	}
	begin = now_ns();
	count = receive(bulk, room, most, 0, trains);
	if (count >= 0 && bulk->eager == 0 && now_ns() - begin < SOON_NS)
		bulk->eager = EAGER;
	return count;
}

int
udp_bulk_receive(struct udp_bulk *bulk, unsigned char *room, int wait_ms, int most,
    struct udp_train trains[UDP_TRAINS])
{
	int count;

	set_wait(bulk, wait_ms);
	count = receive_soon(bulk, room, most < UDP_TRAINS ? most : UDP_TRAINS, trains);
	if (count >= 0)
		return count;
	if (errno == EWOULDBLOCK)
		errno = EAGAIN;
	if (errno != EAGAIN && errno != EINTR && !bulk->connected &&
	    !udp_bulk_hears_of_peer(bulk))
		errno = EINTR; /* news about somebody else */
	return -1;
}
