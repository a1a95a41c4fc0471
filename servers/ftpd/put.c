/*
 * put: STOR, STOU, APPE, and REST before STOR. RFC 959, RFC 1123 (4.1.2.9).
 *
 *	TYPE I	socket --splice--> pipe --splice--> file; what is small by a buffer
 *	TYPE A	socket --recv--> CR LF to LF --> file
 *
 * The end of the data is the only sign that a file is complete; and a client that is
 * killed ends its connections just so. Its control connection ends with it, though: then
 * the file counts as broken off.
 */
#include "servers/ftpd/put.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/sys_splice.h"

enum {
	SPLICE_FROM = 256 * 1024, /* bytes: a file that has so many is not small */
};

static int
write_all(struct arrival *arrival, const void *bytes, size_t len)
{
	const char *from = bytes;

	while (len > 0) {
		ssize_t n = pwrite(arrival->fd, from, len, arrival->at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return -1;
		}
		from += n;
		len -= (size_t)n;
		arrival->at += n;
	}
	return 0;
}

/* How many bytes may be written at once. 0 with errno. */
static size_t
allowed(struct arrival *arrival, size_t wanted)
{
	off_t at = arrival->at, cut = arrival->cut;

	if (at < cut)
		return (off_t)wanted < cut - at ? wanted : (size_t)(cut - at);
	return room_for(&arrival->room, (uint64_t)(at - cut), wanted);
}

/* Nothing more may be written. 0 if nothing more comes, either; else -1. */
static int
expect_end(struct arrival *arrival)
{
	int error = errno;
	char byte;
	ssize_t n = flow_in(arrival->session, &byte, 1);

	if (n == 1)
		errno = error;
	return n == 0 ? 0 : -1;
}

/* A CR that waits for its LF makes one byte more of what comes. */
static int
receive_ascii(struct arrival *arrival)
{
	unsigned char buffer[FLOW_SIZE], text[FLOW_SIZE + 1];
	ssize_t n = 0;
	size_t may, len;

	do {
		may = allowed(arrival, sizeof text);
		if (may == 0)
			return arrival->ascii.cr ? -1 : expect_end(arrival);
		n = flow_in(arrival->session, buffer, may > 1 ? may - 1 : 1);
		if (n == -1)
			return -1;
		len = n > 0 ? ftp_ascii_decode(&arrival->ascii, buffer, (size_t)n, text) :
			      ftp_ascii_end(&arrival->ascii, text);
		errno = EDQUOT;
		if (len > may || write_all(arrival, text, len) == -1)
			return -1;
	} while (n > 0);
	return 0;
}

/* Empty the pipe into the file. */
static int
pour(struct arrival *arrival, int pipe, size_t len)
{
	char buffer[4096];

	while (len > 0) {
		ssize_t n = sys_splice(pipe, arrival->fd, &arrival->at, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EINVAL || errno == ENOSYS)) {
			n = read(pipe, buffer, len < sizeof buffer ? len : sizeof buffer);
			if (n > 0 && write_all(arrival, buffer, (size_t)n) == -1)
				return -1;
		}
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return -1;
		}
		len -= (size_t)n;
	}
	return 0;
}

/* 0: the end; 1: it cannot be done here; -1. */
static int
receive_spliced(struct arrival *arrival, const int ends[2])
{
	for (;;) {
		size_t may = allowed(arrival, SYS_PIPE_SIZE);
		ssize_t n;

		if (may == 0)
			return expect_end(arrival);
		n = flow_splice(arrival->session, ends[1], may);
		if (n == 0)
			return 0;
		if (n == -1)
			return errno == EINVAL || errno == ENOSYS ? 1 : -1;
		if (pour(arrival, ends[0], (size_t)n) == -1)
			return -1;
	}
}

/* Through a buffer, `most` bytes. 0: the end; 1: there may be more; -1. */
static int
receive_some(struct arrival *arrival, uint64_t most)
{
	char buffer[FLOW_SIZE];
	off_t end = most < INT64_MAX ? arrival->at + (off_t)most : INT64_MAX;

	while (arrival->at < end) {
		size_t may = allowed(arrival, sizeof buffer);
		ssize_t n;

		if (may == 0)
			return expect_end(arrival);
		n = flow_in(arrival->session, buffer, may);
		if (n <= 0)
			return (int)n;
		if (write_all(arrival, buffer, (size_t)n) == -1)
			return -1;
	}
	return 1;
}

static int
receive_binary(struct arrival *arrival)
{
	int ends[2], result = receive_some(arrival, SPLICE_FROM);

	if (result == 1 && sys_splice_pipe(ends) == 0) {
		result = receive_spliced(arrival, ends);
		close(ends[0]);
		close(ends[1]);
	}
	return result == 1 ? receive_some(arrival, INT64_MAX) : result;
}

int
arrival_receive(struct arrival *arrival)
{
	struct session *session = arrival->session;
	int result = session->ascii ? receive_ascii(arrival) : receive_binary(arrival);

	if (result == 0 && control_overhear(session) == -1)
		return -1;
	if (result == 0 && session->state & (GONE | ABORTED)) {
		errno = ECONNRESET;
		return -1;
	}
	return result;
}

static int
receive(struct session *session, struct arrival *arrival)
{
	bool full = false;
	int result = arrival_receive(arrival), error = errno;

	if (result == 0) {
		result = arrival_publish(arrival);
		error = errno;
	} else {
		full = errno == EDQUOT && !(session->state & ABORTED);
		arrival_break_off(arrival, full || errno == ENOSPC);
	}
	log_transfer(session, arrival->path, 'i', result == 0);
	if (full) {
		data_close(session);
		return room_tell_full(&arrival->room, session);
	}
	errno = error;
	return flow_end(session, result, arrival->path);
}

static int
put(struct session *session, enum how how)
{
	struct arrival arrival;
	int opened = 0;

	if (session->restart > 0 && session->ascii)
		return reply(session, 504, "REST counts in TYPE I only");
	if (session->data.mode == DATA_NONE)
		return reply(session, 425, "Say PASV, EPSV, PORT or EPRT first");
	if (arrival_begin(&arrival, session, how) != 0)
		return 0;
	board_doing(session, session->command.verb, arrival.path);
	opened = how == PUT_UNIQUE ? data_open(session, "FILE: %s", arrival.path + 1) :
				     data_open(session, "Send %s", arrival.path);
	if (opened == 0)
		return receive(session, &arrival);
	arrival_break_off(&arrival, true);
	return opened == -1 ? -1 : 0;
}

int
do_stor(struct session *session)
{
	return put(session, session->restart > 0 ? PUT_FROM : PUT_WHOLE);
}

int
do_stou(struct session *session)
{
	return put(session, PUT_UNIQUE);
}

int
do_appe(struct session *session)
{
	return put(session, PUT_APPEND);
}
