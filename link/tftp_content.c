/*
 * tftp_content: the file's side of a TFTP transfer. See tftp_content.h.
 */
#include "link/tftp_content.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file_read.h"
#include "common/pieces.h"

enum {
	RAW = 16384, /* of a text that is read to be converted */
};

/* ---- source ---- */

int
tftp_source_begin(
    struct tftp_source *source, int file, bool netascii, size_t blksize, size_t window)
{
	struct stat st;

	*source = (struct tftp_source){ .file = file, .netascii = netascii };
	source->blksize = blksize;
	if (fstat(file, &st) == -1)
		return -1;
	source->base = lseek(file, 0, SEEK_CUR);
	source->again = S_ISREG(st.st_mode) && source->base != -1 && !netascii;
	if (source->again) {
		source->ended = true;
		if (st.st_size > source->base)
			source->size = (uint64_t)(st.st_size - source->base);
		source->parts[0].bytes = malloc((size_t)2 * CONTENT_PART);
		source->parts[1].bytes = source->parts[0].bytes + CONTENT_PART;
		return source->parts[0].bytes ? 0 : -1;
	}
	source->capacity = 2 * window + CONTENT_PART;
	source->kept.bytes = malloc(source->capacity);
	return source->kept.bytes ? 0 : -1;
}

void
tftp_source_end(struct tftp_source *source)
{
	free(source->again ? source->parts[0].bytes : source->kept.bytes);
}

static ssize_t
read_file(int file, void *into, size_t len)
{
	ssize_t n;

	while ((n = read(file, into, len)) == -1 && errno == EINTR)
		continue;
	return n;
}

/* Add to what is kept, up to `room` bytes more. 0, or -1. */
static int
read_more(struct tftp_source *source, size_t room)
{
	struct content_part *kept = &source->kept;
	unsigned char *to = kept->bytes + kept->len, raw[RAW];
	struct netascii_step step;
	ssize_t n;

	if (source->netascii) { /* each byte may become two, and one may be owed */
		if (room / 2 < sizeof raw)
			n = read_file(source->file, raw, room / 2);
		else
			n = read_file(source->file, raw, sizeof raw);
		if (n >= 0) {
			step = netascii_encode(&source->text, raw, (size_t)n, to, room);
			kept->len += step.out;
		}
	} else {
		n = read_file(source->file, to, room);
		if (n > 0)
			kept->len += (size_t)n;
	}
	if (n == 0) {
		source->ended = true;
		source->size = kept->offset + kept->len;
	}
	return n == -1 ? -1 : 0;
}

int
tftp_source_reach(struct tftp_source *source, uint64_t from, uint64_t to)
{
	struct content_part *kept = &source->kept;

	if (source->again)
		return 0;
	if (kept->offset + kept->len <= to && from > kept->offset) {
		size_t done = (size_t)(from - kept->offset);

		memmove(kept->bytes, kept->bytes + done, kept->len - done);
		kept->offset = from;
		kept->len -= done;
	}
	/* One byte more than the window: does it end just there? */
	while (!source->ended && kept->offset + kept->len <= to)
		if (read_more(source, source->capacity - kept->len) == -1)
			return -1;
	return 0;
}

/* Whole blocks of it, or all to the end. */
static const unsigned char *
part_of(const struct tftp_source *source, const struct content_part *part, uint64_t offset,
    size_t *len)
{
	size_t skip, left;

	if (offset < part->offset || offset >= part->offset + part->len)
		return NULL;
	skip = (size_t)(offset - part->offset);
	left = part->len - skip;
	if (*len > left) {
		*len = left;
		if (!source->ended || offset + left < source->size)
			*len -= left % source->blksize;
	}
	return *len ? part->bytes + skip : NULL;
}

/* Read into the part that was filled longer ago. 0, or -1. */
static int
fill(struct tftp_source *source, uint64_t offset)
{
	struct content_part *part = &source->parts[!source->newer];
	size_t want = CONTENT_PART - CONTENT_PART % source->blksize;

	if (offset + want > source->size)
		want = (size_t)(source->size - offset);
	if (file_read(source->file, part->bytes, want, source->base + (off_t)offset) !=
	    (ssize_t)want)
		return -1; /* perhaps it was longer when we began */
	*part = (struct content_part){ .offset = offset, .len = want, .bytes = part->bytes };
	source->newer = !source->newer;
	return 0;
}

