/*
 * shell: what its lines and its commands share.
 */
#ifndef CLIENTS_TFTP_SHELL_H
#define CLIENTS_TFTP_SHELL_H

#include "clients/tftp/tftp.h"

enum {
	SHELL_PORT_MAX = 32,
};

struct shell {
	struct tftp_settings *settings;
	char host[NET_TEXT_MAX]; /* "": none yet */
	char port[SHELL_PORT_MAX];
	bool terminal; /* a person types */
	bool over;
	int status; /* STATUS_FAILED: at least one command has failed */
};

struct shell_command {
	const char *name, *usage, *help;
	int min, max;					 /* words behind it */
	bool (*run)(struct shell *shell, char *words[]); /* false: it has failed */
};

extern const struct shell_command shell_commands[]; /* ends with name NULL */

#endif
