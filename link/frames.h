/*
 * frames: frames over a connection: how both ends of rcmd and filecp read and write.
 *
 * Reads block, with conn's time limit. A payload is read into the link's own buffer,
 * which holds the largest there may be: so no length from the peer is ever allocated.
 */
#ifndef LINK_FRAMES_H
#define LINK_FRAMES_H

#include "common/conn.h"
#include "protocol/frame.h"

enum {
	LINK_LINGER_MS = 2000, /* to let a peer hear the end */
	LINK_REFUSAL_MAX = FRAME_HEADER + FRAME_TEXT_MAX,
};

struct link {
	struct conn *conn;
	uint8_t *payload; /* FRAME_CHUNK_MAX bytes; of the last frame that was read */
	struct frame frame;
	bool over; /* the peer has ended, or the stream is broken */
};

/* Begin over an open connection. 0, or -1 with errno. link_close frees the buffer only. */
int link_open(struct link *link, struct conn *conn);
void link_close(struct link *link);

/*
 * The next frame, whole: link->frame and link->payload. 1; 0 at a proper end, between
 * two frames; -1 with errno: EPROTO after a header that is not right (said on the log
 * and to the peer), ECONNRESET when the stream ends within a frame, or as conn_read.
 */
int link_read(struct link *link);

/* A frame with its payload, as one send where it is small. 0, or -1 with errno. */
int
link_write(struct link *link, uint8_t type, uint64_t value, const void *payload, size_t len);

/*
 * The header of a frame that is to go out, for who sends it by other means. 0, or -1
 * with EMSGSIZE: a type or size that may not be.
 */
int link_pack(uint8_t type, uint64_t value, uint64_t size, uint8_t header[FRAME_HEADER]);

/* Only the header, for a payload that follows by other means (conn_send_file). */
int link_write_header(struct link *link, uint8_t type, uint64_t value, uint64_t size);

/* FRAME_ERROR with words. The conversation is over after it. 0, or -1. */
int link_refuse(struct link *link, enum frame_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A FRAME_ERROR whole, for who is sent away before there is a link (serve's -C). Its
 * length, or 0: the words are too long.
 */
size_t
link_make_refusal(enum frame_error error, const char *words, char bytes[LINK_REFUSAL_MAX]);

/*
 * Say no more, and let the peer have time to hear what was said: what it still sends is
 * read and thrown away until it ends, for LINK_LINGER_MS at most. To close with bytes
 * unread would send a reset, which may overtake our last words. Before the close, after
 * a refusal in the middle of what the peer sends.
 */
void link_hang_up(struct link *link);

/* With -v a header in one line, with -x field by field, as it comes or goes. */
void link_trace(bool out, const struct frame *frame);

/* With -x: the beginning of a payload. link_read and link_write do it themselves. */
void link_trace_payload(bool out, const void *bytes, size_t len);

#endif
