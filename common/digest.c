/*
 * digest: sums over bytes that show any change. See digest.h.
 */
#include "common/digest.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>

#include "common/wipe.h"

static const struct {
	const char *name;
	size_t len;
} kinds[] = {
	[DIGEST_NONE] = { "none", 0 },
	[DIGEST_SHA256] = { "sha256", SHA256_DIGEST_SIZE },
	[DIGEST_MD5] = { "md5", MD5_DIGEST_SIZE },
};

int
digest_kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(name, kinds[i].name) == 0)
			return (int)i;
	return -1;
}

const char *
digest_kind_name(enum digest_kind kind)
{
	return kinds[kind].name;
}

size_t
digest_len(enum digest_kind kind)
{
	return kinds[kind].len;
}

void
digest_begin(struct digest *digest, enum digest_kind kind)
{
	digest->kind = kind;
	if (kind == DIGEST_SHA256)
		sha256_init(&digest->state.sha256);
	else if (kind == DIGEST_MD5)
		md5_init(&digest->state.md5);
}

void
digest_add(struct digest *digest, const void *bytes, size_t len)
{
	if (digest->kind == DIGEST_SHA256)
		sha256_update(&digest->state.sha256, len, bytes);
	else if (digest->kind == DIGEST_MD5)
		md5_update(&digest->state.md5, len, bytes);
}

size_t
digest_end(struct digest *digest, uint8_t sum[DIGEST_MAX])
{
	size_t len = digest_len(digest->kind);

	if (digest->kind == DIGEST_SHA256)
		sha256_digest(&digest->state.sha256, len, sum);
	else if (digest->kind == DIGEST_MD5)
		md5_digest(&digest->state.md5, len, sum);
	return len;
}

const char *
digest_format(const uint8_t *sum, size_t len, char text[DIGEST_TEXT_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < len && i < DIGEST_MAX; i++)
		snprintf(text + 2 * i, 3, "%02x", sum[i]);
	return text;
}

void
digest_mac(
    const void *key, size_t key_len, const void *bytes, size_t len, uint8_t mac[DIGEST_MAC])
{
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, key_len, key);
	hmac_sha256_update(&hmac, len, bytes);
	hmac_sha256_digest(&hmac, DIGEST_MAC, mac);
	wipe(&hmac, sizeof hmac); /* as good as the key */
}

bool
digest_equal(const void *a, const void *b, size_t len)
{
	return memeql_sec(a, b, len) == 1;
}
