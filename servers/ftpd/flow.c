/*
 * flow: bytes over the data connection, while the control connection is heard.
 *
 * The socket does not block: what goes at once goes without a look at anything else, and
 * only when it would have to wait (or a good deal has passed) are both connections polled.
 * So a fast transfer costs no more than one that is deaf.
 */
#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "common/file_read.h"
#include "common/log.h"
#include "common/sys.h"
#include "common/sys_splice.h"
#include "servers/ftpd/ftpd.h"

enum {
	STEP_MAX = 8 << 20,	/* bytes of one system call */
	LISTEN_EACH = 32 << 20, /* bytes between two looks at the control connection */
};

static int64_t
deadline(const struct session *session)
{
	int idle_ms = session->conn->idle_ms;

	return idle_ms ? sys_now_ms() + idle_ms : INT64_MAX / 2;
}

static int
await(struct session *session, short events)
{
	int64_t end = deadline(session), now = sys_now_ms();

	if (end - now > 1 << 30)
		end = now + (1 << 30);
	return data_wait(session, session->data.fd, events, end);
}

/* With a limit: wait until so many bytes are due. */
static int
slow_down(struct session *session)
{
	const struct data *data = &session->data;
	int64_t due =
	    data->since_ms + (int64_t)(data->moved * 1000 / (uint64_t)session->options->rate);

	if (due <= sys_now_ms())
		return 0;
	return data_wait(session, -1, 0, due) == -1 && errno != ETIMEDOUT ? -1 : 0;
}

int
flow_moved(struct session *session, ssize_t n, bool out)
{
	struct conn_count *count = session->conn->count;
	uint64_t before = session->data.moved;

	session->data.moved += (uint64_t)n;
	conn_count_bytes(out ? &count->out : &count->in, n);
	if (session->options->rate)
		return slow_down(session);
	if (before / LISTEN_EACH == session->data.moved / LISTEN_EACH)
		return 0;
	if (control_overhear(session) == -1)
		return -1;
	errno = ECANCELED;
	return session->state & ABORTED ? -1 : 0;
}

/* After a call that failed: 0 to try again, when something goes. */
static int
again(struct session *session, short events)
{
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return -1;
	return await(session, events);
}

/* Of so many bytes, how many to move by one call. */
static size_t
step(const struct session *session, uint64_t len)
{
	uint64_t most = STEP_MAX, rate = (uint64_t)session->options->rate;

	if (rate && rate / 8 < STEP_MAX)
		most = rate / 8 + 1;
	return len < most ? (size_t)len : (size_t)most;
}

int
flow_out(struct session *session, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(session->data.fd, at, step(session, len), MSG_NOSIGNAL);

		if (n == -1 && again(session, POLLOUT) == -1)
			return -1;
		if (n == -1)
			continue;
		at += n;
		len -= (size_t)n;
		if (flow_moved(session, n, true) == -1)
			return -1;
	}
	return 0;
}

ssize_t
flow_in(struct session *session, void *bytes, size_t len)
{
	/* Our 150 is yet to go, so nothing has come: do not look, but wait. */
	if (session->out_len > 0 && await(session, POLLIN) == -1)
		return -1;
	for (;;) {
		ssize_t n = recv(session->data.fd, bytes, step(session, len), 0);

		if (n > 0 && flow_moved(session, n, false) == -1)
			return -1;
		if (n >= 0)
			return n;
		if (again(session, POLLIN) == -1)
			return -1;
	}
}

ssize_t
flow_splice(struct session *session, int pipe, size_t len)
{
	for (;;) {
		ssize_t n = sys_splice(session->data.fd, pipe, NULL, step(session, len));

		if (n > 0 && flow_moved(session, n, false) == -1)
			return -1;
		if (n >= 0)
			return n;
		if (again(session, POLLIN) == -1)
			return -1;
	}
}

/* The plain way, where there is no sendfile. */
static int
copy_out(struct session *session, int fd, off_t offset, uint64_t len)
{
	char buffer[FLOW_SIZE];

	while (len > 0) {
		size_t want = len < sizeof buffer ? (size_t)len : sizeof buffer;
		ssize_t n = file_read(fd, buffer, want, offset);

		if (n == -1 || flow_out(session, buffer, (size_t)n) == -1)
			return -1;
		offset += n;
		len -= (uint64_t)n;
	}
	return 0;
}

int
flow_file(struct session *session, int fd, off_t offset, uint64_t len)
{
	while (len > 0) {
		ssize_t n = sys_sendfile(session->data.fd, fd, &offset, step(session, len));

		if (n == -1 && (errno == EINVAL || errno == ENOSYS))
			return copy_out(session, fd, offset, len);
		if (n == 0)
			errno = EIO; /* it has become shorter */
		if (n == 0 || (n == -1 && again(session, POLLOUT) == -1))
			return -1;
		if (n == -1)
			continue;
		len -= (uint64_t)n;
		if (flow_moved(session, n, true) == -1)
			return -1;
	}
	return 0;
}

/* Why data does not flow any more. */
static int
tell_failure(struct session *session, const char *what)
{
	switch (errno) {
	case EDQUOT:
	case ENOSPC:
	case EFBIG:
	case EIO:
	case EBUSY:
		return reply_errno(session, what);
	case ETIMEDOUT:
		return reply(session, 426, "Nothing moved for too long");
	default:
		return reply(
		    session, 426, "The data connection broke: the transfer is aborted");
	}
}

int
flow_end(struct session *session, int result, const char *what)
{
	bool aborted = session->state & ABORTED;
	uint64_t moved = session->data.moved;
	int error = errno;

	data_close(session); /* first: its end is what tells the client that all has come */
	if (aborted)	     /* RFC 959: 426 for the transfer, 226 for the ABOR */
		return reply(session, 426, "Aborted") == -1 ? -1 :
							      reply(session, 226, "Aborted");
	errno = error;
	if (result == -1)
		return tell_failure(session, what);
	return reply(session, 226, "Done: %" PRIu64 " bytes", moved);
}
