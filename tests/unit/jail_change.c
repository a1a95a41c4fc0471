/*
 * Guards: a name that is made, moved or removed outside; a link followed where the
 * link itself is meant; a rename that replaces what it must not; set-user-ID files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/jail.h"
#include "common/sys_file.h"
#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

static int next_fd;

/* Each test and way has a directory of its own to change things in. */
static struct jail
begin(int way, const char *test)
{
	struct jail jail = farm_jail(way), inner;
	char dir[64];

	snprintf(dir, sizeof dir, "top/%s%d", test, way);
	farm_dir(dir);
	ck_assert_int_eq(jail_enter(&jail, strchr(dir, '/'), &inner), 0);
	ck_assert_int_eq(fchdir(farm_fd), 0);
	next_fd = farm_next_fd();
	ck_assert_int_eq(chdir(dir), 0);
	return inner;
}

static void
put(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_eq(write(fd, name, strlen(name)), (ssize_t)strlen(name));
	close(fd);
}

static bool
is(const char *name, mode_t type)
{
	struct stat st;

	return lstat(name, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

#define FAILS(call, error)                                                                     \
	do {                                                                                   \
		errno = 0;                                                                     \
		ck_assert_int_eq((call), -1);                                                  \
		ck_assert_msg(errno == (error), "%s: want %s, got %s", #call, strerror(error), \
		    strerror(errno));                                                          \
	} while (0)

START_TEST(directories)
{
	struct jail jail = begin(_i, "mkdir");

	put("file");
	ck_assert_int_eq(symlink("../../out", "away"), 0);
	ck_assert_int_eq(symlink("a", "to_a"), 0);
	ck_assert_int_eq(symlink("missing", "hang"), 0);
	ck_assert_int_eq(jail_mkdir(&jail, "/a/", 0755), 0);
	ck_assert_int_eq(jail_mkdir(&jail, "to_a/./b/.", 0700), 0);
	ck_assert(is("a/b", S_IFDIR));
	FAILS(jail_mkdir(&jail, "a", 0755), EEXIST);
	FAILS(jail_mkdir(&jail, "hang", 0755), EEXIST);
	FAILS(jail_mkdir(&jail, "away/new", 0755), EXDEV);
	FAILS(jail_mkdir(&jail, "../new", 0755), EXDEV);
	FAILS(jail_mkdir(&jail, "a/../../new", 0755), EXDEV);
	FAILS(jail_mkdir(&jail, "x/y", 0755), ENOENT);
	FAILS(jail_mkdir(&jail, "file/y", 0755), ENOTDIR);
	FAILS(jail_mkdir(&jail, "/", 0755), EBUSY);
	FAILS(jail_mkdir(&jail, "a/..", 0755), EBUSY);
	ck_assert_int_eq(jail_mkdirs(&jail, "/x//y/z/", 0555), 0);
	ck_assert_int_eq(jail_mkdirs(&jail, "x/y/z", 0755), 0);
	ck_assert_int_eq(jail_mkdirs(&jail, "/", 0755), 0);
	ck_assert_int_eq(jail_mkdirs(&jail, "to_a/c/d/e", 0755), 0);
	ck_assert(is("x/y/z", S_IFDIR) && is("a/c/d/e", S_IFDIR));
	FAILS(jail_mkdirs(&jail, "away/n/e/w", 0755), EXDEV);
	FAILS(jail_mkdirs(&jail, "new/../../../new", 0755), EXDEV);
	FAILS(jail_mkdirs(&jail, "file/n/e/w", 0755), ENOTDIR);
	FAILS(jail_mkdirs(&jail, "file", 0755), ENOTDIR);
	FAILS(jail_mkdirs(&jail, "hang/x", 0755), ENOENT);
	ck_assert_int_eq(farm_count("out"), 1);
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

START_TEST(removals)
{
	struct jail jail = begin(_i, "remove");

	put("file");
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(mkdir("full", 0755), 0);
	ck_assert_int_eq(symlink("../../out", "away"), 0);
	ck_assert_int_eq(symlink("../../out/secret", "secret"), 0);
	put("full/file");
	FAILS(jail_remove(&jail, "away/secret"), EXDEV);
	FAILS(jail_remove(&jail, "../../out/secret"), EXDEV);
	FAILS(jail_remove(&jail, "file/"), ENOTDIR);
	FAILS(jail_remove(&jail, "away/"), ENOTDIR);
	FAILS(jail_rmdir(&jail, "away/"), ENOTDIR);
	FAILS(jail_rmdir(&jail, "away"), ENOTDIR);
	FAILS(jail_remove(&jail, "dir"), EISDIR);
	FAILS(jail_remove(&jail, "dir/"), EISDIR);
	FAILS(jail_rmdir(&jail, "file"), ENOTDIR);
	FAILS(jail_rmdir(&jail, "full"), ENOTEMPTY);
	FAILS(jail_rmdir(&jail, "/"), EBUSY);
	FAILS(jail_rmdir(&jail, "dir/.."), EBUSY);
	FAILS(jail_remove(&jail, ".."), EBUSY);
	FAILS(jail_remove(&jail, "missing"), ENOENT);
	ck_assert_int_eq(jail_remove(&jail, "secret"), 0); /* the link */
	ck_assert_int_eq(jail_remove(&jail, "away"), 0);
	ck_assert_int_eq(jail_remove(&jail, "full/../full/file"), 0);
	ck_assert_int_eq(jail_rmdir(&jail, "/full/"), 0);
	ck_assert_int_eq(jail_rmdir(&jail, "dir/."), 0);
	ck_assert_int_eq(jail_remove(&jail, "/file"), 0);
	ck_assert(farm_has("out/secret", "outside"));
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

START_TEST(renames)
{
	struct jail jail = begin(_i, "rename");

	put("a");
	put("b");
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(mkdir("dir2", 0755), 0);
	ck_assert_int_eq(symlink("../../out", "away"), 0);
	for (int replace = 0; replace < 2; replace++) {
		FAILS(jail_rename(&jail, "a", "away/a", replace), EXDEV);
		FAILS(jail_rename(&jail, "a", "../a", replace), EXDEV);
		FAILS(jail_rename(&jail, "away/secret", "c", replace), EXDEV);
		FAILS(jail_rename(&jail, "missing", "c", replace), ENOENT);
		FAILS(jail_rename(&jail, "a", "missing/c", replace), ENOENT);
		FAILS(jail_rename(&jail, "a", "c/", replace), ENOTDIR);
		FAILS(jail_rename(&jail, "a/", "c", replace), ENOTDIR);
		FAILS(jail_rename(&jail, "away/", "c", replace), ENOTDIR);
		FAILS(jail_rename(&jail, "a", "/", replace), EBUSY);
		FAILS(jail_rename(&jail, "..", "c", replace), EBUSY);
		FAILS(jail_rename(&jail, "dir", "dir/in/itself", replace), ENOENT);
	}
	FAILS(jail_rename(&jail, "a", "b", false), EEXIST);
	FAILS(jail_rename(&jail, "a", "dir", false), EEXIST);
	FAILS(jail_rename(&jail, "dir", "dir2", false), EEXIST);
	FAILS(jail_rename(&jail, "a", "away", false), EEXIST);
	FAILS(jail_rename(&jail, "a", "dir", true), EISDIR);
	ck_assert_int_eq(jail_rename(&jail, "a", "dir/c", false), 0);
	ck_assert_int_eq(jail_rename(&jail, "dir/c", "b", true), 0);
	ck_assert_int_eq(jail_rename(&jail, "dir", "dir3/", false), 0);
	ck_assert_int_eq(jail_rename(&jail, "dir3", "dir2", true), 0);
	ck_assert_int_eq(jail_rename(&jail, "away", "gone", false), 0);
	ck_assert(is("b", S_IFREG) && is("dir2", S_IFDIR) && is("gone", S_IFLNK));
	ck_assert_int_eq(jail_rename(&jail, "b", "gone", true), 0); /* over the link itself */
	ck_assert(is("gone", S_IFREG));
	ck_assert_int_eq(farm_count("out"), 1);
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

START_TEST(attributes)
{
	const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1111111111 } };
	struct jail jail;
	struct stat st;

	farm_drop_root();
	jail = begin(_i, "mode");
	put("file");
	put("other");
	ck_assert_int_eq(symlink("file", "link"), 0);
	ck_assert_int_eq(symlink("../../out/secret", "secret"), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(jail_chmod(&jail, "link", 0), 0);
	ck_assert_int_eq(jail_stat(&jail, "file", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0);
	ck_assert_int_eq(jail_set_times(&jail, "file", times), 0); /* unreadable, but ours */
	FAILS(jail_chmod(&jail, "link", 0644), EACCES);
	ck_assert_int_eq(jail_chmod(&jail, "file", 0640), 0);
	ck_assert_int_eq(jail_stat(&jail, "file", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(st.st_mtime, 1111111111);
	ck_assert_int_eq(jail_set_times(&jail, "other", times), 0);
	ck_assert_int_eq(jail_stat(&jail, "other", &st), 0);
	ck_assert_int_eq(st.st_mtime, 1111111111);
	FAILS(jail_chmod(&jail, "file", 04755), EINVAL);
	FAILS(jail_chmod(&jail, "secret", 0777), EXDEV);
	FAILS(jail_set_times(&jail, "secret", times), EXDEV);
	FAILS(jail_chmod(&jail, "fifo", 0777), ENXIO);
	FAILS(jail_chmod(&jail, "missing", 0777), ENOENT);
	ck_assert_int_eq(jail_chmod(&jail, "/", 0700), 0);
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

Suite *
jail_change_suite(void)
{
	Suite *suite = suite_create("jail, changing");
	TCase *tcase = tcase_create("jail_change");

	tcase_set_timeout(tcase, 60);
	tcase_add_unchecked_fixture(tcase, farm_begin_open, farm_end);
	tcase_add_loop_test(tcase, directories, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, removals, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, renames, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, attributes, 0, FARM_WAYS);
	suite_add_tcase(suite, tcase);
	return suite;
}
