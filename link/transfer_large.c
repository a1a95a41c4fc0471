/*
 * transfer_large: a file that is asked for before it goes. See transfer.h.
 *
 *	ENTRY, asking	--->
 *			<---	HAVE, or TROUBLE: not wanted
 *	FROM		--->
 *	DATA ...	--->		between two of them we look whether
 *			<---	TROUBLE	has come: then it goes no further
 *	DIGEST		--->
 *			<---	DONE, or TROUBLE
 *
 * The kernel moves the bytes from the file to the socket. For the digest each piece is
 * read before, into a small buffer that never leaves the processor's cache: cheaper
 * than to send from there, which would copy it once more.
 */
#include <errno.h>
#include <string.h>

#include "common/sys_splice.h"
#include "link/transfer.h"
#include "link/transfer_internal.h"

struct going {
	int fd;
	const struct stat *st;
	const char *path;
	struct digest digest;
	uint64_t at;
	bool unwanted; /* the receiver has said so */
	int error;     /* why it cannot be read to its end; 0 */
};

/* The receiver's HAVE, or its refusal (going->unwanted). */
static int
await_have(struct transfer *transfer, struct going *going, struct frame *have)
{
	uint64_t number = transfer->entries - 1;
	int taken = 1;

	transfer_be_patient(transfer, (uint64_t)going->st->st_size);
	while (taken == 1 && !going->unwanted) {
		if (transfer_next(transfer, have, NULL) == -1)
			return -1;
		taken = transfer_take_answer(transfer, have);
		going->unwanted =
		    taken == 1 && have->type == FRAME_TROUBLE && have->value == number;
	}
	transfer_be_usual(transfer);
	if (taken == 0 && have->type != FRAME_HAVE)
		return transfer_out_of_turn(transfer, have);
	return taken == -1 ? -1 : 0;
}

/* Go on behind what the receiver has, if it is the same as ours. */
static int
find_begin(struct transfer *transfer, struct going *going, const struct frame *have)
{
	enum digest_kind kind = transfer_part_kind(transfer);
	uint8_t theirs[DIGEST_MAX], ours[DIGEST_MAX];
	struct digest part;
	const uint8_t *payload;
	int error;

	going->at = 0;
	payload = stream_payload(&transfer->stream, have);
	if (payload == NULL)
		return -1;
	if (have->value == 0 || have->value > (uint64_t)going->st->st_size ||
	    have->size != digest_len(kind)) {
		digest_begin(&going->digest, transfer->kind);
		return 0;
	}
	memcpy(theirs, payload, digest_len(kind));
	digest_begin(&going->digest, kind);
	if (transfer_digest_part(transfer, going->fd, 0, have->value, &going->digest, &error) ==
	    -1)
		return -1;
	if (error == 0) {
		part = going->digest;
		digest_end(&part, ours);
		if (digest_equal(ours, theirs, digest_len(kind)))
			going->at = have->value;
	}
	if (going->at == 0 || transfer->kind == DIGEST_NONE)
		digest_begin(&going->digest, transfer->kind);
	return 0;
}

/* Has the receiver said something meanwhile? Only that it is in trouble, if so. */
static int
look_for_trouble(struct transfer *transfer, struct going *going)
{
	struct frame frame;

	if (!conn_has_input(transfer->stream.link->conn))
		return 0;
	if (transfer_next(transfer, &frame, NULL) == -1)
		return -1;
	if (frame.type != FRAME_TROUBLE)
		return transfer_out_of_turn(transfer, &frame);
	going->unwanted = true;
	return transfer_hear_trouble(transfer, &frame);
}

/* What a header has promised and the file no longer has: zeros; trouble follows. */
static int
send_zeros(struct transfer *transfer, uint64_t size)
{
	static const uint8_t zeros[4096];

	while (size > 0) {
		size_t n = size < sizeof zeros ? (size_t)size : sizeof zeros;

		if (conn_write(transfer->stream.link->conn, zeros, n) == -1)
			return -1;
		size -= n;
	}
	return 0;
}

/* A piece that the kernel moves. */
static int
send_piece(struct transfer *transfer, struct going *going, size_t size)
{
	struct conn *conn = transfer->stream.link->conn;
	uint64_t before;

	if (stream_put_header(&transfer->stream, FRAME_DATA, 0, size) == -1 ||
	    stream_flush(&transfer->stream) == -1)
		return -1;
	before = atomic_load_explicit(&conn->count->out, memory_order_relaxed);
	if (conn_send_file(conn, going->fd, (off_t)going->at, size) == 0)
		return 0;
	if (errno != EIO)
		return -1;
	going->error = EIO; /* it has become shorter */
	return send_zeros(transfer,
	    size - (atomic_load_explicit(&conn->count->out, memory_order_relaxed) - before));
}

