/*
 * transfer_tree: a directory with all that is in it. See transfer.h.
 *
 * Links are not followed and not sent, nor devices, FIFOs and sockets: that is told
 * for each, since a copy without them is not the whole. A directory comes twice: first
 * so that it is made, and when all is in it with its mode and time, which the files
 * put into it would change.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"
#include "link/transfer.h"
#include "link/transfer_internal.h"

/* The names at hand: in the jail, and in the entries; each grows and shrinks. */
struct walk {
	struct transfer *transfer;
	struct jail jail; /* the same that follows no links */
	char name[JAIL_PATH_MAX], path[JAIL_PATH_MAX];
	int depth;
	int64_t end_ms; /* of counting */
};

/* Add a component. False if it would be too long. */
static bool
descend(char path[JAIL_PATH_MAX], const char *name)
{
	size_t len = strlen(path), more = strlen(name), slash = len > 0 ? 1 : 0;

	if (len + slash + more >= JAIL_PATH_MAX)
		return false;
	if (slash)
		path[len] = '/';
	memcpy(path + len + slash, name, more + 1);
	return true;
}

static int
tell(struct walk *walk, const char *reason)
{
	return transfer_tell(
	    walk->transfer, walk->transfer->entries, FRAME_E_NAME, walk->path, reason);
}

static int walk_directory(struct walk *walk, const struct stat *st);

/* What cannot be opened as a file: a directory, or something to be told. */
static int
send_other(struct walk *walk, const struct jail_list *list, const char *name, int error)
{
	struct transfer *transfer = walk->transfer;
	struct stat st;

	if (jail_list_stat(list, name, &st) == -1) {
		if (errno == ENOENT)
			return 0; /* gone meanwhile */
		return transfer_tell_errno(transfer, transfer->entries, walk->path);
	}
	if (S_ISDIR(st.st_mode))
		return walk_directory(walk, &st);
	if (S_ISLNK(st.st_mode))
		return tell(walk, "a symbolic link is not sent");
	if (!S_ISREG(st.st_mode))
		return tell(walk, "a device, FIFO or socket is not sent");
	errno = error;
	return transfer_tell_errno(transfer, transfer->entries, walk->path);
}

/* One name of a directory. Most are files, so that is tried before anything is asked. */
static int
send_name(struct walk *walk, const struct jail_list *list, const char *name)
{
	size_t name_len = strlen(walk->name), path_len = strlen(walk->path);
	struct stat st;
	int fd, result;

	if (!descend(walk->name, name) || !descend(walk->path, name)) {
		walk->name[name_len] = '\0';
		errno = ENAMETOOLONG;
		return transfer_tell_errno(walk->transfer, walk->transfer->entries, walk->path);
	}
	fd = jail_open(&walk->jail, walk->name, &st);
	if (fd != -1) {
		result = transfer_send_file(walk->transfer, fd, &st, walk->path);
		close(fd);
	} else {
		result = send_other(walk, list, name, errno);
	}
	walk->name[name_len] = walk->path[path_len] = '\0';
	return result;
}

static int
walk_names(struct walk *walk, struct jail_list *list)
{
	const char *name;

	while ((name = jail_list_next(list)) != NULL)
		if (send_name(walk, list, name) == -1)
			return -1;
	if (errno != 0)
		return transfer_tell_errno(walk->transfer, walk->transfer->entries, walk->path);
	return 0;
}

static int
walk_directory(struct walk *walk, const struct stat *st)
{
	struct jail_list list;
	int result;

	if (walk->depth == TRANSFER_DEPTH_MAX)
		return tell(walk, "too many directories within directories");
	if (jail_list_begin(&walk->jail, *walk->name ? walk->name : ".", &list) == -1)
		return transfer_tell_errno(walk->transfer, walk->transfer->entries, walk->path);
	walk->depth++;
	result = transfer_send_directory(walk->transfer, FILE_DIRECTORY, st, walk->path);
	if (result == 0)
		result = walk_names(walk, &list);
	if (result == 0)
		result = transfer_send_directory(walk->transfer, FILE_LEAVE, st, walk->path);
	walk->depth--;
	jail_list_end(&list);
	return result;
}

int
transfer_send_tree(
    struct transfer *transfer, const struct jail *jail, const char *name, const char *path)
{
	struct walk walk = { .transfer = transfer };
	struct stat st;
	int result;

	/* Links on the way to it are followed, those in it are not. */
	if (!descend(walk.path, path) || jail_enter(jail, *name ? name : ".", &walk.jail) == -1)
		return transfer_tell_errno(transfer, transfer->entries, path);
	walk.jail.no_links = true;
	if (jail_stat(&walk.jail, ".", &st) == -1)
		result = transfer_tell_errno(transfer, transfer->entries, path);
	else
		result = walk_directory(&walk, &st);
	jail_end(&walk.jail);
	return result;
}

static void
add_names(struct walk *walk, struct jail_list *list, uint64_t *total)
{
	size_t len = strlen(walk->name);
	struct jail_list inner;
	const char *name;
	struct stat st;

	while (sys_now_ms() < walk->end_ms && (name = jail_list_next(list)) != NULL) {
		if (jail_list_stat(list, name, &st) == -1)
			continue;
		if (S_ISREG(st.st_mode))
			*total += (uint64_t)st.st_size;
		if (!S_ISDIR(st.st_mode) || walk->depth == TRANSFER_DEPTH_MAX ||
		    !descend(walk->name, name))
			continue;
		if (jail_list_begin(&walk->jail, walk->name, &inner) == 0) {
			walk->depth++;
			add_names(walk, &inner, total);
			walk->depth--;
			jail_list_end(&inner);
		}
		walk->name[len] = '\0';
	}
}

uint64_t
transfer_size_of_tree(const struct jail *jail, const char *name)
{
	struct walk walk = { .jail = *jail, .end_ms = sys_now_ms() + TRANSFER_COUNT_MS };
	struct jail_list list;
	uint64_t total = 0;

	if (!descend(walk.name, name) || jail_list_begin(jail, *name ? name : ".", &list) == -1)
		return 0;
	add_names(&walk, &list, &total);
	jail_list_end(&list);
	return sys_now_ms() < walk.end_ms ? total : FILE_TOTAL_UNKNOWN;
}
