/*
 * files: directories, names and attributes. RFC 959, RFC 3659.
 *
 * Names are looked up beneath the home (common/jail), whatever is in them. What takes
 * away from the disk or moves a file does so within a bracket of the quota, so that no
 * count meets half of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/ftp_ascii.h"
#include "protocol/ftp_text.h"
#include "protocol/ftp_time.h"
#include "servers/ftpd/room.h"

enum {
	QUOTED_MAX = 2 * JAIL_PATH_MAX + 2,
	ASCII_SIZE_MAX = 64 << 20, /* bytes that are read to answer SIZE in TYPE A */
};

/* 257 "name" words */
static int
reply_name(struct session *session, const char *name, const char *words)
{
	char quoted[QUOTED_MAX + 1];

	if (ftp_quote_encode(quoted, sizeof quoted, name, strlen(name)) == -1)
		return reply(session, 550, "The name is too long");
	return reply(session, 257, "%s %s", quoted, words);
}

/* ---- directories ---- */

int
do_pwd(struct session *session)
{
	return reply_name(session, session->cwd, "is the working directory");
}

static int
change_to(struct session *session, const char *path)
{
	struct jail inner;

	if (jail_enter(&session->home, path, &inner) == -1)
		return reply_errno(session, path);
	jail_end(&inner);
	memmove(session->cwd, path, strlen(path) + 1);
	return reply(session, 250, "The working directory is %s", session->cwd);
}

int
do_cwd(struct session *session)
{
	char path[JAIL_PATH_MAX];

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	return change_to(session, path);
}

int
do_cdup(struct session *session)
{
	char path[JAIL_PATH_MAX];

	if (argument_path(session, (struct ftp_span){ "..", 2 }, path) == -1)
		return 0;
	return change_to(session, path);
}

bool
is_fit_name(const char *path)
{
	for (const char *at = path; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	return true;
}

int
do_mkd(struct session *session)
{
	char path[JAIL_PATH_MAX];

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (!is_fit_name(path))
		return reply(session, 553, "A new name has no control characters");
	if (jail_mkdir(&session->home, path, NEW_DIRECTORY) == -1)
		return reply_errno(session, path);
	return reply_name(session, path, "is made");
}

int
do_rmd(struct session *session)
{
	char path[JAIL_PATH_MAX];

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (jail_rmdir(&session->home, path) == -1)
		return reply_errno(session, path);
	return reply(session, 250, "%s is removed", path);
}

/* ---- names ---- */

/* NULL: nothing has gone. */
static void
release(struct session *session, const struct stat *gone)
{
	bool file = gone != NULL && S_ISREG(gone->st_mode) && gone->st_nlink == 1;

	room_release(session, file ? (uint64_t)gone->st_size : 0, file);
}

int
do_dele(struct session *session)
{
	char path[JAIL_PATH_MAX];
	struct stat st;
	int result;

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (room_hold(session) == -1)
		return reply_errno(session, path);
	result = jail_lstat(&session->home, path, &st);
	if (result == 0)
		result = jail_remove(&session->home, path);
	release(session, result == 0 ? &st : NULL);
	if (result == -1)
		return reply_errno(session, path);
	return reply(session, 250, "%s is removed", path);
}

int
do_rnfr(struct session *session)
{
	char path[JAIL_PATH_MAX];
	struct stat st;

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (jail_lstat(&session->home, path, &st) == -1)
		return reply_errno(session, path);
	memcpy(session->from, path, sizeof path);
	session->state |= RENAMING;
	return reply(session, 350, "And its new name?");
}

/* A file may be replaced, as by a put; it frees what it had. */
static int
move(struct session *session, const char *to)
{
	struct stat from, st;
	bool replaces;
	int result;

	if (room_hold(session) == -1)
		return -1;
	result = jail_lstat(&session->home, session->from, &from);
	replaces = jail_lstat(&session->home, to, &st) == 0 &&
		   !(from.st_dev == st.st_dev && from.st_ino == st.st_ino);
	if (result == 0)
		result = jail_rename(&session->home, session->from, to, true);
	release(session, result == 0 && replaces ? &st : NULL);
	return result;
}

int
do_rnto(struct session *session)
{
	char path[JAIL_PATH_MAX];

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (!is_fit_name(path))
		return reply(session, 553, "A new name has no control characters");
	if (move(session, path) == -1)
		return reply_errno(session, path);
	return reply(session, 250, "It is %s now", path);
}

/* ---- attributes ---- */

/* Of a file in TYPE A: how many bytes RETR would send. -1: with errno, or too many. */
static int64_t
ascii_size(struct session *session, const char *path)
{
	unsigned char buffer[FLOW_SIZE];
	struct stat st;
	int fd = jail_open(&session->home, path, &st);
	uint64_t size;
	ssize_t n = 0;

	if (fd == -1)
		return -1;
	size = (uint64_t)st.st_size;
	while (st.st_size <= ASCII_SIZE_MAX && (n = read(fd, buffer, sizeof buffer)) > 0)
		size += ftp_ascii_count(buffer, (size_t)n);
	close(fd);
	if (n == 0 && st.st_size <= ASCII_SIZE_MAX)
		return (int64_t)size;
	errno = EFBIG;
	return -1;
}

/* RFC 3659 (4): what RETR would send, in the TYPE that is set. */
int
do_size(struct session *session)
{
	char path[JAIL_PATH_MAX];
	struct stat st;
	int64_t size;

	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (jail_stat(&session->home, path, &st) == -1)
		return reply_errno(session, path);
	if (!S_ISREG(st.st_mode))
		return reply(session, 550, "%s: not a file", path);
	size = session->ascii ? ascii_size(session, path) : st.st_size;
	if (size == -1)
		return errno == EFBIG ?
			   reply(session, 550, "%s: too large for SIZE in TYPE A", path) :
			   reply_errno(session, path);
	return reply(session, 213, "%" PRId64, size);
}

static int
set_time(struct session *session, const struct ftp_time *time, const char *path)
{
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)time->seconds, .tv_nsec = time->ns },
	};

	return jail_set_times(&session->home, path, times);
}

