/*
 * commands: what can be typed at ftp's prompt. The table at the end is what help prints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/shell.h"
#include "common/log.h"
#include "common/wipe.h"
#include "protocol/ftp_text.h"

/* ---- whom ---- */

static int
open_server(const struct call *call)
{
	struct session *session = call->session;
	struct account *account = &session->account;
	const char *host = call->words[0], *at = strrchr(call->words[0], '@');

	if (at)
		host = at + 1;
	if (*host == '\0' || strlen(host) >= sizeof account->host ||
	    (call->words[1] && strlen(call->words[1]) >= sizeof account->port) ||
	    (at && (size_t)(at - call->words[0]) >= sizeof account->user)) {
		log_error("open: \"%s\" is no name of a host", call->words[0]);
		return -1;
	}
	session_quit(session);
	account_forget(account);
	session->dir[0] = '\0';
	session->dir_lost = false;
	snprintf(account->host, sizeof account->host, "%s", host);
	if (call->words[1])
		snprintf(account->port, sizeof account->port, "%s", call->words[1]);
	if (at)
		snprintf(account->user, sizeof account->user, "%.*s",
		    (int)(at - call->words[0]), call->words[0]);
	if (session_open(session) == 0)
		return 0;
	account_forget(account); /* or each command would ask again */
	return -1;
}

static int
user(const struct call *call)
{
	struct session *session = call->session;
	struct account *account = &session->account;

	if (account->host[0] == '\0') {
		log_error("user: not connected; open names a server");
		return -1;
	}
	if (strlen(call->words[0]) >= sizeof account->user ||
	    (call->count > 1 && strlen(call->words[1]) >= sizeof account->password)) {
		log_error("user: too long");
		return -1;
	}
	session_quit(session); /* REIN is rarely known: a new connection is */
	session->dir[0] = '\0';
	snprintf(account->user, sizeof account->user, "%s", call->words[0]);
	account->has_password = call->count > 1;
	if (call->count > 1) {
		snprintf(account->password, sizeof account->password, "%s", call->words[1]);
		wipe(call->words[1], strlen(call->words[1]));
	}
	return session_open(session);
}

static int
close_server(const struct call *call)
{
	session_quit(call->session);
	account_forget(&call->session->account);
	return 0;
}

/* ---- where ---- */

static int
pwd(const struct call *call)
{
	struct session *session = call->session;
	char dir[SESSION_DIR_MAX], shown[2 * SESSION_DIR_MAX];
	ssize_t len;

	if (session_do(session, "PWD", NULL, "pwd") == -1)
		return -1;
	len = ftp_quote_parse(session->reply.text, session->reply.len, dir, sizeof dir);
	if (len == -1) {
		session_refused(session, "pwd");
		return -1;
	}
	log_escape(shown, sizeof shown, dir, (size_t)len);
	puts(shown);
	return 0;
}

/* cdup has no word. */
static int
cd(const struct call *call)
{
	return session_enter(call->session, call->count > 0 ? call->words[0] : "..");
}

static int
lcd(const struct call *call)
{
	const char *dir = call->count > 0 ? call->words[0] : getenv("HOME");

	if (dir && chdir(dir) == 0)
		return 0;
	log_error("lcd: %s:", dir ? dir : "HOME is not set");
	return -1;
}

static int
lpwd(const struct call *call)
{
	char dir[JAIL_PATH_MAX], shown[2 * JAIL_PATH_MAX];

	(void)call;
	if (getcwd(dir, sizeof dir) == NULL) {
		log_error("lpwd:");
		return -1;
	}
	log_escape(shown, sizeof shown, dir, strlen(dir));
	puts(shown);
	return 0;
}

static int
list(const struct call *call)
{
	return listing_show(call->session, call->verb, call->words[0]);
}

/* ---- settings ---- */

/* Each transfer says TYPE when it begins. */
static int
type(const struct call *call)
{
	call->session->settings->ascii = *call->verb == 'A';
	return 0;
}

/* "on", "off", or the other than now. */
static int
turn(bool *setting, const struct call *call)
{
	const char *word = call->words[0];

	if (word == NULL)
		*setting = !*setting;
	else if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0)
		*setting = strcmp(word, "on") == 0;
	else {
		log_error("\"%s\" is neither on nor off", word);
		return -1;
	}
	return 0;
}

static int
passive(const struct call *call)
{
	bool on = !call->session->settings->active;
	int result = turn(&on, call);

	call->session->settings->active = !on;
	return result;
}

static int
verify(const struct call *call)
{
	return turn(&call->session->settings->verify, call);
}

static int
verbose(const struct call *call)
{
	bool on = log_enabled(LOG_LEVEL_STEPS);
	int result = turn(&on, call);

	log_open("ftp", on ? LOG_LEVEL_STEPS : LOG_LEVEL_NOTICE);
	return result;
}

static int
status(const struct call *call)
{
	const struct session *session = call->session;
	const struct ftp_settings *settings = session->settings;
	char text[NET_TEXT_MAX], user_text[FTP_URL_USER_MAX];

	log_escape(
	    user_text, sizeof user_text, session->account.user, strlen(session->account.user));
	if (session->connected)
		printf("connected to %s, %s, as %s\n", session->account.host,
		    net_format(&session->peer, text), user_text);
	else
		puts("not connected");
	printf("type %s\n", settings->ascii ? "ascii" : "binary");
	printf("passive %s\n", settings->active ? "off" : "on");
	printf("verify %s\n", settings->verify ? "on" : "off");
	printf("verbose %s\n", log_enabled(LOG_LEVEL_STEPS) ? "on" : "off");
	printf("timeout %g s, %d tries\n", settings->client.timeout_ms / 1000.0,
	    settings->retries);
	return 0;
}

