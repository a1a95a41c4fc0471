/*
 * httpd: serve the files beneath a directory over HTTP/1.1.
 *
 *	client                          server
 *	GET /notes/ HTTP/1.1    --->
 *	Host: lab:7080
 *	                        <---    HTTP/1.1 200 OK
 *	                                Content-Length: 1270
 *
 *	                                (the bytes)
 *	GET /style.css HTTP/1.1 --->    on the same connection, any number
 *	...
 *
 * session.h has the conversation as a state machine, drive.h what moves its bytes, site.h
 * the files, answer.h what is answered with what. The messages themselves are read and
 * written by protocol/http.h.
 *
 * What it deliberately does not do: TLS (a proxy before it does), HTTP/2, writing (PUT,
 * WebDAV), and changing what it serves.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/crowd.h"
#include "common/log.h"
#include "common/num.h"
#include "common/opts.h"
#include "common/sys.h"
#include "servers/httpd/drive.h"
#include "servers/httpd/guard.h"
#include "servers/httpd/settings.h"

enum {
	KEEP_MS = 15000,
	PATIENCE_MS = 20000,
	RATE = 256,
	RATE_MAX = 1 << 30,
	SECONDS_MAX = 86400,
	PROGRAM_MS = 60000,
	OUTPUT_MIB = 1024,
	OUTPUT_MIB_MAX = 1 << 20,
	WORKERS_MAX = 256,
};

static const struct opts_entry httpd_entries[] = {
	{ 'a', "handler", "a C handler: FILE.so, or /PATH=FILE.so; see app(7)" },
	{ 'A', "log", "write a line for each answer to this file; - for standard error" },
	{ 'e', "folder", "of the directory: pages for errors, as 404.html" },
	{ 'f', "users", "who may ask, from this file: for all, or /PATH=FILE" },
	{ 'g', "programs", "CGI programs of a folder: /cgi-bin, or /PATH=FOLDER" },
	{ 'H', "hosts", "a folder with one for each host name; others get the directory" },
	{ 'k', "keep", "seconds that a connection is kept between requests (15; 0: none is)" },
	{ 'L', NULL, "list no folders" },
	{ 'M', "types", "media types from this file; see mime.types(5)" },
	{ 'N', NULL, "no cache: look at each file for each request" },
	{ 'n', "number", "of processes of model event (one for each processor)" },
	{ 'o', "output", "MiB that a program may say in an answer (1024; 0: any)" },
	{ 'r', "rate", "bytes a second that a client moves at least (256; 0: any)" },
	{ 'R', "routes", "what is served how, from this file; see routes(5)" },
	{ 's', "silence", "seconds that a program may be silent (60)" },
	{ 'w', "patience", "seconds for a request's head; then the rate counts (20)" },
	{ 0, NULL, NULL },
};

static const struct serve_own_model httpd_models[] = {
	{ "event", drive_many },
	{ NULL, NULL },
};

static const struct opts_program httpd_program = {
	.name = "httpd",
	.purpose = "Serve the files beneath a directory over HTTP. See httpd(8).",
	.operands = "directory",
	.operand_min = 1,
	.operand_max = 1,
	.own = httpd_entries,
	.models = httpd_models,
};

/* It tries passwords with the rights that the server gives up. */
static int
start_keeper(void *arg)
{
	const struct host *host = arg;

	return host->guard ? guard_start(host->guard) : 0;
}

static int
lose_keeper(pid_t pid, void *arg)
{
	const struct host *host = arg;

	if (host->guard == NULL || !guard_is_keeper(host->guard, pid))
		return 0;
	log_error("the keeper of the passwords has died: nobody's can be tried any more; "
		  "the clients that are there finish");
	return -1;
}

/* To one over a limit. It is not known what he asks for, so it is said in full. */
#define REFUSAL(length, text)                                                                  \
	"HTTP/1.1 503 Service Unavailable\r\n"                                                 \
	"Retry-After: 5\r\n"                                                                   \
	"Content-Type: text/plain; charset=utf-8\r\n"                                          \
	"Content-Length: " length "\r\n"                                                       \
	"Connection: close\r\n\r\n" text

