/*
 * digest: sums over bytes that show any change: SHA-256, or MD5 as the notes use it.
 *
 * SHA-256 is the default: with the processor's own instructions it is faster than
 * MD5, and nobody can make two files with one sum. MD5 finds accidents only. The
 * work is nettle's; this is a seam that names what the suite uses.
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DIGEST_MAX = 32,		      /* bytes of the longest */
	DIGEST_TEXT_MAX = 2 * DIGEST_MAX + 1, /* in hexadecimal, with its NUL */
	DIGEST_MAC = 32,
};

enum digest_kind {
	DIGEST_NONE,
	DIGEST_SHA256,
	DIGEST_MD5,
};

struct digest {
	enum digest_kind kind;
	union {
		struct sha256_ctx sha256;
		struct md5_ctx md5;
	} state;
};

/* "sha256", "md5", "none" to a kind; -1: no such. */
int digest_kind_of(const char *name);
const char *digest_kind_name(enum digest_kind kind);
size_t digest_len(enum digest_kind kind);

void digest_begin(struct digest *digest, enum digest_kind kind);
void digest_add(struct digest *digest, const void *bytes, size_t len);

/* The sum of all that was added: its length. The digest must begin anew afterwards. */
size_t digest_end(struct digest *digest, uint8_t sum[DIGEST_MAX]);

/* "9f86d081...": as sha256sum(1) prints it. */
const char *digest_format(const uint8_t *sum, size_t len, char text[DIGEST_TEXT_MAX]);

/* HMAC-SHA-256 (RFC 2104) of `len` bytes under a key of any length. */
void digest_mac(
    const void *key, size_t key_len, const void *bytes, size_t len, uint8_t mac[DIGEST_MAC]);

/* Whether two secrets are equal, in a time that does not tell where they differ. */
bool digest_equal(const void *a, const void *b, size_t len);

#endif
