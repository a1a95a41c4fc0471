/*
 * siphash: SipHash-2-4, a keyed hash of short messages to 64 bits.
 *
 * Who does not know the key can neither foretell a hash nor find two messages with the same
 * one. That is what a server needs to recognise what it has handed out itself, without
 * remembering it. J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
 */
#ifndef COMMON_SIPHASH_H
#define COMMON_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

enum {
	SIPHASH_KEY_SIZE = 16,
};

uint64_t siphash(const uint8_t key[SIPHASH_KEY_SIZE], const void *message, size_t len);

#endif
