/*
 * site_internal: what site.c and site_cache.c share. Nobody else includes it.
 */
#ifndef SERVERS_HTTPD_SITE_INTERNAL_H
#define SERVERS_HTTPD_SITE_INTERNAL_H

#include "servers/httpd/site.h"

enum {
	SITE_SEEN = 256, /* paths that were asked for once, by their hashes */
};

struct site_cache {
	struct site_file *slots[SITE_SLOTS];
	uint32_t seen[SITE_SEEN];
	size_t bytes;  /* of contents */
	unsigned open; /* files that are kept with a descriptor */
};

/* `host` is the number of one that has a folder of its own, or 0. */
uint32_t site_hash(const char *path, uint32_t host);

/* What is kept under this path, fresh or not; NULL. */
struct site_file *
site_cache_find(struct site_cache *cache, const char *path, uint32_t host, uint32_t hash);

/*
 * `own` was just opened under the path of `kept`: if it is the same, unchanged, it is
 * closed, kept is fresh again and has one user more. Else kept is dropped; also when it
 * is kept without its bytes and has settled meanwhile, so that it can be kept with them.
 * Whether it is the same.
 */
bool site_cache_confirm(struct site_cache *cache, struct site_file *kept, struct site_file *own,
    int64_t now_ms, int64_t now);

/*
 * A file that was just opened: if it has been asked for before, what is kept of it (with
 * one user), in place of `own`; else own.
 */
struct site_file *site_cache_keep(struct site_cache *cache, struct site_file *own,
    const char *path, uint32_t hash, int64_t now_ms, int64_t now);

/*
 * Throw away what nobody has asked for since `before_ms`: descriptors, and if so said the
 * contents of small files, too.
 */
void site_cache_sweep(struct site_cache *cache, int64_t before_ms, bool contents);

/* Keep it no longer; it is freed when its last user has released it. */
void site_cache_drop(struct site_cache *cache, struct site_file *kept);

/* The memory of a file that was kept. */
void site_file_free(struct site_file *file);

#endif
