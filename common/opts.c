/*
 * opts: the option alphabet that every program shares. See opts.h.
 */
#include "common/opts.h"

#include <sys/socket.h>

#include <assert.h>
#include <ctype.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	SECONDS_MAX = 2000000, /* of any time; its milliseconds fit in an int */
	USAGE_WIDTH = 79,
	ENTRIES_MAX = 64,
};

static const struct opts_entry server_entries[] = {
	{ '1', NULL, "serve one client without forking, then exit with its status" },
	{ '4', NULL, "IPv4 only" },
	{ '6', NULL, "IPv6 only" },
	{ 'b', "backlog", "how many callers may wait to be accepted (511)" },
	{ 'C', "per_address", "serve at most so many clients of one address (0: no limit)" },
	{ 'c', "max", "serve at most so many clients at once (512)" },
	{ 'D', NULL, "daemon: return as soon as the server is ready" },
	{ 'h', NULL, "print this help" },
	{ 'i', NULL, "inetd: the client, or the listening socket, was passed to us" },
	{ 'l', "address", "listen there (127.0.0.1); `*' for all, unix:PATH for a file" },
	{ 'm', "model",
	    "how to serve: fork, prefork, iterative, or others that its page lists (fork)" },
	{ 'p', "port", "port to listen on; 0 lets the kernel choose" },
	{ 'q', NULL, "quiet: say only what fails" },
	{ 'T', "total", "seconds that a client has in all (0: no limit)" },
	{ 't', "idle", "seconds without a byte after which a client is closed (300)" },
	{ 'u', "user", "started as root, become this user (nobody)" },
	{ 'V', NULL, "print the version" },
	{ 'v', NULL, "tell each step in words" },
	{ 'x', NULL, "show the bytes in hexadecimal" },
	{ 0, NULL, NULL },
};

static const struct opts_entry client_entries[] = {
	{ '4', NULL, "IPv4 only" },
	{ '6', NULL, "IPv6 only" },
	{ 'h', NULL, "print this help" },
	{ 'p', "port", "the server's port" },
	{ 'q', NULL, "quiet: say only what fails" },
	{ 't', "seconds", "limit for connecting and for each wait (10; 0: no limit)" },
	{ 'V', NULL, "print the version" },
	{ 'v', NULL, "tell each step in words" },
	{ 'x', NULL, "show the bytes in hexadecimal" },
	{ 0, NULL, NULL },
};

void
opts_fail(const struct opts *opts, const char *format, ...)
{
	char words[LOG_LINE_MAX / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	log_error("%s (%s -h tells the options)", words, opts->program->name);
	exit(STATUS_USAGE);
}

int
opts_number(const struct opts *opts, int min, int max)
{
	int64_t number;

	if (num_parse(opts->argument, min, max, &number) == -1)
		opts_fail(opts, "-%c: \"%s\" is not a number from %d to %d", opts->letter,
		    opts->argument, min, max);
	return (int)number;
}

int
opts_seconds(const struct opts *opts, int max_seconds)
{
	int64_t ms;

	if (num_parse_ms(opts->argument, max_seconds, &ms) == -1)
		opts_fail(opts, "-%c: \"%s\" is not a number of seconds from 0 to %d",
		    opts->letter, opts->argument, max_seconds);
	return (int)ms;
}

/* A port: a number, or a name that /etc/services knows. */
static const char *
port_argument(const struct opts *opts)
{
	int64_t number;

	if (num_parse(opts->argument, 0, 65535, &number) == -1 &&
	    (isdigit((unsigned char)*opts->argument) ||
		getservbyname(opts->argument, NULL) == NULL))
		opts_fail(opts,
		    "-p: \"%s\" is not a number from 0 to 65535, nor a service's name",
		    opts->argument);
	return opts->argument;
}

static void
take_model(const struct opts *opts, struct serve_options *serve)
{
	static const char *const names[] = {
		[SERVE_FORK] = "fork",
		[SERVE_PREFORK] = "prefork",
		[SERVE_ITERATIVE] = "iterative",
	};
	const struct serve_own_model *own = opts->program->models;
	char more[OPTS_STRING_MAX] = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(opts->argument, names[i]) == 0) {
			serve->model = (enum serve_model)i;
			return;
		}
	for (; own && own->name; own++) {
		if (strcmp(opts->argument, own->name) == 0) {
			serve->model = SERVE_OWN;
			serve->own_model = own;
			return;
		}
		snprintf(more + strlen(more), sizeof more - strlen(more), ", %s", own->name);
	}
	opts_fail(opts, "-m: \"%s\" is not a model: fork, prefork, iterative%s", opts->argument,
	    more);
}

