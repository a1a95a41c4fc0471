/*
 * netascii: the text mode of TFTP (RFC 1350 by RFC 764): a line ends with CR LF, and a CR
 * that ends none is CR NUL.
 *
 *	this machine   LF      CR
 *	on the line    CR LF   CR NUL
 *
 * A stream is converted in pieces of any size; a pair may be cut anywhere, also between
 * two blocks, and the state remembers its first half. Zero the state to begin.
 *
 * What it does not do: care about other bytes. A CR before anything else than LF and NUL is
 * an error of the sender's; both bytes are kept.
 */
#ifndef PROTOCOL_NETASCII_H
#define PROTOCOL_NETASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netascii {
	uint8_t second; /* to the line: the other half of a pair, to be written first ... */
	bool owes;	/* ... if this says so */
	bool cr;	/* from the line: a CR came, and what it means is not known yet */
};

/* What one call has done: so many bytes read, so many written. */
struct netascii_step {
	size_t in, out;
};

/*
 * From this machine's text to the line's. It stops when `in` is used up or `out` is full; a
 * half pair that is owed comes out first at the next call, also with in_len 0.
 */
struct netascii_step netascii_encode(
    struct netascii *state, const void *in, size_t in_len, void *out, size_t out_size);

/*
 * Back. `out` must have room for in_len + 1 bytes; all of `in` is used. The length of what
 * was written. In the end netascii_decode_end gives the byte, if any, that was held back.
 */
size_t netascii_decode(struct netascii *state, const void *in, size_t in_len, void *out);
size_t netascii_decode_end(struct netascii *state, void *out);

#endif
