/*
 * siphash: SipHash-2-4. See siphash.h.
 */
#include "common/siphash.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(struct state *s, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32) + s->v3;
		s->v2 += s->v1;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v2 = rotate(s->v2, 32);
	}
}

/* Up to eight bytes, the least significant first. */
static uint64_t
word(const uint8_t *bytes, size_t len)
{
	uint64_t value = 0;

	for (size_t i = len; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

static void
take(struct state *s, uint64_t m)
{
	s->v3 ^= m;
	mix(s, 2);
	s->v0 ^= m;
}

uint64_t
siphash(const uint8_t key[SIPHASH_KEY_SIZE], const void *message, size_t len)
{
	const uint8_t *bytes = message;
	uint64_t k0 = word(key, 8), k1 = word(key + 8, 8);
	struct state s = { k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU,
		k0 ^ 0x6c7967656e657261U, k1 ^ 0x7465646279746573U };
	size_t whole = len - len % 8;

	for (size_t at = 0; at < whole; at += 8)
		take(&s, word(bytes + at, 8));
	take(&s, word(bytes + whole, len % 8) | (uint64_t)len << 56);
	s.v2 ^= 0xff;
	mix(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
