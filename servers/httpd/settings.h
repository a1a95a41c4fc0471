/*
 * settings: what the options name: found, read and opened before there is a client, so that
 * what is wrong with it is said at the start.
 */
#ifndef SERVERS_HTTPD_SETTINGS_H
#define SERVERS_HTTPD_SETTINGS_H

#include "common/serve.h"
#include "servers/httpd/host.h"

enum {
	SETTINGS_PATHS_MAX = 64, /* -a, -f, -g and -R together */
};

/* One of these, in the order in which they count. */
struct path_option {
	char letter;
	const char *text;
};

struct settings {
	const char *dir, *hosts, *access_log, *types;
	struct path_option paths[SETTINGS_PATHS_MAX];
	size_t path_count;
	const char *own_name;
	bool no_cache;
};

/* 0, or -1: it is logged. settings_close in either case. */
int settings_open(
    const struct settings *options, const struct serve_options *serve, struct host *host);
void settings_close(struct host *host);

#endif
