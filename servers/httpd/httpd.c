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
#include <stdlib.h>
#include <string.h>

#include "common/crowd.h"
#include "common/log.h"
#include "common/num.h"
#include "common/opts.h"
#include "servers/httpd/access_log.h"
#include "servers/httpd/drive.h"

enum {
	KEEP_MS = 15000,
	PATIENCE_MS = 20000,
	RATE = 256,
	RATE_MAX = 1 << 30,
	SECONDS_MAX = 86400,
};

struct httpd_options {
	const char *dir, *access_log, *types;
	bool no_cache;
};

static const struct opts_entry httpd_entries[] = {
	{ 'A', "log", "write a line for each answer to this file; - for standard error" },
	{ 'e', "folder", "of the directory: pages for errors, as 404.html" },
	{ 'k', "keep", "seconds that a connection is kept between requests (15; 0: none is)" },
	{ 'L', NULL, "list no folders" },
	{ 'M', "types", "media types from this file; see mime.types(5)" },
	{ 'N', NULL, "no cache: look at each file for each request" },
	{ 'r', "rate", "bytes a second that a client moves at least (256; 0: any)" },
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

static const struct service httpd_service = {
	.name = "httpd",
	.port = "7080",
	.session = drive_session,
	.hears_first = true,
	.refusal = "HTTP/1.1 503 Service Unavailable\r\n"
		   "Retry-After: 5\r\n"
		   "Content-Type: text/plain; charset=utf-8\r\n"
		   "Content-Length: 44\r\n"
		   "Connection: close\r\n\r\n"
		   "Your address has too many connections here.\n",
};

static void
take_own(const struct opts *opts, struct host *host, struct httpd_options *options)
{
	switch (opts->letter) {
	case 'A':
		options->access_log = opts->argument;
		break;
	case 'e':
		host->errors = opts->argument;
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
    struct httpd_options *options)
{
	struct opts opts;

	opts_server(&opts, &httpd_program, serve, argc, argv);
	while (opts_next(&opts) != -1)
		take_own(&opts, host, options);
	options->dir = opts_operand(&opts, 0);
	if (host->limits.patience_ms == 0)
		opts_fail(&opts, "-w: nobody is served in no time");
	set_waits(serve, &host->limits);
}

/* What the options name. 0, or -1: it is logged. */
static int
open_all(struct host *host, const struct httpd_options *options)
{
	if (jail_begin(&host->site.jail, options->dir) == -1) {
		log_error("%s:", options->dir);
		return -1;
	}
	host->site.types = types_load(options->types);
	if (host->site.types == NULL) {
		log_error("%s:", options->types);
		return -1;
	}
	if (options->access_log) {
		host->log = access_log_open(options->access_log);
		if (host->log == NULL)
			return -1;
	}
	if (!options->no_cache)
		host->site.cache = site_cache_new();
	host->site.untried = true;
	return 0;
}

static void
close_all(struct host *host)
{
	access_log_close(host->log);
	site_cache_free(host->site.cache);
	types_free(host->site.types);
	jail_end(&host->site.jail);
}

int
main(int argc, char *argv[])
{
	struct serve_options serve = SERVE_DEFAULTS;
	struct httpd_options options = { .dir = NULL };
	struct host host = {
		.limits = { .keep_ms = KEEP_MS, .patience_ms = PATIENCE_MS, .rate = RATE },
		.listing = true,
	};
	int status = STATUS_FAILED;

	serve.model = SERVE_PREFORK;
	parse_options(argc, argv, &serve, &host, &options);
	if (open_all(&host, &options) == 0)
		status = serve_run(&httpd_service, &serve, &host);
	close_all(&host);
	return status;
}
