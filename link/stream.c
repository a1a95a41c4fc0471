/*
 * stream: many frames with few system calls. See stream.h.
 */
#include "link/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

enum {
	PAGE = 4096, /* buffers begin on one, for whole pages to be copied */
};

int
stream_open(struct stream *stream, struct link *link)
{
	void *buffers;

	*stream = (struct stream){ .link = link };
	errno = posix_memalign(&buffers, PAGE, 2 * (size_t)STREAM_SIZE);
	if (errno != 0)
		return -1;
	stream->out = buffers;
	stream->in = (char *)buffers + STREAM_SIZE;
	conn_set_buffer(link->conn, stream->in, STREAM_SIZE);
	return 0;
}

void
stream_close(struct stream *stream)
{
	conn_set_buffer(stream->link->conn, NULL, 0);
	free(stream->out);
	stream->out = NULL;
}

int
stream_flush(struct stream *stream)
{
	size_t len = stream->out_len;

	stream->out_len = 0;
	return len == 0 ? 0 : conn_write(stream->link->conn, stream->out, len);
}

uint8_t *
stream_room(struct stream *stream, size_t len)
{
	if (len > STREAM_SIZE - stream->out_len && stream_flush(stream) == -1)
		return NULL;
	return stream->out + stream->out_len;
}

void
stream_commit(struct stream *stream, size_t len)
{
	stream->out_len += len;
}

int
stream_put_header(struct stream *stream, uint8_t type, uint64_t value, uint64_t size)
{
	uint8_t *room = stream_room(stream, FRAME_HEADER);

	if (room == NULL || link_pack(type, value, size, room) == -1)
		return -1;
	stream_commit(stream, FRAME_HEADER);
	return 0;
}

int
stream_put(struct stream *stream, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	uint8_t *room;

	if (stream_put_header(stream, type, value, len) == -1)
		return -1;
	if (len == 0)
		return 0;
	room = stream_room(stream, len);
	if (room == NULL)
		return -1;
	memcpy(room, payload, len);
	stream_commit(stream, len);
	return 0;
}

static int
broken(struct stream *stream, int error)
{
	stream->link->over = true;
	errno = error;
	return -1;
}

int
stream_head(struct stream *stream, struct frame *frame)
{
	struct conn *conn = stream->link->conn;
	enum frame_status status;
	char exact[FRAME_HEADER];
	const char *header = exact;
	ssize_t n = stream->exactly ? conn_read_exact(conn, exact, FRAME_HEADER) :
				      conn_read_view(conn, &header, FRAME_HEADER, FRAME_HEADER);

	if (n == 0) {
		stream->link->over = true;
		return 0;
	}
	if (n != FRAME_HEADER)
		return broken(stream, n == -1 ? errno : ECONNRESET);
	status = frame_unpack(frame, header, FRAME_HEADER);
	if (status != FRAME_OK) {
		log_notice("%s: %s", conn_peer(conn), frame_status_words(status));
		return broken(stream, EPROTO);
	}
	link_trace(false, frame);
	return 1;
}

const uint8_t *
stream_payload(struct stream *stream, const struct frame *frame)
{
	size_t size = (size_t)frame->size;
	const char *bytes = "";
	ssize_t n;

	if (frame->size > STREAM_SIZE) {
		broken(stream, EMSGSIZE);
		return NULL;
	}
	n = conn_read_view(stream->link->conn, &bytes, size, size);
	if (n != (ssize_t)size) {
		broken(stream, n == -1 ? errno : ECONNRESET);
		return NULL;
	}
	return (const uint8_t *)bytes;
}

ssize_t
stream_some(struct stream *stream, const char **bytes, uint64_t left)
{
	size_t most = left < STREAM_SIZE ? (size_t)left : STREAM_SIZE;
	ssize_t n = conn_read_view(stream->link->conn, bytes, 1, most);

	if (n > 0)
		return n;
	return broken(stream, n == -1 ? errno : ECONNRESET);
}
