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
open_server(struct shell *shell, char *words[], size_t count)
{
	struct session *session = shell->session;
	struct account *account = &session->account;
	const char *host = words[0], *at = strrchr(words[0], '@');

	(void)count;
	if (at)
		host = at + 1;
	if (*host == '\0' || strlen(host) >= sizeof account->host ||
	    (words[1] && strlen(words[1]) >= sizeof account->port) ||
	    (at && (size_t)(at - words[0]) >= sizeof account->user)) {
		log_error("open: \"%s\" is no name of a host", words[0]);
		return -1;
	}
	session_quit(session);
	account_forget(account);
	session->dir[0] = '\0';
	session->dir_lost = false;
	snprintf(account->host, sizeof account->host, "%s", host);
	if (words[1])
		snprintf(account->port, sizeof account->port, "%s", words[1]);
	if (at)
		snprintf(account->user, sizeof account->user, "%.*s", (int)(at - words[0]),
		    words[0]);
	if (session_open(session) == 0)
		return 0;
	account_forget(account); /* or each command would ask again */
	return -1;
}

static int
user(struct shell *shell, char *words[], size_t count)
{
	struct session *session = shell->session;
	struct account *account = &session->account;

	if (account->host[0] == '\0') {
		log_error("user: not connected; open names a server");
		return -1;
	}
	if (strlen(words[0]) >= sizeof account->user ||
	    (count > 1 && strlen(words[1]) >= sizeof account->password)) {
		log_error("user: too long");
		return -1;
	}
	session_quit(session); /* REIN is rarely known: a new connection is */
	session->dir[0] = '\0';
	snprintf(account->user, sizeof account->user, "%s", words[0]);
	account->has_password = count > 1;
	if (count > 1) {
		snprintf(account->password, sizeof account->password, "%s", words[1]);
		wipe(words[1], strlen(words[1]));
	}
	return session_open(session);
}

static int
close_server(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	(void)count;
	session_quit(shell->session);
	account_forget(&shell->session->account);
	return 0;
}

/* ---- where ---- */

