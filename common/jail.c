/*
 * jail: names, and files to be looked at. jail_list.c has directories, jail_change.c
 * what changes them, jail_file.c whole files, jail_walk.c the walk.
 *
 *	what a peer says	jail_join, jail_name	a string
 *	a string		check_name		lengths, hidden names, slash in front
 *	a checked name		jail_resolve		openat2, or the walk
 *	a descriptor		fstat			a regular file, or ENXIO
 *
 * A file is judged by the descriptor that was opened, never by its name before: what
 * a name means can change between two calls.
 */
#include "common/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/jail_internal.h"
#include "common/sys_file.h"

enum {
	TRIES = 16,	   /* of a name whose components move about */
	TRIES_BENEATH = 8, /* of these the kernel's: then the walk, which is not so strict */
};

void
jail_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

/* ---- names ---- */

static int
check_bytes(const void *bytes, size_t len)
{
	if (len == 0)
		errno = ENOENT;
	else if (memchr(bytes, '\0', len) != NULL)
		errno = EINVAL;
	else if (len >= JAIL_PATH_MAX)
		errno = ENAMETOOLONG;
	else
		return 0;
	return -1;
}

int
jail_name(char out[JAIL_PATH_MAX], const void *bytes, size_t len)
{
	if (check_bytes(bytes, len) == -1)
		return -1;
	memcpy(out, bytes, len);
	out[len] = '\0';
	return 0;
}

/* Add a component to a name of `used` bytes, or take one away. New length; 0: no room. */
static size_t
join_component(char *out, size_t used, const char *component, size_t len)
{
	if (len == 0 || (len == 1 && component[0] == '.'))
		return used;
	if (len == 2 && component[0] == '.' && component[1] == '.') {
		while (used > 1 && out[used - 1] != '/')
			used--;
		return used > 1 ? used - 1 : 1;
	}
	if (used > 1)
		out[used++] = '/';
	if (len > JAIL_NAME_MAX || used + len >= JAIL_PATH_MAX)
		return 0;
	memcpy(out + used, component, len);
	return used + len;
}

int
jail_join(char out[JAIL_PATH_MAX], const char *dir, const void *bytes, size_t len)
{
	char joined[JAIL_PATH_MAX + 1]; /* a slash may come before it is too long */
	const char *at = bytes, *end = at + len, *slash;
	size_t used = 1;

	if (check_bytes(bytes, len) == -1)
		return -1;
	joined[0] = '/';
	if (*at != '/') {
		used = strnlen(dir, JAIL_PATH_MAX);
		if (used == 0 || used == JAIL_PATH_MAX || dir[0] != '/') {
			errno = EINVAL;
			return -1;
		}
		memcpy(joined, dir, used);
	}
	for (; at < end; at = slash + 1) {
		slash = memchr(at, '/', (size_t)(end - at));
		if (slash == NULL)
			slash = end;
		used = join_component(joined, used, at, (size_t)(slash - at));
		if (used == 0) {
			errno = ENAMETOOLONG;
			return -1;
		}
	}
	memcpy(out, joined, used);
	out[used] = '\0';
	return 0;
}

const char *
jail_last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool
jail_is_temporary(const char *component)
{
	return strncmp(component, JAIL_TEMP_PREFIX, sizeof JAIL_TEMP_PREFIX - 1) == 0;
}

static const char *
skip_slashes(const char *name)
{
	while (*name == '/')
		name++;
	return name;
}

/* The name without the slash in front, which means the top. NULL: it must not be. */
static const char *
check_name(const struct jail *jail, const char *name)
{
	const char *relative = skip_slashes(name);

	if (*name == '\0') {
		errno = ENOENT;
		return NULL;
	}
	if (memchr(name, '\0', JAIL_PATH_MAX) == NULL) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	for (const char *at = relative; *at != '\0'; at = skip_slashes(at)) {
		size_t len = 0;

		while (at[len] != '\0' && at[len] != '/')
			len++;

		if (len > JAIL_NAME_MAX || (jail->hide && jail_is_temporary(at))) {
			errno = len > JAIL_NAME_MAX ? ENAMETOOLONG : EACCES;
			return NULL;
		}
		at += len;
	}
	return *relative == '\0' ? "." : relative;
}

/* ---- look names up ---- */

/* What of openat2's errors says that it cannot tell, rather than what the answer is. */
static bool
must_walk(int error)
{
	return error == ENOSYS || error == EPERM; /* an old kernel; a filter */
}

/* What is asked of a name: to be opened, or if `st` is not NULL, what it is. */
struct question {
	const char *name;
	int flags;
	bool follow;
	struct stat *st;
};

static int
ask_kernel(const struct jail *jail, const struct question *question)
{
	if (question->st)
		return sys_stat_beneath(
		    jail->top, question->name, !jail->no_links, question->follow, question->st);
	return sys_open_beneath(jail->top, question->name, question->flags, !jail->no_links);
}

