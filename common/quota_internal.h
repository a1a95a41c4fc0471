/*
 * quota_internal: what quota.c and quota_table.c share. Nobody else includes this.
 */
#ifndef COMMON_QUOTA_INTERNAL_H
#define COMMON_QUOTA_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/quota.h"

enum {
	NOBODYS = 0, /* an owner; else the user's place + 1 */
};

struct user {
	pthread_mutex_t lock;
	char name[QUOTA_NAME_MAX + 1];
	uint64_t bytes, files; /* used */
	uint64_t bytes_limit, files_limit;
	bool stale; /* must be counted before anything is granted */
	bool rough; /* counted with what is under way, or left behind: perhaps too much */
};

struct session {
	pthread_mutex_t alive;
	_Atomic size_t owner;
	uint64_t bytes, files; /* reserved */
};

struct quota_table {
	pthread_mutex_t lock; /* of the places */
	size_t count;
	struct user *users; /* `count` of each */
	struct session *sessions;
};

static inline struct user *
user_of(const struct quota *quota)
{
	return &quota->table->users[quota->user];
}

static inline struct session *
session_of(const struct quota *quota)
{
	return &quota->table->sessions[quota->session];
}

struct quota_tally {
	struct jail home; /* as it is counted */
	uint64_t bytes, files;
	bool under_way; /* some of it is temporary files */
};

/* In all of these: 0, or -1 with errno. */

/* What is beneath the home now; what is left of killed sessions is removed. */
int quota_tally(const struct jail *home, struct quota_tally *tally);

/* Lock the user. Who died in the midst of it may have left anything: then he is stale. */
int quota_lock_user(struct user *user);

/* The user's lock is held: count the disk. */
int quota_count_user(const struct quota *quota);

/* The user's lock is held: what all his sessions have reserved. */
struct quota_figures quota_reserved(const struct quota_table *table, size_t user);

/* The user's lock is held: what the dead have reserved is given back. */
void quota_bury(struct quota_table *table, size_t user);

#endif
