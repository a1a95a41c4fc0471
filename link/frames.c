/*
 * frames: frames over a connection. See frames.h.
 */
#include "link/frames.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/trace.h"

enum {
	TOGETHER_MAX = 4096, /* a payload up to this goes out with its header */
};

int
link_open(struct link *link, struct conn *conn)
{
	*link = (struct link){ .conn = conn, .payload = malloc(FRAME_CHUNK_MAX) };
	return link->payload ? 0 : -1;
}

void
link_close(struct link *link)
{
	free(link->payload);
	link->payload = NULL;
}

void
link_trace(bool out, const struct frame *frame)
{
	trace_step(TRACE_TALK, "%s %s, value %" PRIu64 ", %" PRIu64 " bytes", out ? "->" : "<-",
	    frame_name(frame->type), frame->value, frame->size);
}

/* Exactly `len` bytes; 1, 0 if the stream ended before the first, -1. */
static int
read_exact(struct conn *conn, void *into, size_t len)
{
	ssize_t n = conn_read_exact(conn, into, len);

	if (n == (ssize_t)len)
		return 1;
	if (n > 0)
		errno = ECONNRESET;
	return n == 0 ? 0 : -1;
}

int
link_read(struct link *link)
{
	uint8_t header[FRAME_HEADER];
	enum frame_status status;
	int got = read_exact(link->conn, header, sizeof header);

	if (got <= 0) {
		link->over = true;
		return got;
	}
	status = frame_unpack(&link->frame, header, sizeof header);
	if (status != FRAME_OK) {
		log_notice("%s: %s", conn_peer(link->conn), frame_status_words(status));
		link->over = true;
		errno = EPROTO;
		return -1;
	}
	link_trace(false, &link->frame);
	if (link->frame.size == 0)
		return 1;
	got = read_exact(link->conn, link->payload, (size_t)link->frame.size);
	if (got == 1)
		return 1;
	link->over = true;
	if (got == 0)
		errno = ECONNRESET;
	return -1;
}

int
link_write_header(struct link *link, uint8_t type, uint64_t value, uint64_t size)
{
	const struct frame frame = { .type = type, .value = value, .size = size };
	uint8_t header[FRAME_HEADER];

	if (!frame_pack(&frame, header)) {
		errno = EMSGSIZE;
		return -1;
	}
	link_trace(true, &frame);
	return conn_write(link->conn, header, sizeof header);
}

int
link_write(struct link *link, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	const struct frame frame = { .type = type, .value = value, .size = len };
	uint8_t whole[FRAME_HEADER + TOGETHER_MAX];

	if (len > TOGETHER_MAX)
		return link_write_header(link, type, value, len) == -1 ?
			   -1 :
			   conn_write(link->conn, payload, len);
	if (!frame_pack(&frame, whole)) {
		errno = EMSGSIZE;
		return -1;
	}
	link_trace(true, &frame);
	if (len > 0)
		memcpy(whole + FRAME_HEADER, payload, len);
	return conn_write(link->conn, whole, FRAME_HEADER + len);
}

int
link_refuse(struct link *link, enum frame_error error, const char *format, ...)
{
	char words[FRAME_TEXT_MAX];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(words, sizeof words, format, args);
	va_end(args);
	if (len < 0 || len >= (int)sizeof words)
		len = (int)strlen(words);
	return link_write(link, FRAME_ERROR, error, words, (size_t)len);
}
