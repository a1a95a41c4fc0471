/*
 * arrival: where a file from the server goes.
 *
 *	.unfinished-TAG		while it comes; TAG follows from who, where and what it is
 *	notes			when it is whole and has been compared
 *
 * Who looks at the name meanwhile sees the old file, or none. If the connection breaks
 * for good the temporary stays, with the time that the server's file has, so that
 * reget knows later whether that is still the same file.
 */
#include "clients/ftp/arrival.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/landing.h"
#include "common/log.h"

enum {
	TAG_BYTES = 16,
	COPY_SIZE = 64 * 1024,
};

static void
make_tag(const struct arrival *arrival, const char *name, char tag[DIGEST_TEXT_MAX])
{
	const struct account *account = &arrival->session->account;
	const char *parts[] = { account->host, account->port, account->user,
		arrival->session->dir, arrival->remote, name };
	uint8_t sum[DIGEST_MAX];
	struct digest digest;

	digest_begin(&digest, DIGEST_SHA256);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		digest_add(&digest, parts[i], strlen(parts[i]) + 1);
	digest_end(&digest, sum);
	digest_format(sum, TAG_BYTES, tag);
}

/* ---- what an earlier attempt has left ---- */

static void
take_kept(struct arrival *arrival)
{
	struct stat st;

	if (fstat(arrival->fd, &st) == 0 && st.st_size > 0) {
		arrival->at = st.st_size;
		arrival->kept_time = st.st_mtim.tv_sec;
	}
}

/* Under its own name: as another program may leave it. Errors: then there is nothing. */
static void
take_unfinished(struct arrival *arrival, const struct jail *jail, const char *name)
{
	char buffer[COPY_SIZE];
	struct stat st;
	ssize_t n = 0;
	int fd = jail_open(jail, name, &st);

	if (fd == -1)
		return;
	while ((n = read(fd, buffer, sizeof buffer)) > 0) {
		if (pwrite(arrival->fd, buffer, (size_t)n, arrival->at) != n)
			break;
		arrival->at += n;
	}
	close(fd);
	if (n != 0) {
		arrival->at = 0;
		return;
	}
	arrival->kept_time = st.st_mtim.tv_sec;
	arrival->own_time = true;
}

/* ---- open ---- */

int
arrival_open_in(
    struct arrival *arrival, const struct jail *jail, const char *name, unsigned flags)
{
	struct jail quick = *jail;
	char tag[DIGEST_TEXT_MAX];
	int result;

	quick.lazy = true; /* who wants it on the disk now may say sync(1) */
	make_tag(arrival, name, tag);
	arrival->can_keep = true;
	result = jail_create(&quick, name, tag, landing_mode(), &arrival->file);
	if (result == -1 && (errno == EBUSY || errno == EACCES)) {
		arrival->can_keep = false;
		result = jail_create(&quick, name, NULL, landing_mode(), &arrival->file);
	}
	if (result == -1) {
		log_error("%s:", arrival->path);
		return -1;
	}
	arrival->whole = true;
	arrival->fd = arrival->file.fd;
	arrival->kept_time = -1;
	if (flags & FILE_RESUME)
		take_kept(arrival);
	if (flags & FILE_RESUME && arrival->at == 0)
		take_unfinished(arrival, jail, name);
	if (arrival->at == 0 && arrival_restart(arrival) == -1) {
		jail_discard(&arrival->file);
		return -1;
	}
	return 0;
}

/* A new file, under another name, in the same directory. */
static int
create(struct arrival *arrival, unsigned flags)
{
	const char *name;
	struct jail jail;
	int result;

	if (jail_begin_beside(&jail, arrival->path, &name) == -1) {
		int dir = (int)(name - arrival->path);

		log_error("%.*s:", dir ? dir : 1, dir ? arrival->path : ".");
		return -1;
	}
	result = arrival_open_in(arrival, &jail, name, flags);
	jail_end(&jail);
	return result;
}

int
arrival_open(struct arrival *arrival, const char *local, unsigned flags)
{
	arrival->kept_time = -1;
	if (strcmp(local, "-") == 0) {
		arrival->fd = STDOUT_FILENO;
		snprintf(arrival->path, sizeof arrival->path, "standard output");
		return 0;
	}
	if (landing_path(arrival->path, sizeof arrival->path, local,
		jail_last_name(arrival->remote)) == -1) {
		log_error("%s:", local);
		return -1;
	}
	if (!landing_is_device(arrival->path))
		return create(arrival, flags);
	arrival->fd = open(arrival->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (arrival->fd == -1)
		log_error("%s:", arrival->path);
	return arrival->fd == -1 ? -1 : 0;
}

int
arrival_restart(struct arrival *arrival)
{
	arrival->at = 0;
	arrival->went_on = false;
	arrival->kept_time = -1;
	if (!arrival->whole || ftruncate(arrival->fd, 0) == 0)
		return 0;
	log_error("%s:", arrival->path);
	return -1;
}

/* ---- close ---- */

static void
set_time(const struct arrival *arrival, int64_t seconds)
{
	const struct timespec times[] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)seconds },
	};

	if (futimens(arrival->fd, times) == -1)
		log_step("%s: its time cannot be set", arrival->path);
}

static void
close_plain(struct arrival *arrival)
{
	if (arrival->fd > STDERR_FILENO)
		close(arrival->fd);
	arrival->fd = -1;
}

int
arrival_finish(struct arrival *arrival)
{
	if (!arrival->whole) {
		close_plain(arrival);
		return 0;
	}
	if (arrival->facts.has_time && !arrival->session->settings->ascii)
		set_time(arrival, arrival->facts.time);
	if (jail_publish(&arrival->file, true) == 0)
		return 0;
	log_error("%s:", arrival->path);
	arrival_leave(arrival, false);
	return -1;
}

void
arrival_leave(struct arrival *arrival, bool keep)
{
	if (!arrival->whole) {
		close_plain(arrival);
	} else if (keep && arrival->can_keep && arrival->at > 0 &&
		   !arrival->session->settings->ascii &&
		   ftruncate(arrival->fd, arrival->at) == 0) {
		if (arrival->started)
			set_time(arrival, arrival->facts.has_time ? arrival->facts.time : 0);
		log_notice("%s: %lld bytes are kept: reget goes on behind them",
		    arrival->remote, (long long)arrival->at);
		jail_keep(&arrival->file);
	} else {
		jail_discard(&arrival->file);
	}
}
