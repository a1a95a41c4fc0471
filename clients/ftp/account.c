/*
 * account: who to be. What the command line does not say is looked up in .netrc, then
 * asked for at the terminal; without one we are anonymous.
 *
 * A password never stands among the arguments of a program that we start, in a message
 * or in a file that others may read: a .netrc that they may is refused.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"
#include "common/private.h"
#include "common/wipe.h"
#include "protocol/netrc.h"

enum {
	ERROR_MAX = 512,
};

void
account_forget(struct account *account)
{
	wipe(account, sizeof *account);
}

/* The whole file: its length, or -1 with errno. */
static ssize_t
read_all(int fd, char *text, size_t capacity)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, text + len, capacity - len)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		len += (size_t)n;
		if (len == capacity) {
			errno = EFBIG;
			return -1;
		}
	}
	return (ssize_t)len;
}

static void
take_entry(struct account *account, const struct netrc_entry *entry)
{
	if (entry->has_login && account->user[0] == '\0')
		memcpy(account->user, entry->login, sizeof account->user);
	if (entry->has_password && !account->has_password) {
		memcpy(account->password, entry->password, sizeof account->password);
		account->has_password = true;
	}
}

/* 0, or -1: said. */
static int
search(struct account *account, const char *path, int fd)
{
	static char text[NETRC_FILE_MAX];
	struct netrc_entry entry;
	unsigned line;
	ssize_t len = read_all(fd, text, sizeof text);
	enum netrc_status status;

	if (len == -1) {
		log_error("%s:", path);
		return -1;
	}
	status = netrc_find(text, (size_t)len, account->host,
	    account->user[0] ? account->user : NULL, &entry, &line);
	wipe(text, sizeof text);
	if (status == NETRC_FOUND)
		take_entry(account, &entry);
	wipe(&entry, sizeof entry);
	if (status == NETRC_FOUND || status == NETRC_NONE)
		return 0;
	log_error("%s: line %u: %s", path, line, netrc_status_words(status));
	return -1;
}

/* 0, also when there is no such file and nobody has asked for it; or -1: said. */
static int
look_up(struct account *account, const struct ftp_settings *settings)
{
	char path[OPTS_PATH_MAX], error[ERROR_MAX];
	const char *home = getenv("HOME");
	int fd, result;

	if (settings->no_netrc || (settings->netrc == NULL && (home == NULL || *home == '\0')))
		return 0;
	snprintf(path, sizeof path, "%s%s", settings->netrc ? settings->netrc : home,
	    settings->netrc ? "" : "/.netrc");
	if (settings->netrc == NULL && access(path, F_OK) == -1)
		return 0;
	fd = private_open(path, error, sizeof error);
	if (fd == -1) {
		log_error("%s", error);
		return -1;
	}
	result = search(account, path, fd);
	close(fd);
	return result;
}

/* A name typed at the terminal, empty for our own. */
static int
ask_name(struct account *account)
{
	const char *own = getenv("USER");
	char line[FTP_URL_USER_MAX + 2];
	size_t len;

	if (own == NULL || strlen(own) > FTP_URL_USER_MAX)
		own = "anonymous";
	fprintf(stderr, "Name (%s): ", own);
	signals_release();
	if (fgets(line, sizeof line, stdin) == NULL)
		line[0] = '\0';
	signals_hold();
	len = strcspn(line, "\n");
	if (line[len] == '\0' || ftp_stop) {
		log_error("no name was given");
		return -1;
	}
	line[len] = '\0';
	snprintf(account->user, sizeof account->user, "%.*s", FTP_URL_USER_MAX,
	    len > 0 ? line : own);
	return 0;
}

static int
ask_password(struct account *account)
{
	char prompt[2 * FTP_URL_USER_MAX], shown[FTP_URL_USER_MAX];
	char error[ERROR_MAX];
	int result;

	log_escape(shown, sizeof shown, account->user, strlen(account->user));
	snprintf(prompt, sizeof prompt, "Password of %s at %s: ", shown, account->host);
	signals_release();
	result = password_read(prompt, false, account->password, error, sizeof error);
	signals_hold();
	if (result == -1) {
		log_error("%s", error);
		return -1;
	}
	account->has_password = true;
	return 0;
}

int
account_complete(struct account *account, const struct ftp_settings *settings)
{
	if ((account->user[0] == '\0' || !account->has_password) &&
	    look_up(account, settings) == -1)
		return -1;
	if (account->user[0] == '\0' && isatty(STDIN_FILENO)) {
		if (ask_name(account) == -1)
			return -1;
	} else if (account->user[0] == '\0') {
		snprintf(account->user, sizeof account->user, "anonymous");
	}
	if (!account->has_password && strcmp(account->user, "anonymous") == 0) {
		snprintf(account->password, sizeof account->password, "anonymous@");
		account->has_password = true;
	}
	if (!account->has_password && settings->script) {
		log_error("%s at %s: no password: standard input has the commands; put it in "
			  ".netrc (0600), or say user NAME PASSWORD",
		    account->user, account->host);
		return -1;
	}
	return account->has_password ? 0 : ask_password(account);
}