/* "MDTM 20260101000000 name" sets the time, as MFMT; unless there is a file so called. */
static bool
asks_to_set(struct session *session, struct ftp_time *time, struct ftp_span *name)
{
	struct ftp_span argument = session->command.argument;
	char path[JAIL_PATH_MAX];
	struct stat st;

	if (!ftp_time_and_name(argument.at, argument.len, time, name))
		return false;
	return jail_join(path, session->cwd, argument.at, argument.len) == -1 ||
	       jail_stat(&session->home, path, &st) == -1;
}

static int
change_time(struct session *session, const struct ftp_time *time, struct ftp_span name)
{
	char path[JAIL_PATH_MAX], text[FTP_TIME_TEXT_MAX + 1];

	if (argument_path(session, name, path) == -1)
		return 0;
	if (!(session->rights & USERS_WRITE))
		return reply(session, 550, "Your account does not allow that");
	if (set_time(session, time, path) == -1)
		return reply_errno(session, path);
	if (ftp_time_encode(text, sizeof text, time) == -1)
		text[0] = '\0';
	return reply(session, 213, "Modify=%s; %s", text, path);
}

int
do_mdtm(struct session *session)
{
	char path[JAIL_PATH_MAX], text[FTP_TIME_TEXT_MAX + 1];
	struct ftp_time time = { 0 };
	struct ftp_span name;
	struct stat st;

	if (asks_to_set(session, &time, &name))
		return change_time(session, &time, name);
	if (argument_path(session, session->command.argument, path) == -1)
		return 0;
	if (jail_stat(&session->home, path, &st) == -1)
		return reply_errno(session, path);
	time.seconds = st.st_mtim.tv_sec;
	time.ns = 0; /* clients expect 14 digits */
	if (ftp_time_encode(text, sizeof text, &time) == -1)
		return reply(session, 550, "%s: its time cannot be said", path);
	return reply(session, 213, "%s", text);
}

int
do_mfmt(struct session *session)
{
	struct ftp_span name;
	struct ftp_time time;

	if (!ftp_time_and_name(
		session->command.argument.at, session->command.argument.len, &time, &name))
		return reply(session, 501, "MFMT takes a time and a name");
	return change_time(session, &time, name);
}
