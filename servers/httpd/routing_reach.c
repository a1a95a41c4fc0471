/*
 * routing_reach: whether the programs and handlers of a table lie where the user that serves
 * may go. See routing.h.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "servers/httpd/routing_internal.h"

/* The first folder on the way to a file, or with `whole` the file itself, that is closed. */
static bool
find_closed(char *path, bool whole)
{
	for (char *slash = path; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
		*slash = '\0';
		if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1)
			return true;
	}
	return whole && faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1;
}

int
routing_tell_reach(const void *arg)
{
	const struct routing *routing = arg;

	for (size_t i = 0; i < routing->count; i++) {
		const struct place *place = &routing->places[i];
		enum routes_kind kind = routing->rules[i].kind;
		char *path;
		bool closed;

		if ((kind != ROUTES_CGI && kind != ROUTES_APP) || place->own)
			continue;
		path = strdup(place->file);
		closed = path == NULL || find_closed(path, place->programs);
		if (closed)
			log_error("%s: answered 403, for the user who serves (-u) may not "
				  "enter %s:",
			    place->file, path ? path : "it");
		free(path);
	}
	return 0;
}
