/*
 * sys_file: the system's extensions about files, each with a plain fallback. The
 * sibling of sys.h: with PORTABLE defined only the fallbacks are built.
 */
#ifndef COMMON_SYS_FILE_H
#define COMMON_SYS_FILE_H

#include <sys/stat.h>

#include <stdbool.h>

/*
 * open(2) flags for a directory that is only a place to look names up in: it need
 * not be readable. Where there is no such thing it must be (O_RDONLY).
 */
int sys_search_flags(void);

/*
 * Open `name`, relative, beneath the directory `dir`: the kernel itself refuses
 * (EXDEV) whatever would leave it, and links that are no text (ELOOP), and with
 * `links` false every symbolic link (ELOOP). EAGAIN when a rename elsewhere left
 * the kernel unsure. `flags` as open(2), without O_CREAT; O_CLOEXEC is added.
 * ENOSYS where the kernel cannot; EPERM where a filter does not know the call.
 */
int sys_open_beneath(int dir, const char *name, int flags, bool links);

/*
 * The same for stat(2), or with `follow` false lstat(2). It needs no right to the
 * file but that of passing through its directories.
 */
int sys_stat_beneath(int dir, const char *name, bool links, bool follow, struct stat *st);

/*
 * renameat(2) that replaces nothing: EEXIST when there is a `new_name`. The fallback
 * is a second link and an unlink, or an empty directory to be replaced; only on a
 * file system that has no hard links is there a moment between look and rename.
 */
int sys_rename_new(int old_dir, const char *old_name, int new_dir, const char *new_name);

/*
 * A new file in the directory `dir` that has no name yet: gone when it is closed, and
 * nobody can open it. -1 with errno where there is no such thing: the fallback. And the
 * name that it is given then; EEXIST when there is one, ENOENT where the system lets only
 * some of its users do so.
 */
int sys_open_nameless(int dir, mode_t mode);
int sys_name_file(int fd, int dir, const char *name);

/*
 * Lock a file against everybody else, without waiting: EAGAIN or EACCES when it is
 * locked. Closing the descriptor unlocks it. In the fallback the lock belongs to the
 * process, which loses it by closing any descriptor of the file.
 */
int sys_lock_file(int fd);

/*
 * The same to learn whether anybody has it locked, this process included: so ENOSYS in
 * the fallback.
 */
int sys_lock_unused_file(int fd);

#endif
