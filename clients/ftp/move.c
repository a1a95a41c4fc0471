/*
 * move: the bytes of a file or list over a data connection.
 *
 *	socket --splice--> pipe --splice--> file	bytes as they are, from the server
 *	file --sendfile--> socket			to it
 *	socket --read--> buffer --write--> file		text, and what is no regular file
 *
 * Each step waits in ppoll, for the data connection and for the control connection at
 * once: ^C is let in only there, and a server that gives up in the middle of an upload
 * may say so without ever closing the data connection.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/sys.h"
#include "common/sys_splice.h"
#include "protocol/ftp_ascii.h"

enum {
	BUFFER = 256 * 1024,
	SEND_MAX = 4 << 20, /* of one sendfile(2): then ^C is looked at */
	TEXT_FIRST = 16 * 1024,
};

/* ---- waiting ---- */

/* Wait until the data connection is ready. `hear`: what comes by the other ends it. */
static enum move_result
await(const struct move *move, short events, bool hear)
{
	int timeout_ms = move->session->settings->client.timeout_ms;
	struct pollfd wait[] = {
		{ .fd = move->data, .events = events },
		{ .fd = hear ? move->session->fd : -1, .events = POLLIN },
	};

	for (;;) {
		int ready =
		    sys_ppoll(wait, 2, timeout_ms ? timeout_ms : -1, signals_while_waiting());

		if (ftp_stop)
			return MOVE_STOPPED;
		if (ready == -1 && errno == EINTR)
			continue;
		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready <= 0)
			return MOVE_BROKEN;
		return wait[1].revents ? MOVE_SPOKE : MOVE_DONE;
	}
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static void
count(struct move *move, ssize_t n)
{
	move->moved += (uint64_t)n;
	progress_add(&move->progress, move->name, (uint64_t)n);
}

/* What is before move->at is there already. */
static enum move_result
with_bar(struct move *move, enum move_result (*work)(struct move *move))
{
	enum move_result result;

	progress_begin(&move->progress, move->total);
	progress_keep(&move->progress, (uint64_t)move->at);
	result = work(move);
	if (result == MOVE_DONE)
		progress_end(&move->progress);
	else
		progress_clear(&move->progress);
	return result;
}

/* ---- from the server ---- */

static int
write_all(struct move *move, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(move->file, bytes, len);

		if (n == -1 && errno == EINTR && !ftp_stop)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
		move->at += n;
	}
	return 0;
}

/* Through a buffer; text loses its CRs on the way. */
static enum move_result
read_in(struct move *move)
{
	static char buffer[BUFFER], text[BUFFER + 1];
	struct ftp_ascii ascii = { .cr = false };

	for (;;) {
		enum move_result ready = await(move, POLLIN, false);
		ssize_t n = ready == MOVE_DONE ? recv(move->data, buffer, sizeof buffer, 0) : 0;
		const char *from = move->ascii ? text : buffer;
		size_t len = (size_t)n;

		if (ready != MOVE_DONE)
			return ready;
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1)
			return MOVE_BROKEN;
		if (move->ascii)
			len = n > 0 ? ftp_ascii_decode(&ascii, buffer, len, text) :
				      ftp_ascii_end(&ascii, text);
		if (len > 0 && write_all(move, from, len) == -1)
			return ftp_stop ? MOVE_STOPPED : MOVE_FILE;
		if (n == 0)
			return MOVE_DONE;
		count(move, n);
	}
}

/* What is in the pipe, into the file. 0, or -1. */
static int
drain(struct move *move, int pipe, size_t len)
{
	while (len > 0) {
		ssize_t n = sys_splice(pipe, move->file, &move->at, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		len -= (size_t)n;
	}
	return 0;
}

/* Without copies through this process. *plain: the kernel cannot; nothing is lost. */
static enum move_result
splice_in(struct move *move, const int ends[2], bool *plain)
{
	for (;;) {
		enum move_result ready = await(move, POLLIN, false);
		ssize_t n;

		if (ready != MOVE_DONE)
			return ready;
		n = sys_splice(move->data, ends[1], NULL, SYS_PIPE_SIZE);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1 && (errno == EINVAL || errno == ENOSYS)) {
			*plain = true;
			return MOVE_DONE;
		}
		if (n == -1)
			return MOVE_BROKEN;
		if (n == 0)
			return MOVE_DONE;
		if (drain(move, ends[0], (size_t)n) == -1)
			return MOVE_FILE;
		count(move, n);
	}
}

