/*
 * facts: what programs are told of a name: a line of MLSD, and MLST. RFC 3659 (7).
 */
#include <string.h>

#include "servers/ftpd/ftpd.h"

enum ftp_type
facts_type(const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return FTP_TYPE_FILE;
	if (S_ISDIR(st->st_mode))
		return FTP_TYPE_DIR;
	return S_ISLNK(st->st_mode) ? FTP_TYPE_SYMLINK : FTP_TYPE_OTHER;
}

/* What this user may do with it; whether the system lets us is not asked for each. */
static unsigned
perms_of(const struct session *session, enum ftp_type type)
{
	unsigned rights = session->rights, perms = 0;
	bool dir = type == FTP_TYPE_DIR;

	if (rights & USERS_DELETE)
		perms |= FTP_PERM_DELETE | FTP_PERM_RENAME | (dir ? FTP_PERM_PURGE : 0U);
	if (dir)
		return perms | FTP_PERM_ENTER | (rights & USERS_LIST ? FTP_PERM_LIST : 0U) |
		       (rights & USERS_WRITE ? FTP_PERM_CREATE | FTP_PERM_MAKE : 0U);
	if (rights & USERS_READ)
		perms |= FTP_PERM_RETRIEVE;
	if (rights & USERS_WRITE)
		perms |= FTP_PERM_APPEND;
	if (rights & USERS_WRITE && rights & USERS_DELETE)
		perms |= FTP_PERM_WRITE;
	return perms;
}

ssize_t
facts_line(const struct session *session, const struct stat *st, const char *name, char *line,
    size_t cap)
{
	enum ftp_type type = facts_type(st);
	const struct ftp_facts facts = {
		.have = FTP_FACTS_ALL & ~(type == FTP_TYPE_FILE ? 0U : FTP_FACT_SIZE),
		.type = type,
		.size = (uint64_t)st->st_size,
		.modify = { .seconds = st->st_mtim.tv_sec },
		.perm = perms_of(session, type),
		.device = (uint64_t)st->st_dev,
		.inode = (uint64_t)st->st_ino,
		.mode = st->st_mode & 07777,
		.owner = (uint32_t)st->st_uid,
		.group = (uint32_t)st->st_gid,
		.name = { name, strlen(name) },
	};

	return ftp_facts_encode(line, cap, &facts, session->facts);
}

int
do_mlst(struct session *session)
{
	struct ftp_span argument = session->command.argument;
	char path[JAIL_PATH_MAX], line[JAIL_PATH_MAX + FTP_FACTS_MAX];
	struct stat st;

	if (argument.len == 0)
		argument = (struct ftp_span){ ".", 1 };
	if (argument_path(session, argument, path) == -1)
		return 0;
	if (jail_stat(&session->home, path, &st) == -1)
		return reply_errno(session, path);
	if (facts_line(session, &st, path, line, sizeof line) == -1)
		return reply(session, 553, "The name is too long");
	reply_first(session, 250, "Facts:");
	reply_more(session, "%s", line);
	return reply(session, 250, "End");
}
