/*
 * transfer_receive: the end that wants the files. See transfer.h.
 *
 *	ENTRY  a directory    made; answered with the next DONE
 *	ENTRY  a small file   a new temporary; DATA, DIGEST: checked, renamed
 *	ENTRY  a large one    its own temporary, perhaps with what was kept; HAVE
 *	       FROM, DATA ...  written, added to the digest
 *	       DIGEST          checked, synced, renamed; DONE
 *
 * An entry that has failed is told at once, and its frames are taken and thrown away.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link/transfer_arrival.h"
#include "link/transfer_internal.h"

/* The end of an entry, well or not: DONE, now and then. */
static int
count_entry(struct arrival *arrival, bool now)
{
	struct transfer *transfer = arrival->transfer;

	arrival->state = ARRIVAL_NONE;
	transfer->stream.exactly = false;
	transfer->entries++;
	if (!now && transfer->entries - transfer->answered < FILE_DONE_EVERY)
		return 0;
	transfer->answered = transfer->entries;
	if (stream_put(&transfer->stream, FRAME_DONE, transfer->entries, NULL, 0) == -1)
		return -1;
	return stream_flush(&transfer->stream);
}

/* Where the entry belongs: base and its path. False: there is no such place. */
static bool
make_name(struct arrival *arrival, const struct file_entry *entry)
{
	size_t base = strlen(arrival->base);
	bool slash = base > 0 && entry->path_len > 0;

	errno = 0;
	if (!file_path_is_right(entry->path, entry->path_len))
		errno = EINVAL;
	else if (base + slash + entry->path_len >= sizeof arrival->name)
		errno = ENAMETOOLONG;
	else if (entry->kind == FILE_REGULAR && base + entry->path_len == 0)
		errno = EISDIR;
	if (errno != 0)
		return false;
	memcpy(arrival->name, arrival->base, base);
	if (slash)
		arrival->name[base] = '/';
	memcpy(arrival->name + base + slash, entry->path, entry->path_len);
	arrival->name[base + slash + entry->path_len] = '\0';
	return true;
}

/* ---- directories ---- */

static int
make_directory(const struct arrival *arrival)
{
	if (arrival->name[0] == '\0')
		return 0; /* the top is there */
	return jail_mkdir_if_missing(arrival->jail, arrival->name, 0700);
}

/* All is in it: only now may it be closed to us, and its time stays. */
static int
leave_directory(const struct arrival *arrival)
{
	const struct timespec times[] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)arrival->entry.mtime,
		    .tv_nsec = (long)arrival->entry.mtime_ns },
	};

	if (arrival->name[0] == '\0')
		return 0; /* the top is its owner's */
	if (jail_set_times(arrival->jail, arrival->name, times) == -1)
		return -1;
	return jail_chmod(arrival->jail, arrival->name, arrival->entry.mode);
}

/* Refuse what has just begun. What asks sends nothing more. */
static int
refuse_entry(struct arrival *arrival)
{
	struct transfer *transfer = arrival->transfer;

	if (transfer_tell_errno(transfer, transfer->entries, arrival->name) == -1 ||
	    stream_flush(&transfer->stream) == -1)
		return -1;
	if (arrival->entry.kind != FILE_REGULAR || arrival->entry.flags & FILE_ASKS)
		return count_entry(arrival, true);
	arrival->state = ARRIVAL_FAILED;
	return 0;
}

static int
take_directory(struct arrival *arrival)
{
	int done = arrival->entry.kind == FILE_DIRECTORY ? make_directory(arrival) :
							   leave_directory(arrival);

	arrival_leave_folder(arrival);
	return done == -1 ? refuse_entry(arrival) : count_entry(arrival, false);
}

/* ---- entries ---- */

static int
take_entry(struct arrival *arrival, const struct frame *frame)
{
	const uint8_t *payload = stream_payload(&arrival->transfer->stream, frame);
	struct file_entry *entry = &arrival->entry;

	if (payload == NULL)
		return -1;
	if (arrival->state != ARRIVAL_NONE || frame->value != arrival->transfer->entries ||
	    !file_unpack_entry(entry, payload, (size_t)frame->size) ||
	    entry->kind > FILE_LEAVE ||
	    (arrival->single && (entry->kind != FILE_REGULAR || entry->path_len > 0)))
		return transfer_out_of_turn(arrival->transfer, frame);
	if (!make_name(arrival, entry)) {
		snprintf(arrival->name, sizeof arrival->name, "%.*s", (int)entry->path_len,
		    entry->path);
		return refuse_entry(arrival);
	}
	if (entry->kind != FILE_REGULAR)
		return take_directory(arrival);
	if (arrival_begin(arrival) == -1)
		return refuse_entry(arrival);
	if (!(entry->flags & FILE_ASKS)) {
		arrival->state = ARRIVAL_DATA;
		return 0;
	}
	arrival->state = ARRIVAL_ASKED;
	arrival->transfer->stream.exactly = arrival->transfer->kind == DIGEST_NONE;
	return arrival_say_have(arrival);
}

/* ---- what follows an entry ---- */

/* The file has failed (errno): told now, so that the sender need not go on. */
static int
fail(struct arrival *arrival)
{
	struct transfer *transfer = arrival->transfer;

	arrival_drop(arrival);
	arrival->state = ARRIVAL_FAILED;
	if (transfer_tell_errno(transfer, transfer->entries, arrival->name) == -1)
		return -1;
	return stream_flush(&transfer->stream);
}

