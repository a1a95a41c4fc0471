/*
 * transfers: the commands that move files.
 *
 * Patterns for names there are matched here, against the list of the directory: a server
 * that matches them itself decides what we write. What mget fetches is written in the
 * directory where we are, under the last component of its name.
 */
#include <sys/stat.h>

#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ftp/shell.h"
#include "common/log.h"

/* A name for what comes, from a path that was typed. NULL: said. */
static const char *
name_here(const char *remote)
{
	const char *name = jail_last_name(remote);

	if (*name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return name;
	log_error("\"%s\" has no name of a file", remote);
	return NULL;
}

static unsigned
flags_of(const struct call *call)
{
	return call->verb ? FILE_RESUME : 0;
}

int
shell_get(const struct call *call)
{
	const char *remote = call->words[0];
	const char *local = call->words[1] ? call->words[1] : name_here(remote);

	return local ? get_file(call->session, remote, local, flags_of(call)) : -1;
}

int
shell_cat(const struct call *call)
{
	fflush(stdout);
	return get_file(call->session, call->words[0], "-", 0);
}

int
shell_put(const struct call *call)
{
	const char *local = call->words[0];
	const char *remote = call->words[1];

	if (strcmp(local, "-") == 0 && !call->shell->terminal &&
	    call->session->settings->script) {
		log_error("put: standard input has the commands");
		return -1;
	}
	if (remote == NULL)
		remote = name_here(local);
	return remote ? put_file(call->session, local, remote, flags_of(call)) : -1;
}

/* ---- many ---- */

/* What to do with a name of the server. 0, or -1: said. */
typedef int for_each_remote(struct shell *shell, const char *remote);

static int
fetch_here(struct shell *shell, const char *remote)
{
	const char *name = name_here(remote);

	return name ? get_file(shell->session, remote, name, 0) : -1;
}

static int
delete_there(struct shell *shell, const char *remote)
{
	return session_do(shell->session, "DELE", remote, remote);
}

/* Those that match, of the directory before the last slash of the pattern. */
static int
match_remote(struct shell *shell, const char *text, const char *glob, for_each_remote *act)
{
	size_t dir_len = (size_t)(jail_last_name(text) - text), matches = 0;
	const char *pattern = jail_last_name(glob);
	char path[JAIL_PATH_MAX], dir[JAIL_PATH_MAX];
	struct listing listing;
	int result = 0;

	snprintf(dir, sizeof dir, "%.*s", (int)dir_len, text);
	if (dir_len > 1)
		dir[dir_len - 1] = '\0';
	if (listing_fetch(shell->session, dir_len ? dir : NULL, &listing) == -1)
		return -1;
	for (size_t i = 0; i < listing.count && !ftp_stop; i++) {
		const struct entry *entry = &listing.entries[i];

		if (entry->type == FTP_TYPE_DIR ||
		    fnmatch(pattern, entry->name, FNM_PERIOD) != 0)
			continue;
		matches++;
		if (snprintf(path, sizeof path, "%.*s%s", (int)dir_len, text, entry->name) >=
		    (int)sizeof path) {
			log_error("%s: the path is too long", entry->name);
			result = -1;
		} else if (act(shell, path) == -1) {
			result = -1;
		}
	}
	listing_free(&listing);
	if (matches == 0)
		log_error("%s: no file there is called so", text);
	return matches == 0 || ftp_stop ? -1 : result;
}

static int
for_each(struct shell *shell, size_t count, for_each_remote *act)
{
	int result = 0;

	for (size_t i = 1; i <= count && !ftp_stop; i++) {
		const char *text = shell->words.text[i];

		if ((shell->words.pattern[i] ?
			    match_remote(shell, text, shell->words.glob[i], act) :
			    act(shell, text)) == -1)
			result = -1;
	}
	return result;
}

int
shell_mget(const struct call *call)
{
	return for_each(call->shell, call->count, fetch_here);
}

int
shell_mdelete(const struct call *call)
{
	return for_each(call->shell, call->count, delete_there);
}

static int
put_here(struct shell *shell, const char *local)
{
	const char *name = name_here(local);
	struct stat st;

	if (stat(local, &st) == 0 && S_ISDIR(st.st_mode)) {
		log_notice("%s: a directory: left out (mirror -R sends it)", local);
		return 0;
	}
	return name ? put_file(shell->session, local, name, 0) : -1;
}

int
shell_mput(const struct call *call)
{
	int result = 0;

	for (size_t i = 0; i < call->count && !ftp_stop; i++) {
		glob_t found;

		if (!call->shell->words.pattern[i + 1]) {
			result = put_here(call->shell, call->words[i]) == -1 ? -1 : result;
			continue;
		}
		if (glob(call->shell->words.glob[i + 1], 0, NULL, &found) != 0) {
			log_error("%s: no file is called so", call->words[i]);
			result = -1;
			continue;
		}
		for (size_t j = 0; j < found.gl_pathc && !ftp_stop; j++)
			if (put_here(call->shell, found.gl_pathv[j]) == -1)
				result = -1;
		globfree(&found);
	}
	return result;
}

int
shell_mirror(const struct call *call)
{
	const char *from, *to;

	if (strcmp(call->words[0], "-R") == 0) {
		if (call->count < 2) {
			log_error("usage: mirror -R local [remote]");
			return -1;
		}
		to = call->words[2] ? call->words[2] : name_here(call->words[1]);
		return to ? mirror_put(call->session, call->words[1], to) : -1;
	}
	if (call->count > 2) {
		log_error("usage: mirror remote [local]");
		return -1;
	}
	from = call->words[0];
	to = call->words[1] ? call->words[1] : strcmp(from, ".") == 0 ? "." : name_here(from);
	return to ? mirror_get(call->session, from, to) : -1;
}
