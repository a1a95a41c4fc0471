/*
 * transfer_arrival: a file on its way into a jail. See transfer_arrival.h.
 */
#include "link/transfer_arrival.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "link/transfer_internal.h"

enum {
	TAG_BYTES = 16, /* of the digest of a name, which names its temporary */
};

void
arrival_leave_folder(struct arrival *arrival)
{
	if (arrival->entered && arrival->folder.top != arrival->jail->top)
		jail_end(&arrival->folder);
	arrival->entered = false;
}

/* The folder of the first `len` bytes of the name. 0, or -1 with errno. */
static int
enter_folder(struct arrival *arrival, size_t len)
{
	if (arrival->entered && strlen(arrival->folder_name) == len &&
	    memcmp(arrival->folder_name, arrival->name, len) == 0)
		return 0;
	arrival_leave_folder(arrival);
	memcpy(arrival->folder_name, arrival->name, len);
	arrival->folder_name[len] = '\0';
	arrival->folder = *arrival->jail;
	if (len > 0 && jail_enter(arrival->jail, arrival->folder_name, &arrival->folder) == -1)
		return -1;
	jail_expect_many(&arrival->folder);
	arrival->entered = true;
	return 0;
}

/*
 * The temporary of a large file has a name that follows from the file's own, so that
 * the next attempt finds it. If somebody else is at it, this one has a new name and
 * nothing to go on with; so is a small one's, which is never gone on with.
 */
static int
create(struct arrival *arrival)
{
	const char *slash = strrchr(arrival->name, '/');
	const char *last = slash ? slash + 1 : arrival->name;
	char tag[DIGEST_TEXT_MAX];
	uint8_t sum[DIGEST_MAX];
	struct digest digest;

	if (arrival->entry.flags & FILE_ASKS) {
		digest_begin(&digest, DIGEST_SHA256);
		digest_add(&digest, last, strlen(last));
		digest_end(&digest, sum);
		arrival->own_name = true;
		if (jail_create(arrival->jail, arrival->name,
			digest_format(sum, TAG_BYTES, tag), arrival->entry.mode,
			&arrival->file) == 0)
			return 0;
		if (errno != EBUSY && errno != EACCES)
			return -1;
	}
	arrival->own_name = false;
	if (enter_folder(arrival, (size_t)(slash ? slash - arrival->name : 0)) == -1)
		return -1;
	return jail_create(&arrival->folder, last, NULL, arrival->entry.mode, &arrival->file);
}

static bool
is_synced(const struct arrival *arrival)
{
	switch (arrival->transfer->sync) {
	case TRANSFER_SYNC_ALL:
		return true;
	case TRANSFER_SYNC_NONE:
		return false;
	case TRANSFER_SYNC_LARGE:
		break;
	}
	return arrival->entry.flags & FILE_ASKS;
}

int
arrival_begin(struct arrival *arrival)
{
	if (create(arrival) == -1)
		return -1;
	arrival->file.lazy = !is_synced(arrival);
	arrival->at = 0;
	arrival->kept = 0;
	digest_begin(&arrival->digest, arrival->transfer->kind);
	return 0;
}

int
arrival_say_have(struct arrival *arrival)
{
	struct transfer *transfer = arrival->transfer;
	uint8_t sum[DIGEST_MAX];
	struct stat st;
	struct digest part;
	size_t len = 0;
	int error;

	if (arrival->own_name && fstat(arrival->file.fd, &st) == 0 && st.st_size > 0 &&
	    (uint64_t)st.st_size <= arrival->entry.size) {
		digest_begin(&arrival->digest, transfer_part_kind(transfer));
		if (transfer_digest_part(transfer, arrival->file.fd, 0, (uint64_t)st.st_size,
			&arrival->digest, &error) == -1)
			return -1;
		if (error == 0)
			arrival->kept = (uint64_t)st.st_size;
	}
	if (arrival->kept > 0) {
		part = arrival->digest; /* which goes on, if the sender agrees */
		len = digest_end(&part, sum);
	}
	if (stream_put(&transfer->stream, FRAME_HAVE, arrival->kept, sum, len) == -1 ||
	    stream_flush(&transfer->stream) == -1)
		return -1;
	transfer_be_patient(transfer, arrival->kept);
	return 0;
}

int
arrival_go_on(struct arrival *arrival, uint64_t from)
{
	arrival->at = (off_t)from;
	if (from == 0 || arrival->transfer->kind == DIGEST_NONE)
		digest_begin(&arrival->digest, arrival->transfer->kind);
	/* Whatever lies behind is not ours: a part that was not the same, or too long. */
	return ftruncate(arrival->file.fd, (off_t)from);
}

static int
write_fully(int fd, const char *bytes, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

int
arrival_write(struct arrival *arrival, uint64_t len, int *error)
{
	struct transfer *transfer = arrival->transfer;
	const char *bytes;

	if (transfer->kind == DIGEST_NONE)
		return conn_receive_file(transfer->stream.link->conn, &transfer->pipe,
		    arrival->file.fd, &arrival->at, len, error);
	while (len > 0) {
		ssize_t n = stream_some(&transfer->stream, &bytes, len);

		if (n == -1)
			return -1;
		len -= (uint64_t)n;
		if (*error != 0)
			continue;
		digest_add(&arrival->digest, bytes, (size_t)n);
		if (write_fully(arrival->file.fd, bytes, (size_t)n, arrival->at) == -1)
			*error = errno;
		arrival->at += n;
	}
	return 0;
}

int
arrival_skip(struct arrival *arrival, uint64_t len)
{
	transfer_digest_zeros(&arrival->digest, len);
	arrival->at += (off_t)len;
	/* Behind what was written there is nothing: longer, it reads as zeros. */
	return ftruncate(arrival->file.fd, arrival->at);
}

const char *
arrival_check(struct arrival *arrival, const struct frame *frame, const uint8_t *sum)
{
	uint8_t ours[DIGEST_MAX];
	size_t len = digest_end(&arrival->digest, ours);

	if (frame->value != arrival->entry.size || (uint64_t)arrival->at != arrival->entry.size)
		return "not all of it has come";
	if (frame->size != len || !digest_equal(ours, sum, len))
		return "its digest does not agree: it was changed on the way, or while it "
		       "was sent";
	return NULL;
}

int
arrival_publish(struct arrival *arrival)
{
	const struct timespec times[] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)arrival->entry.mtime,
		    .tv_nsec = (long)arrival->entry.mtime_ns },
	};

	if (futimens(arrival->file.fd, times) == -1 || jail_publish(&arrival->file, true) == -1)
		return -1;
	arrival->transfer->files++;
	arrival->transfer->bytes += arrival->entry.size;
	return 0;
}

void
arrival_drop(struct arrival *arrival)
{
	jail_discard(&arrival->file);
}

void
arrival_break_off(struct arrival *arrival)
{
	if (arrival->state != ARRIVAL_DATA && arrival->state != ARRIVAL_ASKED)
		return;
	if (arrival->own_name && (arrival->at > 0 || arrival->kept > 0))
		jail_keep(&arrival->file);
	else
		jail_discard(&arrival->file);
}
