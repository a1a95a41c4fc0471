/*
 * routing_make: the table of routes, from options and files. See routing.h.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "servers/httpd/guard.h"
#include "servers/httpd/routing_internal.h"

struct routing *
routing_new(const char *directory, bool hosted)
{
	struct routing *routing = calloc(1, sizeof *routing);

	if (routing) {
		routing->root = realpath(directory, NULL);
		routing->hosted = hosted;
	}
	if (routing && routing->root)
		return routing;
	free(routing);
	return NULL;
}

/* What may be freed of a text that others may only read. */
static void
free_text(const char *text)
{
	union {
		const char *in;
		char *out;
	} both = { .in = text };

	free(both.out);
}

void
routing_free(struct routing *routing)
{
	for (size_t i = 0; routing && i < routing->count; i++) {
		const struct place *place = &routing->places[i];

		/* two rules in a row may have one file */
		if (i + 1 == routing->count || place->file != place[1].file)
			free(place->file);
		if (place->jail.top != -1)
			jail_end(&routing->places[i].jail);
		free_text(routing->rules[i].path.at);
		free_text(routing->rules[i].to.at);
	}
	if (routing)
		free(routing->root);
	free(routing);
}

bool
routing_has_handlers(const struct routing *routing)
{
	for (size_t i = 0; i < routing->count; i++)
		if (routing->rules[i].kind == ROUTES_APP)
			return true;
	return false;
}

const char *
routing_root(const struct routing *routing)
{
	return routing->root;
}

bool
routing_is_whole(const struct routing *routing)
{
	return routing->whole;
}

size_t
routing_folders(const struct routing *routing, const char **folders)
{
	size_t count = 0;

	for (size_t i = 0; i < routing->count; i++)
		if (routing->rules[i].kind == ROUTES_FOLDER)
			folders[count++] = routing->places[i].file;
	return count;
}

/* ---- making it ---- */

/* `name`, if relative from `from`, as an absolute path without links: malloc'ed, or NULL. */
static char *
absolute(const char *from, struct http_span name)
{
	char text[PATH_MAX];
	bool relative = name.len == 0 || name.at[0] != '/';

	if (snprintf(text, sizeof text, "%s%s%.*s", relative ? from : "", relative ? "/" : "",
		(int)name.len, name.at) >= (int)sizeof text) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return realpath(text, NULL);
}

/* The next place; the rule's spans are copied, because the table outlives their line. */
static struct place *
add(struct routing *routing, const struct routes_rule *rule)
{
	struct routes_rule *own = &routing->rules[routing->count];
	struct place *place = &routing->places[routing->count];
	char *path = strndup(rule->path.at, rule->path.len);
	char *to = rule->to.at ? strndup(rule->to.at, rule->to.len) : NULL;

	if (routing->count == ROUTING_PLACES_MAX || path == NULL) {
		free(path);
		free(to);
		errno = ENOMEM;
		return NULL;
	}
	*own = *rule;
	own->path.at = path;
	own->to.at = to;
	*place = (struct place){ .jail = { .top = -1 } };
	routing->count++;
	return place;
}

/* "[/path=]WHERE": the path without its last slash, or what `otherwise` is. */
static bool
split(const char *text, struct http_span *path, const char **where)
{
	const char *equals = text[0] == '/' ? strchr(text, '=') : NULL;

	*path = (struct http_span){ text, equals ? (size_t)(equals - text) : strlen(text) };
	*where = equals ? equals + 1 : NULL;
	while (path->len > 1 && path->at[path->len - 1] == '/')
		path->len--;
	return text[0] == '/' && path->len > 1;
}

/* Two rules: the path itself, and all beneath it. */
static int
add_path(struct routing *routing, enum routes_kind kind, struct http_span path, char *file,
    bool programs, bool own)
{
	char line[ROUTES_LINE_MAX];
	size_t len;

	if (http_path_canonical(line, sizeof line - 1, path, &len) != HTTP_FINE ||
	    line[len - 1] == '/') {
		errno = EINVAL;
		return -1;
	}
	for (int prefix = 0; prefix < 2; prefix++) {
		const struct routes_rule rule = { .kind = kind,
			.prefix = prefix == 1,
			.path = { line, len + (size_t)prefix } };
		struct place *place;

		line[len] = prefix ? '/' : '\0';
		place = add(routing, &rule);
		if (place == NULL)
			return -1;
		place->file = file;
		place->programs = programs;
		place->own = own;
	}
	return 0;
}