static int
fail_as_corrupt(struct arrival *arrival, const char *reason)
{
	struct transfer *transfer = arrival->transfer;

	arrival_drop(arrival);
	arrival->state = ARRIVAL_FAILED;
	if (transfer_tell(
		transfer, transfer->entries, FRAME_E_CORRUPT, arrival->name, reason) == -1)
		return -1;
	return stream_flush(&transfer->stream);
}

static int
take_from(struct arrival *arrival, const struct frame *frame)
{
	if (arrival->state != ARRIVAL_ASKED ||
	    (frame->value != 0 && frame->value != arrival->kept))
		return transfer_out_of_turn(arrival->transfer, frame);
	transfer_be_usual(arrival->transfer);
	arrival->state = ARRIVAL_DATA;
	if (arrival_go_on(arrival, frame->value) == -1)
		return fail(arrival);
	transfer_moved(arrival->transfer, arrival->name, frame->value);
	return 0;
}

/* Take a payload and throw it away. */
static int
skip(struct arrival *arrival, const struct frame *frame)
{
	uint64_t left = frame->size;
	const char *bytes;

	while (left > 0) {
		ssize_t n = stream_some(&arrival->transfer->stream, &bytes, left);

		if (n == -1)
			return -1;
		left -= (uint64_t)n;
	}
	return 0;
}

static int
take_data(struct arrival *arrival, const struct frame *frame)
{
	int error = 0;

	if (arrival->state == ARRIVAL_FAILED)
		return skip(arrival, frame);
	if (arrival->state != ARRIVAL_DATA ||
	    frame->size > arrival->entry.size - (uint64_t)arrival->at)
		return transfer_out_of_turn(arrival->transfer, frame);
	if (arrival_write(arrival, frame->size, &error) == -1)
		return -1;
	transfer_moved(arrival->transfer, arrival->name, frame->size);
	if (error == 0)
		return 0;
	errno = error;
	return fail(arrival);
}

static int
take_hole(struct arrival *arrival, const struct frame *frame)
{
	if (arrival->state == ARRIVAL_FAILED)
		return 0;
	if (arrival->state != ARRIVAL_DATA ||
	    frame->value > arrival->entry.size - (uint64_t)arrival->at)
		return transfer_out_of_turn(arrival->transfer, frame);
	transfer_moved(arrival->transfer, arrival->name, frame->value);
	return arrival_skip(arrival, frame->value) == -1 ? fail(arrival) : 0;
}

static int
take_digest(struct arrival *arrival, const struct frame *frame)
{
	bool asks = arrival->entry.flags & FILE_ASKS;
	const uint8_t *sum = stream_payload(&arrival->transfer->stream, frame);

	if (sum == NULL)
		return -1;
	if (arrival->state != ARRIVAL_DATA && arrival->state != ARRIVAL_FAILED)
		return transfer_out_of_turn(arrival->transfer, frame);
	if (arrival->state == ARRIVAL_DATA) {
		const char *wrong = arrival_check(arrival, frame, sum);
		int told = 0;

		if (wrong)
			told = fail_as_corrupt(arrival, wrong);
		else if (arrival_publish(arrival) == -1)
			told = fail(arrival);
		if (told == -1)
			return -1;
	}
	return count_entry(arrival, asks);
}

/* The sender cannot go on with the entry at hand, or does not send something at all. */
static int
take_trouble(struct arrival *arrival, const struct frame *frame)
{
	bool at_hand = arrival->state != ARRIVAL_NONE;

	if (arrival->state == ARRIVAL_FAILED) { /* it only says that it has heard us */
		if (stream_payload(&arrival->transfer->stream, frame) == NULL)
			return -1;
	} else if (transfer_hear_trouble(arrival->transfer, frame) == -1) {
		return -1;
	}
	if (arrival->state == ARRIVAL_DATA || arrival->state == ARRIVAL_ASKED)
		arrival_drop(arrival);
	return at_hand ? count_entry(arrival, arrival->entry.flags & FILE_ASKS) : 0;
}

/* DONE: that was all. */
static int
take_end(struct arrival *arrival, const struct frame *frame)
{
	struct transfer *transfer = arrival->transfer;

	if (arrival->state != ARRIVAL_NONE || frame->value != transfer->entries)
		return transfer_out_of_turn(transfer, frame);
	if (transfer->answered < transfer->entries &&
	    stream_put(&transfer->stream, FRAME_DONE, transfer->entries, NULL, 0) == -1)
		return -1;
	return stream_flush(&transfer->stream);
}

static int
take_frame(struct arrival *arrival, const struct frame *frame)
{
	switch (frame->type) {
	case FRAME_ENTRY:
		return take_entry(arrival, frame);
	case FRAME_FROM:
		return take_from(arrival, frame);
	case FRAME_DATA:
		return take_data(arrival, frame);
	case FRAME_HOLE:
		return take_hole(arrival, frame);
	case FRAME_DIGEST:
		return take_digest(arrival, frame);
	case FRAME_TROUBLE:
		return take_trouble(arrival, frame);
	case FRAME_DONE:
		return take_end(arrival, frame);
	}
	return transfer_out_of_turn(arrival->transfer, frame);
}

int
transfer_receive(
    struct transfer *transfer, const struct jail *jail, const char *base, bool single)
{
	struct arrival arrival = {
		.transfer = transfer, .jail = jail, .base = base, .single = single
	};
	struct frame frame = { 0 };
	int result;

	transfer->entries = transfer->answered = 0;
	do {
		result = transfer_next(transfer, &frame, NULL);
		if (result == 0)
			result = take_frame(&arrival, &frame);
	} while (result == 0 && frame.type != FRAME_DONE);
	if (result == -1)
		arrival_break_off(&arrival);
	arrival_leave_folder(&arrival);
	transfer->entries = transfer->answered = 0;
	return result;
}
