/*
 * ftp_ascii: TYPE A. On the wire a line of text ends in CR LF, in a file here in LF.
 *
 * Every LF goes out as CR LF, and every CR LF comes in as LF; nothing else is touched.
 * So what goes out and comes in again is the same file, whatever was in it.
 */
#ifndef PROTOCOL_FTP_ASCII_H
#define PROTOCOL_FTP_ASCII_H

#include "protocol/ftp.h"

/* From a file to the wire: `out` has room for 2 * len. How many bytes it is. */
size_t ftp_ascii_encode(const void *bytes, size_t len, void *out);

/* A CR that came last and may belong to an LF. Begin with zeroes. */
struct ftp_ascii {
	bool cr;
};

/* From the wire to a file: `out` has room for len + 1. How many bytes it is. */
size_t ftp_ascii_decode(struct ftp_ascii *ascii, const void *bytes, size_t len, void *out);

/* The end has come: 1 if a CR was waiting and is in `out`, else 0. */
size_t ftp_ascii_end(struct ftp_ascii *ascii, void *out);

/* How many LFs: a file of n bytes has n and so many on the wire (RFC 3659, SIZE). */
uint64_t ftp_ascii_count(const void *bytes, size_t len);

#endif
