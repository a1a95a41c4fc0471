/*
 * file: what the frames of filed and filecp carry. frame.h has their header.
 *
 *	client (sends)                        server (receives)
 *	PUT     digest, "dir"        --->
 *	                             <---     READY   1: it is a directory
 *	ENTRY   file 0, small        --->     (nothing is asked about a small one)
 *	DATA, DIGEST                 --->
 *	ENTRY   file 1, ASKS         --->
 *	                             <---     HAVE    bytes kept of it, their digest
 *	FROM    where I go on        --->
 *	DATA DATA DATA, DIGEST       --->
 *	                             <---     DONE    2: so many are dealt with
 *	DONE    2: that was all      --->
 *	                             <---     DONE    2
 *
 * GET is the same with the parts exchanged: the server sends ENTRY, the client
 * answers HAVE and DONE. Entries have numbers, which both sides count for themselves,
 * from 0. What cannot be done is told by TROUBLE, with the number in its value, and
 * the rest goes on: the receiver's says that an entry is not wanted or has failed, and
 * goes on taking its frames; the sender's says that an entry ends here, or if none is
 * at hand that something is not sent at all.
 *
 * The receiver says DONE after each FILE_DONE_EVERY entries, after each that asks, and
 * at the end if it has not said the last number yet. The sender is never more than FILE_WINDOW
 *entries ahead of it: so a thousand small files need a few round trips, and answers never fill
 *the way back.
 *
 * A GET with FILE_TOTAL asks how much would come, for who shows it; READY answers.
 *
 * HOLE stands for DATA of zeros. The digest is over all bytes, zeros too.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_FILE_H
#define PROTOCOL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/frame.h"

enum {
	FILE_PATH_MAX = 4095,	/* bytes of a path, without a NUL */
	FILE_NAME_MAX = 255,	/* of a component */
	FILE_SMALL_MAX = 65536, /* bytes of a file that may come without being asked for */
	FILE_WORDS_MAX = 256,	/* of a TROUBLE */
	FILE_DONE_EVERY = 32,	/* entries */
	FILE_WINDOW = 128,	/* entries that are not answered */
	FILE_SUM_MAX = 32,	/* bytes of a digest */
	FILE_MODE_MASK = 0777,	/* of a mode: no peer makes a file set-user-ID */
	FILE_ENTRY_HEAD = 24,	/* bytes of an entry before its path */
	FILE_ENTRY_MAX = FILE_ENTRY_HEAD + FILE_PATH_MAX,
};

enum file_kind {
	FILE_REGULAR = 1,
	FILE_DIRECTORY, /* make it; what is in it follows */
	FILE_LEAVE,	/* all that is in it has come: now its mode and time */
	FILE_LINK,	/* of a LIST only, as is what follows */
	FILE_OTHER,
};

enum file_entry_flag {
	FILE_ASKS = 1 << 0, /* the sender waits for HAVE */
};

/*
 * ENTRY's payload: kind(1) flags(1) mode(2) mtime(8) nanoseconds(4) size(8) path.
 * The path is relative to what was asked for; empty: the very thing.
 */
struct file_entry {
	enum file_kind kind;
	uint8_t flags;
	uint16_t mode; /* the nine bits */
	int64_t mtime; /* seconds since 1970 */
	uint32_t mtime_ns;
	uint64_t size;
	const char *path; /* not a string: path_len bytes */
	size_t path_len;
};

#define FILE_TOTAL_UNKNOWN UINT64_MAX /* in FILE_TOTAL's READY: not counted in time */

enum file_request_flag {
	FILE_RECURSIVE = 1 << 0, /* GET: directories, too */
	FILE_TOTAL = 1 << 1,	 /* GET: only READY, whose value is all bytes there are */
};

/* GET, PUT and LIST's payload: digest(1) flags(1) path. */
struct file_request {
	uint8_t digest; /* an enum digest_kind */
	uint8_t flags;
	const char *path;
	size_t path_len;
};

/* HAVE's payload: the digest, SHA-256 always, of as many bytes as its value says. */

/* TROUBLE's payload: an enum frame_error(1), words. */
struct file_trouble {
	enum frame_error error;
	const char *words;
	size_t words_len;
};

/*
 * Whether a path is one that a peer may say: relative, with components that are
 * neither empty, nor `.` nor `..`, nor longer than FILE_NAME_MAX; no NUL. Any other
 * bytes are right: a name is bytes. The empty path is right, too.
 */
bool file_path_is_right(const char *path, size_t len);

/* The payload's length, or -1 when it does not fit or may not be. */
int file_pack_entry(const struct file_entry *entry, uint8_t *payload, size_t capacity);
int file_pack_request(const struct file_request *request, uint8_t *payload, size_t capacity);
int file_pack_trouble(const struct file_trouble *trouble, uint8_t *payload, size_t capacity);

/*
 * Whether it is a right one. Paths and words lie in the payload. A path is not checked
 * but for its length, so that a wrong one can be refused with a reason.
 */
bool file_unpack_entry(struct file_entry *entry, const void *payload, size_t len);
bool file_unpack_request(struct file_request *request, const void *payload, size_t len);
bool file_unpack_trouble(struct file_trouble *trouble, const void *payload, size_t len);

#endif
