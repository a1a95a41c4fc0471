/*
 * landing: where a client puts what it fetches. See landing.h.
 */
#include "common/landing.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	NEW_FILE = 0666, /* its mode, less the umask */
};

int
landing_path(char *path, size_t capacity, const char *local, const char *name)
{
	struct stat st;
	int len = snprintf(path, capacity, "%s", local);

	if (stat(local, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			errno = EISDIR;
			return -1;
		}
		len = snprintf(path, capacity, "%s%s%s", local,
		    local[strlen(local) - 1] == '/' ? "" : "/", name);
	}
	if (len > 0 && (size_t)len < capacity)
		return 0;
	errno = len == 0 ? ENOENT : ENAMETOOLONG;
	return -1;
}

bool
landing_is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
}

mode_t
landing_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return NEW_FILE & ~mask;
}
