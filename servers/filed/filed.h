/*
 * filed: what the server of files is told, and its session.
 */
#ifndef SERVERS_FILED_H
#define SERVERS_FILED_H

#include "common/jail.h"
#include "common/opts.h"
#include "common/serve.h"
#include "link/auth.h"
#include "link/transfer.h"

struct filed_options {
	const char *dir;
	const char *keys; /* -k; NULL: nobody is asked */
	char keys_path[OPTS_PATH_MAX];
	bool writable;		 /* -W */
	enum transfer_sync sync; /* -S */
	struct jail jail;
	struct auth_failures *failures;
};

/* Serve one client; arg is the options. */
int filed_session(struct conn *conn, void *arg);

#endif
