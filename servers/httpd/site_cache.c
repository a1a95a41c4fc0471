/*
 * site_cache: what a process keeps of the files it was asked for. See site.h.
 *
 * A path has two slots where it may be, so that looking costs two comparisons; a third
 * one that falls there takes the place of the one that was asked for longest ago.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file_read.h"
#include "servers/httpd/site_internal.h"

enum {
	WAYS = 2,
	SETS = SITE_SLOTS / WAYS,
};

struct site_cache *
site_cache_new(void)
{
	return calloc(1, sizeof(struct site_cache));
}

/* FNV-1a: paths are short, and who makes two of them collide has only lost a cache. */
uint32_t
site_hash(const char *path, uint32_t host)
{
	uint32_t hash = (2166136261U ^ host) * 16777619U;

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * 16777619U;
	return hash ? hash : 1;
}

static struct site_file **
set_of(struct site_cache *cache, uint32_t hash)
{
	return &cache->slots[(size_t)(hash % SETS) * WAYS];
}

struct site_file *
site_cache_find(struct site_cache *cache, const char *path, uint32_t host, uint32_t hash)
{
	struct site_file **set = set_of(cache, hash);

	for (int i = 0; i < WAYS; i++)
		if (set[i] && set[i]->hash == hash && set[i]->host == host &&
		    strcmp(set[i]->path, path) == 0)
			return set[i];
	return NULL;
}

void
site_file_free(struct site_file *file)
{
	free(file->head);
	free(file);
}

void
site_cache_drop(struct site_cache *cache, struct site_file *kept)
{
	struct site_file **set = set_of(cache, kept->hash);

	set[set[0] == kept ? 0 : 1] = NULL;
	kept->kept = false;
	if (kept->content)
		cache->bytes -= (size_t)kept->size;
	else
		cache->open--;
	kept->users++; /* released just below, so that there is one place that frees */
	site_release(NULL, kept);
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

void
site_cache_sweep(struct site_cache *cache, int64_t before_ms, bool contents)
{
	for (int i = 0; i < SITE_SLOTS; i++) {
		struct site_file *file = cache->slots[i];

		if (file && file->checked_ms < before_ms && (contents || !file->content))
			site_cache_drop(cache, file);
	}
}

void
site_cache_free(struct site_cache *cache)
{
	if (cache)
		site_cache_sweep(cache, INT64_MAX, true);
	free(cache);
}

/* Whether its bytes may be kept: few, and not of a file that is just being written. */
static bool
may_keep_content(
    struct site_cache *cache, const struct site_file *file, int64_t now_ms, int64_t now)
{
	if (file->size > SITE_CONTENT_MAX)
		return false;
	if (now - file->changed.tv_sec < SITE_SETTLED_S)
		return false;
	if (cache->bytes + file->size > SITE_CACHE_MAX)
		site_cache_sweep(cache, now_ms - SITE_FRESH_MS, true);
	return cache->bytes + file->size <= SITE_CACHE_MAX;
}

bool
site_cache_confirm(struct site_cache *cache, struct site_file *kept, struct site_file *own,
    int64_t now_ms, int64_t now)
{
	if (kept->inode != own->inode || kept->device != own->device ||
	    kept->size != own->size || !same_time(&kept->modified, &own->modified) ||
	    !same_time(&kept->changed, &own->changed) ||
	    (!kept->content && may_keep_content(cache, own, now_ms, now))) {
		site_cache_drop(cache, kept);
		return false;
	}
	close(own->fd);
	kept->checked_ms = now_ms;
	kept->users++;
	return true;
}

/* A slot for this hash: a free one, or that of the file asked for longest ago. */
static struct site_file **
make_place(struct site_cache *cache, uint32_t hash)
{
	struct site_file **set = set_of(cache, hash);
	int oldest = 0;

	for (int i = 0; i < WAYS; i++) {
		if (set[i] == NULL)
			return &set[i];
		if (set[i]->checked_ms < set[oldest]->checked_ms)
			oldest = i;
	}
	site_cache_drop(cache, set[oldest]);
	return &set[oldest];
}

struct site_file *
site_cache_keep(struct site_cache *cache, struct site_file *own, const char *path,
    uint32_t hash, int64_t now_ms, int64_t now)
{
	uint32_t *seen = &cache->seen[hash % SITE_SEEN];
	bool whole = may_keep_content(cache, own, now_ms, now);
	size_t path_size = strlen(path) + 1, content_size = whole ? (size_t)own->size : 0;
	struct site_file *kept;

	if (*seen != hash) {
		*seen = hash;
		return own;
	}
	kept = malloc(sizeof *kept + path_size + content_size);
	if (kept == NULL)
		return own;
	*kept = *own;
	kept->path = (char *)(kept + 1);
	memcpy(kept->path, path, path_size);
	if (whole && file_read(own->fd, kept->path + path_size, content_size, 0) !=
			 (ssize_t)content_size) {
		free(kept);
		return own;
	}
	if (whole) {
		kept->content = kept->path + path_size;
		close(kept->fd);
		kept->fd = -1;
		cache->bytes += content_size;
	} else {
		cache->open++;
	}
	kept->kept = true;
	kept->checked_ms = now_ms;
	kept->hash = hash;
	*make_place(cache, hash) = kept;
	return kept;
}
