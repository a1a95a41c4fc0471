/*
 * ready: which descriptors can go on. See tcpload.h.
 *
 * epoll(7) is told once of a descriptor and then names only those that are ready, so
 * the price of a wait does not grow with the clients that are silent. poll(2), the
 * plain fallback, is handed all of them each time.
 *
 * A wait ends to the microsecond, not to the millisecond: with -r a message that
 * leaves late is a latency that the server did not cause.
 */
#include <errno.h>
#include <stdlib.h>

#include "clients/tcpload/tcpload.h"

#if defined(__linux__) && !defined(PORTABLE)

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/select.h>

#include <unistd.h>

struct ready {
	int epoll;
};

struct ready *
ready_new(int clients)
{
	struct ready *ready = malloc(sizeof *ready);

	(void)clients;
	if (ready == NULL)
		return NULL;
	ready->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (ready->epoll == -1) {
		free(ready);
		return NULL;
	}
	/* The kernel would else round each wait up by 50 us to save power. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	return ready;
}

void
ready_free(struct ready *ready)
{
	if (ready)
		close(ready->epoll);
	free(ready);
}

static int
control(struct ready *ready, int operation, uint32_t client, int fd, unsigned what)
{
	struct epoll_event event = {
		.events = (what & READY_IN ? (uint32_t)EPOLLIN : 0) |
			  (what & READY_OUT ? (uint32_t)EPOLLOUT : 0),
		.data.u32 = client,
	};

	return epoll_ctl(ready->epoll, operation, fd, &event);
}

int
ready_add(struct ready *ready, uint32_t client, int fd, unsigned what)
{
	return control(ready, EPOLL_CTL_ADD, client, fd, what);
}

int
ready_change(struct ready *ready, uint32_t client, int fd, unsigned what)
{
	return control(ready, EPOLL_CTL_MOD, client, fd, what);
}

void
ready_remove(struct ready *ready, uint32_t client)
{
	(void)ready, (void)client; /* closing removes it, at no price */
}

/* Less than a millisecond, in which epoll_wait(2) cannot count. */
static int
wait_briefly(struct ready *ready, int64_t timeout)
{
	const struct timespec limit = { .tv_nsec = timeout };
	fd_set in;

	FD_ZERO(&in);
	FD_SET(ready->epoll, &in);
	return pselect(ready->epoll + 1, &in, NULL, NULL, &limit, NULL);
}

int
ready_wait(struct ready *ready, int64_t timeout, struct ready_event events[READY_BATCH])
{
	struct epoll_event found[READY_BATCH];
	int count = epoll_wait(ready->epoll, found, READY_BATCH, (int)(timeout / MS));

	if (count == 0 && timeout > 0 && timeout < MS && wait_briefly(ready, timeout) == 1)
		count = epoll_wait(ready->epoll, found, READY_BATCH, 0);
	if (count == -1 && errno == EINTR)
		return 0;
	for (int i = 0; i < count; i++) {
		events[i].client = found[i].data.u32;
		events[i].what = (found[i].events & ~(uint32_t)EPOLLOUT ? READY_IN : 0) |
				 (found[i].events & ~(uint32_t)EPOLLIN ? READY_OUT : 0);
	}
	return count;
}

#else

#include <poll.h>

struct ready {
	nfds_t count, turn; /* turn: who is looked at first, so that nobody is forgotten */
	struct pollfd fds[];
};

struct ready *
ready_new(int clients)
{
	struct ready *ready = malloc(sizeof *ready + (size_t)clients * sizeof(struct pollfd));

	if (ready == NULL)
		return NULL;
	ready->count = (nfds_t)clients;
	ready->turn = 0;
	for (nfds_t i = 0; i < ready->count; i++)
		ready->fds[i] = (struct pollfd){ .fd = -1 };
	return ready;
}

void
ready_free(struct ready *ready)
{
	free(ready);
}

int
ready_change(struct ready *ready, uint32_t client, int fd, unsigned what)
{
	ready->fds[client] = (struct pollfd){
		.fd = fd,
		.events =
		    (short)((what & READY_IN ? POLLIN : 0) | (what & READY_OUT ? POLLOUT : 0)),
	};
	return 0;
}

int
ready_add(struct ready *ready, uint32_t client, int fd, unsigned what)
{
	return ready_change(ready, client, fd, what);
}

void
ready_remove(struct ready *ready, uint32_t client)
{
	ready->fds[client].fd = -1;
}

/* The last part of a millisecond is waited out by looking again and again. */
int
ready_wait(struct ready *ready, int64_t timeout, struct ready_event events[READY_BATCH])
{
	int found = poll(ready->fds, ready->count, (int)(timeout / MS)), count = 0;

	if (found == -1)
		return errno == EINTR ? 0 : -1;
	for (nfds_t i = 0; i < ready->count && count < found && count < READY_BATCH; i++) {
		struct pollfd *fd = &ready->fds[ready->turn];

		if (fd->fd != -1 && fd->revents) {
			events[count].client = (uint32_t)ready->turn;
			events[count++].what = (fd->revents & ~POLLOUT ? READY_IN : 0) |
					       (fd->revents & ~POLLIN ? READY_OUT : 0);
		}
		ready->turn = (ready->turn + 1) % ready->count;
	}
	return count;
}

#endif