const unsigned char *
tftp_source_get(struct tftp_source *source, uint64_t offset, size_t *len)
{
	static const unsigned char nothing[1];
	const unsigned char *bytes = NULL;

	if (*len == 0)
		return nothing;
	if (!source->again)
		return part_of(source, &source->kept, offset, len);
	for (int i = 0; i < 2 && bytes == NULL; i++)
		bytes = part_of(source, &source->parts[i], offset, len);
	if (bytes == NULL && fill(source, offset) == 0)
		bytes = part_of(source, &source->parts[source->newer], offset, len);
	return bytes;
}

void
tftp_source_ahead(struct tftp_source *source, uint64_t offset)
{
	if (!source->again || offset >= source->size)
		return;
	for (int i = 0; i < 2; i++) {
		const struct content_part *part = &source->parts[i];

		if (offset >= part->offset && offset < part->offset + part->len)
			return;
	}
	(void)fill(source, offset);
}

/* ---- sink ---- */

int
tftp_sink_begin(struct tftp_sink *sink, int file, bool netascii)
{
	sink->file = file;
	sink->netascii = netascii;
	sink->text = (struct netascii){ .cr = false };
	sink->bytes = 0;
	sink->gathered_len = sink->batch = 0;
	sink->count = 0;
	sink->gathered = malloc(CONTENT_GATHER + 1);
	return sink->gathered ? 0 : -1;
}

void
tftp_sink_end(struct tftp_sink *sink)
{
	free(sink->gathered);
}

/* Write all pieces; they are used up. 0, or -1 with errno. */
static int
write_all(int file, struct iovec *pieces, int count)
{
	ssize_t n;

	while (count > 0) {
		n = writev(file, pieces, count);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		count = pieces_skip(&pieces, count, (size_t)n);
	}
	return 0;
}

static int
write_gathered(struct tftp_sink *sink)
{
	struct iovec all = { .iov_base = sink->gathered, .iov_len = sink->gathered_len };

	sink->gathered_len = 0;
	return all.iov_len ? write_all(sink->file, &all, 1) : 0;
}

/* Text is converted on its way to where it is gathered. */
static int
gather_text(struct tftp_sink *sink, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t room = CONTENT_GATHER - sink->gathered_len, n = len < room ? len : room,
		       out;

		out =
		    netascii_decode(&sink->text, bytes, n, sink->gathered + sink->gathered_len);
		sink->gathered_len += out;
		sink->bytes += out;
		bytes += n;
		len -= n;
		if (sink->gathered_len >= CONTENT_GATHER && write_gathered(sink) == -1)
			return -1;
	}
	return 0;
}

int
tftp_sink_add(struct tftp_sink *sink, const uint8_t *bytes, size_t len)
{
	if (sink->netascii)
		return gather_text(sink, bytes, len);
	sink->bytes += len;
	sink->batch += len;
	sink->pieces[sink->count++] =
	    (struct iovec){ .iov_base = (void *)(uintptr_t)bytes, .iov_len = len };
	return sink->count == CONTENT_PIECES ? tftp_sink_put(sink) : 0;
}

int
tftp_sink_put(struct tftp_sink *sink)
{
	bool fits = sink->batch <= CONTENT_GATHER - sink->gathered_len;
	int count = sink->count, result;

	sink->count = 0;
	if (!fits || sink->batch > CONTENT_GATHER / 4) {
		result = write_gathered(sink);
		if (result == 0 && sink->batch > 0)
			result = write_all(sink->file, sink->pieces, count);
		sink->batch = 0;
		return result;
	}
	for (int i = 0; i < count; i++) {
		memcpy(sink->gathered + sink->gathered_len, sink->pieces[i].iov_base,
		    sink->pieces[i].iov_len);
		sink->gathered_len += sink->pieces[i].iov_len;
	}
	sink->batch = 0;
	return 0;
}

int
tftp_sink_finish(struct tftp_sink *sink)
{
	unsigned char last;

	if (tftp_sink_put(sink) == -1 || write_gathered(sink) == -1)
		return -1;
	if (netascii_decode_end(&sink->text, &last) == 0)
		return 0;
	sink->bytes++;
	return write_all(sink->file, &(struct iovec){ &last, 1 }, 1);
}
