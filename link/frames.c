/*
 * frames: frames over a connection. See frames.h.
 */
#include "link/frames.h"

#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	TOGETHER_MAX = 4096, /* a payload up to this goes out with its header */
	SHOWN_MAX = 256,     /* of a payload, with -x */
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

/* The fields with their bytes, in the order in which they stand in the header. */
static void
trace_fields(enum trace_direction direction, const struct frame *frame)
{
	uint8_t header[FRAME_HEADER];
	const uint8_t *p = header;

	if (!frame_pack(frame, header))
		return;
	trace_field(direction, p, 4, "magic    SWBD");
	trace_field(direction, p + 4, 1, "version  %d", p[4]);
	trace_field(direction, p + 5, 1, "type     %d, %s", p[5], frame_name(p[5]));
	trace_field(direction, p + 6, 2, "flags    %d", frame->flags);
	trace_field(direction, p + 8, 8, "value    %" PRIu64, frame->value);
	trace_field(direction, p + 16, 8, "size     %" PRIu64, frame->size);
}

void
link_trace(bool out, const struct frame *frame)
{
	trace_step(TRACE_TALK, "%s %s, value %" PRIu64 ", %" PRIu64 " bytes", out ? "->" : "<-",
	    frame_name(frame->type), frame->value, frame->size);
	if (trace_shows_bytes())
		trace_fields(out ? TRACE_OUT : TRACE_IN, frame);
}

void
link_trace_payload(bool out, const void *bytes, size_t len)
{
	enum trace_direction direction = out ? TRACE_OUT : TRACE_IN;

	trace_bytes(direction, bytes, len < SHOWN_MAX ? len : SHOWN_MAX);
	if (len > SHOWN_MAX)
		trace_field(direction, "", 0, "and %zu bytes more", len - SHOWN_MAX);
}

void
link_hang_up(struct link *link)
{
	struct conn *conn = link->conn;
	struct pollfd wait = { .fd = conn->in, .events = POLLIN };
	int64_t end = sys_now_ms() + LINK_LINGER_MS, now;

	link->over = true;
	if (shutdown(conn->out, SHUT_WR) == -1)
		return; /* no socket, or nobody there */
	while ((now = sys_now_ms()) < end && !(conn->stop && *conn->stop)) {
		if (poll(&wait, 1, (int)(end - now)) <= 0)
			continue;
		if (conn_read(conn, link->payload, FRAME_CHUNK_MAX) <= 0)
			return;
	}
}

/* The header is not right: say so on both sides. */
static int
reject(struct link *link, enum frame_status status)
{
	const char *words = frame_status_words(status);

	log_notice("%s: %s", conn_peer(link->conn), words);
	(void)link_refuse(link, FRAME_E_PROTOCOL, "%s", words);
	link_hang_up(link);
	errno = EPROTO;
	return -1;
}

/* The header, looked at as it comes: a stranger is not waited for. As link_read. */
static int
read_header(struct link *link)
{
	uint8_t header[FRAME_HEADER];
	size_t have = 0;
	enum frame_status status = FRAME_MORE;

	while (status == FRAME_MORE) {
		ssize_t n = conn_read(link->conn, header + have, sizeof header - have);

		if (n == 0 && have > 0)
			errno = ECONNRESET;
		if (n <= 0)
			return n == 0 && have == 0 ? 0 : -1;
		have += (size_t)n;
		status = frame_unpack(&link->frame, header, have);
	}
	if (status == FRAME_OK) {
		link_trace(false, &link->frame);
		return 1;
	}
	trace_bytes(TRACE_IN, header, have);
	return reject(link, status);
}

static int
read_payload(struct link *link)
{
	size_t size = (size_t)link->frame.size;
	ssize_t n = conn_read_exact(link->conn, link->payload, size);

	if (n == (ssize_t)size) {
		link_trace_payload(false, link->payload, size);
		return 1;
	}
	if (n != -1)
		errno = ECONNRESET;
	return -1;
}

int
link_read(struct link *link)
{
	int got = read_header(link);

	if (got == 1)
		got = read_payload(link);
	if (got != 1)
		link->over = true;
	return got;
}

int
link_pack(uint8_t type, uint64_t value, uint64_t size, uint8_t header[FRAME_HEADER])
{
	const struct frame frame = { .type = type, .value = value, .size = size };

	if (!frame_pack(&frame, header)) {
		errno = EMSGSIZE;
		return -1;
	}
	link_trace(true, &frame);
	return 0;
}

int
link_write_header(struct link *link, uint8_t type, uint64_t value, uint64_t size)
{
	uint8_t header[FRAME_HEADER];

	if (link_pack(type, value, size, header) == -1)
		return -1;
	return conn_write(link->conn, header, sizeof header);
}

int
link_write(struct link *link, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	uint8_t whole[FRAME_HEADER + TOGETHER_MAX];

	if (len > TOGETHER_MAX) {
		if (link_write_header(link, type, value, len) == -1)
			return -1;
		link_trace_payload(true, payload, len);
		return conn_write(link->conn, payload, len);
	}
	if (link_pack(type, value, len, whole) == -1)
		return -1;
	link_trace_payload(true, payload, len);
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

size_t
link_make_refusal(enum frame_error error, const char *words, char bytes[LINK_REFUSAL_MAX])
{
	const struct frame frame = {
		.type = FRAME_ERROR, .value = error, .size = strlen(words)
	};
	uint8_t header[FRAME_HEADER];

	if (!frame_pack(&frame, header))
		return 0;
	memcpy(bytes, header, sizeof header);
	memcpy(bytes + sizeof header, words, frame.size);
	return sizeof header + frame.size;
}
