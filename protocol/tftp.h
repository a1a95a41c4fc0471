/*
 * tftp: the datagrams of the Trivial File Transfer Protocol (RFC 1350), with the option
 * extension (RFC 2347) and the options blksize (2348), timeout and tsize (2349) and
 * windowsize (7440).
 *
 *	RRQ, WRQ   | 1, 2 | name | 0 | mode | 0 |  option | 0 | value | 0 ...
 *	DATA       |  3   | block | 0 to blksize bytes; fewer than blksize: the last
 *	ACK        |  4   | block |
 *	ERROR      |  5   | code  | text | 0 |
 *	OACK       |  6   | option | 0 | value | 0 ...
 *
 * Opcodes, block numbers and codes are 16 bits, big-endian. Modes, options and values are
 * text; letters count alike in both cases.
 *
 * Decoding fills spans that point into the datagram: no byte is copied, and none has a
 * NUL behind it that counts. An encoder returns the length, or -1 when it does not fit.
 * What a transfer does with these is tftp_engine.h; the text mode is netascii.h.
 */
#ifndef PROTOCOL_TFTP_H
#define PROTOCOL_TFTP_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TFTP_HEADER = 4,	    /* of DATA and ACK */
	TFTP_REQUEST_MAX = 512,	    /* RFC 2347: the maximum size of a request packet */
	TFTP_CONTROL_MAX = 512,	    /* of anything but DATA that we send */
	TFTP_TEXT_MAX = 200,	    /* of an ERROR's text that we send or keep */
	TFTP_BLKSIZE_DEFAULT = 512, /* RFC 1350 */
	TFTP_BLKSIZE_MIN = 8,	    /* RFC 2348 */
	TFTP_BLKSIZE_MAX = 65464,   /* RFC 2348 */
	TFTP_TIMEOUT_MIN = 1,	    /* seconds: RFC 2349 */
	TFTP_TIMEOUT_MAX = 255,
	TFTP_WINDOW_MIN = 1, /* RFC 7440 */
	TFTP_WINDOW_MAX = 65535,
	TFTP_DATAGRAM_MAX = TFTP_HEADER + TFTP_BLKSIZE_MAX,
};

enum tftp_opcode {
	TFTP_RRQ = 1,
	TFTP_WRQ,
	TFTP_DATA,
	TFTP_ACK,
	TFTP_ERROR,
	TFTP_OACK,
};

/* Of an ERROR: RFC 1350, and 8 of RFC 2347. */
enum tftp_code {
	TFTP_NOT_DEFINED, /* see the text */
	TFTP_NOT_FOUND,
	TFTP_ACCESS, /* access violation */
	TFTP_DISK_FULL,
	TFTP_ILLEGAL,	  /* illegal operation */
	TFTP_UNKNOWN_TID, /* from a port that has no part in this transfer */
	TFTP_EXISTS,
	TFTP_NO_USER,
	TFTP_BAD_OPTIONS, /* option negotiation failed */
};

enum tftp_mode {
	TFTP_OCTET,
	TFTP_NETASCII,
};

/* Which options there are: bits of tftp_options.set. */
enum {
	TFTP_SET_BLKSIZE = 1,
	TFTP_SET_TIMEOUT = 2,
	TFTP_SET_TSIZE = 4,
	TFTP_SET_WINDOW = 8,
};

/* Only the members whose bit is in `set` mean something. */
struct tftp_options {
	unsigned set;
	uint32_t blksize;
	uint32_t timeout; /* seconds */
	uint64_t tsize;	  /* bytes; 0 in a read request: tell me */
	uint32_t window;
};

struct tftp_request {
	enum tftp_opcode opcode; /* TFTP_RRQ or TFTP_WRQ */
	const char *name;	 /* never empty, and without a NUL; else whatever bytes */
	size_t name_len;
	enum tftp_mode mode;
	struct tftp_options options;
};

struct tftp_packet {
	enum tftp_opcode opcode;
	struct tftp_request request; /* RRQ, WRQ */
	uint16_t block;		     /* DATA, ACK */
	const uint8_t *data;	     /* DATA */
	size_t data_len;	     /* not checked against any blksize */
	uint16_t code;		     /* ERROR: any number */
	const char *text;	     /* ERROR: whatever bytes, to be escaped before printing */
	size_t text_len;
	struct tftp_options options; /* OACK */
};

/* What is wrong with a datagram. */
enum tftp_verdict {
	TFTP_OK,
	TFTP_BAD_OPCODE, /* none of the six, or not even two bytes */
	TFTP_CUT,	 /* it ends before its fields do */
	TFTP_TOO_LONG,	 /* a request over TFTP_REQUEST_MAX */
	TFTP_NO_NAME,	 /* a request for the empty name */
	TFTP_BAD_MODE,	 /* neither octet nor netascii (mail is obsolete) */
	TFTP_BAD_OPTION, /* an option twice; in an OACK also: unknown, or with no such value */
	TFTP_VERDICTS,
};

/*
 * Read a datagram. On anything but TFTP_OK only `opcode` means something, and that not
 * after TFTP_BAD_OPCODE.
 *
 * In a request an option that we do not know, or whose value makes no sense, is as if it
 * were not there (RFC 2347: it will not be acknowledged); a blksize or windowsize beyond
 * the maximum is the maximum, since the server may lower them; NULs at the end are padding.
 * In an OACK all of that is TFTP_BAD_OPTION.
 * An ACK or DATA of zero length is TFTP_CUT; bytes behind an ACK or an ERROR's text are
 * ignored; an ERROR whose text has no NUL is read to its end.
 */
enum tftp_verdict tftp_decode(struct tftp_packet *packet, const void *bytes, size_t len);

/* The code and the words of an ERROR that answers such a request. */
enum tftp_code tftp_verdict_code(enum tftp_verdict verdict);
const char *tftp_verdict_words(enum tftp_verdict verdict);

/* The options in this order: blksize, timeout, tsize, windowsize. */
ssize_t tftp_encode_request(void *buffer, size_t capacity, const struct tftp_request *request);
ssize_t tftp_encode_oack(void *buffer, size_t capacity, const struct tftp_options *options);
ssize_t tftp_encode_ack(void *buffer, size_t capacity, uint16_t block);
/* A text longer than TFTP_TEXT_MAX is cut. */
ssize_t tftp_encode_error(void *buffer, size_t capacity, enum tftp_code code, const char *text);

/* The four bytes before the content of a block. */
void tftp_put_data_header(uint8_t header[TFTP_HEADER], uint16_t block);

/*
 * The answer to a datagram of a stranger (RFC 1350: ERROR 5, and the transfer goes on). 0
 * for an ERROR and for what is none of ours: these are never answered, or two programs
 * might answer each other for ever.
 */
ssize_t tftp_answer_stranger(void *buffer, size_t capacity, const void *bytes, size_t len);

/*
 * The largest window, up to `wanted`, whose datagrams a socket with `room` bytes of receive
 * buffer (as getsockopt(SO_RCVBUF) tells on Linux) can hold all at once: at least 1. What
 * overruns that buffer is lost each time again, and each loss costs a timeout.
 */
uint32_t tftp_window_for(uint32_t wanted, uint32_t blksize, size_t room);

/* "RRQ", "DATA", …; "octet", "netascii"; "file not found", …: for people, never NULL. */
const char *tftp_opcode_name(unsigned opcode);
const char *tftp_mode_name(enum tftp_mode mode);
const char *tftp_code_words(unsigned code);

#endif
