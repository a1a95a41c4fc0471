/*
 * jail: files beneath one directory, by names that a peer has chosen.
 *
 * A jail is a descriptor of a directory, the top. Every name is looked up beneath
 * it, without root and without chroot(2), and no name, link or race leads out:
 *
 *	"a/b"  "/a/b"  "//a/./b"	the same: a slash in front means the top
 *	"a/../b"			b, if a is a directory (`..` of a link's target
 *					is the directory that the target stands in)
 *	"../b"  "a/../../b"		EXDEV: above the top. For a peer that has a
 *					working directory use jail_join, which stays
 *	link -> b, ../b			followed while it stays beneath the top
 *	link -> ../../b			EXDEV: it leads out
 *	link -> /b			EXDEV, wherever it leads: absolute
 *	/proc/self/fd/3 and such	refused: not a name at all
 *
 * On Linux the kernel itself sees to that, openat2(2) with RESOLVE_BENEATH; where
 * it is missing or filtered, and with PORTABLE, a walk of one openat(2) for each
 * component. Both give the same answers. Mount points beneath the top are entered.
 *
 * Functions return -1 with errno, and never log, exit, or wait for a FIFO:
 *
 *	EXDEV		the name leads out; or a rename to another file system
 *	ELOOP		more than 40 links; a link, and links are not followed
 *	ENAMETOOLONG	a name, or a name with its links' texts, of JAIL_PATH_MAX
 *			bytes or more; a component longer than JAIL_NAME_MAX
 *	ENOENT, ENOTDIR, EACCES, EEXIST, …	as the system says; "" is ENOENT
 *	EISDIR		a directory, where a file must be
 *	ENXIO		a device, FIFO or socket, where a file must be
 *	EBUSY		the top itself, or a name ending in `..`, cannot be changed
 *	EAGAIN		names under way were moved about again and again meanwhile
 *
 * What it does not do: a hard link to a file outside cannot be told from the file. A
 * device or FIFO is refused after it was opened, for an instant and without waiting
 * (by the walk mostly before); a device that minds, as a tape that rewinds does, has
 * no place in a served tree. And who may write in the tree by other means than this
 * may still move a directory out of it while a file in it is open.
 */
#ifndef COMMON_JAIL_H
#define COMMON_JAIL_H

#include <sys/stat.h>
#include <sys/types.h>

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum {
	JAIL_PATH_MAX = 4096, /* bytes of a name, with its NUL */
	JAIL_NAME_MAX = 255,  /* bytes of one component */
	JAIL_LINKS_MAX = 40,  /* links followed in one name, as Linux has it */
	JAIL_TAG_MAX = 64,    /* bytes of the caller's part of a temporary's name */
};

/* How the name of a file that is not complete begins (jail_create). */
#define JAIL_TEMP_PREFIX ".unfinished-"

/*
 * Made by jail_begin or jail_enter, or from a descriptor that is there already:
 * { .top = fd }. The other members are wishes; set them before use.
 */
struct jail {
	int top;
	bool no_links;	 /* follow no symbolic link at all */
	bool hide;	 /* names that begin with JAIL_TEMP_PREFIX are EACCES, and in no list */
	bool lazy;	 /* jail_publish does not wait until the disk has it */
	bool sweep;	 /* lists remove what jail_sweep does */
	bool walk;	 /* do not ask the kernel: for tests */
	bool many;	 /* by jail_expect_many, as is */
	mode_t nameless; /* a file under way can do without a name: what it keeps of a mode */
};

int jail_begin(struct jail *jail, const char *dir);
void jail_end(struct jail *jail);

/*
 * The directory that `path`, a user's and no peer's, lies in or is to lie in; *name is its
 * last component, within it, also on failure.
 */
int jail_begin_beside(struct jail *jail, const char *path, const char **name);

/*
 * A jail beneath `name`, a directory of `jail` in which names may be looked up, with
 * the same wishes. Also the test of whether a peer may change to that directory.
 */
int jail_enter(const struct jail *jail, const char *name, struct jail *inner);

/* ---- names ---- */

/*
 * A name that came as bytes, as a string. EINVAL: a NUL in it; ENAMETOOLONG; ENOENT:
 * nothing in it. All other functions check lengths again, but a string hides a NUL.
 */
int jail_name(char out[JAIL_PATH_MAX], const void *bytes, size_t len);

/*
 * The same for a peer with a working directory `dir`, itself "/" or a result of this
 * function: `bytes` from there, or from the top if a slash is first. What is left
 * begins with a slash and has no empty, `.` or `..` component and no slash at its
 * end; `..` takes the last component away, and at the top stays there. It goes by
 * the text alone, as a shell's cd does; looked up is the outcome. out may be dir.
 */
int jail_join(char out[JAIL_PATH_MAX], const char *dir, const void *bytes, size_t len);

/* The last component of a path, within it; "" if it ends in a slash. */
const char *jail_last_name(const char *path);

/* ---- look ---- */