static int
walk(const struct jail *jail, const struct question *question)
{
	if (question->st)
		return jail_walk_stat(jail, question->name, question->follow, question->st);
	return jail_walk_open(jail, question->name, question->flags);
}

static int
look_up(const struct jail *jail, struct question question)
{
	int result = -1;

	question.name = check_name(jail, question.name);
	if (question.name == NULL)
		return -1;
	for (int i = 0; i < TRIES; i++) {
		bool walks = jail->walk || i >= TRIES_BENEATH;

		if (!walks) {
			result = ask_kernel(jail, &question);
			walks = result == -1 && must_walk(errno);
		}
		if (walks)
			result = walk(jail, &question);
		if (result != -1 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return result;
}

int
jail_resolve(const struct jail *jail, const char *name, int flags)
{
	return look_up(jail, (struct question){ .name = name, .flags = flags });
}

int
jail_status(const struct jail *jail, const char *name, bool follow, struct stat *st)
{
	return look_up(jail, (struct question){ .name = name, .follow = follow, .st = st });
}

/* Where the last component begins; its length, and whether something was behind it. */
static const char *
last_component(const char *name, size_t *len, bool *slash)
{
	size_t end = strlen(name);

	*slash = false;
	while (end > 0) { /* "a/", "a//", "a/." are a */
		bool dot = end > 1 && name[end - 1] == '.' && name[end - 2] == '/';

		if (name[end - 1] != '/' && !dot)
			break;
		end--;
		*slash = true;
	}
	*len = 0;
	while (*len < end && name[end - *len - 1] != '/')
		++*len;
	return name + end - *len;
}

int
jail_reach(const struct jail *jail, const char *name, struct jail_entry *entry)
{
	char parent[JAIL_PATH_MAX];
	const char *last;
	size_t len;

	name = check_name(jail, name);
	if (name == NULL)
		return -1;
	last = last_component(name, &len, &entry->slash);
	memcpy(entry->name, last, len); /* its length is checked */
	entry->name[len] = '\0';
	if (len == 0 || strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) {
		errno = EBUSY;
		return -1;
	}
	entry->own = last > name;
	entry->parent = jail->top;
	if (!entry->own)
		return 0;
	memcpy(parent, name, (size_t)(last - name));
	parent[last - name] = '\0';
	entry->parent = jail_resolve(jail, parent, sys_search_flags());
	return entry->parent == -1 ? -1 : 0;
}

void
jail_leave(struct jail_entry *entry)
{
	if (entry->own)
		jail_close(entry->parent);
	entry->own = false;
}

/* ---- jails ---- */

int
jail_begin(struct jail *jail, const char *dir)
{
	*jail = (struct jail){ .top = open(dir, sys_search_flags()) };
	return jail->top == -1 ? -1 : 0;
}

int
jail_begin_beside(struct jail *jail, const char *path, const char **name)
{
	char dir[JAIL_PATH_MAX] = ".";
	size_t len;

	*name = jail_last_name(path);
	len = (size_t)(*name - path);
	if (len >= sizeof dir) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (len > 0)
		memcpy(dir, path, len); /* with its slash: it may be the root */
	return jail_begin(jail, dir);
}

void
jail_end(struct jail *jail)
{
	jail_close(jail->top);
	jail->top = -1;
}

int
jail_enter(const struct jail *jail, const char *name, struct jail *inner)
{
	int top = jail_resolve(jail, name, sys_search_flags());
	struct stat st;

	if (top == -1)
		return -1;
	if (fstatat(top, ".", &st, 0) == -1) { /* may we look names up in it? */
		jail_close(top);
		return -1;
	}
	*inner = *jail;
	inner->top = top;
	return 0;
}

/* ---- look ---- */

static int
open_regular(const struct jail *jail, const char *name, int mode, struct stat *st)
{
	int fd = jail_resolve(jail, name, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat opened;

	if (fd == -1)
		return -1;
	if (fstat(fd, &opened) == 0) {
		if (S_ISREG(opened.st_mode)) {
			if (st != NULL)
				*st = opened;
			return fd;
		}
		errno = S_ISDIR(opened.st_mode) ? EISDIR : ENXIO;
	}
	jail_close(fd);
	return -1;
}

int
jail_open(const struct jail *jail, const char *name, struct stat *st)
{
	return open_regular(jail, name, O_RDONLY, st);
}

int
jail_open_write(const struct jail *jail, const char *name, struct stat *st)
{
	return open_regular(jail, name, O_WRONLY, st);
}

int
jail_stat(const struct jail *jail, const char *name, struct stat *st)
{
	return jail_status(jail, name, true, st);
}

int
jail_lstat(const struct jail *jail, const char *name, struct stat *st)
{
	return jail_status(jail, name, false, st);
}
