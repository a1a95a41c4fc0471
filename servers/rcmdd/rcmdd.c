/*
 * rcmdd: run the commands of clients, and send back what they write, as they write it.
 *
 *	client                        server (a child of its own)
 *	connect  ------------------>  accept, fork
 *	HELLO ...  <------------->    who is there? keys(5)
 *	EXEC "ls" "-l"  ----------->  allowed? commands(5). pipe, fork, execve
 *	         <------------------  STDOUT, STDERR: pieces, as they come
 *	         <------------------  EXIT: status or signal, sizes, digests
 *	close    ------------------>  whatever still runs is ended
 *
 * To run commands for others is the most dangerous thing that a server can do, so it
 * serves this machine only, unless it has keys and a list of commands; never as root
 * unless it is told who else to be; with limits on all that a command may use. The
 * conversation is in session.c, client.c and command.c, the frames in frame(5).
 *
 * What it deliberately does not do: hide what is said (ssh -L does), give a command a
 * terminal, or let anything that a command has started outlive it.
 */
#include "servers/rcmdd/rcmdd.h"

#include <limits.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve.h"

enum {
	SECONDS_MAX = 1000000,
	MEBIBYTES_MAX = 1 << 30,
	COUNT_MAX = 1000000,
	MEBIBYTE = 1024 * 1024,
};

static const struct service rcmd_service = {
	.name = "rcmdd",
	.port = "7514",
	.session = rcmd_session,
};

static const struct opts_entry rcmd_entries[] = {
	{ 'a', "file", "allow only the commands of this list, commands(5); no shell then" },
	{ 'd', "folder", "run commands there (/)" },
	{ 'k', "file", "serve only who knows a key of this file, keys(5)" },
	{ 'M', "mebibytes", "memory that each process of a command may have (0: no limit)" },
	{ 'N', "processes", "processes that the server's user may have (0: no limit)" },
	{ 'n', "commands", "so many commands in one session (10000; 0: no limit)" },
	{ 'O', "mebibytes", "output that a command may write (0: no limit)" },
	{ 'P', "seconds", "processor time that each process may use (0: no limit)" },
	{ 'W', "seconds", "time that a command may take (3600; 0: no limit)" },
	{ 0, NULL, NULL },
};

static const struct opts_program rcmd_program = {
	.name = "rcmdd",
	.purpose = "Run the commands of clients, with limits. See rcmdd(8).",
	.operands = "",
	.own = rcmd_entries,
};

static void
take_limit(const struct opts *opts, struct rcmd_options *rcmd)
{
	switch (opts->letter) {
	case 'M':
		rcmd->limits.memory = (uint64_t)opts_number(opts, 0, MEBIBYTES_MAX) * MEBIBYTE;
		break;
	case 'N':
		rcmd->limits.processes = (uint64_t)opts_number(opts, 0, COUNT_MAX);
		break;
	case 'n':
		rcmd->commands = opts_number(opts, 0, COUNT_MAX);
		break;
	case 'O':
		rcmd->output = (uint64_t)opts_number(opts, 0, MEBIBYTES_MAX) * MEBIBYTE;
		break;
	case 'P':
		rcmd->limits.cpu_s = (uint64_t)opts_number(opts, 0, SECONDS_MAX);
		break;
	case 'W':
		rcmd->wall_ms = opts_seconds(opts, SECONDS_MAX);
		break;
	}
}

static void
parse_options(int argc, char *argv[], struct serve_options *serve, struct rcmd_options *rcmd)
{
	struct opts opts;
	int letter;

	opts_server(&opts, &rcmd_program, serve, argc, argv);
	while ((letter = opts_next(&opts)) != -1)
		switch (letter) {
		case 'a':
			rcmd->list = opts_path(&opts, rcmd->list_path);
			break;
		case 'd':
			(void)opts_path(&opts, rcmd->directory);
			break;
		case 'k':
			rcmd->keys = opts_path(&opts, rcmd->keys_path);
			break;
		default:
			take_limit(&opts, rcmd);
		}
	if (geteuid() == 0 && serve->user == NULL)
		opts_fail(&opts, "commands are not run as root: name another user with -u");
	if ((rcmd->keys == NULL || rcmd->list == NULL) && serve_is_remote(serve))
		opts_fail(&opts,
		    "-l %s: others than this machine need both keys (-k) and a list of "
		    "commands (-a)",
		    serve->address);
}

/* What would fail at the first client fails here. 0, or -1. */
static int
check_files(const void *arg)
{
	const struct rcmd_options *rcmd = arg;
	char why[KEYS_LINE_MAX + PATH_MAX];

	if (auth_check_keys(rcmd->keys) == -1)
		return -1;
	if (rcmd->list && !rcmd_list_check(rcmd->list, why, sizeof why)) {
		log_error("%s", why);
		return -1;
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	char refusal[LINK_REFUSAL_MAX];
	struct service service = rcmd_service;
	struct serve_options serve = SERVE_DEFAULTS;
	struct rcmd_options rcmd = {
		.directory = "/",
		.wall_ms = RCMD_WALL_S * 1000,
		.commands = RCMD_COMMANDS,
	};

	parse_options(argc, argv, &serve, &rcmd);
	if (serve_check_as_user(&serve, check_files, &rcmd) == -1)
		return STATUS_FAILED;
	rcmd.failures = auth_failures_new();
	if (rcmd.failures == NULL) {
		log_error("shared memory:");
		return STATUS_FAILED;
	}
	service.refusal = refusal;
	service.refusal_len =
	    link_make_refusal(FRAME_E_LIMIT, "too many sessions from your address", refusal);
	return serve_run(&service, &serve, &rcmd);
}