/* ---- the rest ---- */

static int
run_shell(const struct call *call)
{
	const char *line = call->shell->rest + strspn(call->shell->rest, "! \t");
	int result;

	fflush(stdout);
	signals_release();
	result = system(*line ? line : "exec \"${SHELL:-/bin/sh}\"");
	signals_hold();
	return result == 0 ? 0 : -1;
}

static int
quit(const struct call *call)
{
	call->shell->over = true;
	return 0;
}

static int
help(const struct call *call)
{
	const struct shell_command *one = call->count > 0 ? shell_find(call->words[0]) : NULL;
	char usage[80];

	if (call->count > 0 && one == NULL)
		return -1;
	for (const struct shell_command *c = shell_commands; c->name; c++) {
		if (one && c != one)
			continue;
		snprintf(usage, sizeof usage, "%s %s", c->name, c->usage);
		printf("%-30s%s\n", usage, c->help);
	}
	return 0;
}

const struct shell_command shell_commands[] = {
	{ "!", "[command]", "run a command here", 0, MANY, false, run_shell, NULL },
	{ "ascii", "", "files are text: lines end there and here as they should", 0, 0, false,
	    type, "A" },
	{ "binary", "", "files are bytes", 0, 0, false, type, "I" },
	{ "bye", "", "leave", 0, 0, false, quit, NULL },
	{ "cat", "remote", "show a file", 1, 1, true, shell_cat, NULL },
	{ "cd", "directory", "go to a directory there", 1, 1, true, cd, NULL },
	{ "cdup", "", "go to the directory above", 0, 0, true, cd, NULL },
	{ "chmod", "mode remote", "set its mode", 2, 2, true, shell_chmod, NULL },
	{ "close", "", "hang up", 0, 0, false, close_server, NULL },
	{ "delete", "remote", "delete a file", 1, 1, true, shell_name, "DELE" },
	{ "dir", "[remote]", "list a directory", 0, 1, true, list, "LIST" },
	{ "get", "remote [local]", "fetch a file", 1, 2, true, shell_get, NULL },
	{ "hash", "remote", "what digest it has there", 1, 1, true, shell_hash, NULL },
	{ "help", "[command]", "show this", 0, 1, false, help, NULL },
	{ "lcd", "[directory]", "go to a directory here", 0, 1, false, lcd, NULL },
	{ "lpwd", "", "where we are here", 0, 0, false, lpwd, NULL },
	{ "ls", "[remote]", "list a directory", 0, 1, true, list, "LIST" },
	{ "mdelete", "pattern ...", "delete the files that match", 1, MANY, true, shell_mdelete,
	    NULL },
	{ "mget", "pattern ...", "fetch the files that match", 1, MANY, true, shell_mget,
	    NULL },
	{ "mirror", "[-R] from [to]", "fetch a tree, or with -R send one", 1, 3, true,
	    shell_mirror, NULL },
	{ "mkdir", "directory", "make a directory there", 1, 1, true, shell_name, "MKD" },
	{ "modtime", "remote", "when it was changed", 1, 1, true, shell_modtime, NULL },
	{ "mput", "pattern ...", "send the files that match", 1, MANY, true, shell_mput, NULL },
	{ "nlist", "[remote]", "list names alone", 0, 1, true, list, "NLST" },
	{ "open", "[user@]host [port]", "connect and log in", 1, 2, false, open_server, NULL },
	{ "passive", "[on|off]", "who calls for data: we (on), or the server", 0, 1, false,
	    passive, NULL },
	{ "put", "local [remote]", "send a file", 1, 2, true, shell_put, NULL },
	{ "pwd", "", "where we are there", 0, 0, true, pwd, NULL },
	{ "quit", "", "leave", 0, 0, false, quit, NULL },
	{ "quota", "", "how much room there is (SITE QUOTA)", 0, 0, true, shell_quota, NULL },
	{ "quote", "word ...", "say it to the server as it stands", 1, MANY, true, shell_quote,
	    NULL },
	{ "reget", "remote [local]", "fetch the rest of a file", 1, 2, true, shell_get,
	    "REST" },
	{ "rename", "from to", "give a file another name", 2, 2, true, shell_rename, NULL },
	{ "reput", "local [remote]", "send the rest of a file", 1, 2, true, shell_put, "REST" },
	{ "rmdir", "directory", "remove an empty directory", 1, 1, true, shell_name, "RMD" },
	{ "size", "remote", "how large it is", 1, 1, true, shell_size, NULL },
	{ "status", "", "show all of these", 0, 0, false, status, NULL },
	{ "user", "name [password]", "log in as somebody", 1, 2, false, user, NULL },
	{ "verbose", "[on|off]", "tell each step", 0, 1, false, verbose, NULL },
	{ "verify", "[on|off]", "compare digests where the server has them", 0, 1, false,
	    verify, NULL },
	{ NULL, NULL, NULL, 0, 0, false, NULL, NULL },
};
