/*
 * jail_file: files that appear whole or not at all.
 *
 *	jail_create	.unfinished-TAG		0600, locked
 *	  write …	.unfinished-TAG
 *	jail_publish	.unfinished-TAG -> name	mode set, synced, then renamed
 *	  or jail_keep	.unfinished-TAG		unlocked: the next one may go on
 *	  or jail_discard
 *
 * One of many small files (jail_expect_many) has no name meanwhile, and is linked to its
 * own; a temporary name it needs only to replace what is there, for link(2) does not.
 *
 * The trap is in going on. Between our open of a temporary that was left and our lock
 * on it, its old owner may have published or discarded it: then what we have open is
 * somebody's finished file. So after the lock the name must still be that file's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/jail_internal.h"
#include "common/sys_file.h"

#define NUMBER_FORMAT "%016" PRIx64 /* what a temporary without a tag has for one */

enum {
	NUMBER_LENGTH = 16,
	SWEEP_MS = 1000, /* younger ones may not be locked yet */
	TRIES = 100,	 /* of a temporary name, which others take or take away */
	PERMISSIONS = S_IRWXU | S_IRWXG | S_IRWXO,
	OURS_ALONE = S_IRUSR | S_IWUSR,
};

/* Is there something that a file must not replace? */
static int
check_target(int parent, const char *name)
{
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return 0;
	errno = S_ISDIR(st.st_mode) ? EISDIR : ENXIO;
	return -1;
}

