/*
 * clock: what udptime asks and udptimed answers. Two kinds of datagrams:
 *
 * Text. The request is a format of strftime(3), or nothing at all for CLOCK_DEFAULT;
 * the answer is that text, without a newline unless the request ends in one.
 *
 *	""                            "2026-11-20 14:06:23"
 *	"%H:%M\n"                     "14:06\n"
 *	"TZ=Asia/Tokyo %c"            "Fri Nov 20 23:06:23 2026"
 *	"%1400Y"                      "error: %1: no flags or widths"
 *
 * A format is a small program that a stranger has written, and over UDP nobody knows
 * which stranger: the answer may go to a third party. So what a request may ask for is
 * a list, and how long the answer may get is decided from the request alone, before
 * anything is computed: on the wire, with the headers of IPv4 and UDP, no answer is
 * longer than CLOCK_FACTOR times its request. The lengths in the list are those of
 * the C locale, the longest for any date, so a format that is served today is served
 * tomorrow.
 *
 * Nor can two servers that are set on each other talk for ever: an answer has fewer
 * `%' than its request, one without any is refused, and an error is never answered.
 *
 * Probe. CLOCK_PROBE_SIZE bytes, the answer as long as the request (RFC 5905 has the
 * idea, and the names T1 to T4):
 *
 *	 0  magic      00 'c' 'l' 'k'; no text request may have a NUL
 *	 4  version    1
 *	 5  kind       1 request, 2 answer
 *	 6  precision  of the sender's clock: 2^n seconds, n a signed byte from -30 to 0
 *	 7  reserved   0
 *	 8  cookie     8 bytes, whatever the client likes; an answer repeats it
 *	16  T1         when the request left, by the client's clock; an answer repeats it
 *	24  T2         when the request came, by the server's clock; 0 in a request
 *	32  T3         when the answer left, by the server's clock; 0 in a request
 *	40  T4         when the answer came: the client notes it there; 0 on the wire
 *
 * All numbers are big-endian. A time is a count of nanoseconds since 1970-01-01 00:00
 * UTC as POSIX counts them, without leap seconds, from 0 to CLOCK_TIME_MAX (the year
 * 2116): half of what 63 bits hold, so that no sum of two differences overflows.
 */
#ifndef PROTOCOL_CLOCK_H
#define PROTOCOL_CLOCK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_DEFAULT "%Y-%m-%d %X" /* what an empty request asks for */
#define CLOCK_ZONE    "TZ="	    /* a request may begin with this, a zone and a space */
#define CLOCK_ERROR   "error: "	    /* an answer that begins with this is none */

enum {
	CLOCK_FORMAT_MAX = 64, /* bytes of a format */
	CLOCK_ZONE_MAX = 40,   /* of a zone's name; the longest there is has 32 */
	CLOCK_NAME_MAX = 6,    /* of its abbreviation, as POSIX has it: "CEST", "+0530" */
	CLOCK_REQUEST_MAX = 3 + CLOCK_ZONE_MAX + 1 + CLOCK_FORMAT_MAX + 2,

	CLOCK_HEADERS = 28, /* of IPv4 and UDP: 20 + 8; those of IPv6 are longer */
	CLOCK_FACTOR = 2,   /* (headers + answer) / (headers + request), at most */
	CLOCK_ANSWER_MAX = CLOCK_FACTOR * (CLOCK_HEADERS + CLOCK_REQUEST_MAX) - CLOCK_HEADERS,
	CLOCK_ERROR_EXTRA = 32, /* an error has at most so many bytes more than its request */

	CLOCK_PROBE_SIZE = 48,
	CLOCK_PRECISION_MIN = -30, /* 2^-30 s: a nanosecond */
};

#define CLOCK_TIME_MAX (INT64_MAX / 2)

