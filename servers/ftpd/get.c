/*
 * get: RETR, from the beginning or from where REST said. RFC 959, RFC 3659 (5).
 *
 *	TYPE I	file --sendfile--> socket
 *	TYPE A	file --read--> LF to CR LF --send--> socket
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "protocol/ftp_ascii.h"
#include "servers/ftpd/ftpd.h"

static int
send_ascii(struct session *session, int fd)
{
	unsigned char buffer[FLOW_SIZE / 2], out[FLOW_SIZE];
	ssize_t n;

	for (;;) {
		n = read(fd, buffer, sizeof buffer);
		if (n == 0)
			return 0;
		if (n == -1 && errno != EINTR)
			return -1;
		if (n > 0 &&
		    flow_out(session, out, ftp_ascii_encode(buffer, (size_t)n, out)) == -1)
			return -1;
	}
}

static int
send_file(struct session *session, int fd, const struct stat *st, const char *path)
{
	uint64_t size = (uint64_t)st->st_size, from = session->restart;
	int opened, result;

	if (from > 0 && session->ascii)
		return reply(session, 504, "REST counts in TYPE I only");
	if (from > size)
		return reply(session, 554, "The file has %" PRIu64 " bytes only", size);
	opened = session->ascii ?
		     data_open(session, "Here is %s", path) :
		     data_open(session, "Here is %s (%" PRIu64 " bytes)", path, size - from);
	if (opened != 0)
		return opened == -1 ? -1 : 0;
	result = session->ascii ? send_ascii(session, fd) :
				  flow_file(session, fd, (off_t)from, size - from);
	log_transfer(session, path, 'o', result == 0);
	return flow_end(session, result, path);
}

int
do_retr(struct session *session)
{
	char path[JAIL_PATH_MAX];
	struct stat st;
	int fd, result;

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	fd = jail_open(&session->home, path, &st);
	if (fd == -1)
		return reply_errno(session, path);
	board_doing(session, "RETR", path);
	result = send_file(session, fd, &st, path);
	close(fd);
	return result;
}
