/*
 * site: the files beneath the root, ready to be sent.
 *
 *	path "/a/b.css"	 ->  jail: openat2 beneath the root, fstat  ->  struct site_file
 *
 * Only regular files; names that begin with a dot are the caller's to refuse
 * (http_path_is_hidden), links that lead out the jail's.
 *
 * The cache. A process that is asked for a file a second time keeps it: a small one with
 * all its bytes, a large one with its descriptor. What is kept is looked up anew when a
 * second has passed (SITE_FRESH_MS) and thrown away if it is not the same file with the
 * same size and times; so an answer is never older than that. A file that has changed
 * within the last two seconds is not kept with its bytes: it could change again without
 * its times telling. No process knows of another one's cache.
 *
 * A path means another file for each host that has a folder of its own (hosts.h), so
 * `host` is said with it; NULL: the site itself.
 *
 * A file that is handed out stays whole until it is released, whatever the cache does.
 */
#ifndef SERVERS_HTTPD_SITE_H
#define SERVERS_HTTPD_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/jail.h"
#include "protocol/http_accept.h"
#include "protocol/http_match.h"
#include "servers/httpd/hosts.h"
#include "servers/httpd/types.h"

enum {
	SITE_FRESH_MS = 1000,
	SITE_CONTENT_MAX = 32768,     /* bytes of a file that is kept whole */
	SITE_CACHE_MAX = 1024 * 1024, /* bytes of all that are */
	SITE_SLOTS = 128,	      /* files that are kept */
	SITE_SETTLED_S = 2,
};

struct site_cache;

struct site {
	struct jail jail;
	const struct routing *routing; /* whose folders lie elsewhere; NULL: all here */
	struct types *types;
	struct site_cache *cache; /* NULL: none */
	bool untried; /* a fresh process: what is asked for first is not noted down */
};

struct site_file {
	int fd; /* -1: all of it is in `content` */
	const char *content;
	const char *type; /* Content-Type */
	bool varies;	  /* a type that may have compressed siblings */
	dev_t device;
	ino_t inode;
	uint64_t size;
	struct timespec modified, changed;
	size_t etag_len;
	char etag[HTTP_ETAG_MAX];

	/* The head of a plain answer, kept by who makes heads: valid in that second. */
	int64_t head_second;
	size_t head_len;
	char *head;

	/* Private to site. */
	unsigned users; /* 0 and not kept: it is freed */
	bool kept;
	int64_t checked_ms;
	uint32_t hash, host; /* host: its number, or 0 */
	char *path;
};

/* Where the files of a path are, and its name there. */
const struct jail *site_jail(
    const struct site *site, const struct hosts_one *host, const char *path, const char **name);

enum site_answer {
	SITE_FILE,
	SITE_FOLDER,  /* it is one */
	SITE_NOTHING, /* nothing there, or nothing that may be served: 404 */
	SITE_DENIED,  /* 403 */
	SITE_BUSY,    /* no more descriptors or memory just now: 503 */
	SITE_BROKEN,  /* 500; logged */
};

/*
 * The file of a canonical path. SITE_FILE: *file is it, to be released; it may be `own`,
 * room that the caller lends and that must stay until then.
 */
enum site_answer site_open(struct site *site, const struct hosts_one *host, const char *path,
    int64_t now_ms, int64_t now, struct site_file *own, struct site_file **file);
void site_release(struct site *site, struct site_file *file);

/* An empty cache: memory that costs nothing until it is used. NULL with errno. */
struct site_cache *site_cache_new(void);
void site_cache_free(struct site_cache *cache);

/*
 * Let go of descriptors: of those files that nobody has asked for since `before_ms`. A
 * file that is removed meanwhile shall not keep its place on the disk for ever. Whether some
 * are left.
 */
bool site_tidy(struct site *site, int64_t before_ms);

#endif