/* What no disk stores need not go over the network either. Advances `at`. */
static int
send_hole(struct transfer *transfer, struct going *going, uint64_t len)
{
	/* At once, so that both sides add the zeros to their digests at the same time. */
	if (stream_put(&transfer->stream, FRAME_HOLE, len, NULL, 0) == -1 ||
	    stream_flush(&transfer->stream) == -1)
		return -1;
	transfer_digest_zeros(&going->digest, len);
	going->at += len;
	transfer_moved(transfer, going->path, len);
	return 0;
}

/* The bytes up to `end`, a piece at a time. */
static int
send_data(struct transfer *transfer, struct going *going, uint64_t end)
{
	while (going->at < end && going->error == 0) {
		size_t piece = end - going->at < FRAME_CHUNK_MAX ? (size_t)(end - going->at) :
								   FRAME_CHUNK_MAX;

		if (look_for_trouble(transfer, going) == -1)
			return -1;
		if (going->unwanted)
			return 0;
		/* Sent from the file itself: if it changes in between the digests differ. */
		if (transfer_digest_part(transfer, going->fd, going->at, piece, &going->digest,
			&going->error) == -1)
			return -1;
		if (going->error == 0 && send_piece(transfer, going, piece) == -1)
			return -1;
		going->at += piece;
		transfer_moved(transfer, going->path, piece);
	}
	return 0;
}

static int
send_pieces(struct transfer *transfer, struct going *going)
{
	uint64_t size = (uint64_t)going->st->st_size;
	int result = 0;

	while (result == 0 && going->at < size && going->error == 0 && !going->unwanted) {
		off_t hole, data = sys_find_data(going->fd, (off_t)going->at, &hole);

		if (data == -1 || (uint64_t)data > size)
			data = (off_t)size;
		if (hole == -1 || (uint64_t)hole > size)
			hole = (off_t)size;
		if ((uint64_t)data > going->at)
			result = send_hole(transfer, going, (uint64_t)data - going->at);
		if (result == 0)
			result = send_data(transfer, going, (uint64_t)hole);
	}
	return result;
}

static bool
is_unchanged(const struct going *going)
{
	struct stat now;

	return going->error == 0 && fstat(going->fd, &now) == 0 &&
	       now.st_size == going->st->st_size &&
	       now.st_mtim.tv_sec == going->st->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == going->st->st_mtim.tv_nsec;
}

/* All has been sent: say its digest, and wait until the receiver has it on its disk. */
static int
end_whole(struct transfer *transfer, struct going *going)
{
	uint64_t size = (uint64_t)going->st->st_size, troubles = transfer->troubles;

	if (transfer_put_sum(transfer, &going->digest, size) == -1)
		return -1;
	transfer_be_patient(transfer, size);
	if (transfer_await_answers(transfer, 0) == -1)
		return -1;
	transfer_be_usual(transfer);
	if (transfer->troubles == troubles) {
		transfer->files++;
		transfer->bytes += size;
	}
	return 0;
}

static int
end_large(struct transfer *transfer, struct going *going)
{
	uint64_t number = transfer->entries - 1;

	if (going->unwanted) /* it knows why */
		return transfer_put_trouble(transfer, number, FRAME_E_FAILED, "stopped");
	if (is_unchanged(going))
		return end_whole(transfer, going);
	errno = going->error;
	return transfer_tell_change(
	    transfer, number, going->path, going->error != 0 && going->error != EIO);
}

int
transfer_send_large(struct transfer *transfer, int fd, const struct stat *st, const char *path)
{
	struct file_entry entry = transfer_describe(FILE_REGULAR, st, path);
	struct going going = { .fd = fd, .st = st, .path = path };
	struct frame have;

	entry.flags = FILE_ASKS;
	if (transfer_put_entry(transfer, &entry) == -1 || stream_flush(&transfer->stream) == -1)
		return -1;
	transfer->entries++;
	if (await_have(transfer, &going, &have) == -1)
		return -1;
	if (going.unwanted)
		return 0;
	if (find_begin(transfer, &going, &have) == -1 ||
	    stream_put(&transfer->stream, FRAME_FROM, going.at, NULL, 0) == -1)
		return -1;
	transfer_moved(transfer, path, going.at);
	if (send_pieces(transfer, &going) == -1)
		return -1;
	return end_large(transfer, &going);
}
