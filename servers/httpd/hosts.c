/*
 * hosts: a folder for each host. See hosts.h.
 */
#include "servers/httpd/hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

struct hosts {
	struct jail jail;
	char *root;
	uint32_t last;			   /* number given */
	struct hosts_one kept[HOSTS_KEPT]; /* number 0: nothing */
};

struct hosts *
hosts_open(const char *folder)
{
	struct hosts *hosts = calloc(1, sizeof *hosts);

	if (hosts == NULL)
		return NULL;
	hosts->root = realpath(folder, NULL); /* -D changes the directory */
	if (hosts->root && jail_begin(&hosts->jail, folder) == 0)
		return hosts;
	free(hosts->root);
	free(hosts);
	return NULL;
}

static void
forget(struct hosts_one *one)
{
	if (one->number)
		jail_end(&one->jail);
	one->number = 0;
}

void
hosts_close(struct hosts *hosts)
{
	if (hosts == NULL)
		return;
	for (size_t i = 0; i < HOSTS_KEPT; i++)
		forget(&hosts->kept[i]);
	jail_end(&hosts->jail);
	free(hosts->root);
	free(hosts);
}

/* Where a name is kept, if it is. */
static struct hosts_one *
place_of(struct hosts *hosts, const char *name)
{
	size_t sum = 5381;

	for (; *name; name++)
		sum = sum * 33 + (unsigned char)*name;
	return &hosts->kept[sum % HOSTS_KEPT];
}

/* jail_enter failed: what that means to a client; 0: there is no such folder. */
static int
status_of_errno(const char *name)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EXDEV: /* a link that leads out */
	case ELOOP:
		return 0;
	case EACCES:
	case EPERM:
		return 403;
	}
	log_error("host %s:", name);
	return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? 503 : 500;
}

/* Look at the folder of this name: open it, unless it is the one that is open. */
static int
look(struct hosts *hosts, struct hosts_one *one, const char *name)
{
	struct jail jail;
	struct stat st;

	if (jail_enter(&hosts->jail, name, &jail) == -1) {
		forget(one);
		return -1;
	}
	if (fstat(jail.top, &st) == -1) {
		jail_end(&jail);
		forget(one);
		return -1;
	}
	if (one->number && st.st_ino == one->inode && st.st_dev == one->device) {
		jail_end(&jail);
		return 0;
	}
	forget(one);
	if (snprintf(one->root, sizeof one->root, "%s/%s", hosts->root, name) >=
	    (int)sizeof one->root) {
		jail_end(&jail);
		errno = ENAMETOOLONG;
		return -1;
	}
	one->jail = jail;
	one->inode = st.st_ino;
	one->device = st.st_dev;
	one->number = ++hosts->last;
	return 0;
}

int
hosts_find(
    struct hosts *hosts, struct http_span host, int64_t now_ms, const struct hosts_one **found)
{
	char name[HTTP_HOSTNAME_MAX + 1];
	struct hosts_one *one;

	*found = NULL;
	if (!http_hostname(name, host))
		return 0;
	one = place_of(hosts, name);
	if (strcmp(one->name, name) != 0) {
		forget(one);
		memcpy(one->name, name, sizeof name);
	}
	if (one->number == 0 || now_ms - one->checked_ms >= HOSTS_FRESH_MS) {
		if (look(hosts, one, name) == -1)
			return status_of_errno(name);
		one->checked_ms = now_ms;
	}
	*found = one;
	return 0;
}
