/*
 * quota_count: what is on the disk. See quota.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/quota_internal.h"

enum {
	PREFIX_LEN = sizeof JAIL_TEMP_PREFIX - 1,
};

/* Everything in one directory, and what is beneath it. 0, or -1 with errno. */
static int count_directory(struct quota_tally *tally, const char *name, int depth);

static int
count_entry(struct quota_tally *tally, const struct jail_list *list, const char *dir,
    const char *name, int depth)
{
	char path[JAIL_PATH_MAX];
	struct stat status;

	if (jail_list_stat(list, name, &status) == -1)
		return errno == ENOENT ? 0 : -1; /* it has gone meanwhile */
	if (S_ISREG(status.st_mode)) {
		tally->bytes += (uint64_t)status.st_size;
		tally->files++;
		tally->under_way |= strncmp(name, JAIL_TEMP_PREFIX, PREFIX_LEN) == 0;
	}
	if (!S_ISDIR(status.st_mode))
		return 0;
	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return count_directory(tally, path, depth + 1);
}

static int
count_directory(struct quota_tally *tally, const char *name, int depth)
{
	struct jail_list list;
	const char *entry;
	int status = 0, error;

	if (depth > QUOTA_DEPTH_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (jail_list_begin(&tally->home, name, &list) == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	while (status == 0 && (entry = jail_list_next(&list)) != NULL)
		status = count_entry(tally, &list, name, entry, depth);
	if (status == 0 && errno != 0)
		status = -1;
	error = errno;
	jail_list_end(&list);
	errno = error;
	return status;
}

int
quota_tally(const struct jail *home, struct quota_tally *tally)
{
	/* with files that are hidden, and without a single link */
	*tally = (struct quota_tally){ .home = { .top = home->top,
					   .no_links = true,
					   .sweep = true,
					   .walk = home->walk } };
	return count_directory(tally, "/", 0);
}

int
quota_count(const struct jail *home, uint64_t *bytes, uint64_t *files)
{
	struct quota_tally tally;

	if (quota_tally(home, &tally) == -1)
		return -1;
	*bytes = tally.bytes;
	*files = tally.files;
	return 0;
}
