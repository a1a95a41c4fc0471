/*
 * transfer: what both ends of a transfer share. See transfer.h.
 */
#include "link/transfer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file_read.h"
#include "common/log.h"
#include "link/transfer_internal.h"

enum {
	PATH_SHOWN_MAX = 120,	/* bytes of a path in a trouble */
	PART_SIZE = 128 * 1024, /* read and added to a digest while in the cache */
	ZEROS_SIZE = 16 * 1024,
	PATIENCE_MAX_S = 24 * 3600,
};

enum transfer_sync
transfer_sync_argument(const struct opts *opts)
{
	static const char *const names[] = {
		[TRANSFER_SYNC_LARGE] = "large",
		[TRANSFER_SYNC_ALL] = "all",
		[TRANSFER_SYNC_NONE] = "none",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(opts->argument, names[i]) == 0)
			return (enum transfer_sync)i;
	opts_fail(opts, "-S: \"%s\" is none of large, all, none", opts->argument);
}

int
transfer_open(struct transfer *transfer, struct link *link)
{
	*transfer = (struct transfer){
		.kind = DIGEST_SHA256,
		.idle_ms = link->conn->idle_ms,
		.pipe = { { -1, -1 } },
	};
	return stream_open(&transfer->stream, link);
}

void
transfer_close(struct transfer *transfer)
{
	conn_pipe_close(&transfer->pipe);
	stream_close(&transfer->stream);
}

const char *
transfer_explain(struct transfer *transfer, char reason[TRANSFER_REASON_MAX])
{
	int error = errno;

	if (transfer->reason[0] != '\0')
		snprintf(reason, TRANSFER_REASON_MAX, "%s", transfer->reason);
	else if (error == ETIMEDOUT)
		snprintf(reason, TRANSFER_REASON_MAX, "not a byte for %g s",
		    transfer->stream.link->conn->idle_ms / 1000.0);
	else
		snprintf(reason, TRANSFER_REASON_MAX, "the connection broke: %s (%s)",
		    log_errno_name(error), strerror(error));
	return reason;
}

void
transfer_be_patient(struct transfer *transfer, uint64_t bytes)
{
	uint64_t more = bytes / TRANSFER_DISK_RATE;

	if (transfer->idle_ms == 0 || more == 0)
		return;
	if (more > PATIENCE_MAX_S)
		more = PATIENCE_MAX_S;
	conn_set_idle(transfer->stream.link->conn, transfer->idle_ms + (int)more * 1000);
}

void
transfer_be_usual(struct transfer *transfer)
{
	if (transfer->stream.link->conn->idle_ms != transfer->idle_ms)
		conn_set_idle(transfer->stream.link->conn, transfer->idle_ms);
}

void
transfer_moved(struct transfer *transfer, const char *path, uint64_t bytes)
{
	if (transfer->watch.moved)
		transfer->watch.moved(transfer->watch.arg, path, bytes);
}

/* ---- trouble ---- */

static void
tell_here(struct transfer *transfer, enum frame_error error, const char *words)
{
	transfer->troubles++;
	transfer->refused |= error == FRAME_E_DENIED || error == FRAME_E_LIMIT;
	if (transfer->watch.trouble)
		transfer->watch.trouble(transfer->watch.arg, error, words);
}

int
transfer_put_trouble(
    struct transfer *transfer, uint64_t number, enum frame_error error, const char *words)
{
	const struct file_trouble trouble = {
		.error = error, .words = words, .words_len = strlen(words)
	};
	uint8_t payload[FILE_WORDS_MAX + 1];
	int len = file_pack_trouble(&trouble, payload, sizeof payload);

	if (len == -1) {
		errno = EMSGSIZE;
		return -1;
	}
	return stream_put(&transfer->stream, FRAME_TROUBLE, number, payload, (size_t)len);
}

int
transfer_tell(struct transfer *transfer, uint64_t number, enum frame_error error,
    const char *path, const char *reason)
{
	char words[FILE_WORDS_MAX + 1];
	size_t skip;

	if (*path == '\0' && transfer->subject)
		path = transfer->subject;
	skip = strlen(path) > PATH_SHOWN_MAX ? strlen(path) - PATH_SHOWN_MAX : 0;
	/* Of a long path the end tells more than the begin. */
	snprintf(words, sizeof words, "%s%s%s%s", skip > 0 ? "..." : "", path + skip,
	    *path ? ": " : "", reason);
	tell_here(transfer, error, words);
	return transfer_put_trouble(transfer, number, error, words);
}

