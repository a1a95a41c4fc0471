/*
 * quota: no user ever has more on the disk than is allowed. See quota.h.
 *
 * Shared memory has a place for each user and one for each session:
 *
 *	users	 name, limits, what is used, a lock
 *	sessions whose it is, what it has reserved, a lock that it holds as long as it lives
 *
 * Both locks are robust: when who holds one dies, the next to try is told so. By that a
 * dead session is known, without any look at process ids, which come again. Until then
 * its reservation stands, so what it wrote and did not tell is covered by it; the count
 * of the disk that follows finds what it really wrote.
 *
 * A count that is made while others have reservations may count what they have written
 * and not told; or a temporary file that a killed session has left a moment ago: too much,
 * never too little. It is marked as rough, and made again before anybody is refused for it.
 *
 * What is written down about a user or a session changes under the user's lock. Places
 * are given out under the table's; who holds a user's lock does not wait for the table's.
 */
#include "common/quota.h"

#include <errno.h>

#include "common/quota_internal.h"

/* Lock the user, with figures that can be used. 0, or -1 with errno. */
static int
enter(const struct quota *quota)
{
	struct user *user = user_of(quota);
	int error;

	if (quota_lock_user(user) == -1)
		return -1;
	if (!user->stale || quota_count_user(quota) == 0)
		return 0;
	error = errno;
	pthread_mutex_unlock(&user->lock);
	errno = error;
	return -1;
}

/* ---- reserve, spend, return ---- */

/* The user's lock is held. Whether so much more is allowed. */
static bool
fits(const struct quota *quota, uint64_t bytes, uint64_t files)
{
	const struct user *user = user_of(quota);
	struct quota_figures sum = quota_reserved(quota->table, quota->user);

	sum.bytes += user->bytes;
	sum.files += user->files;
	return (bytes == 0 || (sum.bytes <= user->bytes_limit &&
				  bytes <= user->bytes_limit - sum.bytes)) &&
	       (files == 0 ||
		   (sum.files <= user->files_limit && files <= user->files_limit - sum.files));
}

/*
 * The user's lock is held. It does not fit; perhaps it would if the dead did not reserve
 * anything, or if the count were exact. Whether it does after all: 1, 0, or -1 with errno.
 */
static int
look_again(const struct quota *quota, uint64_t bytes, uint64_t files)
{
	struct user *user = user_of(quota);

	quota_bury(quota->table, quota->user);
	if ((user->stale || user->rough) && quota_count_user(quota) == -1)
		return -1;
	return fits(quota, bytes, files);
}

int
quota_reserve(struct quota *quota, uint64_t bytes, uint64_t files)
{
	struct session *session = session_of(quota);
	int granted, error;

	if (enter(quota) == -1)
		return -1;
	granted = fits(quota, bytes, files) ? 1 : look_again(quota, bytes, files);
	error = granted == 0 ? EDQUOT : errno;
	if (granted == 1) {
		session->bytes += bytes;
		session->files += files;
	}
	pthread_mutex_unlock(&user_of(quota)->lock);
	errno = error;
	return granted == 1 ? 0 : -1;
}

/* Take off what was reserved, and add to what is used if it was spent. */
static int
settle(struct quota *quota, uint64_t bytes, uint64_t files, bool spent)
{
	struct session *session = session_of(quota);
	struct user *user = user_of(quota);

	if (quota_lock_user(user) == -1)
		return -1;
	if (bytes > session->bytes || files > session->files) {
		pthread_mutex_unlock(&user->lock);
		errno = EINVAL;
		return -1;
	}
	if (spent) {
		user->bytes += bytes;
		user->files += files;
	}
	session->bytes -= bytes;
	session->files -= files;
	pthread_mutex_unlock(&user->lock);
	return 0;
}

int
quota_spend(struct quota *quota, uint64_t bytes, uint64_t files)
{
	return settle(quota, bytes, files, true);
}

int
quota_return(struct quota *quota, uint64_t bytes, uint64_t files)
{
	return settle(quota, bytes, files, false);
}

/* ---- hold, look ---- */

int
quota_hold(struct quota *quota)
{
	return enter(quota);
}

void
quota_release(struct quota *quota, uint64_t bytes_freed, uint64_t files_freed)
{
	struct user *user = user_of(quota);

	user->bytes -= bytes_freed < user->bytes ? bytes_freed : user->bytes;
	user->files -= files_freed < user->files ? files_freed : user->files;
	pthread_mutex_unlock(&user->lock);
}

int
quota_look(struct quota *quota, struct quota_figures *figures)
{
	const struct user *user = user_of(quota);

	if (enter(quota) == -1)
		return -1;
	*figures = quota_reserved(quota->table, quota->user);
	figures->bytes += user->bytes;
	figures->files += user->files;
	figures->bytes_limit = user->bytes_limit;
	figures->files_limit = user->files_limit;
	pthread_mutex_unlock(&user_of(quota)->lock);
	return 0;
}
