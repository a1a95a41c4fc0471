/*
 * list: LIST, NLST, MLSD over the data connection; STAT of a name over the control
 * connection. RFC 959, RFC 3659 (7). facts.c has what programs are told of a name.
 *
 *	names of a directory --sorted--> lstat --> a line --gathered--> data connection
 *
 * In the last component of LIST's and NLST's name *, ? and [ ] stand for others, because
 * clients let the server do that for mget. Options as -la, which many clients send since
 * they take LIST for ls(1), are left out: hidden files are shown in any case.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "protocol/ftp_list.h"
#include "protocol/glob.h"
#include "servers/ftpd/ftpd.h"
#include "servers/ftpd/names.h"

enum {
	LINE_MAX_LIST = 1024, /* the facts, a name, a link's target cut to fit */
	OUT_SIZE = FLOW_SIZE,
};

enum form {
	FORM_LIST,
	FORM_NLST,
	FORM_MLSD,
};

/* A listing under way. */
struct listing {
	struct session *session;
	enum form form;
	bool aside; /* over the control connection */
	int64_t now;
	const char *prefix; /* of NLST: as the client has said the directory */
	size_t used;
	char out[OUT_SIZE];
};

/* ---- lines ---- */

static ssize_t
encode_list(const struct listing *listing, const struct stat *st, const char *name,
    const char *target, char *line, size_t cap)
{
	const struct ftp_entry entry = {
		.type = facts_type(st),
		.mode = st->st_mode & 07777,
		.has_mode = true,
		.links = (uint64_t)st->st_nlink,
		.size = (uint64_t)st->st_size,
		.has_size = true,
		.time = st->st_mtim.tv_sec,
		.owner = { listing->session->user, strlen(listing->session->user) },
		.group = { "ftp", 3 },
		.name = { name, strlen(name) },
		.target = { target, strlen(target) },
	};

	return ftp_entry_encode(line, cap, &entry, listing->now);
}

/* As the client has said it: "dir/name". A name that would break the line is left out. */
static ssize_t
encode_name(const struct listing *listing, const char *name, char *line, size_t cap)
{
	size_t prefix = strlen(listing->prefix);
	bool slash = prefix > 0 && listing->prefix[prefix - 1] != '/';
	int len = snprintf(line, cap, "%s%s%s", listing->prefix, slash ? "/" : "", name);

	return len > 0 && (size_t)len < cap && strpbrk(line, "\r\n") == NULL ? len : -1;
}

/* ---- out ---- */

static int
flush(struct listing *listing)
{
	size_t used = listing->used;

	listing->used = 0;
	return used > 0 ? flow_out(listing->session, listing->out, used) : 0;
}

/* A line, made in place, CR LF put behind it. */
static int
put_entry(struct listing *listing, const struct stat *st, const char *name, const char *target)
{
	char *line = listing->out + listing->used;
	ssize_t len;

	if (listing->used + JAIL_PATH_MAX + LINE_MAX_LIST > OUT_SIZE) {
		if (flush(listing) == -1)
			return -1;
		line = listing->out;
	}
	if (listing->form == FORM_LIST)
		len = encode_list(
		    listing, st, name, target, line, JAIL_PATH_MAX + LINE_MAX_LIST - 2);
	else if (listing->form == FORM_NLST)
		len = encode_name(listing, name, line, JAIL_PATH_MAX + LINE_MAX_LIST - 2);
	else if (strpbrk(name, "\r\n") != NULL)
		len = -1;
	else
		len = facts_line(
		    listing->session, st, name, line, JAIL_PATH_MAX + LINE_MAX_LIST - 2);
	if (len == -1)
		return 0; /* it cannot be said */
	if (listing->aside) {
		line[len] = '\0';
		return reply_more(listing->session, "%s", line);
	}
	line[len] = '\r';
	line[len + 1] = '\n';
	listing->used += (size_t)len + 2;
	return 0;
}

static int
put_name(struct listing *listing, const struct jail_list *dir, const char *name)
{
	char target[LINE_MAX_LIST / 2];
	struct stat st = { .st_size = 0 };
	ssize_t len;

	target[0] = '\0';
	if (listing->form == FORM_NLST)
		return put_entry(listing, &st, name, "");
	if (jail_list_stat(dir, name, &st) == -1)
		return 0; /* gone meanwhile */
	if (listing->form == FORM_LIST && S_ISLNK(st.st_mode)) {
		len = readlinkat(dirfd(dir->dir), name, target, sizeof target - 1);
		target[len > 0 ? len : 0] = '\0';
	}
	return put_entry(listing, &st, name, target);
}

static int
put_names(struct listing *listing, struct jail_list *dir, const struct names *names)
{
	int result = 0;

	for (size_t i = 0; i < names->count && result == 0; i++)
		result = put_name(listing, dir, names_get(names, i));
	return result == 0 ? flush(listing) : -1;
}

/* ---- what is listed ---- */

/* What a client asks to list. */
struct wish {
	char path[JAIL_PATH_MAX];	 /* a directory, or a file */
	char pattern[JAIL_NAME_MAX + 1]; /* of names in it; "": all */
	char said[JAIL_PATH_MAX];	 /* the directory, or file, as the client has said it */
};

