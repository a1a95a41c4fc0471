/*
 * routing: which path is a file, a program, a handler, or somewhere else. See routing.h;
 * routing_make.c makes the table.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "protocol/http_response.h"
#include "servers/httpd/routing_internal.h"

/* ---- finding ---- */

/* /cgi-bin/NAME...: which program of the folder. */
static void
find_program(const struct place *place, const char *root, const char *path, const char *name,
    struct routing_found *found)
{
	size_t len = strcspn(name, "/");
	struct stat st;

	found->verdict = ROUTING_NOTHING;
	if (len == 0 || name[0] == '.' ||
	    snprintf(found->name, sizeof found->name, "%s%s/%.*s", place->own ? root : "",
		place->file, (int)len, name) >= (int)sizeof found->name)
		return;
	if (stat(found->name, &st) == -1) {
		if (errno == EACCES)
			found->verdict = ROUTING_DENIED;
		return;
	}
	if (!S_ISREG(st.st_mode))
		return;
	found->file = found->name;
	found->script_len = (size_t)(name - path) + len;
	found->verdict = access(found->name, X_OK) == 0 ? ROUTING_RUN : ROUTING_DENIED;
}

/* A rule that fits. */
static void
take_rule(const struct routing *routing, const char *root, size_t which, const char *path,
    struct routing_found *found)
{
	const struct routes_rule *rule = &routing->rules[which];
	const struct place *place = &routing->places[which];

	switch (rule->kind) {
	case ROUTES_FOLDER:
		found->verdict = ROUTING_FILES;
		break;
	case ROUTES_REDIRECT:
		found->verdict = ROUTING_ELSEWHERE;
		found->rule = rule;
		found->status = rule->status;
		break;
	case ROUTES_AUTH: /* is the guard's, and not here */
		break;
	case ROUTES_APP:
	case ROUTES_CGI:
		if (place->programs) {
			find_program(place, root, path,
			    rule->prefix ? path + rule->path.len : "", found);
			break;
		}
		found->verdict = ROUTING_RUN;
		found->app = rule->kind == ROUTES_APP;
		found->file = place->file;
		found->script_len = rule->path.len - (rule->prefix ? 1 : 0);
		break;
	}
}

void
routing_find(const struct routing *routing, const char *root, const char *path,
    struct routing_found *found)
{
	struct http_span span = { path, strlen(path) };
	size_t which;

	found->verdict = routing->whole ? ROUTING_NOTHING : ROUTING_FILES;
	found->app = false;
	found->rule = NULL;
	switch (routes_find(routing->rules, routing->count, span, &which, &found->rest)) {
	case ROUTES_NO:
		break;
	case ROUTES_SLASH:
		found->verdict = ROUTING_ELSEWHERE;
		found->status = 301;
		break;
	case ROUTES_YES:
		take_rule(routing, root, which, path, found);
		break;
	}
}

bool
routing_runs(const struct routing *routing, const char *root, const char *path)
{
	struct routing_found found;

	routing_find(routing, root, path, &found);
	return found.verdict == ROUTING_RUN;
}

/* Where a redirect leads: malloc'ed; NULL: too long, or no memory. */
static char *
location_of(const struct routing_found *found, const char *path, struct http_span query)
{
	size_t cap = ROUTING_LOCATION_MAX;
	char *out = malloc(cap);
	ssize_t len = -1;

	if (out && found->rule)
		len = routes_location(out, cap, found->rule, found->rest);
	else if (out)
		len = http_escape_path(out, cap, (struct http_span){ path, strlen(path) });
	if (len != -1 && snprintf(out + len, cap - (size_t)len, "%s%s%.*s",
			     found->rule ? "" : "/", query.at ? "?" : "", (int)query.len,
			     query.at ? query.at : "") < (int)(cap - (size_t)len))
		return out;
	free(out);
	return NULL;
}

int
routing_status(const struct routing *routing, const char *root, const char *path,
    struct http_span query, char **location)
{
	struct routing_found found;

	routing_find(routing, root, path, &found);
	switch (found.verdict) {
	case ROUTING_FILES:
		return 0;
	case ROUTING_ELSEWHERE:
		*location = location_of(&found, path, query);
		return *location ? found.status : 414;
	case ROUTING_DENIED:
		log_notice("%s: the user who serves (-u) may not run it, or not enter a "
			   "folder above it",
		    found.name);
		return 403;
	case ROUTING_RUN: /* TRACE, that no program is asked */
		return 405;
	case ROUTING_NOTHING:
		break;
	}
	return 404;
}

const struct jail *
routing_jail(const struct routing *routing, const char *path, const char **name)
{
	struct http_span span = { path, strlen(path) }, rest;
	size_t which;

	if (routes_find(routing->rules, routing->count, span, &which, &rest) != ROUTES_YES ||
	    routing->rules[which].kind != ROUTES_FOLDER)
		return NULL;
	*name = path + routing->rules[which].path.len - 1;
	return &routing->places[which].jail;
}