/* After the lock: 1 if it is what the name means and ours, 0 to try again, else -1. */
static int
check_temporary(const struct jail_file *file)
{
	struct stat ours, named;

	if (fstat(file->fd, &ours) == -1)
		return -1;
	if (fstatat(file->parent, file->temp, &named, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	if (ours.st_dev != named.st_dev || ours.st_ino != named.st_ino)
		return 0;
	if (S_ISREG(ours.st_mode) && ours.st_uid == geteuid() && ours.st_nlink == 1)
		return 1;
	errno = EACCES;
	return -1;
}

/*
 * Open and lock file->temp. 1, 0 to try again, or -1. Of one that is new, and whose name
 * nobody will ask for, the lock only tells jail_sweep that it is in use.
 */
static int
open_temporary(struct jail_file *file, int how)
{
	int usable;

	file->fd = openat(file->parent, file->temp,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | how,
	    OURS_ALONE);
	if (file->fd == -1) {
		if (errno == ELOOP || errno == EMLINK || errno == ENXIO)
			errno = EACCES; /* a link, FIFO or socket of that name */
		return -1;
	}
	if (how & O_EXCL) {
		(void)sys_lock_file(file->fd);
		return 1;
	}
	if (sys_lock_file(file->fd) == 0) {
		usable = check_temporary(file);
	} else {
		usable = -1;
		if (errno == EAGAIN || errno == EACCES)
			errno = EBUSY;
	}
	if (usable != 1)
		jail_close(file->fd);
	return usable;
}

static int
create_tagged(struct jail_file *file, const char *tag)
{
	size_t len = strlen(tag);
	int usable = 0;

	if (len == 0 || len > JAIL_TAG_MAX || strchr(tag, '/') != NULL) {
		errno = EINVAL;
		return -1;
	}
	snprintf(file->temp, sizeof file->temp, "%s%s", JAIL_TEMP_PREFIX, tag);
	for (int i = 0; i < TRIES && usable == 0; i++) {
		errno = EBUSY;
		usable = open_temporary(file, 0);
	}
	return usable == 1 ? 0 : -1;
}

/*
 * Give the file a new temporary name, or make it under one. No secret, only unlikely to
 * be there already.
 */
static int
find_temporary(struct jail_file *file, int (*make)(struct jail_file *))
{
	struct timespec now;
	uint64_t number;

	clock_gettime(CLOCK_REALTIME, &now);
	number = ((uint64_t)now.tv_sec << 30) | (uint64_t)now.tv_nsec;
	for (int i = 0; i < TRIES; i++) {
		snprintf(file->temp, sizeof file->temp, "%s" NUMBER_FORMAT, JAIL_TEMP_PREFIX,
		    number + (uint64_t)i);
		if (make(file) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	file->temp[0] = '\0';
	return -1;
}

static int
open_new(struct jail_file *file)
{
	return open_temporary(file, O_EXCL) == 1 ? 0 : -1;
}

static int
name_temporary(struct jail_file *file)
{
	return sys_name_file(file->fd, file->parent, file->temp);
}

static int
create_new(struct jail_file *file, mode_t nameless)
{
	if (nameless != 0) { /* nobody can open it: so it may have its mode at once */
		file->fd = sys_open_nameless(file->parent, file->mode);
		file->made = file->mode & nameless;
		if (file->fd != -1)
			return 0;
		file->made = OURS_ALONE;
	}
	return find_temporary(file, open_new);
}

/*
 * Not every file system can, nor may every user give such a file a name: so try. What is
 * left of a mode with all its bits; 0 if it cannot be.
 */
static mode_t
try_nameless(int dir)
{
	struct jail_file file = { .parent = dir };
	struct stat st;
	mode_t mode = 0;

	file.fd = sys_open_nameless(dir, PERMISSIONS);
	if (file.fd == -1)
		return 0;
	if (fstat(file.fd, &st) == 0 && find_temporary(&file, name_temporary) == 0) {
		unlinkat(dir, file.temp, 0);
		mode = st.st_mode & PERMISSIONS;
	}
	jail_close(file.fd);
	return mode;
}

void
jail_expect_many(struct jail *jail)
{
	jail->many = true;
	jail->nameless = try_nameless(jail->top);
}

/* A descriptor of its own, for the file may outlive the jail, unless that is ruled out. */
static int
take_parent(struct jail_file *file, const struct jail_entry *entry)
{
	file->own = entry->own || !file->many;
	file->parent =
	    entry->own || file->many ? entry->parent : fcntl(entry->parent, F_DUPFD_CLOEXEC, 0);
	return file->parent == -1 ? -1 : 0;
}

static void
drop_parent(struct jail_file *file)
{
	if (file->own)
		jail_close(file->parent);
	file->parent = -1;
}

int
jail_create(const struct jail *jail, const char *name, const char *tag, mode_t mode,
    struct jail_file *file)
{
	struct jail_entry entry;

	if (mode & ~(mode_t)PERMISSIONS) {
		errno = EINVAL;
		return -1;
	}
	if (jail_reach(jail, name, &entry) == -1) {
		if (errno == EBUSY)
			errno = EISDIR;
		return -1;
	}
	*file = (struct jail_file){
		.mode = mode, .made = OURS_ALONE, .lazy = jail->lazy, .many = jail->many
	};
	memcpy(file->name, entry.name, sizeof file->name);
	if (take_parent(file, &entry) == -1)
		return -1;
	if (entry.slash)
		errno = EISDIR;
	else if ((file->many || check_target(file->parent, file->name) == 0) &&
		 (tag != NULL ? create_tagged(file, tag) : create_new(file, jail->nameless)) ==
		     0)
		return 0;
	drop_parent(file);
	return -1;
}

int
jail_file_target(const struct jail_file *file, struct stat *st)
{
	return fstatat(file->parent, file->name, st, AT_SYMLINK_NOFOLLOW);
}

/* The directory may be open for looking up alone, so open it anew. */
static int
sync_directory(int parent)
{
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	if (fd == -1)
		return errno == EACCES ? 0 : -1; /* a drop box: it cannot be synced */
	result = fsync(fd);
	if (result == -1 && errno == EINVAL) /* such a file system has nothing to sync */
		result = 0;
	jail_close(fd);
	return result;
}

static int
give_new_name(const struct jail_file *file)
{
	if (file->temp[0] == '\0')
		return sys_name_file(file->fd, file->parent, file->name);
	return sys_rename_new(file->parent, file->temp, file->parent, file->name);
}

static int
give_name(struct jail_file *file, bool replace)
{
	if (!file->lazy && fsync(file->fd) == -1)
		return -1;
	if (!replace || file->many) {
		if (give_new_name(file) == 0)
			return 0;
		if (!replace || errno != EEXIST || check_target(file->parent, file->name) == -1)
			return -1;
	}
	if (file->temp[0] == '\0' && find_temporary(file, name_temporary) == -1)
		return -1;
	return renameat(file->parent, file->temp, file->parent, file->name);
}

int
jail_publish(struct jail_file *file, bool replace)
{
	int saved;

	if (file->mode != file->made && fchmod(file->fd, file->mode) == -1)
		return -1;
	if (give_name(file, replace) == -1) {
		saved = errno;
		(void)fchmod(file->fd, OURS_ALONE); /* or none could go on with it */
		file->made = OURS_ALONE;
		errno = saved;
		return -1;
	}
	if (!file->lazy && sync_directory(file->parent) == -1)
		return -1;
	jail_keep(file);
	return 0;
}

void
jail_keep(struct jail_file *file)
{
	jail_close(file->fd);
	file->fd = -1;
	drop_parent(file);
}

void
jail_discard(struct jail_file *file)
{
	int saved = errno;

	if (file->temp[0] != '\0')
		unlinkat(file->parent, file->temp, 0);
	errno = saved;
	jail_keep(file);
}

/* ---- what was left behind ---- */

static bool
has_number(const char *name)
{
	const char *number = name + sizeof JAIL_TEMP_PREFIX - 1;

	return jail_is_temporary(name) && strlen(number) == NUMBER_LENGTH &&
	       strspn(number, "0123456789abcdef") == NUMBER_LENGTH;
}

static bool
is_old(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - st->st_ctim.tv_sec) * 1000 +
		   (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000 >
	       SWEEP_MS;
}

/* The file is open, and has just been locked: the name must be its still. */
static bool
remove_unused(int dir, int fd, const char *name)
{
	struct stat open, named;

	return fstat(fd, &open) == 0 && fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       open.st_dev == named.st_dev && open.st_ino == named.st_ino &&
	       unlinkat(dir, name, 0) == 0;
}

bool
jail_sweep(const struct jail_list *list, const char *name)
{
	int dir = dirfd(list->dir), saved = errno, fd;
	bool removed = false;
	struct stat st;

	if (!has_number(name))
		return false;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && st.st_nlink == 1 && is_old(&st)) {
		fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd != -1) {
			removed = sys_lock_unused_file(fd) == 0 && remove_unused(dir, fd, name);
			close(fd);
		}
	}
	errno = saved;
	return removed;
}
