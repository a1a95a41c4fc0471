/*
 * ftp_text: names and digests within commands and replies.
 *
 *	257 "/a ""b"" c" is the current directory	RFC 959: quotes are doubled
 *	213 SHA-256 0-1024 6dcd...8 notes.txt		draft-bryan-ftp-hash
 *	XSHA256 "notes.txt" 0 1024			elder, and of no standard
 *	250 6dcd...8
 */
#ifndef PROTOCOL_FTP_TEXT_H
#define PROTOCOL_FTP_TEXT_H

#include "protocol/ftp.h"

enum {
	FTP_DIGEST_MAX = 64,	/* bytes: SHA-512's */
	FTP_ALGORITHM_MAX = 16, /* bytes of its name */
};

/* ---- 257 ---- */

/* The name within quotation marks, each of its own doubled: the length, or -1. */
ssize_t ftp_quote_encode(char *buffer, size_t capacity, const char *name, size_t len);

/*
 * The name that a 257's text begins with, to `name`, as a string: its length; -1: no
 * name in quotes (one that has no end is none), an empty one, a NUL in it, no room.
 */
ssize_t ftp_quote_parse(const char *text, size_t len, char *name, size_t capacity);

/* ---- digests ---- */

struct ftp_hash {
	char algorithm[FTP_ALGORITHM_MAX + 1]; /* "SHA-256", as the server writes it */
	uint64_t from, to; /* the first byte, and the one behind the last: 0-SIZE is all */
	uint8_t digest[FTP_DIGEST_MAX];
	size_t digest_len;
	struct ftp_span name;
};

/* The text of HASH's 213, without the number: the length, or -1. */
ssize_t ftp_hash_encode(char *buffer, size_t capacity, const struct ftp_hash *hash);
bool ftp_hash_parse(const char *text, size_t len, struct ftp_hash *hash);

/*
 * The argument of XMD5, XSHA256 and their like: a name, in quotes or not, and perhaps
 * the first byte and the one behind the last. Without quotes all of it is the name. The
 * name goes to `name` as a string; *from is 0 and *to UINT64_MAX if they are not given.
 */
bool ftp_xhash_parse(const char *argument, size_t len, char *name, size_t capacity,
    uint64_t *from, uint64_t *to);
ssize_t ftp_xhash_encode(
    char *buffer, size_t capacity, const char *name, size_t len, uint64_t from, uint64_t to);

/* `digest_len` bytes as lower-case hex, a string: its length, or -1. */
ssize_t
ftp_digest_encode(char *buffer, size_t capacity, const uint8_t *digest, size_t digest_len);

/* The first word of a text that is `digest_len` bytes in hex, whatever else is said. */
bool ftp_digest_parse(const char *text, size_t len, uint8_t *digest, size_t digest_len);

#endif
