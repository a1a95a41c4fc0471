/*
 * ftpadm: the accounts of ftpd.
 *
 *	ftpadm -f users add anna -d /srv/ftp/anna -q 1G	   the password: standard input
 *	ftpadm -f users passwd anna
 *	ftpadm -f users rights anna -r read,list
 *	ftpadm -f users check
 *
 * One command changes one line of the file, under a lock and in one go, and ftpd reads
 * the file at each login: nothing is to be restarted. A password is never on the command
 * line, where ps(1) would show it.
 *
 * edit.c has what changes the file, look.c what only reads it. What it deliberately does
 * not do: end the sessions of who is removed, or delete anybody's files.
 */
#include "servers/ftpadm/ftpadm.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/opts.h"

static const struct opts_entry ftpadm_entries[] = {
	{ 'f', "file", "the accounts; see ftpd-users(5)" },
	{ 0, NULL, NULL },
};

enum {
	WORDS_MAX = 32, /* operands: the command and all that belongs to it */
};

static const struct opts_program ftpadm_program = {
	.name = "ftpadm",
	.purpose = "Change the accounts of ftpd: add passwd quota rights until lock unlock "
		   "remove list check.\nSee ftpadm(8).",
	.operands = "command [name] [...]",
	.operand_min = 1,
	.operand_max = WORDS_MAX,
	.own = ftpadm_entries,
};

enum takes {
	TAKES_NOTHING,
	TAKES_NAME,
};

/* A command: its own options, and those of them that it cannot do without. */
static const struct command {
	const char *word;
	enum takes takes;
	const char *letters, *needs;
	ftpadm_command *run;
} commands[] = {
	{ "add", TAKES_NAME, ":d:n:o:q:r:u:", "d", ftpadm_add },
	{ "passwd", TAKES_NAME, ":", "", ftpadm_passwd },
	{ "quota", TAKES_NAME, ":n:q:", "", ftpadm_quota },
	{ "rights", TAKES_NAME, ":r:", "r", ftpadm_rights },
	{ "until", TAKES_NAME, ":u:", "u", ftpadm_until },
	{ "lock", TAKES_NAME, ":", "", ftpadm_lock },
	{ "unlock", TAKES_NAME, ":", "", ftpadm_unlock },
	{ "remove", TAKES_NAME, ":", "", ftpadm_remove },
	{ "list", TAKES_NOTHING, ":", "", ftpadm_list },
	{ "check", TAKES_NOTHING, ":", "", ftpadm_check },
};

int64_t
ftpadm_today(void)
{
	return (int64_t)time(NULL) / 86400;
}

static const struct command *
find_command(const struct opts *opts, const char *word)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].word, word) == 0)
			return &commands[i];
	opts_fail(opts, "there is no command \"%s\"", word);
}

/* "1048576", "10M", "none". A suffix stands for a power of 1024. */
static uint64_t
take_amount(const struct opts *opts, int letter, const char *text, bool suffixes)
{
	static const char units[] = "KMGT";
	char digits[24];
	size_t len = strlen(text);
	const char *unit =
	    suffixes && len > 1 ? memchr(units, text[len - 1], sizeof units - 1) : NULL;
	int shift = unit ? 10 * (int)(unit - units + 1) : 0;
	int64_t number;

	if (strcmp(text, "none") == 0)
		return USERS_NO_LIMIT;
	if (unit)
		len--;
	if (len < sizeof digits) {
		memcpy(digits, text, len);
		digits[len] = '\0';
		if (num_parse(digits, 0, INT64_MAX >> shift, &number) == 0)
			return (uint64_t)number << shift;
	}
	opts_fail(opts, "-%c: \"%s\" is neither a number%s nor none", letter, text,
	    suffixes ? " (with K, M, G or T)" : "");
}

/* One option of a command. */
static void
take_option(const struct opts *opts, struct ftpadm *adm, int letter)
{
	const char *text = optarg ? optarg : ""; /* NULL only with ':' and '?' */
	size_t len = strlen(text);

	switch (letter) {
	case 'd':
		adm->home = text;
		return;
	case 'n':
		adm->files = take_amount(opts, letter, text, false);
		adm->set_files = true;
		return;
	case 'o':
		adm->owner = text;
		return;
	case 'q':
		adm->bytes = take_amount(opts, letter, text, true);
		adm->set_bytes = true;
		return;
	case 'r':
		if (!users_rights_parse(
			text, strcmp(text, "none") == 0 ? 0 : len, &adm->rights))
			opts_fail(opts, "-r: \"%s\": %s, or none", text,
			    "a list of read,write,delete,list, or all");
		return;
	case 'u':
		adm->until = USERS_FOR_EVER;
		adm->set_until = true;
		if (strcmp(text, "none") != 0 && !users_date_parse(text, len, &adm->until))
			opts_fail(
			    opts, "-u: \"%s\" is no day such as 2027-01-31, nor none", text);
		return;
	case ':':
		opts_fail(opts, "option -%c needs an argument", optopt);
	default:
		opts_fail(opts, "unknown option -%c of this command", optopt);
	}
}

/* What stands behind a command's word: options and, before or behind them, a name. */
static void
take_words(const struct opts *opts, const struct command *command, struct ftpadm *adm)
{
	char seen[8] = "";
	int letter;

	optind++;
	for (;;) {
		while ((letter = getopt(opts->argc, opts->argv, command->letters)) != -1) {
			take_option(opts, adm, letter);
			if (!strchr(seen, letter) && strlen(seen) + 1 < sizeof seen)
				seen[strlen(seen)] = (char)letter;
		}
		if (optind >= opts->argc)
			break;
		if (command->takes == TAKES_NOTHING || adm->name)
			opts_fail(opts, "\"%s\" is one argument too many", opts->argv[optind]);
		adm->name = opts->argv[optind++];
	}
	if (command->takes == TAKES_NAME && adm->name == NULL)
		opts_fail(opts, "%s: missing: the account's name", command->word);
	for (const char *need = command->needs; *need; need++)
		if (!strchr(seen, *need))
			opts_fail(opts, "%s: missing: -%c", command->word, *need);
	if (adm->name && !users_is_name(adm->name, strlen(adm->name)))
		opts_fail(opts, "\"%s\": %s", adm->name, users_status_words(USERS_BAD_NAME));
}

int
main(int argc, char *argv[])
{
	struct ftpadm adm = { .owner = "nobody",
		.rights = USERS_ALL,
		.bytes = USERS_NO_LIMIT,
		.files = USERS_NO_LIMIT,
		.until = USERS_FOR_EVER };
	const struct command *command;
	struct opts opts;

	opts_tool(&opts, &ftpadm_program, argc, argv);
	while (opts_next(&opts) == 'f')
		adm.path = opts.argument;
	command = find_command(&opts, opts_operand(&opts, 0));
	if (adm.path == NULL)
		opts_fail(&opts, "missing: -f file");
	take_words(&opts, command, &adm);
	return command->run(&adm);
}
