/*
 * output: standard output and error of rcmd, written without being held up.
 *
 * A write(2) to a full pipe waits until somebody reads it; meanwhile no ^C would be
 * heeded. To make the descriptor non-blocking is no way: it is shared with whoever
 * started us, and would be non-blocking for them too. Linux can open the same pipe a
 * second time; elsewhere small pieces must do, which a pipe that is writable takes.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "clients/rcmd/rcmd.h"
#include "common/sys.h"

void
rcmd_output_open(struct rcmd_output *output, int fd, const char *name)
{
	struct stat status;
	int own;

	*output = (struct rcmd_output){ .fd = fd, .name = name, .way = RCMD_WAY_PIECES };
	if (fstat(fd, &status) == -1)
		return;
	if (S_ISREG(status.st_mode)) {
		output->way = RCMD_WAY_FILE;
	} else if (S_ISSOCK(status.st_mode)) {
		output->way = RCMD_WAY_SOCKET;
	} else if ((own = sys_reopen_to_write(fd)) != -1) {
		output->way = RCMD_WAY_OWN;
		output->fd = own;
	}
}

void
rcmd_output_begin(struct rcmd_output *output)
{
	digest_begin(&output->digest, DIGEST_SHA256);
	output->bytes = 0;
}

ssize_t
rcmd_output_write(struct rcmd_output *output, const void *bytes, size_t len)
{
	struct pollfd wait = { .fd = output->fd, .events = POLLOUT };

	switch (output->way) {
	case RCMD_WAY_SOCKET:
		return send(output->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	case RCMD_WAY_PIECES:
		if (poll(&wait, 1, 0) <= 0) {
			errno = EAGAIN;
			return -1;
		}
		return write(output->fd, bytes, len < PIPE_BUF ? len : PIPE_BUF);
	case RCMD_WAY_FILE:
	case RCMD_WAY_OWN:
		break;
	}
	return write(output->fd, bytes, len);
}