static const struct service httpd_service = {
	.name = "httpd",
	.port = "7080",
	.session = drive_session,
	.prepare = start_keeper,
	.lost = lose_keeper,
	.hears_first = true,
	.refusal = REFUSAL("44", "Your address has too many connections here.\n"),
	.full = REFUSAL("48", "The server is busy. Try again in a few seconds.\n"),
};

static void
add_path(const struct opts *opts, struct settings *options)
{
	if (options->path_count == SETTINGS_PATHS_MAX)
		opts_fail(opts, "-a, -f, -g and -R: more than %d", SETTINGS_PATHS_MAX);
	options->paths[options->path_count++] =
	    (struct path_option){ (char)opts->letter, opts->argument };
}

static void
take_own(const struct opts *opts, struct serve_options *serve, struct host *host,
    struct settings *options)
{
	switch (opts->letter) {
	case 'a':
	case 'f':
	case 'g':
	case 'R':
		add_path(opts, options);
		break;
	case 'A':
		options->access_log = opts->argument;
		break;
	case 'e':
		host->errors = opts->argument;
		break;
	case 'H':
		options->hosts = opts->argument;
		break;
	case 'k':
		host->limits.keep_ms = opts_seconds(opts, SECONDS_MAX);
		break;
	case 'L':
		host->listing = false;
		break;
	case 'M':
		options->types = opts->argument;
		break;
	case 'N':
		options->no_cache = true;
		break;
	case 'n':
		serve->workers = opts_number(opts, 1, WORKERS_MAX);
		break;
	case 'o':
		host->limits.program_output = (uint64_t)opts_number(opts, 0, OUTPUT_MIB_MAX)
					      << 20;
		break;
	case 's':
		host->limits.program_ms = opts_seconds(opts, SECONDS_MAX);
		break;
	case 'r':
		host->limits.rate = opts_number(opts, 0, RATE_MAX);
		break;
	case 'w':
		host->limits.patience_ms = opts_seconds(opts, SECONDS_MAX);
		break;
	}
}

/*
 * A socket's own clock wakes a blocking session up that often, to look at its deadlines.
 * Model event has timers for those, and needs no clock of the crowd's.
 */
static void
set_waits(struct serve_options *serve, struct host_limits *limits)
{
	limits->idle_ms = serve->idle_ms;
	limits->wait_ms = limits->patience_ms;
	if (limits->idle_ms && limits->idle_ms < limits->wait_ms)
		limits->wait_ms = limits->idle_ms;
	serve->idle_ms = serve->model == SERVE_OWN ? 0 : limits->wait_ms;
}

static void
parse_options(int argc, char *argv[], struct serve_options *serve, struct host *host,
    struct settings *options)
{
	struct opts opts;

	opts_server(&opts, &httpd_program, serve, argc, argv);
	while (opts_next(&opts) != -1)
		take_own(&opts, serve, host, options);
	options->dir = opts_operand(&opts, 0);
	if (host->limits.patience_ms == 0)
		opts_fail(&opts, "-w: nobody is served in no time");
	if (host->limits.program_ms == 0)
		opts_fail(&opts, "-s: no program answers in no time");
	set_waits(serve, &host->limits);
}

/*
 * What main needs once. Not inlined: a child copies the part of the stack that it works on,
 * so what is done with shall not lie between main and the session.
 */
__attribute__((noinline)) static int
begin(int argc, char *argv[], struct serve_options *serve, struct host *host)
{
	struct settings options = { .own_name = argv[0] };

	serve->model = SERVE_PREFORK;
	serve->workers = sys_processors(WORKERS_MAX);
	parse_options(argc, argv, serve, host, &options);
	return settings_open(&options, serve, host);
}

int
main(int argc, char *argv[])
{
	struct serve_options serve = SERVE_DEFAULTS;
	struct host host = {
		.limits = { .keep_ms = KEEP_MS,
		    .patience_ms = PATIENCE_MS,
		    .rate = RATE,
		    .program_ms = PROGRAM_MS,
		    .program_output = (uint64_t)OUTPUT_MIB << 20 },
		.listing = true,
	};
	int status = STATUS_FAILED;

	if (begin(argc, argv, &serve, &host) == 0)
		status = serve_run(&httpd_service, &serve, &host);
	settings_close(&host);
	return status;
}
