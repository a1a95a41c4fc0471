/*
 * probe: what udpecho -c writes into a datagram, to know it again.
 *
 *	 0        8                24                40
 *	+--------+----------------+----------------+------ - -
 *	| number |     cookie     | sent at, in ns | padding
 *	+--------+----------------+----------------+------ - -
 *
 * Each field is a number in hexadecimal digits, 0 to 9 and A to F: text without small
 * letters passes a server that answers in upper case, and can be read in a dump. The
 * cookie is the run's own: who does not know it cannot forge an answer. The time is of
 * the sender's own clock and means nothing to anybody else.
 */
#ifndef PROTOCOL_PROBE_H
#define PROTOCOL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PROBE_SIZE = 8 + 16 + 16,
};

struct probe {
	uint32_t number;
	uint64_t cookie;
	uint64_t sent_ns;
};

/* Write a probe and padding: exactly `size` bytes. False if that is below PROBE_SIZE. */
bool probe_encode(const struct probe *probe, unsigned char *bytes, size_t size);

/*
 * Read the answer to a probe of `size` bytes. A server may put something before it (as
 * udpechod -n does): the last `size` bytes count. False if this is no such answer.
 */
bool probe_decode(struct probe *probe, const unsigned char *bytes, size_t len, size_t size);

#endif
