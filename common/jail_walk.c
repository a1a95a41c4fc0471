/*
 * jail_walk: look a name up a component at a time, where the kernel has no call for
 * it. A directory is entered by openat(O_NOFOLLOW), so it is never a link; a link is
 * read, and its text put before the rest of the name:
 *
 *	rest		  here
 *	sub/link/file	  top
 *	link/file	  top/sub
 *	../data/file	  top/sub	link -> ../data, read, not followed
 *	data/file	  top
 *	file		  top/data	the last: for open, stat
 *
 * The trap is `..`. While we stand in top/a/b somebody may move b to a place outside,
 * and the parent of that place is no place of ours. So each directory on the way is
 * remembered by device and inode, and `..` must lead to the one we came from.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/jail_internal.h"
#include "common/sys_file.h"

enum {
	DEPTH_MAX = JAIL_PATH_MAX / 2, /* directories in one name: "a/a/a/…" */
};

struct step {
	dev_t dev;
	ino_t ino;
};

struct walk {
	const struct jail *jail;
	int here; /* the jail's top, or a directory of our own to close */
	int links;
	size_t depth; /* of here beneath the top; trail[depth - 1] is here */
	const char *rest;
	char text[JAIL_PATH_MAX]; /* has rest in it */
	char last[JAIL_NAME_MAX + 1];
	struct step trail[DEPTH_MAX];
};

static void
stand_in(struct walk *walk, int dir)
{
	if (walk->here != walk->jail->top)
		jail_close(walk->here);
	walk->here = dir;
}

/* Replace the component just taken, a link, by its text. */
static int
go_by_link(struct walk *walk, const char *link, size_t len)
{
	size_t rest = strlen(walk->rest);

	if (walk->jail->no_links || ++walk->links > JAIL_LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (len > 0 && link[0] == '/') {
		errno = EXDEV;
		return -1;
	}
	if (len + rest >= sizeof walk->text) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memmove(walk->text + len, walk->rest, rest + 1);
	memcpy(walk->text, link, len);
	walk->rest = walk->text;
	return 0;
}

/* Go by the link walk->last: EINVAL if it is none. */
static int
read_link(struct walk *walk)
{
	char link[JAIL_PATH_MAX];
	ssize_t n = readlinkat(walk->here, walk->last, link, sizeof link);

	if (n == -1)
		return -1;
	return go_by_link(walk, link, (size_t)n);
}

/* What could not be entered: was it a link a moment ago? */
static bool
is_directory(const struct walk *walk)
{
	struct stat st;

	return fstatat(walk->here, walk->last, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* Enter walk->last, which may be a link. */
static int
go_down(struct walk *walk)
{
	int dir = openat(walk->here, walk->last, sys_search_flags() | O_NOFOLLOW);
	int error = errno;
	struct stat st;

	if (dir == -1) {
		/* Systems differ in what they say of a link, so ask. */
		if (read_link(walk) == 0)
			return 0;
		if (errno == EINVAL)
			errno = error == EACCES || !is_directory(walk) ? error : EAGAIN;
		return -1;
	}
	if (walk->depth == DEPTH_MAX || fstat(dir, &st) == -1) {
		if (walk->depth == DEPTH_MAX)
			errno = ENAMETOOLONG;
		jail_close(dir);
		return -1;
	}
	walk->trail[walk->depth++] = (struct step){ st.st_dev, st.st_ino };
	stand_in(walk, dir);
	return 0;
}

/* Go to the directory that we came from, and make sure that it is that. */
static int
go_up(struct walk *walk)
{
	const struct step *from;
	struct stat st;
	int dir;

	if (walk->depth == 0) {
		errno = EXDEV;
		return -1;
	}
	if (walk->depth == 1) {
		if (fstatat(walk->here, ".", &st, 0) == -1) /* no more right than `..` */
			return -1;
		walk->depth = 0;
		stand_in(walk, walk->jail->top);
		return 0;
	}
	dir = openat(walk->here, "..", sys_search_flags() | O_NOFOLLOW);
	if (dir == -1)
		return -1;
	from = &walk->trail[--walk->depth - 1];
	if (fstat(dir, &st) == -1 || st.st_dev != from->dev || st.st_ino != from->ino) {
		jail_close(dir);
		errno = EAGAIN;
		return -1;
	}
	stand_in(walk, dir);
	return 0;
}

/* Take the next component into walk->last. 1, or 0 if none is left; `final`: nothing
 * is behind it, not even a slash. */
static int
take(struct walk *walk, bool *final)
{
	size_t len;

	walk->rest += strspn(walk->rest, "/");
	len = strcspn(walk->rest, "/");
	if (len > JAIL_NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(walk->last, walk->rest, len);
	walk->last[len] = '\0';
	walk->rest += len;
	*final = *walk->rest == '\0';
	return len > 0;
}

/*
 * Walk to the directory of the last component: walk->here, walk->last, and its state.
 * With `follow` it is no link.
 */
static int
go(struct walk *walk, bool follow, struct stat *st)
{
	bool final;
	int more, result;

	while ((more = take(walk, &final)) == 1) {
		if (strcmp(walk->last, ".") == 0)
			continue;
		if (strcmp(walk->last, "..") == 0) {
			result = go_up(walk);
		} else if (!final) {
			result = go_down(walk);
		} else {
			result = fstatat(walk->here, walk->last, st, AT_SYMLINK_NOFOLLOW);
			if (result == 0 && !(follow && S_ISLNK(st->st_mode)))
				return 0;
			if (result == 0 && (result = read_link(walk)) == -1 && errno == EINVAL)
				errno = EAGAIN; /* it was a link just now */
		}
		if (result == -1)
			return -1;
	}
	if (more == -1)
		return -1;
	memcpy(walk->last, ".", sizeof "."); /* the name has ended in a directory */
	return fstat(walk->here, st);
}

static void
begin(struct walk *walk, const struct jail *jail, const char *name)
{
	walk->jail = jail;
	walk->here = jail->top;
	walk->links = 0;
	walk->depth = 0;
	memcpy(walk->text, name, strlen(name) + 1); /* its length is checked */
	walk->rest = walk->text;
}

int
jail_walk_stat(const struct jail *jail, const char *name, bool follow, struct stat *st)
{
	struct walk walk;
	int result;

	begin(&walk, jail, name);
	result = go(&walk, follow, st);
	stand_in(&walk, jail->top);
	return result;
}

int
jail_walk_open(const struct jail *jail, const char *name, int flags)
{
	struct walk walk;
	struct stat st;
	int fd = -1;

	begin(&walk, jail, name);
	if (go(&walk, true, &st) == 0) {
		if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
			errno = flags & O_DIRECTORY ? ENOTDIR : ENXIO;
		} else {
			fd = openat(walk.here, walk.last, flags | O_NOFOLLOW | O_CLOEXEC);
			if (fd == -1 && (errno == ELOOP || errno == EMLINK ||
					    (errno == ENOTDIR && S_ISDIR(st.st_mode))))
				errno = EAGAIN; /* a link by now */
		}
	}
	stand_in(&walk, jail->top);
	return fd;
}