int
routing_add_programs(struct routing *routing, const char *text)
{
	struct http_span path;
	const char *where;
	char *file;
	bool own;

	if (!split(text, &path, &where)) {
		log_error("-g %s: it is /PATH or /PATH=FOLDER", text);
		return -1;
	}
	own = routing->hosted && where == NULL;
	file = where ? realpath(where, NULL) :
	       own   ? strndup(path.at, path.len) :
		       absolute(routing->root, (struct http_span){ path.at + 1, path.len - 1 });
	if (file && add_path(routing, ROUTES_CGI, path, file, true, own) == 0)
		return 0;
	log_error("-g %s:", text);
	free(file);
	return -1;
}

/* A handler of its own name: "/hello" for a/b/hello.so. */
static struct http_span
name_of(const char *file, char out[NAME_MAX + 2])
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	const char *dot = strrchr(name, '.');
	size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name);

	snprintf(out, NAME_MAX + 2, "/%.*s", (int)len, name);
	return (struct http_span){ out, strlen(out) };
}

int
routing_add_handler(struct routing *routing, const char *text)
{
	char name[NAME_MAX + 2];
	struct http_span path;
	const char *where;
	char *file;

	if (!split(text, &path, &where) || where == NULL) {
		where = text;
		path = name_of(text, name);
	}
	file = realpath(where, NULL);
	if (file && add_path(routing, ROUTES_APP, path, file, false, false) == 0)
		return 0;
	log_error("-a %s:", text);
	free(file);
	return -1;
}

/* "-": nobody is asked for it. */
static int
add_auth(struct guard *guard, const struct routes_rule *rule, const char *from)
{
	bool open = rule->to.len == 1 && *rule->to.at == '-';
	char *users = open ? NULL : absolute(from, rule->to);
	int result = users || open ? guard_add_rule(guard, rule->path, users) : -1;

	free(users);
	return result;
}

static int
add_rule(struct routing *routing, const struct routes_rule *rule, const char *from)
{
	char *file = rule->kind == ROUTES_REDIRECT ? NULL : absolute(from, rule->to);
	struct place *place;

	if (file == NULL && rule->kind != ROUTES_REDIRECT)
		return -1;
	place = add(routing, rule);
	if (place == NULL) {
		free(file);
		return -1;
	}
	place->file = file;
	return rule->kind == ROUTES_FOLDER ? jail_begin(&place->jail, file) : 0;
}

/* One line of a routes file. */
static int
add_line(struct routing *routing, struct guard *guard, const char *line, size_t len,
    const char *from, const char *name, unsigned number)
{
	struct routes_rule rule;
	enum routes_status status = routes_parse(&rule, line, len);

	if (status == ROUTES_BLANK)
		return 0;
	if (status != ROUTES_RULE) {
		log_error("%s:%u: %s", name, number, routes_status_words(status));
		return -1;
	}
	if ((rule.kind == ROUTES_AUTH ? add_auth(guard, &rule, from) :
					add_rule(routing, &rule, from)) == 0)
		return 0;
	log_error("%s:%u: %.*s:", name, number, (int)rule.to.len, rule.to.at);
	return -1;
}

int
routing_add_file(struct routing *routing, struct guard *guard, const char *name)
{
	FILE *file = fopen(name, "re");
	char *real = realpath(name, NULL), *slash = real ? strrchr(real, '/') : NULL;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;
	int result = 0;

	if (file == NULL || slash == NULL) {
		log_error("%s:", name);
		result = -1;
	} else {
		*slash = '\0'; /* names in it are beside it */
	}
	for (unsigned number = 1; result == 0 && (len = getline(&line, &capacity, file)) != -1;
	     number++)
		result = add_line(routing, guard, line, (size_t)len, real, name, number);
	routing->whole = true;
	free(line);
	free(real);
	if (file)
		fclose(file);
	return result;
}
