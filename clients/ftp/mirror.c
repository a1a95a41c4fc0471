/*
 * mirror: a directory with all that is beneath it, from the server or to it.
 *
 * A file that is there already, as large and as old, is left alone; so the same command
 * goes on after a break. Nothing is removed. The server's names are looked up beneath
 * the local directory and no link on the way is followed, whoever put it there; links on
 * the server's side, and what is neither file nor directory, are said and left out.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"

enum {
	DEPTH_MAX = 64,
};

struct mirror {
	struct session *session;
	struct jail jail;
	unsigned long files, same, failed;
};

/* One name behind another. False: too long, said. */
static bool
join(char path[JAIL_PATH_MAX], const char *dir, const char *name)
{
	const char *slash = *dir && dir[strlen(dir) - 1] != '/' ? "/" : "";
	int len = snprintf(path, JAIL_PATH_MAX, "%s%s%s", dir, slash, name);

	if (len >= 0 && len < JAIL_PATH_MAX)
		return true;
	log_error("%s: the path is too long", name);
	return false;
}

/* Whether there is any use in going on. */
static bool
goes_on(struct mirror *mirror)
{
	return !ftp_stop && mirror->session->connected;
}

static void
note_failure(struct mirror *mirror)
{
	session_worsen(mirror->session, STATUS_FAILED);
	mirror->failed++;
}

static int
tell(struct mirror *mirror, const char *what)
{
	log_notice("%s: %lu copied, %lu as they were, %lu failed", what, mirror->files,
	    mirror->same, mirror->failed);
	return mirror->failed || ftp_stop ? -1 : 0;
}

/* ---- from the server ---- */

static int get_directory(struct mirror *mirror, const char *there, const char *here, int depth);

static bool
is_same_here(const struct mirror *mirror, const char *here, const struct entry *entry)
{
	struct stat st;

	return entry->has_size && entry->has_time &&
	       jail_lstat(&mirror->jail, here, &st) == 0 && S_ISREG(st.st_mode) &&
	       (uint64_t)st.st_size == entry->size && st.st_mtim.tv_sec == entry->time;
}

static void
get_entry(struct mirror *mirror, const char *there, const char *here, const struct entry *entry,
    int depth)
{
	char remote[JAIL_PATH_MAX], local[JAIL_PATH_MAX];

	if (!join(remote, there, entry->name) || !join(local, here, entry->name)) {
		note_failure(mirror);
		return;
	}
	switch (entry->type) {
	case FTP_TYPE_DIR:
		if (get_directory(mirror, remote, local, depth + 1) == -1)
			note_failure(mirror);
		return;
	case FTP_TYPE_FILE:
		break;
	default:
		log_notice("%s: a link, or no file: left out", remote);
		return;
	}
	if (is_same_here(mirror, local, entry))
		mirror->same++;
	else if (get_into(mirror->session, remote, &mirror->jail, local, FILE_RESUME) == 0)
		mirror->files++;
	else
		note_failure(mirror);
}

static int
get_directory(struct mirror *mirror, const char *there, const char *here, int depth)
{
	struct listing listing;

	if (depth > DEPTH_MAX) {
		log_error("%s: directories within directories, %d deep", there, depth);
		return -1;
	}
	if (*here && jail_mkdirs(&mirror->jail, here, 0777) == -1) {
		log_error("%s:", here);
		return -1;
	}
	if (listing_fetch(mirror->session, *there ? there : NULL, &listing) == -1)
		return -1;
	for (size_t i = 0; i < listing.count && goes_on(mirror); i++)
		get_entry(mirror, there, here, &listing.entries[i], depth);
	listing_free(&listing);
	return goes_on(mirror) ? 0 : -1;
}

/* The directory that a mirror goes to or comes from. 0, or -1: said. */
static int
begin(struct mirror *mirror, const char *local)
{
	if (jail_begin(&mirror->jail, local) == -1) {
		log_error("%s:", local);
		session_worsen(mirror->session, STATUS_FAILED);
		return -1;
	}
	mirror->jail.no_links = true;
	return 0;
}

