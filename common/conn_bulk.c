/*
 * conn_bulk: many bytes from a connection with few system calls. See conn.h.
 *
 *	socket --read--> the lent buffer, a view of it to the caller
 *	socket --splice--> pipe --splice--> file
 *
 * splice(2) moves pages, not bytes, but only to or from a pipe, which so becomes a
 * buffer that lives in the kernel.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "common/conn_internal.h"
#include "common/sys_splice.h"

enum {
	COPY_SIZE = 64 * 1024,
};

ssize_t
conn_read_view(struct conn *conn, const char **bytes, size_t least, size_t most)
{
	size_t have = conn->end - conn->start;

	if (have == 0)
		conn->start = conn->end = 0;
	while (have < least) {
		ssize_t n = conn_fill(conn, least);

		if (n == -1)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	*bytes = conn->buffer + conn->start;
	have = have < most ? have : most;
	conn->start += have;
	return (ssize_t)have;
}

bool
conn_has_input(const struct conn *conn)
{
	struct pollfd look = { .fd = conn->in, .events = POLLIN };

	return conn->start < conn->end || poll(&look, 1, 0) == 1;
}

void
conn_pipe_close(struct conn_pipe *pipe)
{
	for (int i = 0; i < 2; i++) {
		if (pipe->ends[i] != -1)
			close(pipe->ends[i]);
		pipe->ends[i] = -1;
	}
}

/* What was read, into the file. Errors only stop the file, not the stream. */
static void
put_bytes(int fd, const char *bytes, size_t len, off_t *offset, int *file_error)
{
	while (len > 0 && *file_error == 0) {
		ssize_t n = pwrite(fd, bytes, len, *offset);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			*file_error = n == 0 ? EIO : errno;
			return;
		}
		bytes += n;
		len -= (size_t)n;
		*offset += n;
	}
}

/* The plain way: through a buffer. */
static int
copy_in(struct conn *conn, int fd, off_t *offset, uint64_t len, int *file_error)
{
	char buffer[COPY_SIZE];

	while (len > 0) {
		size_t want = len < sizeof buffer ? (size_t)len : sizeof buffer;
		ssize_t n = conn_read(conn, buffer, want);

		if (n == 0)
			errno = ECONNRESET;
		if (n <= 0)
			return -1;
		put_bytes(fd, buffer, (size_t)n, offset, file_error);
		len -= (uint64_t)n;
	}
	return 0;
}

/* Empty the pipe of `len` bytes: into the file, and after its error nowhere. */
static void
drain_pipe(const struct conn_pipe *pipe, int fd, size_t len, off_t *offset, int *file_error)
{
	char nowhere[COPY_SIZE];

	while (len > 0) {
		size_t want = len < sizeof nowhere ? len : sizeof nowhere;
		ssize_t n = *file_error == 0 ? sys_splice(pipe->ends[0], fd, offset, len) :
					       read(pipe->ends[0], nowhere, want);

		if (n > 0)
			len -= (size_t)n;
		else if (n == -1 && errno == EINTR)
			continue;
		else if (*file_error == 0)
			*file_error = n == 0 ? EIO : errno;
		else
			return;
	}
}

/* As much as can be spliced; what is left of *len goes the plain way. */
static int
splice_in(struct conn *conn, const struct conn_pipe *pipe, int fd, off_t *offset, uint64_t *len,
    int *file_error)
{
	while (*len > 0 && *file_error == 0) {
		size_t want = *len < SYS_PIPE_SIZE ? (size_t)*len : SYS_PIPE_SIZE;
		ssize_t n = sys_splice(conn->in, pipe->ends[1], NULL, want);

		if (n == -1 && (errno == EINVAL || errno == ENOSYS))
			return 0;
		if (n == -1 && conn_should_retry(conn))
			continue;
		if (n == 0)
			errno = ECONNRESET;
		if (n <= 0)
			return -1;
		conn_count_bytes(&conn->count->in, n);
		*len -= (uint64_t)n;
		drain_pipe(pipe, fd, (size_t)n, offset, file_error);
	}
	return 0;
}

int
conn_receive_file(struct conn *conn, struct conn_pipe *pipe, int fd, off_t *offset,
    uint64_t len, int *file_error)
{
	size_t buffered = conn->end - conn->start;

	if (buffered > 0) {
		buffered = len < buffered ? (size_t)len : buffered;
		if (copy_in(conn, fd, offset, buffered, file_error) == -1)
			return -1;
		len -= buffered;
	}
	/* Waiting in the kernel, so only where the socket keeps the time. */
	if (conn->in_is_socket && !conn->polled && len > 0 &&
	    (pipe->ends[0] != -1 || sys_splice_pipe(pipe->ends) == 0) &&
	    splice_in(conn, pipe, fd, offset, &len, file_error) == -1)
		return -1;
	return copy_in(conn, fd, offset, len, file_error);
}
