/*
 * arrival: a file on its way in: where it is written, and what becomes of it.
 *
 *		complete		broken off
 *	new	renamed: it is there	renamed: the part can be gone on with
 *	old	renamed over it		the temporary goes, the old one stays whole
 *	APPE	it has grown		it has grown by what has come
 *	REST	cut behind the last	written up to there, the rest as it was
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/random.h"
#include "common/sys_file.h"
#include "servers/ftpd/put.h"

/* ---- begin ---- */

/* Who may only write may not touch what others, or the same user, have put. */
static const char *
object(const struct arrival *arrival, const struct stat *st, off_t from)
{
	bool spoils = !arrival->in_place || from < st->st_size;

	if (!S_ISREG(st->st_mode) && (arrival->in_place || !S_ISLNK(st->st_mode)))
		return "not a file";
	if (spoils && !(arrival->session->rights & USERS_DELETE))
		return "it is there, and your account may not replace files";
	return NULL;
}

/* Into what is there. 0; 1: answered. */
static int
open_in_place(struct arrival *arrival, const struct stat *st, off_t from)
{
	struct session *session = arrival->session;
	const char *objection = object(arrival, st, from);
	struct stat now;

	if (objection) {
		reply(session, 550, "%s: %s", arrival->path, objection);
		return 1;
	}
	if (from > st->st_size) {
		reply(session, 554, "The file has %jd bytes only", (intmax_t)st->st_size);
		return 1;
	}
	arrival->fd = jail_open_write(&session->home, arrival->path, &now);
	if (arrival->fd == -1) {
		reply_errno(session, arrival->path);
		return 1;
	}
	/* Its size counts from when nobody else can write it any more. */
	if (sys_lock_file(arrival->fd) == -1 || fstat(arrival->fd, &now) == -1 ||
	    now.st_size != st->st_size) {
		close(arrival->fd);
		reply(session, 450, "%s: somebody else is writing it", arrival->path);
		return 1;
	}
	arrival->begin = arrival->at = from;
	arrival->had = arrival->cut = now.st_size;
	return 0;
}

/*
 * A temporary. What it is going to replace is looked at in its own directory: so the way
 * there is looked up once. Who puts a second file may put a thousand.
 */
static int
create(struct arrival *arrival)
{
	struct session *session = arrival->session;
	const char *objection = NULL;
	struct stat st;

	if (session->puts++ == 1)
		jail_expect_many(&session->home);
	if (jail_create(&session->home, arrival->path, NULL, NEW_FILE, &arrival->file) == -1) {
		reply_errno(session, arrival->path);
		return 1;
	}
	arrival->fd = arrival->file.fd;
	arrival->exists = jail_file_target(&arrival->file, &st) == 0;
	if (arrival->exists)
		objection = object(arrival, &st, 0);
	else if (!is_fit_name(arrival->path))
		objection = "a new name has no control characters";
	if (objection == NULL)
		return 0;
	jail_discard(&arrival->file);
	reply(session, arrival->exists ? 550 : 553, "%s: %s", arrival->path, objection);
	return 1;
}

/* The name. 0; 1: answered. */
static int
choose_name(struct arrival *arrival, enum how how)
{
	struct session *session = arrival->session;
	char name[32];

	if (how != PUT_UNIQUE) {
		if (argument_path(session, session->command.argument, arrival->path) == -1)
			return 1;
	} else {
		int len = snprintf(name, sizeof name, "file-%016" PRIx64, random_number());

		if (argument_path(
			session, (struct ftp_span){ name, (size_t)len }, arrival->path) == -1)
			return 1;
	}
	return 0;
}

/* Where to. 0; 1: answered. */
static int
open_file(struct arrival *arrival, enum how how)
{
	struct session *session = arrival->session;
	struct stat st;

	if (how == PUT_WHOLE || how == PUT_UNIQUE)
		return create(arrival);
	/* In place a link is followed; else it is itself what is replaced. */
	arrival->in_place = jail_stat(&session->home, arrival->path, &st) == 0;
	if (arrival->in_place)
		return open_in_place(
		    arrival, &st, how == PUT_APPEND ? st.st_size : (off_t)session->restart);
	if (how == PUT_APPEND && errno == ENOENT)
		return create(arrival);
	reply_errno(session, arrival->path);
	return 1;
}