int
mirror_get(struct session *session, const char *remote, const char *local)
{
	struct mirror mirror = { .session = session };
	int result;

	if (mkdir(local, 0777) == -1 && errno != EEXIST) {
		log_error("%s:", local);
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	if (begin(&mirror, local) == -1)
		return -1;
	if (get_directory(&mirror, strcmp(remote, ".") == 0 ? "" : remote, "", 0) == -1)
		note_failure(&mirror);
	result = tell(&mirror, remote);
	jail_end(&mirror.jail);
	return result;
}

/* ---- to the server ---- */

static int put_directory(struct mirror *mirror, const char *here, const char *there, int depth);

static bool
is_same_there(const struct listing *listing, const char *name, const struct stat *st)
{
	for (size_t i = 0; i < listing->count; i++) {
		const struct entry *entry = &listing->entries[i];

		if (strcmp(entry->name, name) == 0)
			return entry->type == FTP_TYPE_FILE && entry->has_size &&
			       entry->has_time && entry->size == (uint64_t)st->st_size &&
			       entry->time == st->st_mtim.tv_sec;
	}
	return false;
}

static void
put_one_file(struct mirror *mirror, const char *local, const char *remote)
{
	int fd = jail_open(&mirror->jail, local, NULL), result = -1;

	if (fd == -1) {
		log_error("%s:", local);
	} else {
		result = put_from(mirror->session, fd, local, remote, 0);
		close(fd);
	}
	if (result == 0)
		mirror->files++;
	else
		note_failure(mirror);
}

static void
put_entry(struct mirror *mirror, const char *here, const char *there, const char *name,
    const struct stat *st, const struct listing *listing, int depth)
{
	char remote[JAIL_PATH_MAX], local[JAIL_PATH_MAX];

	if (!join(remote, there, name) || !join(local, here, name))
		note_failure(mirror);
	else if (S_ISDIR(st->st_mode)) {
		if (put_directory(mirror, local, remote, depth + 1) == -1)
			note_failure(mirror);
	} else if (!S_ISREG(st->st_mode))
		log_notice("%s: a link, or no file: left out", local);
	else if (is_same_there(listing, name, st))
		mirror->same++;
	else
		put_one_file(mirror, local, remote);
}

/* Make it there; if it cannot be made it may be there: then what is in it. 0, or -1. */
static int
prepare(struct mirror *mirror, const char *there, struct listing *listing)
{
	struct session *session = mirror->session;
	int code = *there ? session_ask(session, "MKD", there) : 550;

	*listing = (struct listing){ .count = 0 };
	if (code == -1)
		return -1;
	return code < 300 ? 0 : listing_fetch(session, *there ? there : NULL, listing);
}

static int
put_directory(struct mirror *mirror, const char *here, const char *there, int depth)
{
	struct listing listing;
	struct jail_list names;
	const char *name;
	struct stat st;

	if (depth > DEPTH_MAX) {
		log_error("%s: directories within directories, %d deep", here, depth);
		return -1;
	}
	if (jail_list_begin(&mirror->jail, *here ? here : ".", &names) == -1) {
		log_error("%s:", here);
		return -1;
	}
	if (prepare(mirror, there, &listing) == -1) {
		jail_list_end(&names);
		return -1;
	}
	while (goes_on(mirror) && (name = jail_list_next(&names)) != NULL)
		if (strncmp(name, JAIL_TEMP_PREFIX, strlen(JAIL_TEMP_PREFIX)) == 0)
			continue; /* somebody's unfinished file */
		else if (jail_list_stat(&names, name, &st) == -1)
			note_failure(mirror);
		else
			put_entry(mirror, here, there, name, &st, &listing, depth);
	jail_list_end(&names);
	listing_free(&listing);
	return goes_on(mirror) ? 0 : -1;
}

int
mirror_put(struct session *session, const char *local, const char *remote)
{
	struct mirror mirror = { .session = session };
	int result;

	if (begin(&mirror, local) == -1)
		return -1;
	if (put_directory(&mirror, "", strcmp(remote, ".") == 0 ? "" : remote, 0) == -1)
		note_failure(&mirror);
	result = tell(&mirror, local);
	jail_end(&mirror.jail);
	return result;
}