/* The order of options in manual pages: digits, then letters, capitals before small ones. */
static int
compare_entries(const void *a, const void *b)
{
	const struct opts_entry *x = a, *y = b;
	int order = tolower(x->letter) - tolower(y->letter);

	return order ? order : x->letter - y->letter;
}

/* The shared and the own entries in one sorted list; how many. */
static size_t
collect(const struct opts *opts, struct opts_entry list[ENTRIES_MAX])
{
	size_t n = 0;

	for (const struct opts_entry *e = opts->shared; e->letter; e++)
		list[n++] = *e;
	for (const struct opts_entry *e = opts->program->own; e->letter; e++)
		list[n++] = *e;
	assert(n < ENTRIES_MAX);
	qsort(list, n, sizeof *list, compare_entries);
	for (size_t i = 1; i < n; i++)
		assert(list[i - 1].letter != list[i].letter); /* a letter has one meaning */
	return n;
}

static void
make_letters(struct opts *opts)
{
	struct opts_entry list[ENTRIES_MAX];
	size_t n = collect(opts, list), used = 0;

	opts->letters[used++] = ':'; /* a missing argument is told apart */
	for (size_t i = 0; i < n; i++) {
		opts->letters[used++] = list[i].letter;
		if (list[i].argument)
			opts->letters[used++] = ':';
	}
	opts->letters[used] = '\0';
}

/* Print a word of the usage line, on a new line when this one is full. */
static int
print_word(int column, int indent, const char *word)
{
	if (column + 1 + (int)strlen(word) > USAGE_WIDTH)
		column = printf("\n%*s", indent, "") - 1;
	return column + printf(" %s", word);
}

static void
print_usage(const struct opts *opts)
{
	struct opts_entry list[ENTRIES_MAX];
	size_t n = collect(opts, list), used = 2;
	char word[OPTS_STRING_MAX] = "[-";
	int column = printf("usage: %s", opts->program->name), indent = column;

	for (size_t i = 0; i < n; i++)
		if (list[i].argument == NULL)
			word[used++] = list[i].letter;
	word[used++] = ']';
	word[used] = '\0';
	column = print_word(column, indent, word);
	for (size_t i = 0; i < n; i++)
		if (list[i].argument) {
			snprintf(word, sizeof word, "[-%c%s%s]", list[i].letter,
			    list[i].letter == '-' ? "" : " ", list[i].argument);
			column = print_word(column, indent, word);
		}
	if (*opts->program->operands)
		print_word(column, indent, opts->program->operands);
	putchar('\n');
}

static _Noreturn void
print_help(const struct opts *opts)
{
	struct opts_entry list[ENTRIES_MAX];
	size_t n = collect(opts, list);

	print_usage(opts);
	printf("%s\n", opts->program->purpose);
	for (size_t i = 0; i < n; i++) {
		int column = printf("  -%c%s%s", list[i].letter,
		    list[i].letter == '-' ? "" : " ", list[i].argument ? list[i].argument : "");

		printf("%*s%s\n", column < 18 ? 18 - column : 1, "", list[i].text);
	}
	exit(fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED);
}

static _Noreturn void
print_version(const struct opts *opts)
{
	printf("%s (Switchboard) %s\n", opts->program->name, SWITCHBOARD_VERSION);
	exit(fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED);
}

