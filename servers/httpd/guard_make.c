/*
 * guard_make: which paths are guarded, and by whose names. See guard.h.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/random.h"
#include "common/sys.h"
#include "protocol/http_response.h"
#include "protocol/http_target.h"
#include "servers/httpd/guard_internal.h"

struct guard *
guard_new(void)
{
	struct guard *guard = calloc(1, sizeof *guard);

	if (guard == NULL)
		return NULL;
	guard->keeper.fd = -1;
	guard->known = sys_shared_memory(GUARD_KNOWN * sizeof *guard->known);
	if (guard->known && random_bytes(guard->keys, sizeof guard->keys) == 0)
		return guard;
	free(guard);
	return NULL;
}

void
guard_free(struct guard *guard)
{
	for (size_t i = 0; guard && i < guard->count; i++) {
		free(guard->places[i].path);
		free(guard->places[i].users);
		free(guard->places[i].challenge);
	}
	if (guard)
		keeper_leave(&guard->keeper);
	free(guard);
}

/*
 * A browser shall ask, show the path, and say what is typed in UTF-8: RFC 7617 2, 2.1. The
 * path is percent-encoded, so it needs no escapes within the quotes.
 */
static char *
challenge_of(const char *path)
{
	static const char begin[] = "Basic realm=\"", end[] = "\", charset=\"UTF-8\"";
	struct http_span span = { *path ? path : "/", *path ? strlen(path) : 1 };
	size_t cap = sizeof begin + span.len * HTTP_ESCAPE_PATH + sizeof end;
	char *text = malloc(cap);
	size_t used = sizeof begin - 1;

	if (text == NULL)
		return NULL;
	memcpy(text, begin, sizeof begin);
	used += (size_t)http_escape_path(text + used, cap - used, span);
	memcpy(text + used, end, sizeof end);
	return text;
}

/* `users` is ours from now on; NULL: nobody is asked. */
static int
add(struct guard *guard, struct http_span path, char *users, bool site_only)
{
	struct guard_place *place = &guard->places[guard->count];
	char text[HTTP_PATH_MAX];
	size_t len;

	if (http_path_canonical(text, sizeof text, path, &len) != HTTP_FINE ||
	    guard->count == GUARD_PLACES_MAX) {
		free(users);
		errno = guard->count == GUARD_PLACES_MAX ? ENOSPC : EINVAL;
		return -1;
	}
	if (text[len - 1] == '/')
		text[--len] = '\0';
	*place =
	    (struct guard_place){ strdup(text), len, users, challenge_of(text), site_only };
	guard->count++;
	return place->path && place->challenge ? 0 : -1;
}

int
guard_add(struct guard *guard, const char *text)
{
	const char *equals = *text == '/' ? strchr(text, '=') : NULL;
	const char *file = equals ? equals + 1 : text;
	struct http_span path = HTTP_SPAN("/");
	char *users = NULL;

	if (equals)
		path = (struct http_span){ text, (size_t)(equals - text) };
	if (strcmp(file, "-") != 0) {
		users = realpath(file, NULL); /* -D changes the directory */
		if (users == NULL) {
			log_error("-f %s:", text);
			return -1;
		}
	}
	if (add(guard, path, users, false) == 0)
		return 0;
	log_error("-f %s:", text);
	return -1;
}

int
guard_add_rule(struct guard *guard, struct http_span path, const char *users)
{
	char *own = users ? strdup(users) : NULL;

	if (users && own == NULL)
		return -1;
	return add(guard, path, own, true);
}

/* Whether a file in one of these directories would be sent to whoever asks for it. */
static const char *
would_be_served(const char *file, const char *const *roots, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = roots[i] ? strlen(roots[i]) : 0;

		if (len > 0 && roots[i][len - 1] == '/')
			len--;
		if (roots[i] && strncmp(file, roots[i], len) == 0 && file[len] == '/' &&
		    !http_path_is_hidden((struct http_span){ file + len, strlen(file + len) }))
			return roots[i];
	}
	return NULL;
}

int
guard_check(const struct guard *guard, const char *const *roots, size_t count)
{
	char error[USERS_ERROR_MAX];

	for (size_t i = 0; i < guard->count; i++) {
		const char *users = guard->places[i].users, *root;

		if (users == NULL)
			continue;
		root = would_be_served(users, roots, count);
		if (root) {
			log_error("%s: it would be served to whoever asks for it: keep it "
				  "outside %s, or begin its name with a dot",
			    users, root);
			return -1;
		}
		if (users_check(users, USERS_SHORT_LINES, error, sizeof error) == -1) {
			log_error("%s", error);
			return -1;
		}
	}
	return 0;
}

bool
guard_is_empty(const struct guard *guard)
{
	return guard->count == 0;
}

int
guard_start(struct guard *guard)
{
	if (keeper_start(&guard->keeper, &guard_keeper, guard) == 0)
		return 0;
	log_error("keeper of the passwords:");
	return -1;
}

bool
guard_is_keeper(const struct guard *guard, pid_t pid)
{
	return pid == guard->keeper.guard;
}

const char *
guard_challenge(const struct guard_place *place)
{
	return place->challenge;
}
