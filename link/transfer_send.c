/*
 * transfer_send: the end that has the files. See transfer.h.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "link/transfer.h"
#include "link/transfer_internal.h"

/* ---- what the receiver says ---- */

int
transfer_take_answer(struct transfer *transfer, const struct frame *frame)
{
	if (frame->type == FRAME_TROUBLE)
		return transfer_hear_trouble(transfer, frame) == -1 ? -1 : 1;
	if (frame->type != FRAME_DONE)
		return 0;
	if (frame->value < transfer->answered || frame->value > transfer->entries)
		return transfer_out_of_turn(transfer, frame);
	transfer->answered = frame->value;
	return 1;
}

int
transfer_await_answers(struct transfer *transfer, uint64_t left)
{
	struct frame frame;

	if (stream_flush(&transfer->stream) == -1)
		return -1;
	while (transfer->entries - transfer->answered > left) {
		int taken;

		if (transfer_next(transfer, &frame, NULL) == -1)
			return -1;
		taken = transfer_take_answer(transfer, &frame);
		if (taken == 0)
			return transfer_out_of_turn(transfer, &frame);
		if (taken == -1)
			return -1;
	}
	return 0;
}

int
transfer_send_end(struct transfer *transfer)
{
	int result = stream_put(&transfer->stream, FRAME_DONE, transfer->entries, NULL, 0);

	if (result == 0)
		result = transfer_await_answers(transfer, 0);
	transfer->entries = transfer->answered = 0;
	return result;
}

/* ---- entries ---- */

int
transfer_put_entry(struct transfer *transfer, const struct file_entry *entry)
{
	uint8_t payload[FILE_ENTRY_MAX];
	int len = file_pack_entry(entry, payload, sizeof payload);

	if (len == -1) {
		errno = EINVAL;
		return -1;
	}
	return stream_put(
	    &transfer->stream, FRAME_ENTRY, transfer->entries, payload, (size_t)len);
}

struct file_entry
transfer_describe(enum file_kind kind, const struct stat *st, const char *path)
{
	return (struct file_entry){
		.kind = kind,
		.mode = (uint16_t)(st->st_mode & FILE_MODE_MASK),
		.mtime = st->st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
		.size = kind == FILE_REGULAR ? (uint64_t)st->st_size : 0,
		.path = path,
		.path_len = strlen(path),
	};
}

/* The receiver's turn, if it is too far behind. And a path that it cannot take. */
static int
begin_entry(struct transfer *transfer, const char *path, bool *right)
{
	*right = file_path_is_right(path, strlen(path));
	if (!*right) {
		errno = ENAMETOOLONG;
		return transfer_tell_errno(transfer, transfer->entries, path);
	}
	if (transfer->entries - transfer->answered < FILE_WINDOW)
		return 0;
	return transfer_await_answers(transfer, FILE_WINDOW - FILE_DONE_EVERY);
}

int
transfer_send_directory(
    struct transfer *transfer, enum file_kind kind, const struct stat *st, const char *path)
{
	struct file_entry entry = transfer_describe(kind, st, path);
	bool right;

	if (begin_entry(transfer, path, &right) == -1)
		return -1;
	if (!right)
		return 0;
	if (transfer_put_entry(transfer, &entry) == -1)
		return -1;
	transfer->entries++;
	return 0;
}

int
transfer_tell_change(
    struct transfer *transfer, uint64_t number, const char *path, bool unreadable)
{
	if (unreadable)
		return transfer_tell_errno(transfer, number, path);
	return transfer_tell(
	    transfer, number, FRAME_E_FAILED, path, "it changed while it was sent");
}

int
transfer_put_sum(struct transfer *transfer, struct digest *digest, uint64_t size)
{
	uint8_t sum[DIGEST_MAX];
	size_t len = digest_end(digest, sum);

	return stream_put(&transfer->stream, FRAME_DIGEST, size, sum, len);
}

/* ---- small: three frames that are never waited for ---- */

static int
send_small(struct transfer *transfer, int fd, const struct stat *st, const char *path)
{
	struct file_entry entry = transfer_describe(FILE_REGULAR, st, path);
	size_t size = (size_t)st->st_size, waiting;
	ssize_t got;
	uint8_t *room;
	struct digest digest;

	/* Room for all of it at once: so nothing has gone if the file turns out bad. */
	if (stream_room(&transfer->stream, 2 * FILE_ENTRY_MAX + FILE_SMALL_MAX) == NULL)
		return -1;
	waiting = transfer->stream.out_len;
	if (transfer_put_entry(transfer, &entry) == -1 ||
	    (size > 0 && stream_put_header(&transfer->stream, FRAME_DATA, 0, size) == -1))
		return -1;
	room = stream_room(&transfer->stream, size + 1);
	if (room == NULL)
		return -1;
	/* One read: of a file a short count is its end. */
	do
		got = pread(fd, room, size + 1, 0);
	while (got == -1 && errno == EINTR);
	if (got != (ssize_t)size) {
		transfer->stream.out_len = waiting;
		return transfer_tell_change(transfer, transfer->entries, path, got == -1);
	}
	stream_commit(&transfer->stream, size);
	digest_begin(&digest, transfer->kind);
	digest_add(&digest, room, size);
	transfer->entries++;
	transfer->files++;
	transfer->bytes += size;
	transfer_moved(transfer, path, size);
	return transfer_put_sum(transfer, &digest, size);
}

int
transfer_send_file(struct transfer *transfer, int fd, const struct stat *st, const char *path)
{
	bool right;

	if (begin_entry(transfer, path, &right) == -1)
		return -1;
	if (!right)
		return 0;
	return st->st_size > FILE_SMALL_MAX ? transfer_send_large(transfer, fd, st, path) :
					      send_small(transfer, fd, st, path);
}
