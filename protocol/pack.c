/*
 * pack: a bounded big-endian cursor over bytes. See pack.h.
 */
#include "protocol/pack.h"

#include <string.h>

struct pack
pack_begin(void *buffer, size_t capacity)
{
	uint8_t *start = buffer;

	return (struct pack){ .at = start, .end = start + capacity, .start = start };
}

struct unpack
unpack_begin(const void *bytes, size_t len)
{
	const uint8_t *start = bytes;

	return (struct unpack){ .at = start, .end = start + len };
}

/* Room for `len` more bytes, or NULL; once refused, always refused. */
static uint8_t *
claim(struct pack *pack, size_t len)
{
	uint8_t *room = pack->at;

	if (pack->failed || len > (size_t)(pack->end - pack->at)) {
		pack->failed = true;
		return NULL;
	}
	pack->at += len;
	return room;
}

/* The low `len` bytes of a number, the most significant first. */
static void
pack_number(struct pack *pack, uint64_t value, size_t len)
{
	uint8_t *room = claim(pack, len);

	for (size_t i = len; room && i > 0; value >>= 8)
		room[--i] = (uint8_t)value;
}

void
pack_u8(struct pack *pack, uint8_t value)
{
	pack_number(pack, value, 1);
}

void
pack_u16(struct pack *pack, uint16_t value)
{
	pack_number(pack, value, 2);
}

void
pack_u32(struct pack *pack, uint32_t value)
{
	pack_number(pack, value, 4);
}

void
pack_u64(struct pack *pack, uint64_t value)
{
	pack_number(pack, value, 8);
}

void
pack_bytes(struct pack *pack, const void *bytes, size_t len)
{
	uint8_t *room = claim(pack, len);

	if (room && len > 0)
		memcpy(room, bytes, len);
}

ssize_t
pack_end(const struct pack *pack)
{
	return pack->failed ? -1 : pack->at - pack->start;
}

const uint8_t *
unpack_bytes(struct unpack *unpack, size_t len)
{
	const uint8_t *bytes = unpack->at;

	if (unpack->failed || len > unpack_left(unpack)) {
		unpack->failed = true;
		return NULL;
	}
	unpack->at += len;
	return bytes;
}

static uint64_t
unpack_number(struct unpack *unpack, size_t len)
{
	const uint8_t *bytes = unpack_bytes(unpack, len);
	uint64_t value = 0;

	for (size_t i = 0; bytes && i < len; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint8_t
unpack_u8(struct unpack *unpack)
{
	return (uint8_t)unpack_number(unpack, 1);
}

uint16_t
unpack_u16(struct unpack *unpack)
{
	return (uint16_t)unpack_number(unpack, 2);
}

uint32_t
unpack_u32(struct unpack *unpack)
{
	return (uint32_t)unpack_number(unpack, 4);
}

uint64_t
unpack_u64(struct unpack *unpack)
{
	return unpack_number(unpack, 8);
}

size_t
unpack_left(const struct unpack *unpack)
{
	return (size_t)(unpack->end - unpack->at);
}