static enum move_result
take_in(struct move *move)
{
	int ends[2];
	bool plain = false;
	enum move_result result;

	if (!move->ascii && is_regular(move->file) && sys_splice_pipe(ends) == 0) {
		result = splice_in(move, ends, &plain);
		close(ends[0]);
		close(ends[1]);
		if (!plain)
			return result;
	}
	if (is_regular(move->file) && lseek(move->file, move->at, SEEK_SET) == -1)
		return MOVE_FILE;
	return read_in(move);
}

enum move_result
move_in(struct move *move)
{
	return with_bar(move, take_in);
}

/* ---- to the server ---- */

/* A whole buffer. */
static enum move_result
send_all(struct move *move, const char *bytes, size_t len)
{
	while (len > 0) {
		enum move_result ready = await(move, POLLOUT, true);
		ssize_t n;

		if (ready != MOVE_DONE)
			return ready;
		n = send(move->data, bytes, len, MSG_NOSIGNAL);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1)
			return MOVE_BROKEN;
		bytes += n;
		len -= (size_t)n;
		count(move, n);
	}
	return MOVE_DONE;
}

/* Standard input may be silent for ever: ^C ends that, too. */
static enum move_result
await_input(const struct move *move)
{
	struct pollfd wait = { .fd = move->file, .events = POLLIN };

	while (!ftp_stop) {
		int ready = sys_ppoll(&wait, 1, -1, signals_while_waiting());

		if (ready > 0)
			return MOVE_DONE;
		if (ready == -1 && errno != EINTR)
			return MOVE_FILE;
	}
	return MOVE_STOPPED;
}

/* Through a buffer; text gets its CRs. */
static enum move_result
write_out(struct move *move)
{
	static char buffer[BUFFER], text[2 * BUFFER];

	for (;;) {
		enum move_result ready = await_input(move);
		ssize_t n = ready == MOVE_DONE ? read(move->file, buffer, sizeof buffer) : 0;

		if (ready != MOVE_DONE)
			return ready;
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1)
			return MOVE_FILE;
		if (n == 0)
			return MOVE_DONE;
		move->at += n;
		ready = move->ascii ?
			    send_all(move, text, ftp_ascii_encode(buffer, (size_t)n, text)) :
			    send_all(move, buffer, (size_t)n);
		if (ready != MOVE_DONE)
			return ready;
	}
}

static enum move_result
give_out(struct move *move)
{
	while (!move->ascii && is_regular(move->file)) {
		enum move_result ready = await(move, POLLOUT, true);
		ssize_t n;

		if (ready != MOVE_DONE)
			return ready;
		n = sys_sendfile(move->data, move->file, &move->at, SEND_MAX);
		if (n == 0)
			return MOVE_DONE;
		if (n == -1 && (errno == EINVAL || errno == ENOSYS))
			break;
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1)
			return errno == EIO ? MOVE_FILE : MOVE_BROKEN;
		count(move, n);
	}
	if (is_regular(move->file) && lseek(move->file, move->at, SEEK_SET) == -1)
		return MOVE_FILE;
	return write_out(move);
}

enum move_result
move_out(struct move *move)
{
	return with_bar(move, give_out);
}

/* ---- to memory ---- */

static int
grow(char **text, size_t *capacity, size_t most)
{
	size_t more = *capacity ? 2 * *capacity : TEXT_FIRST;
	char *bigger;

	if (*capacity > most) {
		errno = EFBIG;
		return -1;
	}
	bigger = realloc(*text, more + 1);
	if (bigger == NULL)
		return -1;
	*text = bigger;
	*capacity = more;
	return 0;
}

enum move_result
move_text(struct move *move, size_t most, char **text, size_t *len)
{
	size_t capacity = 0;

	*text = NULL;
	*len = 0;
	for (;;) {
		enum move_result ready = await(move, POLLIN, false);
		ssize_t n;

		if (ready != MOVE_DONE)
			return ready;
		if (*len == capacity && grow(text, &capacity, most) == -1)
			return MOVE_FILE;
		n = recv(move->data, *text + *len, capacity - *len, 0);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1)
			return MOVE_BROKEN;
		(*text)[ *len += (size_t)n] = '\0';
		if (n == 0)
			return MOVE_DONE;
	}
}
