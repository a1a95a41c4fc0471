/*
 * frame: the suite's own header, which cures glued messages.
 *
 * TCP carries bytes, not messages: two sends may come as one, one as two. So each
 * message says how long it is, in a header that is itself of a fixed length:
 *
 *	 0        4        5        6        8                16               24
 *	+--------+--------+--------+--------+----------------+----------------+----
 *	| magic  |version | type   | flags  | value          | size           | payload
 *	| "SWBD" | 1      |        | 0      | as type says   | of the payload | ...
 *	+--------+--------+--------+--------+----------------+----------------+----
 *
 * Numbers are big-endian. Python: struct.unpack("!4sBBHQQ", header). The types are
 * listed below with the largest payload of each: a header that asks for more, or has
 * another magic, version, type or flag, is refused before anything is allocated or
 * read. frame(5) describes it byte by byte.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_FRAME_H
#define PROTOCOL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_HEADER = 24, /* bytes */
	FRAME_VERSION = 1,
	FRAME_CHUNK_MAX = 1 << 20, /* of the types that carry a stream in pieces */
	FRAME_TEXT_MAX = 1024,	   /* of words for people */
	FRAME_NONCE = 32,
	FRAME_MAC = 32, /* HMAC-SHA-256 */
	FRAME_KEY_NAME_MAX = 64,
};

#define FRAME_MAGIC 0x53574244U /* "SWBD" */

enum frame_type {
	/* Who is there: both sides prove that they know a key. */
	FRAME_HELLO = 1, /* client: its nonce, the key's name. value: the service */
	FRAME_CHALLENGE, /* server: its nonce */
	FRAME_PROOF,	 /* client: its proof */
	FRAME_WELCOME,	 /* server: its proof, or nothing. value: rights */
	FRAME_ERROR,	 /* either: value: an enum frame_error, payload: words. The end */

	/* rcmd */
	FRAME_EXEC = 16, /* client: the command and its arguments: command.h */
	FRAME_STDIN,	 /* client: a piece; an empty one is the end */
	FRAME_SIGNAL,	 /* client: value: the signal's number */
	FRAME_STDOUT,	 /* server: a piece */
	FRAME_STDERR,	 /* server: a piece */
	FRAME_EXIT,	 /* server: value: how it ended; payload: sizes and digests */
	FRAME_WINDOW,	 /* server: value: so many more bytes of STDIN may come */

	/* filecp */
	FRAME_GET = 32, /* client: a path to send: file.h */
	FRAME_PUT,	/* client: a path beneath which to take what follows */
	FRAME_LIST,	/* client: a path to list */
	FRAME_ENTRY,	/* sender: a file or folder. value: its number */
	FRAME_HAVE,	/* receiver: value: bytes it has already; payload: their digest */
	FRAME_FROM,	/* sender: value: the offset it sends from */
	FRAME_DATA,	/* sender: a piece of the file */
	FRAME_DIGEST,	/* sender: of the whole file. value: its size */
	FRAME_DONE,	/* either: value: how many entries are dealt with */
	FRAME_READY,	/* server: the request is taken. value: as the request says */
	FRAME_TROUBLE,	/* either: value: the entry's number; payload: why it does not go */
	FRAME_HOLE,	/* sender: a piece of the file that is all zeros. value: its size */
};

enum frame_error {
	FRAME_E_PROTOCOL = 1, /* a frame that may not come here */
	FRAME_E_DENIED,	      /* no such key, wrong proof, or no right to this */
	FRAME_E_LIMIT,	      /* too many, too large, too long */
	FRAME_E_NAME,	      /* no such command or file, or a name that may not be */
	FRAME_E_FAILED,	      /* tried and failed: the words say why */
	FRAME_E_CORRUPT,      /* a digest does not agree */
};

struct frame {
	uint8_t type;
	uint16_t flags;
	uint64_t value;
	uint64_t size;
};

enum frame_status {
	FRAME_OK,
	FRAME_MORE, /* not all of the header is there */
	FRAME_BAD_MAGIC,
	FRAME_BAD_VERSION,
	FRAME_BAD_TYPE,
	FRAME_BAD_FLAGS,
	FRAME_TOO_LARGE,
};

/* The header of `frame`. False, and nothing written, if its type or size may not be. */
bool frame_pack(const struct frame *frame, uint8_t header[FRAME_HEADER]);

/*
 * A header from the first `len` bytes. *frame is set only if FRAME_OK. A wrong magic or
 * version is told from the bytes that are there, before the header is complete.
 */
enum frame_status frame_unpack(struct frame *frame, const void *bytes, size_t len);

/* The largest payload of a type; -1: there is no such type. */
int64_t frame_max(uint8_t type);

/* For people: "STDOUT", NULL if unknown; what is wrong with a header. */
const char *frame_name(uint8_t type);
const char *frame_status_words(enum frame_status status);

/*
 * Frames out of a stream that comes in pieces of any size.
 *
 *	struct frame_reader reader = { 0 };
 *	while (len > 0 && (n = frame_feed(&reader, bytes, len, &event)) > 0)
 *		... event ...; bytes += n; len -= n;
 */
struct frame_event {
	enum frame_status status; /* FRAME_OK, or the stream is broken for good */
	bool begins;		  /* a header is complete: frame */
	bool ends;		  /* with this piece its payload is, too */
	struct frame frame;	  /* the one at hand */
	const uint8_t *piece;	  /* of its payload, in the bytes that were fed */
	size_t piece_len;
};

struct frame_reader {
	uint8_t header[FRAME_HEADER];
	size_t have; /* bytes of the header */
	struct frame frame;
	uint64_t left;		  /* bytes of the payload to come */
	enum frame_status broken; /* why, from then on; FRAME_OK before */
};

/* Take some of `bytes`: how many; 0 when there are none, or the stream is broken. */
size_t frame_feed(
    struct frame_reader *reader, const void *bytes, size_t len, struct frame_event *event);

/* ---- payloads that every service shares ---- */

/* HELLO: a nonce, then the key's name (1 to FRAME_KEY_NAME_MAX bytes, [A-Za-z0-9._-]). */
struct frame_hello {
	const uint8_t *nonce;
	const char *name; /* not a string: name_len bytes */
	size_t name_len;
};

/* The payload's length, or -1 when it does not fit; whether a payload is a right one. */
int frame_pack_hello(const struct frame_hello *hello, uint8_t *payload, size_t capacity);
bool frame_unpack_hello(struct frame_hello *hello, const void *payload, size_t len);

#endif
