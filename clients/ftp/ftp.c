/*
 * ftp: fetch and send files by the File Transfer Protocol. RFC 959 and what came later.
 *
 *	ftp				commands, from a person or a script
 *	ftp [user@]host			the same, connected
 *	ftp ftp://user@host/path	the same, in that directory
 *	ftp get ftp://host/path [local]	one transfer: get, reget, put, reput, mirror, ls, cat
 *
 *	     control connection			  data connection, one for each file
 *	USER, PASS, FEAT	login.c		EPSV, PASV, EPRT, PORT	data.c
 *	commands, replies	session.c	the bytes		move.c
 *
 * get.c and put.c are a transfer from the first question to the last comparison, and
 * over as many connections as it takes; arrival.c is the file here, listing.c a directory
 * there, mirror.c a tree; shell.c reads commands, of which commands.c has the table.
 *
 * What it deliberately does not do: encryption (RFC 4217), so use it where a password in
 * clear is no harm; transfers from one server to another (FXP); macros of .netrc.
 */
#include "clients/ftp/ftp.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/num.h"
#include "common/wipe.h"

enum {
	RETRIES_MAX = 1000,
};

static const struct opts_entry ftp_entries[] = {
	{ 'A', NULL, "active: we listen, and the server calls for each transfer" },
	{ 'a', NULL, "text: lines end there and here as they should; not compared" },
	{ 'c', "commands", "run these, separated by `;', then leave" },
	{ 'N', "netrc", "names and passwords are in this file (~/.netrc)" },
	{ 'n', NULL, "look into no .netrc" },
	{ 'R', "retries", "go on so many times after a connection has broken (5)" },
	{ 'S', NULL, "compare sizes alone, no digests" },
	{ 0, NULL, NULL },
};

static const struct opts_program ftp_program = {
	.name = "ftp",
	.purpose = "Fetch and send files by FTP. See ftp(1).",
	.operands = "[[user@]host | url | get url [local] | put local url | ...]",
	.operand_min = 0,
	.operand_max = 3,
	.own = ftp_entries,
};

static void
take_option(const struct opts *opts, struct ftp_settings *settings, const char **commands)
{
	switch (opts->letter) {
	case 'A':
		settings->active = true;
		break;
	case 'a':
		settings->ascii = true;
		break;
	case 'c':
		*commands = opts->argument;
		break;
	case 'N':
		settings->netrc = opts->argument;
		break;
	case 'n':
		settings->no_netrc = true;
		break;
	case 'R':
		settings->retries = opts_number(opts, 0, RETRIES_MAX);
		break;
	case 'S':
		settings->verify = false;
		break;
	}
}

/* ---- where to ---- */

/* A URL's parts to the session; *path is what is behind the host. */
static void
take_url(const struct opts *opts, struct session *session, const char *text,
    char path[FTP_URL_PATH_MAX + 1])
{
	struct account *account = &session->account;
	static struct ftp_url url;
	int64_t port;

	if (ftp_url_parse(text, &url) != FTP_URL_OK ||
	    (url.port[0] && num_parse(url.port, 1, UINT16_MAX, &port) == -1))
		opts_fail(opts, "\"%s\" is no ftp://[user@]host[:port]/path", text);
	memcpy(account->host, url.host, sizeof account->host);
	memcpy(account->port, url.port, sizeof account->port);
	memcpy(account->user, url.user, sizeof account->user);
	memcpy(account->password, url.password, sizeof account->password);
	account->has_password = url.has_password;
	memcpy(path, url.path, sizeof url.path);
	if (url.type == 'a' || url.type == 'i')
		session->settings->ascii = url.type == 'a';
	wipe(&url, sizeof url);
}

/* [user@]host */
static void
take_host(const struct opts *opts, struct session *session, const char *text)
{
	struct account *account = &session->account;
	const char *at = strrchr(text, '@'), *host = at ? at + 1 : text;

	if (*host == '\0' || strlen(host) >= sizeof account->host ||
	    (at && (size_t)(at - text) >= sizeof account->user))
		opts_fail(opts, "\"%s\" is no [user@]host", text);
	snprintf(account->host, sizeof account->host, "%s", host);
	if (at)
		snprintf(account->user, sizeof account->user, "%.*s", (int)(at - text), text);
}

/* ---- one transfer ---- */

struct job {
	struct session *session;
	const char *local; /* NULL: not given */
	unsigned flags;	   /* of enum file_flags */
	char path[FTP_URL_PATH_MAX + 1];
};

static int
do_get(struct job *job)
{
	return get_file(job->session, job->path,
	    job->local ? job->local : jail_last_name(job->path), job->flags);
}

/* A URL that ends in a slash, or has no path, names a directory. */
static const char *
path_to_put(struct job *job)
{
	size_t len = strlen(job->path);

	if (len > 0 && job->path[len - 1] != '/')
		return job->path;
	snprintf(job->path + len, sizeof job->path - len, "%s", jail_last_name(job->local));
	return job->path;
}

static int
do_put(struct job *job)
{
	return put_file(job->session, job->local, path_to_put(job), job->flags);
}