/*
 * Open a regular file for reading, or for writing into what is there (neither made
 * nor cut). If `st` is not NULL it is told what was opened. The descriptor is
 * close-on-exec; O_NONBLOCK is set on it, which means nothing to a file.
 */
int jail_open(const struct jail *jail, const char *name, struct stat *st);
int jail_open_write(const struct jail *jail, const char *name, struct stat *st);

/* stat(2) and lstat(2). The file's own permissions do not matter. */
int jail_stat(const struct jail *jail, const char *name, struct stat *st);
int jail_lstat(const struct jail *jail, const char *name, struct stat *st);

/* The names in a directory, in no order, without `.` and `..`; bytes, not text. */
struct jail_list {
	DIR *dir;
	bool hide, sweep;
};

int jail_list_begin(const struct jail *jail, const char *name, struct jail_list *list);
/* Good until the next call. NULL: the end if errno is 0, else an error. */
const char *jail_list_next(struct jail_list *list);
/* lstat(2) of a name from the list: a link is a link. */
int jail_list_stat(const struct jail_list *list, const char *name, struct stat *st);
void jail_list_end(struct jail_list *list);

/* ---- change ---- */

/* Each acts on the last component itself, in a directory that was opened first; a
 * link there is removed or moved, never followed. */

int jail_mkdir(const struct jail *jail, const char *name, mode_t mode);
/* No error if the directory, or a link to one, is there; ENOTDIR if something else is. */
int jail_mkdir_if_missing(const struct jail *jail, const char *name, mode_t mode);
/* With all that is missing on the way. No error if the directory is there. */
int jail_mkdirs(const struct jail *jail, const char *name, mode_t mode);
int jail_remove(const struct jail *jail, const char *name); /* all but a directory: EISDIR */
int jail_rmdir(const struct jail *jail, const char *name);  /* an empty directory */
/* As rename(2); with `replace` false EEXIST if there is a `to`. */
int jail_rename(const struct jail *jail, const char *from, const char *to, bool replace);

/*
 * chmod(2) and utimensat(2) (times: access, modification) of a regular file or a
 * directory. Links are followed, but for a file that may not be read. EINVAL: a mode
 * with more than the nine bits; no peer makes a file set-user-ID.
 */
int jail_chmod(const struct jail *jail, const char *name, mode_t mode);
int jail_set_times(const struct jail *jail, const char *name, const struct timespec times[2]);

/* ---- write whole files ---- */

/*
 * A file under way: written under a temporary name beside its own, and there under
 * its own only when complete. Until then nobody but this user can read it.
 */
struct jail_file {
	int fd;		   /* to read and write */
	int parent;	   /* the directory of both names */
	bool own;	   /* parent is not the jail's top */
	mode_t mode, made; /* as wanted, and as it is until jail_publish */
	bool lazy, many;
	char name[JAIL_NAME_MAX + 1];
	char temp[sizeof JAIL_TEMP_PREFIX + JAIL_TAG_MAX]; /* empty: it has no name yet */
};

/*
 * Begin a file that will be `name`, with exactly `mode` (not more than the nine bits:
 * EINVAL). What has that name now may be a file or a link, which will be replaced
 * itself; else EISDIR or ENXIO.
 *
 * With `tag` NULL the temporary has a new name. With a tag (1 to JAIL_TAG_MAX bytes
 * without a slash: EINVAL) it is JAIL_TEMP_PREFIX and the tag; if jail_keep or a
 * crash has left one it is opened with all that is in it, so that a transfer can go
 * on. EBUSY while another descriptor has it (see sys_lock_file on who is another);
 * EACCES if what lies there is not a file of this user with this one name.
 */
int jail_create(const struct jail *jail, const char *name, const char *tag, mode_t mode,
    struct jail_file *file);

/*
 * Many files of the directory itself, with NULL for their tags, are about to follow each
 * other: from now on each takes fewer system calls. They must not outlive the jail. Where
 * the system can, a file under way has no name at all; and what has its name is looked at
 * only by jail_publish, with the errors above, and only if there is something.
 */
void jail_expect_many(struct jail *jail);

/* lstat(2) of what has its name now. */
int jail_file_target(const struct jail_file *file, struct stat *st);

/*
 * Complete: set the mode, sync, rename over what has the name, or with `replace`
 * false only if nothing has it (EEXIST), sync the directory, close. With `lazy` no
 * sync. On -1 the file is still open: jail_discard or jail_keep it, or try again.
 * If only the directory could not be synced the new file has its name nevertheless.
 */
int jail_publish(struct jail_file *file, bool replace);

/* Close it; the temporary stays for a later jail_create with its tag, or goes. */
void jail_keep(struct jail_file *file);
void jail_discard(struct jail_file *file);

/*
 * A name of a list: if it is a temporary that jail_create has made without a tag, this
 * user's, a second old, and whoever made it was killed, so that nobody has it locked any
 * more, it is removed. Whether it was; never where such a lock cannot be told from one of
 * our own. errno stays.
 */
bool jail_sweep(const struct jail_list *list, const char *name);

#endif
