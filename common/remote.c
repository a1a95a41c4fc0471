/*
 * remote: HOST:PATH, as clients take it on the command line. See remote.h.
 */
#include "common/remote.h"

#include <string.h>

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

int
remote_split(const char *text, char host[NET_TEXT_MAX], const char **path)
{
	const char *colon = find_colon(text), *from = text;
	size_t len = colon ? (size_t)(colon - text) : 0;

	*path = colon ? colon + 1 : text;
	if (*text == '[' && len >= 2 && colon[-1] == ']') { /* only there for the colon */
		from++;
		len -= 2;
	}
	if (len >= NET_TEXT_MAX)
		return -1;
	memcpy(host, from, len);
	host[len] = '\0';
	return len > 0;
}
