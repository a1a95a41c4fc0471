/*
 * place: an operand of filecp, in its parts.
 *
 *	host:path  [::1]:path  unix:/run/filed:path
 *	file  ./a:b  /tmp/a:b		a slash before the colon: of this machine
 */
#include <string.h>

#include "clients/filecp/filecp.h"
#include "common/log.h"

/* Where the colon behind the host is, or NULL. */
static const char *
find_colon(const char *text)
{
	size_t prefix = strlen(NET_UNIX_PREFIX);
	const char *colon, *slash;

	if (strncmp(text, NET_UNIX_PREFIX, prefix) == 0 && strchr(text + prefix, ':'))
		return strchr(text + prefix, ':');
	if (*text == '[' && strstr(text, "]:"))
		return strstr(text, "]:") + 1;
	colon = strchr(text, ':');
	slash = strchr(text, '/');
	return colon && colon > text && (slash == NULL || colon < slash) ? colon : NULL;
}

/* Without empty components and dots, which the server would refuse. */
static void
tidy(char *path)
{
	const char *from = path;
	char *to = path;

	while (*from) {
		size_t len = strcspn(from, "/");

		if (len > 0 && !(len == 1 && *from == '.')) {
			if (to > path)
				*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len + (from[len] == '/');
	}
	*to = '\0';
}

bool
place_parse(struct place *place, const char *text)
{
	const char *colon = find_colon(text), *path = colon ? colon + 1 : text;
	const char *host = text;
	size_t len = colon ? (size_t)(colon - text) : 0;

	if (*text == '[' && colon) { /* the brackets are only there for the colon */
		host++;
		len -= 2;
	}
	if (len >= sizeof place->host || strlen(path) >= sizeof place->path) {
		log_error("%.60s...: too long", text);
		return false;
	}
	place->text = text;
	memcpy(place->host, host, len);
	place->host[len] = '\0';
	strncpy(place->path, path, sizeof place->path - 1);
	place->path[sizeof place->path - 1] = '\0';
	place->slash = *path != '\0' && path[strlen(path) - 1] == '/';
	if (colon)
		tidy(place->path);
	return true;
}

const char *
place_name(const char *path, char name[JAIL_NAME_MAX + 1])
{
	size_t len = strlen(path), begin;

	while (len > 0 && path[len - 1] == '/')
		len--;
	for (begin = len; begin > 0 && path[begin - 1] != '/';)
		begin--;
	len -= begin;
	if (len > JAIL_NAME_MAX)
		len = JAIL_NAME_MAX;
	memcpy(name, path + begin, len);
	name[len] = '\0';
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		name[0] = '\0';
	return name;
}
