/*
 * conn_file: files to a connection. See conn.h.
 */
#include <errno.h>

#include "common/conn_internal.h"
#include "common/file_read.h"
#include "common/sys.h"

enum {
	SENDFILE_MAX = 1 << 30, /* of one call; sendfile(2) takes less than 2 GiB */
};

/* The plain way to send a file: through a buffer. */
static int
copy_file(struct conn *conn, int fd, off_t offset, uint64_t len)
{
	char buffer[64 * 1024];

	while (len > 0) {
		size_t want = len < sizeof buffer ? (size_t)len : sizeof buffer;
		ssize_t n = file_read(fd, buffer, want, offset);

		if (n == -1 || conn_write(conn, buffer, (size_t)n) == -1)
			return -1;
		offset += n;
		len -= (uint64_t)n;
	}
	return 0;
}

int
conn_send_file(struct conn *conn, int fd, off_t offset, uint64_t len)
{
	/* sendfile(2) on a blocking socket waits inside the kernel, beyond reach of poll. */
	while (len > 0 && conn->out_is_socket && !conn->polled) {
		size_t want = len < SENDFILE_MAX ? (size_t)len : SENDFILE_MAX;
		ssize_t n = sys_sendfile(conn->out, fd, &offset, want);

		if (n == -1 && (errno == EINVAL || errno == ENOSYS))
			break;
		if (n == -1 && conn_should_retry(conn))
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		conn_count_bytes(&conn->count->out, n);
		len -= (uint64_t)n;
	}
	return copy_file(conn, fd, offset, len);
}