static int
pwd(struct shell *shell, char *words[], size_t count)
{
	struct session *session = shell->session;
	char dir[SESSION_DIR_MAX], shown[2 * SESSION_DIR_MAX];
	ssize_t len;

	(void)words;
	(void)count;
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

static int
cd(struct shell *shell, char *words[], size_t count)
{
	(void)count;
	return session_enter(shell->session, words[0]);
}

static int
cdup(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	(void)count;
	return session_enter(shell->session, "..");
}

static int
lcd(struct shell *shell, char *words[], size_t count)
{
	const char *dir = count > 0 ? words[0] : getenv("HOME");

	(void)shell;
	if (dir && chdir(dir) == 0)
		return 0;
	log_error("lcd: %s:", dir ? dir : "HOME is not set");
	return -1;
}

static int
lpwd(struct shell *shell, char *words[], size_t count)
{
	char dir[JAIL_PATH_MAX], shown[2 * JAIL_PATH_MAX];

	(void)shell;
	(void)words;
	(void)count;
	if (getcwd(dir, sizeof dir) == NULL) {
		log_error("lpwd:");
		return -1;
	}
	log_escape(shown, sizeof shown, dir, strlen(dir));
	puts(shown);
	return 0;
}

static int
ls(struct shell *shell, char *words[], size_t count)
{
	return listing_show(shell->session, "LIST", count > 0 ? words[0] : NULL);
}

static int
nlist(struct shell *shell, char *words[], size_t count)
{
	return listing_show(shell->session, "NLST", count > 0 ? words[0] : NULL);
}

/* ---- settings ---- */

static int
binary(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	(void)count;
	shell->session->settings->ascii = false;
	return 0;
}

static int
ascii(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	(void)count;
	shell->session->settings->ascii = true;
	return 0;
}

/* "on", "off", or the other than now. */
static int
turn(bool *setting, char *words[], size_t count)
{
	if (count == 0)
		*setting = !*setting;
	else if (strcmp(words[0], "on") == 0 || strcmp(words[0], "off") == 0)
		*setting = strcmp(words[0], "on") == 0;
	else {
		log_error("\"%s\" is neither on nor off", words[0]);
		return -1;
	}
	return 0;
}

static int
passive(struct shell *shell, char *words[], size_t count)
{
	bool on = !shell->session->settings->active;
	int result = turn(&on, words, count);

	shell->session->settings->active = !on;
	return result;
}

static int
verify(struct shell *shell, char *words[], size_t count)
{
	return turn(&shell->session->settings->verify, words, count);
}

static int
verbose(struct shell *shell, char *words[], size_t count)
{
	bool on = log_enabled(LOG_LEVEL_STEPS);
	int result = turn(&on, words, count);

	(void)shell;
	log_open("ftp", on ? LOG_LEVEL_STEPS : LOG_LEVEL_NOTICE);
	return result;
}

static int
status(struct shell *shell, char *words[], size_t count)
{
	const struct session *session = shell->session;
	const struct ftp_settings *settings = session->settings;
	char text[NET_TEXT_MAX], user_text[FTP_URL_USER_MAX];

	(void)words;
	(void)count;
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
run_shell(struct shell *shell, char *words[], size_t count)
{
	const char *line = shell->rest + strspn(shell->rest, "! \t");
	int result;

	(void)words;
	(void)count;
	fflush(stdout);
	signals_release();
	result = system(*line ? line : "exec \"${SHELL:-/bin/sh}\"");
	signals_hold();
	return result == 0 ? 0 : -1;
}

static int
quit(struct shell *shell, char *words[], size_t count)
{
	(void)words;
	(void)count;
	shell->over = true;
	return 0;
}

static int
help(struct shell *shell, char *words[], size_t count)
{
	const struct shell_command *one = count > 0 ? shell_find(words[0]) : NULL;
	char usage[80];

	(void)shell;
	if (count > 0 && one == NULL)
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
	{ "!", "[command]", "run a command here", 0, MANY, false, run_shell },
	{ "ascii", "", "files are text: lines end there and here as they should", 0, 0, false,
	    ascii },
	{ "binary", "", "files are bytes", 0, 0, false, binary },
	{ "bye", "", "leave", 0, 0, false, quit },
	{ "cat", "remote", "show a file", 1, 1, true, shell_cat },
	{ "cd", "directory", "go to a directory there", 1, 1, true, cd },
	{ "cdup", "", "go to the directory above", 0, 0, true, cdup },
	{ "chmod", "mode remote", "set its mode", 2, 2, true, shell_chmod },
	{ "close", "", "hang up", 0, 0, false, close_server },
	{ "delete", "remote", "delete a file", 1, 1, true, shell_delete },
	{ "dir", "[remote]", "list a directory", 0, 1, true, ls },
	{ "get", "remote [local]", "fetch a file", 1, 2, true, shell_get },
	{ "hash", "remote", "what digest it has there", 1, 1, true, shell_hash },
	{ "help", "[command]", "show this", 0, 1, false, help },
	{ "lcd", "[directory]", "go to a directory here", 0, 1, false, lcd },
	{ "lpwd", "", "where we are here", 0, 0, false, lpwd },
	{ "ls", "[remote]", "list a directory", 0, 1, true, ls },
	{ "mdelete", "pattern ...", "delete the files that match", 1, MANY, true,
	    shell_mdelete },
	{ "mget", "pattern ...", "fetch the files that match", 1, MANY, true, shell_mget },
	{ "mirror", "[-R] from [to]", "fetch a tree, or with -R send one", 1, 3, true,
	    shell_mirror },
	{ "mkdir", "directory", "make a directory there", 1, 1, true, shell_mkdir },
	{ "modtime", "remote", "when it was changed", 1, 1, true, shell_modtime },
	{ "mput", "pattern ...", "send the files that match", 1, MANY, true, shell_mput },
	{ "nlist", "[remote]", "list names alone", 0, 1, true, nlist },
	{ "open", "[user@]host [port]", "connect and log in", 1, 2, false, open_server },
	{ "passive", "[on|off]", "who calls for data: we (on), or the server", 0, 1, false,
	    passive },
	{ "put", "local [remote]", "send a file", 1, 2, true, shell_put },
	{ "pwd", "", "where we are there", 0, 0, true, pwd },
	{ "quit", "", "leave", 0, 0, false, quit },
	{ "quota", "", "how much room there is (SITE QUOTA)", 0, 0, true, shell_quota },
	{ "quote", "word ...", "say it to the server as it stands", 1, MANY, true,
	    shell_quote },
	{ "reget", "remote [local]", "fetch the rest of a file", 1, 2, true, shell_reget },
	{ "rename", "from to", "give a file another name", 2, 2, true, shell_rename },
	{ "reput", "local [remote]", "send the rest of a file", 1, 2, true, shell_reput },
	{ "rmdir", "directory", "remove an empty directory", 1, 1, true, shell_rmdir },
	{ "size", "remote", "how large it is", 1, 1, true, shell_size },
	{ "status", "", "show all of these", 0, 0, false, status },
	{ "user", "name [password]", "log in as somebody", 1, 2, false, user },
	{ "verbose", "[on|off]", "tell each step", 0, 1, false, verbose },
	{ "verify", "[on|off]", "compare digests where the server has them", 0, 1, false,
	    verify },
	{ NULL, NULL, NULL, 0, 0, false, NULL },
};