enum clock_verdict {
	CLOCK_OK,
	CLOCK_SILENCE,	  /* it is an error itself: do not answer */
	CLOCK_LONG,	  /* a format or a zone of too many bytes */
	CLOCK_CONTROL,	  /* NUL or another control byte */
	CLOCK_CONVERSION, /* `%' and a letter that is not in the list */
	CLOCK_WIDTH,	  /* `%' and a flag, a width or a modifier */
	CLOCK_LONE,	  /* `%' at the end */
	CLOCK_NOTHING,	  /* no conversion at all: that would be an echo server */
	CLOCK_EXPANDS,	  /* the answer would be too long */
	CLOCK_BAD_ZONE,	  /* no name of a zone */
	/* The server's own: */
	CLOCK_NO_ZONE, /* no such zone here */
	CLOCK_YEAR,    /* a date without four digits for its year */
	CLOCK_VERDICTS,
};

/* A text request, as spans of the bytes that came. */
struct clock_request {
	const char *zone; /* NULL: the server's own */
	size_t zone_len;
	const char *format; /* never empty */
	size_t format_len;
	const char *ending; /* "", "\n" or "\r\n": of the request, and so of the answer */
	char letter;	    /* of CLOCK_CONVERSION and CLOCK_WIDTH, printable ASCII or 0 */
};

enum clock_verdict clock_parse(const void *bytes, size_t len, struct clock_request *request);

/* How long the answer to a request of `len` bytes may be, whatever it asks for. */
size_t clock_answer_limit(size_t len);

/* The longest text of a conversion: 24 for 'c'. 0 when it is not in the list. */
size_t clock_width(char letter);

/* "Europe/Berlin": letters, digits, _ + - and / between them. Whether it exists is not asked.
 */
bool clock_is_zone(const char *name, size_t len);

/* Whether an answer begins as errors do. */
bool clock_is_error(const void *bytes, size_t len);

/*
 * Write the answer to a refused request: its length, at most clock_answer_limit and
 * CLOCK_ERROR_EXTRA more than that of the request; -1 if it does not fit in `cap`.
 */
ssize_t clock_write_error(
    void *buf, size_t cap, enum clock_verdict verdict, const struct clock_request *request);

/*
 * Write a text request; zone and format may be NULL. Its length, or -1 if it does not
 * fit or the zone is none. The format is not looked at: that is the server's part.
 */
ssize_t clock_write_request(void *buf, size_t cap, const char *zone, const char *format);

/* ---- probes ---- */

enum clock_kind {
	CLOCK_ASK = 1,
	CLOCK_ANSWER = 2,
};

struct clock_probe {
	enum clock_kind kind;
	int precision; /* 2^n s */
	uint64_t cookie;
	int64_t t1, t2, t3; /* ns since 1970; t4 is never on the wire */
};

/* Whether these bytes begin as a probe does, well-formed or not. */
bool clock_is_probe(const void *bytes, size_t len);

/* 0, or -1 when it is no well-formed probe. */
int clock_read_probe(const void *bytes, size_t len, struct clock_probe *probe);

/* CLOCK_PROBE_SIZE, or -1 when that does not fit or a value cannot be said. */
ssize_t clock_write_probe(void *buf, size_t cap, const struct clock_probe *probe);

/* A precision for the wire that is no better than `ns`; and what one means, rounded up. */
int clock_precision(int64_t ns);
int64_t clock_precision_ns(int precision);

/* What one probe tells, in ns. */
struct clock_sample {
	int64_t offset; /* the server's clock minus ours: positive when it is ahead */
	int64_t delay;	/* of the way there and back, without the server's own time */
	int64_t bound;	/* the offset is right within this, more or less */
	int64_t grain;	/* what both clocks together cannot tell apart */
};

/*
 * From an answer that came at `t4` by a clock of precision `own`. False when its times
 * contradict each other: then a clock was set meanwhile, or somebody lies.
 */
bool clock_measure(
    const struct clock_probe *answer, int64_t t4, int own, struct clock_sample *sample);

#endif
