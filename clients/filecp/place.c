/*
 * place: an operand of filecp, in its parts.
 *
 *	host:path  [::1]:path  unix:/run/filed:path
 *	file  ./a:b  /tmp/a:b		a slash before the colon: of this machine
 */
#include <string.h>

#include "clients/filecp/filecp.h"
#include "common/log.h"
#include "common/remote.h"

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
	const char *path;
	int remote = remote_split(text, place->host, &path);

	if (remote == -1 || strlen(path) >= sizeof place->path) {
		log_error("%.60s...: too long", text);
		return false;
	}
	place->text = text;
	strncpy(place->path, path, sizeof place->path - 1);
	place->path[sizeof place->path - 1] = '\0';
	place->slash = *path != '\0' && path[strlen(path) - 1] == '/';
	if (remote)
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