static enum frame_error
error_of(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
	case EROFS:
	case EXDEV:
		return FRAME_E_DENIED;
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ENXIO:
	case ELOOP:
	case ENAMETOOLONG:
	case EINVAL:
		return FRAME_E_NAME;
	}
	return FRAME_E_FAILED;
}

int
transfer_tell_errno(struct transfer *transfer, uint64_t number, const char *path)
{
	static const struct {
		int error;
		const char *words;
	} own[] = {
		{ EINVAL, "the name may not be: relative, without . and .. and NUL" },
		{ EXDEV, "the name leads out of the directory that is served" },
		{ ENXIO, "a device, FIFO or socket, not a file" },
		{ EBUSY, "the top directory itself, or somebody else writes it" },
	};
	char reason[FILE_WORDS_MAX / 2];
	int error = errno;

	snprintf(reason, sizeof reason, "%s (%s)", log_errno_name(error), strerror(error));
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (own[i].error == error)
			snprintf(reason, sizeof reason, "%s", own[i].words);
	return transfer_tell(transfer, number, error_of(error), path, reason);
}

/* ---- frames ---- */

int
transfer_out_of_turn(struct transfer *transfer, const struct frame *frame)
{
	snprintf(transfer->reason, sizeof transfer->reason, "%s may not come here",
	    frame_name(frame->type));
	(void)stream_flush(&transfer->stream);
	(void)link_refuse(transfer->stream.link, FRAME_E_PROTOCOL, "%s", transfer->reason);
	errno = EPROTO;
	return -1;
}

static int
hear_error(struct transfer *transfer, const struct frame *frame)
{
	const uint8_t *words = stream_payload(&transfer->stream, frame);

	if (words == NULL)
		return -1;
	snprintf(transfer->reason, sizeof transfer->reason, "%.*s", (int)frame->size,
	    (const char *)words);
	transfer->refused |= frame->value == FRAME_E_DENIED || frame->value == FRAME_E_LIMIT;
	errno = ECONNABORTED;
	return -1;
}

int
transfer_next(struct transfer *transfer, struct frame *frame, bool *end)
{
	int got = stream_head(&transfer->stream, frame);

	if (got == 0 && end) {
		*end = true;
		return 0;
	}
	if (got == 0)
		errno = ECONNRESET;
	if (got != 1)
		return -1;
	return frame->type == FRAME_ERROR ? hear_error(transfer, frame) : 0;
}

int
transfer_hear_trouble(struct transfer *transfer, const struct frame *frame)
{
	const uint8_t *payload = stream_payload(&transfer->stream, frame);
	char words[FILE_WORDS_MAX + 1];
	struct file_trouble trouble;

	if (payload == NULL)
		return -1;
	if (!file_unpack_trouble(&trouble, payload, (size_t)frame->size))
		return transfer_out_of_turn(transfer, frame);
	snprintf(words, sizeof words, "%.*s", (int)trouble.words_len, trouble.words);
	tell_here(transfer, trouble.error, words);
	return 0;
}

/* ---- digests of a part ---- */

enum digest_kind
transfer_part_kind(const struct transfer *transfer)
{
	return transfer->kind == DIGEST_NONE ? DIGEST_SHA256 : transfer->kind;
}

void
transfer_digest_zeros(struct digest *digest, uint64_t len)
{
	static const uint8_t zeros[ZEROS_SIZE];

	while (len > 0 && digest->kind != DIGEST_NONE) {
		size_t n = len < sizeof zeros ? (size_t)len : sizeof zeros;

		digest_add(digest, zeros, n);
		len -= n;
	}
}

int
transfer_digest_part(struct transfer *transfer, int fd, uint64_t from, uint64_t len,
    struct digest *digest, int *error)
{
	uint8_t *room;

	*error = 0;
	if (digest->kind == DIGEST_NONE)
		return 0;
	if (stream_flush(&transfer->stream) == -1)
		return -1;
	room = stream_room(&transfer->stream, PART_SIZE);
	while (len > 0 && *error == 0) {
		size_t want = len < PART_SIZE ? (size_t)len : PART_SIZE;

		if (file_read(fd, room, want, (off_t)from) != (ssize_t)want)
			*error = errno;
		else
			digest_add(digest, room, want);
		from += want;
		len -= want;
	}
	return 0;
}
