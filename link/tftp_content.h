/*
 * tftp_content: the file's side of a TFTP transfer. For tftp_run alone.
 *
 * A source gives any part of the window that may still be sent, also again. A regular file
 * in octet mode is read again for that; what cannot be (a pipe) or would be converted again
 * (netascii) is kept. A sink gathers small blocks until a write is worth its call, and
 * writes large batches from where they lie.
 */
#ifndef LINK_TFTP_CONTENT_H
#define LINK_TFTP_CONTENT_H

#include <sys/types.h>
#include <sys/uio.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/netascii.h"

enum {
	CONTENT_PART = 65536,	/* of a read; no block is longer */
	CONTENT_GATHER = 65536, /* of a write */
	CONTENT_PIECES = 256,	/* of one write */
};

/* ---- source ---- */

struct content_part {
	uint64_t offset;
	size_t len;
	unsigned char *bytes;
};

struct tftp_source {
	int file;
	bool again;    /* it can be read twice */
	bool ended;    /* size is known */
	uint64_t size; /* of the content */
	size_t blksize;

	off_t base; /* again: where the content begins in the file */
	struct content_part parts[2];
	int newer; /* the part that was filled last */

	bool netascii; /* else: what is kept, from `kept.offset` on, up to the window's end */
	struct netascii text;
	struct content_part kept;
	size_t capacity;
};

/* 0, or -1 with errno. `window`: bytes of one. */
int tftp_source_begin(
    struct tftp_source *source, int file, bool netascii, size_t blksize, size_t window);
void tftp_source_end(struct tftp_source *source);

/* Nothing before `from` is needed any more; see to it that all below `to` is known. */
int tftp_source_reach(struct tftp_source *source, uint64_t from, uint64_t to);

/*
 * Content from `offset` on: *len bytes, at most as asked for, whole blocks unless it is the
 * end. NULL with errno; EIO if the file has become shorter.
 */
const unsigned char *tftp_source_get(struct tftp_source *source, uint64_t offset, size_t *len);

/* While there is time: have that ready, if it is not. Errors come out when it is got. */
void tftp_source_ahead(struct tftp_source *source, uint64_t offset);

/* ---- sink ---- */

struct tftp_sink {
	int file;
	bool netascii;
	struct netascii text;
	uint64_t bytes; /* written or gathered */
	unsigned char *gathered;
	size_t gathered_len;
	struct iovec pieces[CONTENT_PIECES]; /* where the batch lies */
	int count;
	size_t batch;
};

int tftp_sink_begin(struct tftp_sink *sink, int file, bool netascii);
void tftp_sink_end(struct tftp_sink *sink);

/* A block. It must stay where it is until the batch is put away. 0, or -1 with errno. */
int tftp_sink_add(struct tftp_sink *sink, const uint8_t *bytes, size_t len);
/* The batch may go: written, or gathered with others. */
int tftp_sink_put(struct tftp_sink *sink);
/* That was all: write what is gathered. */
int tftp_sink_finish(struct tftp_sink *sink);

#endif
