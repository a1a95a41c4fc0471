/*
 * quota: no user ever has more on the disk than is allowed, however many sessions of
 * that user write at once.
 *
 * A session reserves bytes before it writes them, in memory that all processes of a
 * server share. What is used and what is reserved together never pass the limit:
 *
 *	|#### used ####|== reserved by A ==|= by B =|      free       | limit
 *
 *	quota_reserve(q, 1 MiB, 1)	EDQUOT, or granted: now write
 *	quota_spend(q, n, 1)		n of them are on the disk
 *	quota_return(q, rest, 0)	and these will not be written after all
 *
 * What takes away from the disk, or gives a file another name (also an upload its own),
 * does so within a bracket, so that no count finds a file twice, or not at all:
 *
 *	quota_hold(q);  unlink(...);  quota_release(q, its size, 1);
 *
 * What is used is counted from the disk when a user's first session comes, and again
 * after a session has died without a word: what it had reserved is given back then,
 * and what it had written counts. A process may die at any moment, by SIGKILL too, also
 * in here: the locks are the kernel's to open then (robust mutexes).
 *
 * Bytes are those of st_size. What others do to the files meanwhile is seen at the next
 * count. A directory that cannot be read is one that cannot be counted, so nobody may be
 * let take away the owner's own rights to a directory.
 */
#ifndef COMMON_QUOTA_H
#define COMMON_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/jail.h"

#define QUOTA_NO_LIMIT UINT64_MAX

enum {
	QUOTA_NAME_MAX = 63,   /* bytes of a user's name */
	QUOTA_WAIT_MS = 30000, /* for a lock; a count of the disk may hold it */
	QUOTA_DEPTH_MAX = 128, /* directories within each other that are counted */
};

/* Shared by all processes that are forked after it was made. NULL with errno. */
struct quota_table;
struct quota_table *quota_new(size_t sessions);

/* A session's part in it. */
struct quota {
	struct quota_table *table;
	size_t user, session;
	const struct jail *home;
};

struct quota_figures {
	uint64_t bytes, files; /* used and reserved, by all sessions of this user */
	uint64_t bytes_limit, files_limit;
};

/*
 * A session of `name` begins in this process, which must be the one that goes on with it:
 * when it dies the session is over. It begins with limits as they are now; they
 * count for the user's other sessions, too. Counts what is in `home` if it must; `home` stays
 * the caller's and as it is until quota_leave. 0, or -1 with errno: ENOSPC (more sessions than
 * quota_new was told of), ETIMEDOUT, or why the disk cannot be counted.
 */
int quota_join(struct quota *quota, struct quota_table *table, const char *name,
    uint64_t bytes_limit, uint64_t files_limit, const struct jail *home);
/* What is still reserved is given back. */
void quota_leave(struct quota *quota);

/* 0, or -1 with errno: EDQUOT (and nothing is reserved), ETIMEDOUT, as quota_join. */
int quota_reserve(struct quota *quota, uint64_t bytes, uint64_t files);
/* Never more than this session has reserved (EINVAL). 0, or -1 with errno. */
int quota_spend(struct quota *quota, uint64_t bytes, uint64_t files);
int quota_return(struct quota *quota, uint64_t bytes, uint64_t files);

/*
 * No other session of this user reserves, spends or counts between these two; keep it
 * short, and call nothing else of these (EDEADLK). What was freed is given back by the
 * second. quota_hold: 0 or -1 with errno.
 */
int quota_hold(struct quota *quota);
void quota_release(struct quota *quota, uint64_t bytes_freed, uint64_t files_freed);

int quota_look(struct quota *quota, struct quota_figures *figures);

/*
 * What is beneath a directory: regular files, no links followed. What killed sessions have
 * left of files under way is removed meanwhile (jail_sweep). 0, or -1 with errno.
 */
int quota_count(const struct jail *home, uint64_t *bytes, uint64_t *files);

#endif
