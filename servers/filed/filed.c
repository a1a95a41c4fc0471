/*
 * filed: give and take the files of one directory. The client is filecp.
 *
 *	client                        server
 *	HELLO   (PROOF)      --->
 *	                     <---     (CHALLENGE)  WELCOME
 *	GET | PUT | LIST     --->
 *	                     ...      as protocol/file.h draws it
 *	GET | PUT | LIST     --->     any number, one after another
 *	(closes)             --->
 *
 * It serves what is beneath one directory and nothing else, for reading unless -W
 * allows writing. session.c has the dialogue, link/transfer.h how files pass.
 *
 * What it deliberately does not do: remove or rename anything, encrypt (a tunnel
 * does), or send symbolic links and devices.
 */
#include "servers/filed/filed.h"

#include <signal.h>

#include "common/log.h"
#include "common/net.h"

static const struct opts_entry filed_entries[] = {
	{ 'k', "keys", "only for who knows a key of this file; see keys(5)" },
	{ 'S', "when", "which files are synced to disk before they count: large, all, none" },
	{ 'W', NULL, "writing is allowed, too" },
	{ 0, NULL, NULL },
};

static const struct opts_program filed_program = {
	.name = "filed",
	.purpose = "Serve the files beneath a directory. See filed(8).",
	.operands = "directory",
	.operand_min = 1,
	.operand_max = 1,
	.own = filed_entries,
};

static const struct service filed_service = {
	.name = "filed",
	.port = "7115",
	.session = filed_session,
};

static void
parse_options(
    int argc, char *argv[], struct serve_options *serve, struct filed_options *options)
{
	struct opts opts;
	int letter;

	opts_server(&opts, &filed_program, serve, argc, argv);
	while ((letter = opts_next(&opts)) != -1) {
		if (letter == 'k')
			options->keys = opts_path(&opts, options->keys_path);
		else if (letter == 'W')
			options->writable = true;
		else
			options->sync = transfer_sync_argument(&opts);
	}
	options->dir = opts_operand(&opts, 0);
	if (options->keys == NULL && serve_is_remote(serve))
		opts_fail(&opts,
		    "-l %s: not loopback, so anybody could come: say with -k who may",
		    serve->address);
}

/* What would fail at the first client fails here. 0, or -1. */
static int
check_keys(const void *arg)
{
	const struct filed_options *options = arg;

	return auth_check_keys(options->keys);
}

int
main(int argc, char *argv[])
{
	char refusal[LINK_REFUSAL_MAX];
	struct service service = filed_service;
	struct serve_options serve = SERVE_DEFAULTS;
	struct filed_options options = { .dir = NULL };

	parse_options(argc, argv, &serve, &options);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like others: EFBIG */
	if (jail_begin(&options.jail, options.dir) == -1) {
		log_error("%s:", options.dir);
		return STATUS_FAILED;
	}
	options.jail.hide = true;
	if (serve_check_folder(&serve, options.jail.top, options.dir) == -1 ||
	    serve_check_as_user(&serve, check_keys, &options) == -1)
		return STATUS_FAILED;
	options.failures = auth_failures_new();
	if (options.failures == NULL) {
		log_error("shared memory:");
		return STATUS_FAILED;
	}
	service.refusal = refusal;
	service.refusal_len =
	    link_make_refusal(FRAME_E_LIMIT, "too many sessions from your address", refusal);
	return serve_run(&service, &serve, &options);
}
