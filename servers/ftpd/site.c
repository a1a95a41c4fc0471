/*
 * site: what this server has beyond the standard: SITE HELP, CHMOD, UTIME, QUOTA, WHO; and
 * AVBL, how much room there is.
 */
#include <sys/statvfs.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "protocol/ftp_time.h"
#include "servers/ftpd/room.h"

static int
site_help(struct session *session, struct ftp_span rest)
{
	(void)rest;
	reply_first(session, 214, "SITE commands:");
	reply_more(session, "CHMOD mode name");
	reply_more(session, "UTIME time name");
	reply_more(session, "QUOTA");
	reply_more(session, "WHO");
	return reply(session, 214, "End");
}

/* The first word of `rest`, which goes on behind it and a blank. */
static struct ftp_span
take_word(struct ftp_span *rest)
{
	struct ftp_span word = *rest;

	word.len = 0;
	while (word.len < rest->len && rest->at[word.len] != ' ')
		word.len++;
	rest->at += word.len;
	rest->len -= word.len;
	if (rest->len > 0) {
		rest->at++;
		rest->len--;
	}
	return word;
}

static bool
parse_mode(struct ftp_span word, mode_t *mode)
{
	*mode = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] < '0' || word.at[i] > '7' || *mode > 0777)
			return false;
		*mode = (mode_t)(*mode * 8 + (mode_t)(word.at[i] - '0'));
	}
	return word.len > 0 && *mode <= 0777;
}

/* A directory keeps its owner's rights: what cannot be read cannot be counted. */
static mode_t
with_owner(struct session *session, const char *path, mode_t mode)
{
	struct stat st;

	if (jail_stat(&session->home, path, &st) == 0 && S_ISDIR(st.st_mode))
		return mode | S_IRWXU;
	return mode;
}

static int
site_chmod(struct session *session, struct ftp_span rest)
{
	struct ftp_span word = take_word(&rest);
	char path[JAIL_PATH_MAX];
	mode_t mode;

	if (!(session->rights & USERS_WRITE))
		return reply(session, 550, "Your account does not allow that");
	if (!parse_mode(word, &mode) || rest.len == 0)
		return reply(session, 501, "SITE CHMOD takes a mode, as 644, and a name");
	if (argument_path(session, rest, path) == -1)
		return 0;
	if (jail_chmod(&session->home, path, with_owner(session, path, mode)) == -1)
		return reply_errno(session, path);
	return reply(session, 200, "The mode of %s is set", path);
}

static int
site_utime(struct session *session, struct ftp_span rest)
{
	char path[JAIL_PATH_MAX];
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
	struct ftp_span name;
	struct ftp_time time;

	if (!(session->rights & USERS_WRITE))
		return reply(session, 550, "Your account does not allow that");
	if (!ftp_time_and_name(rest.at, rest.len, &time, &name))
		return reply(session, 501, "SITE UTIME takes a time and a name");
	if (argument_path(session, name, path) == -1)
		return 0;
	times[1] = (struct timespec){ (time_t)time.seconds, time.ns };
	if (jail_set_times(&session->home, path, times) == -1)
		return reply_errno(session, path);
	return reply(session, 200, "The time of %s is set", path);
}

static int
look(struct session *session, struct quota_figures *figures)
{
	if (session->counted)
		return quota_look(&session->quota, figures);
	figures->bytes_limit = figures->files_limit = QUOTA_NO_LIMIT;
	return quota_count(&session->home, &figures->bytes, &figures->files);
}

static int
site_quota(struct session *session, struct ftp_span rest)
{
	struct quota_figures figures;
	char words[ROOM_WORDS_MAX];

	(void)rest;
	if (look(session, &figures) == -1)
		return reply_errno(session, "Your quota");
	return reply(session, 200, "%s", room_words(&figures, words));
}

static int
site_who(struct session *session, struct ftp_span rest)
{
	(void)rest;
	return board_tell(session);
}

int
do_site(struct session *session)
{
	static const struct {
		const char *name;
		int (*handler)(struct session *, struct ftp_span);
	} sites[] = {
		{ "HELP", site_help },
		{ "CHMOD", site_chmod },
		{ "UTIME", site_utime },
		{ "QUOTA", site_quota },
		{ "WHO", site_who },
	};
	struct ftp_span rest = session->command.argument, word = take_word(&rest);

	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
		if (word.len == strlen(sites[i].name) &&
		    strncasecmp(word.at, sites[i].name, word.len) == 0)
			return sites[i].handler(session, rest);
	return reply(session, 504, "SITE knows HELP, CHMOD, UTIME, QUOTA and WHO");
}

/* How many bytes there is room for: on the disk, and in the quota. */
int
do_avbl(struct session *session)
{
	struct quota_figures figures = { .bytes_limit = QUOTA_NO_LIMIT };
	struct statvfs disk;
	uint64_t room, left;

	if (fstatvfs(session->home.top, &disk) == -1 ||
	    (session->counted && quota_look(&session->quota, &figures) == -1))
		return reply_errno(session, "The room that is left");
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	left = figures.bytes < figures.bytes_limit ? figures.bytes_limit - figures.bytes : 0;
	if (figures.bytes_limit != QUOTA_NO_LIMIT && left < room)
		room = left;
	return reply(session, 213, "%" PRIu64, room);
}
