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

static int
get(struct shell *shell, char *words[], unsigned flags)
{
	const char *local = words[1] ? words[1] : name_here(words[0]);

	return local ? get_file(shell->session, words[0], local, flags) : -1;
}

int
shell_get(struct shell *shell, char *words[], size_t count)
{
	(void)count;
	return get(shell, words, 0);
}

int
shell_reget(struct shell *shell, char *words[], size_t count)
{
	(void)count;
	return get(shell, words, FILE_RESUME);
}

int
shell_cat(struct shell *shell, char *words[], size_t count)
{
	(void)count;
	fflush(stdout);
	return get_file(shell->session, words[0], "-", 0);
}

static int
put(struct shell *shell, char *words[], unsigned flags)
{
	const char *remote = words[1] ? words[1] : name_here(words[0]);

	return remote ? put_file(shell->session, words[0], remote, flags) : -1;
}

int
shell_put(struct shell *shell, char *words[], size_t count)
{
	(void)count;
	if (strcmp(words[0], "-") == 0 && !shell->terminal &&
	    shell->session->settings->script) {
		log_error("put: standard input has the commands");
		return -1;
	}
	return put(shell, words, 0);
}

int
shell_reput(struct shell *shell, char *words[], size_t count)
{
	(void)count;
	return put(shell, words, FILE_RESUME);
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
			(int)sizeof path ||
		    act(shell, path) == -1)
			result = -1;
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
shell_mget(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	return for_each(shell, count, fetch_here);
}

int
shell_mdelete(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	return for_each(shell, count, delete_there);
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
shell_mput(struct shell *shell, char *words[], size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && !ftp_stop; i++) {
		glob_t found;

		if (!shell->words.pattern[i + 1]) {
			result = put_here(shell, words[i]) == -1 ? -1 : result;
			continue;
		}
		if (glob(shell->words.glob[i + 1], 0, NULL, &found) != 0) {
			log_error("%s: no file is called so", words[i]);
			result = -1;
			continue;
		}
		for (size_t j = 0; j < found.gl_pathc && !ftp_stop; j++)
			if (put_here(shell, found.gl_pathv[j]) == -1)
				result = -1;
		globfree(&found);
	}
	return result;
}

int
shell_mirror(struct shell *shell, char *words[], size_t count)
{
	const char *from, *to;

	if (strcmp(words[0], "-R") == 0) {
		if (count < 2) {
			log_error("usage: mirror -R local [remote]");
			return -1;
		}
		to = words[2] ? words[2] : name_here(words[1]);
		return to ? mirror_put(shell->session, words[1], to) : -1;
	}
	if (count > 2) {
		log_error("usage: mirror remote [local]");
		return -1;
	}
	from = words[0];
	to = words[1] ? words[1] : strcmp(from, ".") == 0 ? "." : name_here(from);
	return to ? mirror_get(shell->session, from, to) : -1;
}
