/*
 * site: the files beneath the root, ready to be sent. See site.h; site_cache.c has
 * what is kept.
 */
#include "servers/httpd/site.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "servers/httpd/routing.h"
#include "servers/httpd/site_internal.h"

static enum site_answer
answer_of_errno(const char *path)
{
	switch (errno) {
	case EISDIR:
		return SITE_FOLDER;
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EXDEV: /* a link that leads out: nothing that is here */
	case ELOOP:
	case ENXIO: /* a FIFO, a device, a socket */
	case EINVAL:
		return SITE_NOTHING;
	case EACCES:
	case EPERM:
		return SITE_DENIED;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		log_notice("%s:", path);
		return SITE_BUSY;
	}
	log_error("%s:", path);
	return SITE_BROKEN;
}

static void
describe(const struct site *site, struct site_file *file, const char *path)
{
	const struct http_etag_of of = {
		.inode = file->inode,
		.size = file->size,
		.seconds = file->modified.tv_sec,
		.nanoseconds = (uint32_t)file->modified.tv_nsec,
		.coding = "",
	};

	file->type = types_find(site->types, path);
	file->varies = types_shrinks(file->type);
	file->etag_len = (size_t)http_etag_write(file->etag, sizeof file->etag, &of);
}

const struct jail *
site_jail(
    const struct site *site, const struct hosts_one *host, const char *path, const char **name)
{
	const struct jail *jail =
	    site->routing && !host ? routing_jail(site->routing, path, name) : NULL;

	if (jail)
		return jail;
	*name = path;
	return host ? &host->jail : &site->jail;
}

static int
open_file(const struct site *site, const struct hosts_one *host, const char *path,
    struct site_file *file)
{
	const char *name;
	const struct jail *jail = site_jail(site, host, path, &name);
	struct stat st;

	file->fd = jail_open(jail, name, &st);
	if (file->fd == -1)
		return -1;
	file->content = NULL;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->size = (uint64_t)st.st_size;
	file->modified = st.st_mtim;
	file->changed = st.st_ctim;
	file->head = NULL;
	file->head_len = 0;
	file->host = host ? host->number : 0;
	file->users = 1;
	file->kept = false;
	file->path = NULL;
	return 0;
}

enum site_answer
site_open(struct site *site, const struct hosts_one *host, const char *path, int64_t now_ms,
    int64_t now, struct site_file *own, struct site_file **file)
{
	bool caching = site->cache && !site->untried;
	struct site_file *kept = NULL;
	uint32_t number = host ? host->number : 0, hash = 0;

	site->untried = false;
	if (caching) {
		hash = site_hash(path, number);
		kept = site_cache_find(site->cache, path, number, hash);
	}
	if (kept && now_ms - kept->checked_ms < SITE_FRESH_MS) {
		kept->users++;
		*file = kept;
		return SITE_FILE;
	}
	if (open_file(site, host, path, own) == -1) {
		int saved = errno;

		if (kept)
			site_cache_drop(site->cache, kept);
		errno = saved;
		return answer_of_errno(path);
	}
	*file = own;
	if (kept && site_cache_confirm(site->cache, kept, own, now_ms, now)) {
		*file = kept;
		return SITE_FILE;
	}
	describe(site, own, path);
	if (caching)
		*file = site_cache_keep(site->cache, own, path, hash, now_ms, now);
	return SITE_FILE;
}

void
site_release(struct site *site, struct site_file *file)
{
	(void)site;
	if (--file->users == 0 && !file->kept) {
		if (file->fd != -1)
			close(file->fd);
		if (file->path) /* it was kept once, so it is not the caller's */
			site_file_free(file);
	}
}

/* Here, beside what each request runs through: a process of its own looks once and ends. */
bool
site_tidy(struct site *site, int64_t before_ms)
{
	struct site_cache *cache = site->cache;

	if (cache == NULL || cache->open == 0)
		return false;
	site_cache_sweep(cache, before_ms, false);
	return cache->open > 0;
}
