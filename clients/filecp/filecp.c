/*
 * filecp: copy files to and from a filed, as cp(1) does on one machine.
 *
 *	filecp file... host:directory/	put: the client sends
 *	filecp host:path... .		get: the server sends
 *	filecp -L host:path		list
 *
 * call.c makes the connection, put.c, get.c and list.c are the three requests;
 * link/transfer.h is what both ends have in common, protocol/file.h what passes.
 *
 * What it deliberately does not do: copy from one server to another, follow or send
 * symbolic links within trees, or go on by itself after a broken connection: the same
 * command again does, from where it broke.
 */
#include "clients/filecp/filecp.h"

#include <signal.h>
#include <string.h>

#include "common/log.h"

enum {
	OPERANDS_MAX = 1000000,
};

static const struct opts_entry filecp_entries[] = {
	{ 'k', "key", "prove that we know the first key of this file; see keys(5)" },
	{ 'L', NULL, "list what is at host:path" },
	{ 'r', NULL, "directories, too, with all that is in them" },
	{ 'S', "when", "which files are synced to disk before they count: large, all, none" },
	{ 's', "digest", "check each file by its sha256, md5 or none (sha256)" },
	{ 0, NULL, NULL },
};

static const struct opts_program filecp_program = {
	.name = "filecp",
	.purpose = "Copy files to and from a filed. See filecp(1).",
	.operands = "source ... target",
	.operand_min = 1,
	.operand_max = OPERANDS_MAX,
	.own = filecp_entries,
};

static void
take_option(const struct opts *opts, struct filecp_options *options)
{
	int kind;

	switch (opts->letter) {
	case 'k':
		options->keys = opts->argument;
		break;
	case 'L':
		options->list = true;
		break;
	case 'r':
		options->recursive = true;
		break;
	case 'S':
		options->sync = transfer_sync_argument(opts);
		break;
	case 's':
		kind = digest_kind_of(opts->argument);
		if (kind == -1)
			opts_fail(
			    opts, "-s: \"%s\" is none of sha256, md5, none", opts->argument);
		options->kind = (enum digest_kind)kind;
		break;
	}
}

static bool
is_remote(const char *operand)
{
	struct place place;

	return place_parse(&place, operand) && place.host[0] != '\0';
}

/* Which of the three it is, by where the operands are. */
static int (*choose(const struct opts *opts, const struct filecp_options *options))(
    const struct filecp_options *)
{
	int remote = 0, last = options->count - 1;

	for (int i = 0; i < options->count; i++)
		remote += is_remote(options->operands[i]);
	if (options->list && remote < options->count)
		opts_fail(opts, "-L lists what is at host:path");
	if (options->list)
		return filecp_list;
	if (options->count < 2)
		opts_fail(opts, "missing: where to");
	if (remote == 0)
		opts_fail(opts, "neither is host:path: cp copies on one machine");
	if (remote == 1 && is_remote(options->operands[last]))
		return filecp_put;
	if (remote == last && !is_remote(options->operands[last]))
		return filecp_get;
	opts_fail(opts, "either all sources are host:path, or the target alone");
}

int
main(int argc, char *argv[])
{
	struct filecp_options options = {
		.client = { .port = "7115", .timeout_ms = 10000 },
		.kind = DIGEST_SHA256,
	};
	struct opts opts;
	int (*copy)(const struct filecp_options *);

	opts_client(&opts, &filecp_program, &options.client, argc, argv);
	while (opts_next(&opts) != -1)
		take_option(&opts, &options);
	while (opts_operand(&opts, options.count))
		options.count++;
	options.operands = argv + argc - options.count;
	copy = choose(&opts, &options);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like others: EFBIG */
	return copy(&options);
}
