/*
 * pack: a bounded big-endian cursor over bytes. The C answer to Python's struct.
 *
 * Numbers go on the network with their most significant byte first (RFC 1700,
 * "Data Notations"), whatever this machine does. A cursor knows where its bytes
 * end and sticks at the first attempt to pass it: that call and all later ones do
 * nothing (an unpack gives 0), and `failed` is set. So a whole header is packed or
 * unpacked without a check on each line, and one check at the end finds
 * truncation.
 *
 *	struct pack p = pack_begin(buf, sizeof buf);
 *	pack_u16(&p, opcode);                    Python: struct.pack("!HQ4s", ...)
 *	pack_u64(&p, size);
 *	pack_bytes(&p, name, 4);
 *	len = pack_end(&p);                      -1: did not fit
 *
 * Nothing is allocated, and no byte is touched beyond the bounds.
 */
#ifndef PROTOCOL_PACK_H
#define PROTOCOL_PACK_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pack {
	uint8_t *at, *end;
	uint8_t *start;
	bool failed;
};

struct unpack {
	const uint8_t *at, *end;
	bool failed;
};

struct pack pack_begin(void *buffer, size_t capacity);
struct unpack unpack_begin(const void *bytes, size_t len);

void pack_u8(struct pack *pack, uint8_t value);
void pack_u16(struct pack *pack, uint16_t value);
void pack_u32(struct pack *pack, uint32_t value);
void pack_u64(struct pack *pack, uint64_t value);
void pack_bytes(struct pack *pack, const void *bytes, size_t len);

uint8_t unpack_u8(struct unpack *unpack);
uint16_t unpack_u16(struct unpack *unpack);
uint32_t unpack_u32(struct unpack *unpack);
uint64_t unpack_u64(struct unpack *unpack);

/* The next `len` bytes where they lie, or NULL when there are not so many. */
const uint8_t *unpack_bytes(struct unpack *unpack, size_t len);

/* How many bytes were packed, or -1 if they did not all fit. */
ssize_t pack_end(const struct pack *pack);

/* How many bytes are left to unpack. */
size_t unpack_left(const struct unpack *unpack);

#endif
