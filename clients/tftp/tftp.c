/*
 * tftp: fetch a file from a TFTP server, or send one. RFC 1350 and its options.
 *
 *	tftp get host:name [local]	RRQ  ->      <- OACK   ACK 0 ->   <- DATA ...
 *	tftp put local host:name	WRQ  ->      <- OACK   DATA 1 ->  <- ACK ...
 *	tftp [host]			commands, one a line
 *
 * get.c and put.c are about the file here, transfer.c is one transfer, shell.c reads
 * commands. What is sent when is protocol/tftp_engine.h's, how it moves link/tftp_run.h's;
 * tftpd is made of the same two.
 *
 * What it deliberately does not do: multicast (RFC 2090), mode mail, resume a broken
 * transfer (the protocol begins at block 1, always), or take a name for granted that a
 * server says: servers say none.
 */
#include "clients/tftp/tftp.h"

#include <signal.h>
#include <string.h>

#include "common/log.h"
#include "common/remote.h"

enum {
	TOTAL_MAX_S = 2000000,
};

static const struct opts_entry tftp_entries[] = {
	{ 'a', NULL, "text: netascii on the way, lines as they are here on this side" },
	{ 'B', "blksize", "ask for blocks of so many bytes (what the way carries whole)" },
	{ 'n', NULL, "ask for no options: as in 1992" },
	{ 'R', "repeat", "ask the server to repeat after so many seconds what was lost" },
	{ 'T', "total", "seconds that a transfer has in all (0: no limit)" },
	{ 't', "seconds", "limit for connecting and for each wait (30; 0: no limit)" },
	{ 'w', "window", "ask for so many blocks with one acknowledgement (64)" },
	{ 0, NULL, NULL },
};

static const struct opts_program tftp_program = {
	.name = "tftp",
	.purpose = "Fetch or send a file by TFTP. See tftp(1).",
	.operands = "[host | get host:name [local] | put local host:name]",
	.operand_min = 0,
	.operand_max = 3,
	.own = tftp_entries,
};

static void
take_option(const struct opts *opts, struct tftp_settings *settings)
{
	switch (opts->letter) {
	case 'a':
		settings->mode = TFTP_NETASCII;
		break;
	case 'B':
		settings->blksize =
		    (uint32_t)opts_number(opts, TFTP_BLKSIZE_MIN, TFTP_BLKSIZE_MAX);
		break;
	case 'n':
		settings->plain = true;
		break;
	case 'R':
		settings->repeat =
		    (uint32_t)opts_number(opts, TFTP_TIMEOUT_MIN, TFTP_TIMEOUT_MAX);
		break;
	case 'T':
		settings->total_ms = opts_seconds(opts, TOTAL_MAX_S);
		break;
	case 'w':
		settings->window =
		    (uint32_t)opts_number(opts, TFTP_WINDOW_MIN, TFTP_WINDOW_MAX);
		break;
	}
}

/* host:name; its name, or "" if the user may leave it out. */
static const char *
parse_remote(const struct opts *opts, const char *operand, char host[NET_TEXT_MAX])
{
	const char *name = "";
	int remote = operand ? remote_split(operand, host, &name) : 0;

	if (operand == NULL)
		opts_fail(opts, "missing: host:name");
	if (remote != 1)
		opts_fail(opts, "\"%s\" is not host:name", operand);
	return name;
}

static int
get(const struct opts *opts, const struct tftp_settings *settings)
{
	char host[NET_TEXT_MAX];
	const char *operand = opts_operand(opts, 1), *local = opts_operand(opts, 2);
	const char *name = parse_remote(opts, operand, host);

	if (*jail_last_name(name) == '\0')
		opts_fail(opts, "\"%s\" has no name of a file", operand);
	return tftp_get(settings, host, name, local);
}

static int
put(const struct opts *opts, const struct tftp_settings *settings)
{
	char host[NET_TEXT_MAX];
	const char *local = opts_operand(opts, 1), *operand = opts_operand(opts, 2);
	const char *name = parse_remote(opts, operand, host);

	if (*name == '\0')
		name = jail_last_name(local);
	if (*name == '\0' || strcmp(name, "-") == 0)
		opts_fail(opts, "\"%s\" has no name of a file", operand);
	return tftp_put(settings, host, local, name);
}

int
main(int argc, char *argv[])
{
	struct tftp_settings settings = {
		.client = { .port = "7069", .timeout_ms = TFTP_GIVE_UP_MS },
	};
	struct opts opts;
	const char *first;

	opts_client(&opts, &tftp_program, &settings.client, argc, argv);
	while (opts_next(&opts) != -1)
		take_option(&opts, &settings);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like others: EFBIG */
	first = opts_operand(&opts, 0);
	if (first && strcmp(first, "get") == 0)
		return get(&opts, &settings);
	if (first && strcmp(first, "put") == 0)
		return put(&opts, &settings);
	if (opts_operand(&opts, 1))
		opts_fail(&opts, "\"%s\" is one argument too many", opts_operand(&opts, 1));
	return tftp_shell(&settings, first);
}
