/*
 * get: a file of a server to this machine, or to standard output.
 *
 * It is written under another name and gets its own when it is whole (common/jail.h): who
 * looks at the name meanwhile sees the old file, or none. Whether there is a place for it is
 * found out before the server is asked.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/tftp/tftp.h"
#include "common/landing.h"
#include "common/log.h"

/* Where a file goes. */
struct target {
	char path[JAIL_PATH_MAX];
	int fd;
	bool whole; /* a new file, which gets its name at the end */
	struct jail_file file;
};

static int
give_name(void *arg)
{
	struct target *target = arg;

	return jail_publish(&target->file, true);
}

/* A new file, under another name, in the same directory. 0, or -1 with errno. */
static int
create(struct target *target)
{
	const char *name;
	struct jail jail;
	int result;

	if (jail_begin_beside(&jail, target->path, &name) == -1)
		return -1;
	jail.lazy = true; /* who wants it on the disk now may say sync(1) */
	result = jail_create(&jail, name, NULL, landing_mode(), &target->file);
	jail_end(&jail);
	target->whole = result == 0;
	target->fd = target->file.fd;
	return result;
}

/* 0, or -1: said. */
static int
open_target(struct target *target, const char *local, const char *name)
{
	*target = (struct target){ .fd = STDOUT_FILENO, .path = "standard output" };
	if (strcmp(local, "-") == 0)
		return 0;
	if (landing_path(target->path, sizeof target->path, local, jail_last_name(name)) == 0) {
		if (!landing_is_device(target->path)) {
			if (create(target) == 0)
				return 0;
		} else {
			target->fd = open(target->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
			if (target->fd != -1)
				return 0;
		}
	}
	log_error("%s:", target->path);
	return -1;
}

static void
close_target(struct target *target, int status)
{
	if (target->whole && status != STATUS_DONE)
		jail_discard(&target->file);
	else if (!target->whole && target->fd != STDOUT_FILENO)
		close(target->fd);
}

/* exercise: ask for the file, receive its blocks, give it its name when it is whole */
int
tftp_get(
    const struct tftp_settings *settings, const char *host, const char *name, const char *local)
{
	struct target target;
	struct tftp_transfer transfer = {
		.settings = settings,
		.host = host,
		.name = name,
		.opcode = TFTP_RRQ,
	};
	int status;

	if (open_target(&target, local ? local : jail_last_name(name), name) == -1)
		return STATUS_FAILED;
	transfer.local = target.path;
	transfer.file = target.fd;
	transfer.finish = target.whole ? give_name : NULL;
	transfer.arg = &target;
	status = tftp_transfer(&transfer);
	close_target(&target, status);
	return status;
}
