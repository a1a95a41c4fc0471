/*
 * settings: from the options to what a host has. See settings.h.
 */
#include "servers/httpd/settings.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "servers/httpd/access_log.h"
#include "servers/httpd/guard.h"
#include "servers/httpd/routing.h"

/*
 * The program that loads handlers: it stands beside this one and is called like it with
 * "-app" behind, under whatever name this was installed.
 */
static char *
find_helper(const char *own_name)
{
	static const char suffix[] = "-app";
	char own[PATH_MAX], *path;
	ssize_t len = readlink("/proc/self/exe", own, sizeof own - sizeof suffix);

	if (len > 0) {
		memcpy(own + len, suffix, sizeof suffix);
		return strdup(own);
	}
	if (snprintf(own, sizeof own, "%s%s", own_name, suffix) >= (int)sizeof own)
		return NULL;
	path = realpath(own, NULL); /* -D changes the directory */
	return path ? path : strdup(own);
}

/* The routes that hold for a site: for hosts those of the options only. NULL: it is logged. */
static struct routing *
make_routes(const struct settings *options, struct guard *guard, bool for_hosts)
{
	struct routing *routing = routing_new(options->dir, options->hosts != NULL);
	int result = routing ? 0 : -1;

	if (routing == NULL)
		log_error("%s:", options->dir);
	for (size_t i = 0; i < options->path_count && result == 0; i++) {
		const struct path_option *path = &options->paths[i];

		if (path->letter == 'g')
			result = routing_add_programs(routing, path->text);
		else if (path->letter == 'a')
			result = routing_add_handler(routing, path->text);
		else if (path->letter == 'R' && !for_hosts)
			result = routing_add_file(routing, guard, path->text);
	}
	if (result == 0)
		return routing;
	routing_free(routing);
	return NULL;
}

/* 0, or -1: it is logged. */
static int
open_routes(struct host *host, const struct settings *options)
{
	host->routing = make_routes(options, host->guard, false);
	if (host->routing && options->hosts)
		host->hosts_routing = make_routes(options, NULL, true);
	host->site.routing = host->routing;
	if (host->routing == NULL || (options->hosts && host->hosts_routing == NULL))
		return -1;
	if (!routing_has_handlers(host->routing))
		return 0;
	host->helper = find_helper(options->own_name);
	if (host->helper && access(host->helper, X_OK) == 0)
		return 0;
	log_error("%s:", host->helper ? host->helper : "httpd-app");
	return -1;
}

/* Who may ask for what; before the routes, which may say more. 0, or -1: it is logged. */
static int
open_guard(struct host *host, const struct settings *options)
{
	int result = 0;

	host->guard = guard_new();
	if (host->guard == NULL) {
		log_error("-f:");
		return -1;
	}
	for (size_t i = 0; i < options->path_count && result == 0; i++)
		if (options->paths[i].letter == 'f')
			result = guard_add(host->guard, options->paths[i].text);
	return result;
}

/* No file of users may lie in a folder that is served. 0, or -1: it is logged. */
static int
check_guard(struct host *host, const struct settings *options)
{
	const char *roots[ROUTING_PLACES_MAX + 2] = { NULL };
	char *own = realpath(options->dir, NULL);
	char *hosts = options->hosts ? realpath(options->hosts, NULL) : NULL;
	size_t count = 2;
	int result;

	roots[0] = host->routing && routing_is_whole(host->routing) ? NULL : own;
	roots[1] = hosts;
	if (host->routing)
		count += routing_folders(host->routing, roots + 2);
	result = guard_check(host->guard, roots, count);
	free(own);
	free(hosts);
	if (guard_is_empty(host->guard)) {
		guard_free(host->guard);
		host->guard = NULL;
	}
	return result;
}

/* 0, or -1: it is logged. */
static int
open_paths(struct host *host, const struct settings *options)
{
	if (open_guard(host, options) == -1 || open_routes(host, options) == -1)
		return -1;
	return check_guard(host, options);
}

static int
open_all(struct host *host, const struct settings *options)
{
	if (jail_begin(&host->site.jail, options->dir) == -1) {
		log_error("%s:", options->dir);
		return -1;
	}
	if (options->hosts) {
		host->hosts = hosts_open(options->hosts);
		if (host->hosts == NULL) {
			log_error("-H %s:", options->hosts);
			return -1;
		}
	}
	if (options->path_count > 0 && open_paths(host, options) == -1)
		return -1;
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

int
settings_open(
    const struct settings *options, const struct serve_options *serve, struct host *host)
{
	if (open_all(host, options) == -1 ||
	    serve_check_folder(serve, host->site.jail.top, options->dir) == -1)
		return -1;
	return host->routing ? serve_check_as_user(serve, routing_tell_reach, host->routing) :
			       0;
}

void
settings_close(struct host *host)
{
	access_log_close(host->log);
	site_cache_free(host->site.cache);
	types_free(host->site.types);
	guard_free(host->guard);
	routing_free(host->routing);
	routing_free(host->hosts_routing);
	hosts_close(host->hosts);
	free(host->helper);
	jail_end(&host->site.jail);
}
