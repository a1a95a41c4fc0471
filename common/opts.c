/*
 * opts: the option alphabet that every program shares. See opts.h.
 */
#include "common/opts.h"

#include <sys/socket.h>

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/opts_help.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	SECONDS_MAX = 2000000, /* of any time; its milliseconds fit in an int */
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

static const struct opts_entry udp_server_entries[] = {
	{ '4', NULL, "IPv4 only" },
	{ '6', NULL, "IPv6 only" },
	{ 'D', NULL, "daemon: return as soon as the server is ready" },
	{ 'g', "group", "join this multicast group, as 239.1.2.3 or ff02::1:3%eth0" },
	{ 'h', NULL, "print this help" },
	{ 'i', NULL, "inetd: the socket was passed to us" },
	{ 'l', "address", "receive there (127.0.0.1); `*' for all" },
	{ 'p', "port", "port to receive on; 0 lets the kernel choose" },
	{ 'q', NULL, "quiet: say only what fails" },
	{ 'r', "rate", "answer at most so many datagrams a second of one address (1000)" },
	{ 't', "idle",
	    "seconds of silence after which a client is forgotten, and -i ends (300)" },
	{ 'u', "user", "started as root, become this user (nobody)" },
	{ 'V', NULL, "print the version" },
	{ 'v', NULL, "tell each step in words" },
	{ 'x', NULL, "show the bytes in hexadecimal" },
	{ 0, NULL, NULL },
};

/* Of a datagram server with children. */
static const struct opts_entry calls_server_entries[] = {
	{ '1', NULL, "serve one client without forking, then exit with its status" },
	{ '4', NULL, "IPv4 only" },
	{ '6', NULL, "IPv6 only" },
	{ 'C', "per_address", "serve at most so many clients of one address (0: no limit)" },
	{ 'c', "max", "serve at most so many clients at once (512)" },
	{ 'D', NULL, "daemon: return as soon as the server is ready" },
	{ 'h', NULL, "print this help" },
	{ 'i', NULL, "inetd: the socket was passed to us" },
	{ 'l', "address", "receive there (127.0.0.1); `*' for all" },
	{ 'p', "port", "port to receive on; 0 lets the kernel choose" },
	{ 'q', NULL, "quiet: say only what fails" },
	{ 'r', "rate", "heed at most so many requests a second of one address (1000)" },
	{ 'T', "total", "seconds that a client has in all (0: no limit)" },
	{ 't', "idle", "seconds without progress after which a client is given up (30)" },
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

static const struct opts_entry tool_entries[] = {
	{ 'h', NULL, "print this help" },
	{ 'V', NULL, "print the version" },
	{ 0, NULL, NULL },
};

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
		opts_print_help(opts);
	case 'V':
		opts_print_version(opts);
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

static void
add_group(const struct opts *opts, struct udp_serve_options *udp)
{
	size_t count = 0;

	while (udp->groups[count])
		count++;
	if (count == UDP_GROUPS_MAX)
		opts_fail(opts, "-g: %d groups at most", UDP_GROUPS_MAX);
	udp->groups[count] = opts->argument;
}

static bool
take_udp_server(struct opts *opts, struct udp_serve_options *udp)
{
	switch (opts->letter) {
	case 'g':
		add_group(opts, udp);
		return true;
	case 'r':
		udp->rate = opts_number(opts, 0, UDP_GUARD_RATE_MAX);
		udp->rate_given = true;
		return true;
	}
	return take_server(opts, &udp->serve);
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
	opts_make_letters(opts);
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
opts_udp_server(struct opts *opts, const struct opts_program *program,
    struct udp_serve_options *udp, int argc, char *argv[])
{
	begin(opts, program, udp_server_entries, argc, argv);
	opts->udp = udp;
}

void
opts_calls_server(struct opts *opts, const struct opts_program *program,
    struct udp_serve_options *udp, int argc, char *argv[])
{
	begin(opts, program, calls_server_entries, argc, argv);
	opts->udp = udp;
}

void
opts_client(struct opts *opts, const struct opts_program *program,
    struct client_options *client, int argc, char *argv[])
{
	begin(opts, program, client_entries, argc, argv);
	opts->client = client;
}

void
opts_tool(struct opts *opts, const struct opts_program *program, int argc, char *argv[])
{
	begin(opts, program, tool_entries, argc, argv);
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

static bool
take_shared(struct opts *opts)
{
	struct client_options none = { .port = NULL }; /* a tool has no letter for it */

	if (opts->serve)
		return take_server(opts, opts->serve);
	if (opts->udp)
		return take_udp_server(opts, opts->udp);
	if (opts->client)
		return take_client(opts, opts->client);
	return take_common(opts, &none.family, &none.port);
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
		if (!take_shared(opts))
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
