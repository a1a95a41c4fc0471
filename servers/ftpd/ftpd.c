/*
 * ftpd: files for who has an account, by the File Transfer Protocol. RFC 959, RFC 1123
 * (4.1), RFC 2389, RFC 2428, RFC 3659.
 *
 *	ftpd --- keeper (reads the accounts)
 *	  |
 *	  +-- session: control connection, data connection, the home's descriptor
 *	  +-- session ...
 *
 * Needs no root: accounts are its own (ftpd-users(5)), and each session is held beneath
 * its home by the kernel (common/jail). session.c has the dialogue.
 *
 * What it deliberately does not do: encrypt (FTP's passwords and files pass in the clear;
 * a tunnel helps), let one server send to another (FXP, the bounce), modes and structures
 * nobody uses (MODE B, C, STRU R, P, EBCDIC), run anything.
 */
#include "servers/ftpd/ftpd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/private.h"
#include "common/sys_confine.h"

static const struct opts_entry ftpd_entries[] = {
	{ 'A', "log", "write a line for each transfer to this file, in the form of xferlog" },
	{ 'a', "folder", "who logs in as anonymous or ftp may read and list this folder" },
	{ 'f', "users", "the accounts; see ftpd-users(5)" },
	{ 'N', "address", "tell this IPv4 address in PASV: that of a NAT before us" },
	{ 'P', "ports", "passive ports, as 40000-40099; else the kernel chooses" },
	{ 'R', "bytes", "a second at most for each session (0: as many as go)" },
	{ 'S', "when", "which files are synced to disk before 226: large, all, none (none)" },
	{ 'U', "sessions", "of one user at a time (0: no limit)" },
	{ 'w', NULL, "weak hashes of passwords (DES, MD5) are accepted, too" },
	{ 0, NULL, NULL },
};

static const struct opts_program ftpd_program = {
	.name = "ftpd",
	.purpose = "Serve files by FTP to who has an account. See ftpd(8).",
	.operands = "",
	.own = ftpd_entries,
};

static void
take_ports(const struct opts *opts, struct ftpd_options *options)
{
	const char *dash = strchr(opts->argument, '-');
	char first[8] = "";
	int64_t from, to;

	if (dash && (size_t)(dash - opts->argument) < sizeof first)
		memcpy(first, opts->argument, (size_t)(dash - opts->argument));
	if (dash == NULL || num_parse(first, 1, UINT16_MAX, &from) == -1 ||
	    num_parse(dash + 1, from, UINT16_MAX, &to) == -1)
		opts_fail(opts, "-P: \"%s\" is no range of ports such as 40000-40099",
		    opts->argument);
	options->first_port = (int)from;
	options->last_port = (int)to;
}

static void
take_sync(const struct opts *opts, struct ftpd_options *options)
{
	static const char *const names[] = {
		[SYNC_NONE] = "none",
		[SYNC_LARGE] = "large",
		[SYNC_ALL] = "all",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(opts->argument, names[i]) == 0) {
			options->sync = (enum sync_when)i;
			return;
		}
	opts_fail(opts, "-S: \"%s\" is none of large, all, none", opts->argument);
}

static void
take_outside(const struct opts *opts, struct ftpd_options *options)
{
	if (inet_pton(AF_INET, opts->argument, options->outside) != 1)
		opts_fail(opts, "-N: \"%s\" is no IPv4 address", opts->argument);
	options->has_outside = true;
}

static void
take_option(const struct opts *opts, int letter, struct ftpd_options *options)
{
	switch (letter) {
	case 'A':
		options->log_path = opts->argument;
		break;
	case 'a':
		options->anonymous = opts_path(opts, options->anonymous_path);
		break;
	case 'f':
		options->users = opts_path(opts, options->users_path);
		break;
	case 'N':
		take_outside(opts, options);
		break;
	case 'P':
		take_ports(opts, options);
		break;
	case 'R':
		options->rate = opts_number(opts, 0, INT32_MAX);
		break;
	case 'S':
		take_sync(opts, options);
		break;
	case 'U':
		options->per_user = opts_number(opts, 0, SERVE_MAX_LIMIT);
		break;
	case 'w':
		options->weak_hashes = true;
		break;
	}
}

static void
parse_options(int argc, char *argv[], struct serve_options *serve, struct ftpd_options *options)
{
	struct opts opts;
	int letter;

	opts_server(&opts, &ftpd_program, serve, argc, argv);
	while ((letter = opts_next(&opts)) != -1)
		take_option(&opts, letter, options);
	if (options->users == NULL && options->anonymous == NULL)
		opts_fail(&opts, "-f is missing: the accounts; ftpadm(8) makes them. Or -a, a "
				 "folder for everybody");
}

static int
ignore(void *arg, const struct users_entry *entry)
{
	(void)arg;
	(void)entry;
	return 0;
}

/* Accounts that cannot be used are found now, not by the first who logs in. */
static int
check_users(const struct ftpd_options *options)
{
	char error[USERS_ERROR_MAX];

	if (options->users == NULL ||
	    users_each(options->users, ignore, NULL, error, sizeof error) == 0)
		return 0;
	log_error("%s", error);
	return -1;
}

static int
open_log(struct ftpd_options *options)
{
	tzset(); /* while its file can be read */
	if (options->log_path == NULL)
		return 0;
	options->log = open(options->log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (options->log == -1)
		log_error("-A %s:", options->log_path);
	return options->log == -1 ? -1 : 0;
}

/* Before root is given up: the keeper keeps it. */
static int
prepare(void *arg)
{
	struct ftpd_options *options = arg;

	if (check_users(options) == -1 || open_log(options) == -1)
		return -1;
	options->quotas = quota_new((size_t)options->serve->max);
	options->board = board_new(options->serve->max);
	if (options->quotas == NULL || options->board == NULL) {
		log_error("shared memory:");
		return -1;
	}
	if (keeper_start(&options->keeper, &login_keeper, options) == -1) {
		log_error("keeper of the accounts:");
		return -1;
	}
	if (geteuid() == 0 && confine_is_for(options->serve))
		options->nowhere = sys_open_nowhere();
	return 0;
}

/* Without the keeper nobody can log in any more: who watches over us shall start us anew. */
static int
lost(pid_t pid, void *arg)
{
	const struct ftpd_options *options = arg;

	if (pid != options->keeper.guard)
		return 0;
	log_error("the keeper of the accounts has died: nobody can log in any more; "
		  "the sessions that are there finish");
	return -1;
}

static const struct service ftpd_service = {
	.name = "ftpd",
	.port = "7021",
	.refusal = "421 Too many connections from your address\r\n",
	.full = "421 Too many users are here, try again later\r\n",
	.session = ftpd_session,
	.prepare = prepare,
	.lost = lost,
	.about = board_about,
};

int
main(int argc, char *argv[])
{
	struct serve_options serve = SERVE_DEFAULTS;
	struct ftpd_options options = {
		.serve = &serve, .log = -1, .nowhere = -1, .keeper = { -1, -1 }
	};

	parse_options(argc, argv, &serve, &options);
	if (confine_is_for(&serve))
		serve.become = sys_become_but_chroot;
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like others: EFBIG */
	return serve_run(&ftpd_service, &serve, &options);
}
