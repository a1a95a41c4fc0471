/*
 * jail_list: the names in a directory of a jail. See jail.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/jail_internal.h"

int
jail_list_begin(const struct jail *jail, const char *name, struct jail_list *list)
{
	int fd = jail_resolve(jail, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return -1;
	*list = (struct jail_list){
		.dir = fdopendir(fd), .hide = jail->hide, .sweep = jail->sweep
	};
	if (list->dir != NULL)
		return 0;
	jail_close(fd);
	return -1;
}

const char *
jail_list_next(struct jail_list *list)
{
	const struct dirent *entry;

	errno = 0;
	while ((entry = readdir(list->dir)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if ((list->hide || list->sweep) && jail_is_temporary(name) &&
		    ((list->sweep && jail_sweep(list, name)) || list->hide))
			continue;
		return name;
	}
	return NULL;
}

int
jail_list_stat(const struct jail_list *list, const char *name, struct stat *st)
{
	return fstatat(dirfd(list->dir), name, st, AT_SYMLINK_NOFOLLOW);
}

void
jail_list_end(struct jail_list *list)
{
	int saved = errno;

	closedir(list->dir);
	errno = saved;
	list->dir = NULL;
}