/* Letters that mean the same on both sides. Whether this was one. */
static bool
take_common(struct opts *opts, int *family, const char **port)
{
	switch (opts->letter) {
	case '4':
		*family = AF_INET;
		return true;
	case '6':
		*family = AF_INET6;
		return true;
	case 'p':
		*port = port_argument(opts);
		return true;
	case 'q':
		log_open(opts->program->name, LOG_LEVEL_ERROR);
		return true;
	case 'v':
		log_open(opts->program->name, LOG_LEVEL_STEPS);
		return true;
	case 'x':
		trace_show_bytes();
		return true;
	case 'h':
		print_help(opts);
	case 'V':
		print_version(opts);
	}
	return false;
}

static bool
take_server(struct opts *opts, struct serve_options *serve)
{
	switch (opts->letter) {
	case '1':
		serve->once = true;
		return true;
	case 'b':
		serve->backlog = opts_number(opts, 0, INT32_MAX);
		return true;
	case 'C':
		serve->per_address = opts_number(opts, 0, SERVE_MAX_LIMIT);
		return true;
	case 'c':
		serve->max = opts_number(opts, 1, SERVE_MAX_LIMIT);
		return true;
	case 'D':
		serve->daemon = true;
		return true;
	case 'i':
		serve->inetd = true;
		return true;
	case 'l':
		serve->address = opts->argument;
		return true;
	case 'm':
		take_model(opts, serve);
		return true;
	case 'T':
		serve->total_ms = opts_seconds(opts, SECONDS_MAX);
		return true;
	case 't':
		serve->idle_ms = opts_seconds(opts, SECONDS_MAX);
		return true;
	case 'u':
		serve->user = opts->argument;
		return true;
	}
	return take_common(opts, &serve->family, &serve->port);
}

static bool
take_client(struct opts *opts, struct client_options *client)
{
	if (opts->letter != 't')
		return take_common(opts, &client->family, &client->port);
	client->timeout_ms = opts_seconds(opts, SECONDS_MAX);
	return true;
}

static void
begin(struct opts *opts, const struct opts_program *program, const struct opts_entry *shared,
    int argc, char *argv[])
{
	*opts =
	    (struct opts){ .program = program, .shared = shared, .argc = argc, .argv = argv };
	log_open(program->name, LOG_LEVEL_NOTICE);
	make_letters(opts);
	opterr = 0;
	sys_fill_standard_files();
	sys_use_plain_names();
}

void
opts_server(struct opts *opts, const struct opts_program *program, struct serve_options *serve,
    int argc, char *argv[])
{
	begin(opts, program, server_entries, argc, argv);
	opts->serve = serve;
}

void
opts_client(struct opts *opts, const struct opts_program *program,
    struct client_options *client, int argc, char *argv[])
{
	begin(opts, program, client_entries, argc, argv);
	opts->client = client;
}

static void
check_operands(const struct opts *opts)
{
	int count = opts->argc - optind;

	if (count > opts->program->operand_max)
		opts_fail(opts, "\"%s\" is one argument too many",
		    opts->argv[optind + opts->program->operand_max]);
	if (count < opts->program->operand_min)
		opts_fail(opts, "missing: %s", opts->program->operands);
}

int
opts_next(struct opts *opts)
{
	while ((opts->letter = getopt(opts->argc, opts->argv, opts->letters)) != -1) {
		opts->argument = optarg;
		if (opts->letter == '?')
			opts_fail(opts, "unknown option -%c", optopt);
		if (opts->letter == ':')
			opts_fail(opts, "option -%c needs an argument", optopt);
		if (!(opts->serve ? take_server(opts, opts->serve) :
				    take_client(opts, opts->client)))
			return opts->letter;
	}
	check_operands(opts);
	return -1;
}

const char *
opts_operand(const struct opts *opts, int i)
{
	return optind + i < opts->argc ? opts->argv[optind + i] : NULL;
}
