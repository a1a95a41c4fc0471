/*
 * stream: many frames with few system calls: how filed and filecp talk.
 *
 * Frames that go are gathered and sent together; what comes is read ahead, and looked
 * at where it lies. A file of 4 KiB takes three frames, and a hundred of them still
 * take only a few sends and receives.
 *
 * Whoever waits for an answer calls stream_flush first.
 */
#ifndef LINK_STREAM_H
#define LINK_STREAM_H

#include "link/frames.h"

enum {
	STREAM_SIZE = 256 * 1024, /* of each buffer: small enough for a processor's cache */
};

struct stream {
	struct link *link;
	uint8_t *out; /* STREAM_SIZE bytes, of which out_len wait to be sent */
	size_t out_len;
	char *in;     /* lent to the connection */
	bool exactly; /* read no more than a header: the kernel moves what follows */
};

/* Begin on a link, after whose greeting nobody calls link_read. 0, or -1 with errno. */
int stream_open(struct stream *stream, struct link *link);
void stream_close(struct stream *stream);

/* Add a frame; or a header, whose payload is added or sent next. 0, or -1 with errno. */
int stream_put(
    struct stream *stream, uint8_t type, uint64_t value, const void *payload, size_t len);
int stream_put_header(struct stream *stream, uint8_t type, uint64_t value, uint64_t size);

/* Send what waits. 0, or -1 with errno. */
int stream_flush(struct stream *stream);

/*
 * Room for `len` bytes (STREAM_SIZE at most) behind what waits, which is sent first if
 * need be. NULL with errno. stream_commit says how many were put there.
 */
uint8_t *stream_room(struct stream *stream, size_t len);
void stream_commit(struct stream *stream, size_t len);

/* The next frame's header. 1; 0 at a proper end; -1 with errno, as link_read. */
int stream_head(struct stream *stream, struct frame *frame);

/* All of its payload, until the next read: for types other than DATA. NULL with errno. */
const uint8_t *stream_payload(struct stream *stream, const struct frame *frame);

/* At least one byte of a payload, at most `left`. How many, or -1 with errno. */
ssize_t stream_some(struct stream *stream, const char **bytes, uint64_t left);

#endif
