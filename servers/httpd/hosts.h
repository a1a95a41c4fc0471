/*
 * hosts: a folder for each host: virtual hosts.
 *
 *	-H /srv/hosts	Host: WWW.lab.example.:7080  ->  /srv/hosts/www.lab.example
 *			Host: other.example          ->  there is none: the site itself
 *
 * A folder is looked for when it is first asked for, and again a second later, so hosts
 * come and go without a restart. Each is a jail of its own: no link leads from one host's
 * files to another's. An alias is a symbolic link beside the folder.
 */
#ifndef SERVERS_HTTPD_HOSTS_H
#define SERVERS_HTTPD_HOSTS_H

#include <limits.h>
#include <stdint.h>

#include "common/jail.h"
#include "protocol/http_hostname.h"

enum {
	HOSTS_KEPT = 32, /* folders that a process keeps open */
	HOSTS_FRESH_MS = 1000,
};

struct hosts;

/* One host's folder. */
struct hosts_one {
	struct jail jail;
	uint32_t number; /* of this folder, from 1 on: no other one ever has it */
	char name[HTTP_HOSTNAME_MAX + 1];
	char root[PATH_MAX]; /* absolute */

	/* Private to hosts. */
	int64_t checked_ms;
	dev_t device;
	ino_t inode;
};

/* NULL with errno. */
struct hosts *hosts_open(const char *folder);
void hosts_close(struct hosts *hosts);

/*
 * The folder of a request's host (see http_hostname), or NULL: it has none. It is good
 * until the next call. 0; or 403, 500 or 503: there is one, and it cannot be used.
 */
int hosts_find(
    struct hosts *hosts, struct http_span host, int64_t now_ms, const struct hosts_one **found);

#endif
