/*
 * shell: what its lines and its commands share.
 */
#ifndef CLIENTS_FTP_SHELL_H
#define CLIENTS_FTP_SHELL_H

#include "clients/ftp/ftp.h"
#include "clients/ftp/words.h"

struct shell {
	struct session *session;
	struct words words; /* of the command at hand */
	const char *rest;   /* of its line, behind the first word, as typed */
	bool terminal;	    /* a person types */
	bool over;
};

struct shell_command {
	const char *name, *usage, *help;
	size_t min, max; /* words behind it */
	bool server;	 /* it needs one */
	/* words[0] is the first behind the name; 0, or -1: said. */
	int (*run)(struct shell *shell, char *words[], size_t count);
};

enum {
	MANY = WORDS_MAX,
};

extern const struct shell_command shell_commands[]; /* ends with name NULL */

/* By its name or the begin of it, if that is no other's. NULL: said. */
const struct shell_command *shell_find(const char *word);

/* transfers.c */
int shell_get(struct shell *shell, char *words[], size_t count);
int shell_reget(struct shell *shell, char *words[], size_t count);
int shell_put(struct shell *shell, char *words[], size_t count);
int shell_reput(struct shell *shell, char *words[], size_t count);
int shell_mget(struct shell *shell, char *words[], size_t count);
int shell_mput(struct shell *shell, char *words[], size_t count);
int shell_mdelete(struct shell *shell, char *words[], size_t count);
int shell_mirror(struct shell *shell, char *words[], size_t count);
int shell_cat(struct shell *shell, char *words[], size_t count);

/* remote.c */
int shell_delete(struct shell *shell, char *words[], size_t count);
int shell_rename(struct shell *shell, char *words[], size_t count);
int shell_mkdir(struct shell *shell, char *words[], size_t count);
int shell_rmdir(struct shell *shell, char *words[], size_t count);
int shell_chmod(struct shell *shell, char *words[], size_t count);
int shell_size(struct shell *shell, char *words[], size_t count);
int shell_modtime(struct shell *shell, char *words[], size_t count);
int shell_hash(struct shell *shell, char *words[], size_t count);
int shell_quota(struct shell *shell, char *words[], size_t count);
int shell_quote(struct shell *shell, char *words[], size_t count);

#endif
