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

/* A command as it was typed. */
struct call {
	struct shell *shell;
	struct session *session;
	char **words; /* behind its name; ends with NULL */
	size_t count;
	const char *verb; /* of the table */
};

/* 0, or -1: said. */
typedef int shell_run_command(const struct call *call);

struct shell_command {
	const char *name, *usage, *help;
	size_t min, max; /* words behind it */
	bool server;	 /* it needs one */
	shell_run_command *run;
	const char *verb; /* which of several that are alike: what the server is told */
};

enum {
	MANY = WORDS_MAX,
};

extern const struct shell_command shell_commands[]; /* ends with name NULL */

/* By its name or the begin of it, if that is no other's. NULL: said. */
const struct shell_command *shell_find(const char *word);

/* transfers.c; with the verb REST a transfer goes on behind what is there */
shell_run_command shell_get, shell_put, shell_mget, shell_mput, shell_mdelete, shell_mirror,
    shell_cat;

/* remote.c; shell_name says the verb with a name, and no more */
shell_run_command shell_name, shell_rename, shell_chmod, shell_size, shell_modtime, shell_hash,
    shell_quota, shell_quote;

#endif
