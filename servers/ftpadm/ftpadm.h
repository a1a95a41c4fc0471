/*
 * ftpadm: what its files share.
 */
#ifndef SERVERS_FTPADM_FTPADM_H
#define SERVERS_FTPADM_FTPADM_H

#include "common/serve.h"
#include "link/users.h"

/* A command line, understood as far as words go. NULL where nothing was said. */
struct ftpadm {
	const char *path;  /* -f */
	const char *name;  /* of the account */
	const char *home;  /* -d */
	const char *owner; /* -o: whose a home is that root makes */
	bool set_bytes, set_files, set_until;
	uint64_t bytes, files; /* -q, -n */
	unsigned rights;       /* -r */
	int64_t until;	       /* -u */
};

/* Each does one command: an exit status, and what went wrong is said. */
typedef int ftpadm_command(const struct ftpadm *adm);

ftpadm_command ftpadm_add;
ftpadm_command ftpadm_passwd;
ftpadm_command ftpadm_quota;
ftpadm_command ftpadm_rights;
ftpadm_command ftpadm_until;
ftpadm_command ftpadm_lock;
ftpadm_command ftpadm_unlock;
ftpadm_command ftpadm_remove;
ftpadm_command ftpadm_list;
ftpadm_command ftpadm_check;

/* The day it is, in UTC, since 1970. */
int64_t ftpadm_today(void);

#endif