int
arrival_begin(struct arrival *arrival, struct session *session, enum how how)
{
	uint64_t expected = session->expected;
	int result;

	*arrival = (struct arrival){ .session = session, .fd = -1 };
	session->expected = 0;
	result = choose_name(arrival, how);
	if (result != 0)
		return result;
	result = open_file(arrival, how);
	if (result != 0)
		return result;
	if (room_begin(&arrival->room, session, arrival->in_place ? 0 : 1, expected) == 0)
		return 0;
	if (errno == EDQUOT)
		room_tell_full(&arrival->room, session);
	else
		reply_errno(session, arrival->path);
	arrival->room.quota = NULL;
	if (arrival->in_place)
		close(arrival->fd);
	else
		jail_discard(&arrival->file);
	return 1;
}

/* ---- end ---- */

/* So many bytes of it are beyond what was there. */
static uint64_t
charged(const struct arrival *arrival)
{
	return arrival->at > arrival->cut ? (uint64_t)(arrival->at - arrival->cut) : 0;
}

static int
sync_file(const struct arrival *arrival)
{
	enum sync_when when = arrival->session->options->sync;

	if (when == SYNC_ALL || (when == SYNC_LARGE && arrival->at > SYNC_LARGE_MIN))
		return fsync(arrival->fd);
	return 0;
}

/* The temporary gets the name; what had it is gone. */
static int
give_name(struct arrival *arrival, bool replace)
{
	struct session *session = arrival->session;
	struct stat st;
	bool replaced;
	int result;

	arrival->file.lazy = session->options->sync == SYNC_NONE;
	if (room_hold(session) == -1)
		return -1;
	replaced = session->counted && jail_file_target(&arrival->file, &st) == 0 &&
		   S_ISREG(st.st_mode) && st.st_nlink == 1;
	result = jail_publish(&arrival->file, replace);
	replaced = replaced && result == 0;
	room_release(session, replaced ? (uint64_t)st.st_size : 0, replaced);
	return result;
}

/* Behind the last byte that came nothing of the old file is left. */
static int
cut_off(struct arrival *arrival)
{
	struct session *session = arrival->session;
	struct stat st;
	int result;

	if (fstat(arrival->fd, &st) == 0 && st.st_nlink == 0) {
		errno = EBUSY; /* somebody has removed or replaced it: our bytes are lost */
		return -1;
	}
	if (arrival->at >= arrival->had)
		return 0;
	if (room_hold(session) == -1)
		return -1;
	result = ftruncate(arrival->fd, arrival->at);
	room_release(session, result == 0 ? (uint64_t)(arrival->had - arrival->at) : 0, 0);
	return result;
}

/* What was spent is not on the disk after all. */
static void
drop(struct arrival *arrival)
{
	bool held = room_hold(arrival->session) == 0;

	jail_discard(&arrival->file);
	if (held)
		room_release(arrival->session, charged(arrival), 1);
}

static int
close_in_place(struct arrival *arrival, int result)
{
	int saved = errno;

	room_spend(&arrival->room, charged(arrival));
	if (close(arrival->fd) == -1 && result == 0)
		return -1;
	errno = saved;
	return result;
}

int
arrival_publish(struct arrival *arrival)
{
	int result = arrival->in_place ? cut_off(arrival) : 0;

	if (result == 0)
		result = sync_file(arrival);
	if (arrival->in_place)
		return close_in_place(arrival, result);
	if (result == 0) {
		room_spend(&arrival->room, charged(arrival));
		result = give_name(arrival, true);
		if (result == -1)
			drop(arrival);
	} else {
		jail_discard(&arrival->file);
		room_return(&arrival->room);
	}
	return result;
}

/* A new file's part stays under the name, for REST or APPE to go on with. */
void
arrival_break_off(struct arrival *arrival, bool full)
{
	int saved = errno;

	if (arrival->in_place) {
		(void)close_in_place(arrival, -1);
	} else if (arrival->exists || full || arrival->at == 0) {
		jail_discard(&arrival->file);
		room_return(&arrival->room);
	} else {
		room_spend(&arrival->room, charged(arrival));
		if (give_name(arrival, false) == -1)
			drop(arrival);
	}
	errno = saved;
}
