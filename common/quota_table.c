/*
 * quota_table: who has a place in the shared memory of quota, and who had one and died.
 * See quota.h, and quota.c for the whole.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "common/quota_internal.h"
#include "common/sys.h"

/* ---- the table ---- */

static int
make_mutexes(struct quota_table *table)
{
	pthread_mutexattr_t robust;
	int error = pthread_mutexattr_init(&robust);

	if (error == 0)
		error = pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
	if (error == 0)
		error = pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
	if (error == 0)
		error = pthread_mutexattr_settype(&robust, PTHREAD_MUTEX_ERRORCHECK);
	if (error == 0)
		error = pthread_mutex_init(&table->lock, &robust);
	for (size_t i = 0; error == 0 && i < table->count; i++) {
		error = pthread_mutex_init(&table->users[i].lock, &robust);
		if (error == 0)
			error = pthread_mutex_init(&table->sessions[i].alive, &robust);
	}
	errno = error;
	return error ? -1 : 0;
}

struct quota_table *
quota_new(size_t sessions)
{
	/* the users first: their alignment is no less than a session's */
	struct quota_table *table = sys_shared_memory(sizeof *table);
	struct user *users = sys_shared_memory(sessions * sizeof *users);
	struct session *places = sys_shared_memory(sessions * sizeof *places);

	if (table == NULL || users == NULL || places == NULL)
		return NULL;
	table->count = sessions;
	table->users = users;
	table->sessions = places;
	return make_mutexes(table) == -1 ? NULL : table;
}

/* 1: locked, and somebody has died with it; 0: locked; -1 with errno. */
static int
lock(pthread_mutex_t *mutex)
{
	struct timespec until;
	int error;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += QUOTA_WAIT_MS / 1000;
	error = pthread_mutex_timedlock(mutex, &until);
	if (error == EOWNERDEAD) {
		pthread_mutex_consistent(mutex);
		return 1;
	}
	errno = error;
	return error ? -1 : 0;
}

int
quota_lock_user(struct user *user)
{
	int locked = lock(&user->lock);

	if (locked == 1)
		user->stale = true;
	return locked == -1 ? -1 : 0;
}

/* ---- what is reserved, used, and left behind ---- */

struct quota_figures
quota_reserved(const struct quota_table *table, size_t user)
{
	struct quota_figures sum = { 0 };

	for (size_t i = 0; i < table->count; i++)
		if (table->sessions[i].owner == user + 1) {
			sum.bytes += table->sessions[i].bytes;
			sum.files += table->sessions[i].files;
		}
	return sum;
}

/* The user's lock is held. Whether this session's process has died; then it is free. */
static bool
bury(struct quota_table *table, struct session *session)
{
	int error = pthread_mutex_trylock(&session->alive);

	if (error != EOWNERDEAD && error != 0)
		return false;
	table->users[session->owner - 1].stale = true;
	session->bytes = session->files = 0;
	session->owner = NOBODYS;
	if (error == EOWNERDEAD)
		pthread_mutex_consistent(&session->alive);
	pthread_mutex_unlock(&session->alive);
	return true;
}

void
quota_bury(struct quota_table *table, size_t user)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->sessions[i].owner == user + 1)
			bury(table, &table->sessions[i]);
}

int
quota_count_user(const struct quota *quota)
{
	struct user *user = user_of(quota);
	struct quota_figures reserved;
	struct quota_tally tally;

	if (quota_tally(quota->home, &tally) == -1)
		return -1;
	reserved = quota_reserved(quota->table, quota->user);
	user->bytes = tally.bytes;
	user->files = tally.files;
	user->stale = false;
	user->rough = reserved.bytes > 0 || reserved.files > 0 || tally.under_way;
	return 0;
}

/* ---- places ---- */

/* The table's lock is held. Free the places of the dead, of any user who is not busy. */
static void
bury_all(struct quota_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		size_t owner = table->sessions[i].owner;
		struct user *user;
		int error;

		if (owner == NOBODYS)
			continue;
		user = &table->users[owner - 1];
		error = pthread_mutex_trylock(&user->lock);
		if (error == EOWNERDEAD) {
			pthread_mutex_consistent(&user->lock);
			user->stale = true;
		} else if (error != 0) {
			continue;
		}
		if (table->sessions[i].owner == owner)
			bury(table, &table->sessions[i]);
		pthread_mutex_unlock(&user->lock);
	}
}

/* The table's lock is held. A session that is nobody's, or `count`. */
static size_t
free_session(const struct quota_table *table)
{
	size_t i = 0;

	while (i < table->count && table->sessions[i].owner != NOBODYS)
		i++;
	return i;
}

static bool
has_sessions(const struct quota_table *table, size_t user)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->sessions[i].owner == user + 1)
			return true;
	return false;
}

/* The table's lock is held. This user's place, or a free one that is now his, or `count`. */
static size_t
find_user(struct quota_table *table, const char *name)
{
	struct user *user;
	size_t place = table->count;

	for (size_t i = 0; i < table->count; i++) {
		size_t owner = table->sessions[i].owner; /* it may leave at any moment */

		if (owner != NOBODYS && strcmp(table->users[owner - 1].name, name) == 0)
			return owner - 1;
	}
	for (size_t i = 0; i < table->count && place == table->count; i++)
		if (!has_sessions(table, i))
			place = i;
	if (place == table->count)
		return place;
	user = &table->users[place];
	strncpy(user->name, name, QUOTA_NAME_MAX);
	user->name[QUOTA_NAME_MAX] = '\0';
	user->stale = true;
	return place;
}

/* The table's lock is held. 0, or -1 with errno. */
static int
take_places(struct quota *quota, const char *name)
{
	struct quota_table *table = quota->table;

	quota->session = free_session(table);
	if (quota->session == table->count)
		bury_all(table);
	quota->session = free_session(table);
	if (quota->session < table->count)
		quota->user = find_user(table, name);
	if (quota->session == table->count || quota->user == table->count) {
		errno = ENOSPC;
		return -1;
	}
	/* held as long as this process lives, or until quota_leave */
	if (lock(&session_of(quota)->alive) == -1)
		return -1;
	session_of(quota)->bytes = session_of(quota)->files = 0;
	session_of(quota)->owner = quota->user + 1;
	return 0;
}

int
quota_join(struct quota *quota, struct quota_table *table, const char *name,
    uint64_t bytes_limit, uint64_t files_limit, const struct jail *home)
{
	struct user *user;
	int status;

	*quota = (struct quota){ .table = table, .user = table->count, .home = home };
	if (strlen(name) > QUOTA_NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (lock(&table->lock) == -1)
		return -1;
	status = take_places(quota, name);
	pthread_mutex_unlock(&table->lock);
	if (status == -1)
		return -1;
	user = user_of(quota);
	status = quota_lock_user(user);
	if (status == 0) {
		quota_bury(table, quota->user);
		user->bytes_limit = bytes_limit;
		user->files_limit = files_limit;
		status = user->stale ? quota_count_user(quota) : 0;
		pthread_mutex_unlock(&user->lock);
	}
	if (status == -1) {
		int error = errno;

		quota_leave(quota);
		errno = error;
	}
	return status;
}

void
quota_leave(struct quota *quota)
{
	struct session *session = session_of(quota);
	struct user *user = user_of(quota);
	int locked = quota_lock_user(user);

	if (locked == -1) /* then it is as if we had died */
		user->stale = true;
	session->bytes = session->files = 0;
	session->owner = NOBODYS;
	if (locked == 0)
		pthread_mutex_unlock(&user->lock);
	pthread_mutex_unlock(&session->alive);
}