/* Options first, as ls has them; then the name. */
static struct ftp_span
skip_options(struct ftp_span argument)
{
	while (argument.len > 0 && *argument.at == '-') {
		while (argument.len > 0 && *argument.at != ' ') {
			argument.at++;
			argument.len--;
		}
		while (argument.len > 0 && *argument.at == ' ') {
			argument.at++;
			argument.len--;
		}
	}
	return argument;
}

/* "dir/\*.c" into dir and *.c, unless there is such a name. */
static void
split_pattern(struct session *session, struct ftp_span *name, struct wish *wish)
{
	size_t cut = name->len;
	struct stat st;

	while (cut > 0 && name->at[cut - 1] != '/')
		cut--;
	if (!glob_is_pattern(name->at + cut, name->len - cut) ||
	    name->len - cut > JAIL_NAME_MAX ||
	    (jail_join(wish->path, session->cwd, name->at, name->len) == 0 &&
		jail_stat(&session->home, wish->path, &st) == 0))
		return;
	memcpy(wish->pattern, name->at + cut, name->len - cut);
	wish->pattern[name->len - cut] = '\0';
	name->len = cut;
}

/* 0; 1: it was answered. */
static int
understand(struct session *session, enum form form, struct wish *wish)
{
	struct ftp_span name = session->command.argument;

	if (form != FORM_MLSD) {
		name = skip_options(name);
		if (name.len > 0)
			split_pattern(session, &name, wish);
	}
	if (name.len < sizeof wish->said) {
		memcpy(wish->said, name.at, name.len);
		wish->said[name.len] = '\0';
	}
	if (name.len == 0)
		name = (struct ftp_span){ ".", 1 };
	return argument_path(session, name, wish->path) == -1;
}

/* One file, by its name. */
static int
list_file(struct listing *listing, const struct wish *wish, const struct stat *st)
{
	listing->prefix = "";
	if (put_entry(listing, st, wish->said, "") == -1)
		return -1;
	return flush(listing);
}

static int
list_directory(struct listing *listing, const struct wish *wish, struct jail_list *dir)
{
	struct names names;
	int result = -1;

	if (names_read(&names, dir, wish->pattern) == 0) {
		result = put_names(listing, dir, &names);
		names_free(&names);
	}
	return result;
}

static void
begin(struct listing *listing, struct session *session, enum form form, const char *prefix)
{
	listing->session = session;
	listing->form = form;
	listing->aside = false;
	listing->now = time(NULL);
	listing->prefix = prefix;
	listing->used = 0;
}

/* ---- over the data connection ---- */

static int
list(struct session *session, enum form form)
{
	struct listing listing;
	struct wish wish = { .path = "" };
	struct jail_list dir = { .dir = NULL };
	struct stat st;
	int result;

	if (understand(session, form, &wish) != 0)
		return 0;
	if (jail_stat(&session->home, wish.path, &st) == -1)
		return reply_errno(session, wish.path);
	if (form == FORM_MLSD && !S_ISDIR(st.st_mode))
		return reply(session, 501, "%s: not a directory", wish.path);
	if (S_ISDIR(st.st_mode) && jail_list_begin(&session->home, wish.path, &dir) == -1)
		return reply_errno(session, wish.path);
	begin(&listing, session, form, wish.said);
	result = data_open(session, "Here is %s", wish.path);
	if (result == 0) {
		result = dir.dir ? list_directory(&listing, &wish, &dir) :
				   list_file(&listing, &wish, &st);
		result = flow_end(session, result, wish.path);
	} else {
		result = result == -1 ? -1 : 0;
	}
	if (dir.dir)
		jail_list_end(&dir);
	return result;
}

int
do_list(struct session *session)
{
	return list(session, FORM_LIST);
}

int
do_nlst(struct session *session)
{
	return list(session, FORM_NLST);
}

int
do_mlsd(struct session *session)
{
	return list(session, FORM_MLSD);
}

/* ---- over the control connection ---- */

int
list_status(struct session *session)
{
	struct listing listing;
	struct wish wish = { .path = "" };
	struct jail_list dir;
	struct stat st;
	int result;

	if (understand(session, FORM_LIST, &wish) != 0)
		return 0;
	begin(&listing, session, FORM_LIST, wish.said);
	listing.aside = true;
	if (jail_stat(&session->home, wish.path, &st) == -1)
		return reply_errno(session, wish.path);
	if (S_ISDIR(st.st_mode) && jail_list_begin(&session->home, wish.path, &dir) == -1)
		return reply_errno(session, wish.path);
	reply_first(session, S_ISDIR(st.st_mode) ? 212 : 213, "%s:", wish.path);
	if (S_ISDIR(st.st_mode)) {
		result = list_directory(&listing, &wish, &dir);
		jail_list_end(&dir);
	} else {
		result = list_file(&listing, &wish, &st);
	}
	if (result == -1)
		return -1;
	return reply(session, S_ISDIR(st.st_mode) ? 212 : 213, "End");
}