static int
do_mirror_get(struct job *job)
{
	const char *name = jail_last_name(job->path);

	return mirror_get(job->session, job->path,
	    job->local ? job->local :
	    *name      ? name :
			 ".");
}

static int
do_mirror_put(struct job *job)
{
	return mirror_put(job->session, job->local, path_to_put(job));
}

static int
do_ls(struct job *job)
{
	return listing_show(job->session, "LIST", job->path[0] ? job->path : NULL);
}

static int
do_cat(struct job *job)
{
	return get_file(job->session, job->path, "-", 0);
}

enum shape {
	URL_LOCAL, /* verb url [local] */
	LOCAL_URL, /* verb local url */
	URL_ALONE,
};

static const struct verb {
	const char *name;
	enum shape shape;
	bool file; /* the URL must name a file */
	unsigned flags;
	int (*run)(struct job *job);
} verbs[] = {
	{ "get", URL_LOCAL, true, 0, do_get },
	{ "reget", URL_LOCAL, true, FILE_RESUME, do_get },
	{ "put", LOCAL_URL, false, 0, do_put },
	{ "reput", LOCAL_URL, false, FILE_RESUME, do_put },
	{ "mirror", URL_LOCAL, false, 0, do_mirror_get },
	{ "mirror", LOCAL_URL, false, 0, do_mirror_put },
	{ "ls", URL_ALONE, false, 0, do_ls },
	{ "cat", URL_ALONE, true, 0, do_cat },
};

static bool
is_url(const char *text)
{
	static struct ftp_url url;

	return text && ftp_url_parse(text, &url) != FTP_URL_OTHER;
}

/* The verb that these operands are for; NULL: they are for none. */
static const struct verb *
find_verb(const struct opts *opts)
{
	const char *first = opts_operand(opts, 0);
	bool known = false;

	for (size_t i = 0; first && i < sizeof verbs / sizeof *verbs; i++) {
		const struct verb *verb = &verbs[i];
		bool at_once = is_url(opts_operand(opts, 1));
		bool fits = verb->shape == LOCAL_URL ?
				!at_once && is_url(opts_operand(opts, 2)) :
				at_once && (verb->shape == URL_LOCAL || !opts_operand(opts, 2));

		if (strcmp(first, verb->name) != 0)
			continue;
		known = true;
		if (fits)
			return verb;
	}
	if (known && (opts_operand(opts, 1)))
		opts_fail(opts, "%s: which is the ftp://host/path?", first);
	if (opts_operand(opts, 1))
		opts_fail(opts, "\"%s\" is one argument too many", opts_operand(opts, 1));
	return NULL;
}

static int
run_verb(const struct opts *opts, struct session *session, const struct verb *verb)
{
	static struct job job;
	bool first = verb->shape == LOCAL_URL;

	job.session = session;
	job.flags = verb->flags;
	job.local = opts_operand(opts, first ? 1 : 2);
	take_url(opts, session, opts_operand(opts, first ? 2 : 1), job.path);
	if (verb->file && *jail_last_name(job.path) == '\0')
		opts_fail(opts, "\"%s\" has no name of a file", opts_operand(opts, 1));
	if (first && strcmp(job.local, "-") == 0) {
		if (*jail_last_name(job.path) == '\0')
			opts_fail(opts, "-: standard input has no name for the server");
		session->settings->script = true;
	}
	if (session_open(session) == 0 && verb->run(&job) == -1)
		session_worsen(session, STATUS_FAILED);
	session_quit(session);
	if (fflush(stdout) == EOF) {
		log_error("standard output:");
		session_worsen(session, STATUS_FAILED);
	}
	return session->status;
}

/* Commands, perhaps connected already. */
static int
run_shell(const struct opts *opts, struct session *session, const char *commands)
{
	static char path[FTP_URL_PATH_MAX + 1];
	const char *first = opts_operand(opts, 0);

	if (first && is_url(first))
		take_url(opts, session, first, path);
	else if (first)
		take_host(opts, session, first);
	session->settings->script = commands == NULL && !isatty(STDIN_FILENO);
	if (first &&
	    (session_open(session) == -1 || (path[0] && session_enter(session, path) == -1)) &&
	    (commands || session->settings->script)) {
		session_quit(session);
		return session->status;
	}
	return shell_run(session, commands);
}

int
main(int argc, char *argv[])
{
	struct ftp_settings settings = {
		.client = { .port = "7021", .timeout_ms = 10000 },
		.verify = true,
		.retries = 5,
	};
	static struct session session;
	struct opts opts;
	const char *commands = NULL;
	const struct verb *verb;
	int status;

	opts_client(&opts, &ftp_program, &settings.client, argc, argv);
	while (opts_next(&opts) != -1)
		take_option(&opts, &settings, &commands);
	session.settings = &settings;
	session.fd = -1;
	verb = find_verb(&opts);
	signals_catch();
	status = verb ? run_verb(&opts, &session, verb) : run_shell(&opts, &session, commands);
	account_forget(&session.account);
	return status;
}
