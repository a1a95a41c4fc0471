/*
 * Guards: a name that shows half a file; two writers that mix; a kept part that is
 * somebody else's, or is published a second time; a file that replaces a directory or
 * a device; temporaries left behind.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/jail.h"
#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

static int next_fd;

/* A directory of its own for each test and way; `path` is its name from PLACE. */
static struct jail
begin(int way, const char *test, char path[64])
{
	struct jail jail = farm_jail(way), inner;

	snprintf(path, 64, "top/%s%d", test, way);
	farm_dir(path);
	ck_assert_int_eq(jail_enter(&jail, strchr(path, '/'), &inner), 0);
	ck_assert_int_eq(fchdir(farm_fd), 0);
	next_fd = farm_next_fd();
	ck_assert_int_eq(chdir(path), 0);
	inner.lazy = true;
	return inner;
}

static void
put(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool
has(const char *name, const char *text)
{
	char found[100];
	int fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, found, sizeof found);

	if (fd != -1)
		close(fd);
	return n == (ssize_t)strlen(text) && memcmp(found, text, (size_t)n) == 0;
}

static void
add(const struct jail_file *file, const char *text)
{
	ck_assert_int_eq(lseek(file->fd, 0, SEEK_END) == -1, 0);
	ck_assert_int_eq(write(file->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void
assert_creation_fails(const struct jail *jail, const char *name, const char *tag, int error)
{
	struct jail_file file;

	ck_assert_msg(jail_create(jail, name, tag, 0644, &file) == -1, "%s was created", name);
	ck_assert_msg(
	    errno == error, "%s: want %s, got %s", name, strerror(error), strerror(errno));
}

START_TEST(a_file_appears_whole)
{
	char path[64];
	struct jail jail = begin(_i, "whole", path);
	struct jail_file file;
	struct stat st;

	umask(077);
	put("name", "old");
	jail.lazy = false;
	ck_assert_int_eq(jail_create(&jail, "/name", NULL, 0664, &file), 0);
	ck_assert_int_eq(strncmp(file.temp, JAIL_TEMP_PREFIX, strlen(JAIL_TEMP_PREFIX)), 0);
	ck_assert_int_eq(fstat(file.fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	add(&file, "new");
	ck_assert(has("name", "old"));
	ck_assert_int_eq(farm_count(path), 2);
	ck_assert_int_eq(jail_publish(&file, false), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert(has("name", "old"));
	ck_assert_int_eq(jail_publish(&file, true), 0);
	ck_assert(has("name", "new"));
	ck_assert_int_eq(farm_count(path), 1);
	ck_assert_int_eq(stat("name", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0664);
	ck_assert_int_eq(jail_create(&jail, "second", NULL, 0400, &file), 0);
	add(&file, "second");
	ck_assert_int_eq(jail_publish(&file, false), 0);
	ck_assert(has("second", "second"));
	ck_assert_int_eq(jail_create(&jail, "third", NULL, 0644, &file), 0);
	jail_discard(&file);
	ck_assert_int_eq(farm_count(path), 2);
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

START_TEST(what_a_file_must_not_replace)
{
	char path[64], long_tag[JAIL_TAG_MAX + 2] = "";
	struct jail jail = begin(_i, "replace", path);
	struct jail_file file;

	memset(long_tag, 't', JAIL_TAG_MAX + 1);
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(mkfifo("fifo", 0644), 0);
	ck_assert_int_eq(symlink("../../out/secret", "secret"), 0);
	ck_assert_int_eq(symlink("../../out", "away"), 0);
	put(JAIL_TEMP_PREFIX "1", "other");
	ck_assert_int_eq(link(JAIL_TEMP_PREFIX "1", "other"), 0);
	ck_assert_int_eq(symlink("../../out/secret", JAIL_TEMP_PREFIX "2"), 0);
	ck_assert_int_eq(mkfifo(JAIL_TEMP_PREFIX "3", 0644), 0);
	assert_creation_fails(&jail, "dir", NULL, EISDIR);
	assert_creation_fails(&jail, "new/", NULL, EISDIR);
	assert_creation_fails(&jail, "/", NULL, EISDIR);
	assert_creation_fails(&jail, "fifo", NULL, ENXIO);
	assert_creation_fails(&jail, "away/new", NULL, EXDEV);
	assert_creation_fails(&jail, "../new", NULL, EXDEV);
	assert_creation_fails(&jail, "missing/new", NULL, ENOENT);
	assert_creation_fails(&jail, "new", "", EINVAL);
	assert_creation_fails(&jail, "new", "a/b", EINVAL);
	assert_creation_fails(&jail, "new", long_tag, EINVAL);
	assert_creation_fails(&jail, "new", "1", EACCES); /* it has two names */
	assert_creation_fails(&jail, "new", "2", EACCES);
	assert_creation_fails(&jail, "new", "3", EACCES);
	ck_assert_int_eq(jail_create(&jail, "new", NULL, 04755, &file), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(jail_create(&jail, "secret", long_tag + 1, 0644, &file), 0);
	add(&file, "mine");
	ck_assert_int_eq(jail_publish(&file, true), 0);
	ck_assert(has("secret", "mine"));	      /* the link is gone, */
	ck_assert(farm_has("out/secret", "outside")); /* what it led to is not */
	ck_assert_int_eq(farm_count("out"), 1);
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

static void
assert_publication_fails(const struct jail *jail, const char *name, bool replace, int error)
{
	struct jail_file file;

	ck_assert_int_eq(jail_create(jail, name, NULL, 0644, &file), 0);
	ck_assert_msg(jail_publish(&file, replace) == -1, "%s was replaced", name);
	ck_assert_msg(
	    errno == error, "%s: want %s, got %s", name, strerror(error), strerror(errno));
	jail_discard(&file);
}

static void
publish(const struct jail *jail, const char *name, const char *text, mode_t mode)
{
	struct jail_file file;
	struct stat st;

	ck_assert_int_eq(jail_create(jail, name, NULL, mode, &file), 0);
	add(&file, text);
	ck_assert(!has(name, text));
	ck_assert_int_eq(jail_publish(&file, true), 0);
	ck_assert(has(name, text));
	ck_assert_int_eq(stat(name, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, mode);
}

/* With and without a name while they are under way, where there is the choice. */
START_TEST(many_files_one_after_the_other)
{
	char path[64];
	struct jail jail = begin(_i, "many", path);

	umask(027);
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(mkfifo("fifo", 0644), 0);
	ck_assert_int_eq(symlink("../../out/secret", "link"), 0);
	put("old", "old");
	jail_expect_many(&jail);
	ck_assert_int_eq(farm_count(path), 4);
	for (int i = 0; i < 2; i++, jail.nameless = 0) {
		assert_publication_fails(&jail, "dir", true, EISDIR);
		assert_publication_fails(&jail, "fifo", true, ENXIO);
		assert_publication_fails(&jail, "old", false, EEXIST);
		assert_creation_fails(&jail, "new/", NULL, EISDIR);
		publish(&jail, "old", i == 0 ? "first" : "second", 0600);
		publish(&jail, "old", i == 0 ? "third" : "fourth", 0666);
		publish(&jail, "link", i == 0 ? "first" : "second", 0644);
		publish(&jail, "new", "new", 0400);
		ck_assert_int_eq(unlink("new"), 0);
		publish(&jail, "new", "new", 0750);
		ck_assert_int_eq(unlink("new"), 0);
		ck_assert_int_eq(farm_count(path), 4);
	}
	ck_assert(farm_has("out/secret", "outside"));
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

START_TEST(a_kept_part_is_gone_on_with)
{
	char path[64];
	struct jail jail = begin(_i, "keep", path);
	struct jail_file file;

	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(jail_create(&jail, "dir/name", "tag", 0444, &file), 0);
	add(&file, "first ");
	jail_keep(&file);
	jail.hide = true; /* hidden from peers, not from us */
	ck_assert_int_eq(jail_create(&jail, "dir/name", "tag", 0444, &file), 0);
	add(&file, "second");
	put("dir/name", "meanwhile");
	ck_assert_int_eq(jail_publish(&file, false), -1);
	jail_keep(&file);
	if (geteuid() == 0) { /* else there is no other user to be */
		farm_drop_root();
		assert_creation_fails(&jail, "dir/name", "tag", EACCES);
	}
	ck_assert(has("dir/name", "meanwhile"));
}
END_TEST

START_TEST(parts_of_ones_own)
{
	char path[64];
	struct jail jail;
	struct jail_file file;

	farm_drop_root();
	jail = begin(_i, "own", path);
	ck_assert_int_eq(jail_create(&jail, "name", "tag", 0444, &file), 0);
	add(&file, "first ");
	put("name", "meanwhile");
	ck_assert_int_eq(jail_publish(&file, false), -1);
	jail_keep(&file);
	ck_assert_int_eq(jail_create(&jail, "name", "tag", 0444, &file), 0);
	add(&file, "second");
	ck_assert_int_eq(jail_publish(&file, true), 0);
	ck_assert(has("name", "first second"));
	ck_assert_int_eq(farm_count(path), 1);
	ck_assert_int_eq(jail_create(&jail, "name", "tag", 0444, &file), 0);
	ck_assert_int_eq(lseek(file.fd, 0, SEEK_END), 0); /* published is published */
	jail_discard(&file);
	ck_assert_int_eq(farm_count(path), 1);
	ck_assert_int_eq(farm_next_fd(), next_fd);
}
END_TEST

/* Make the same file again and again, with the same tag. Exit status 0: each time it
 * was empty at first, and then had what this process wrote. */
static void
write_often(const struct jail *jail, int who)
{
	struct jail_file file;
	char text[32];
	struct stat st;

	for (int done = 0; done < 200;) {
		if (jail_create(jail, "name", "tag", 0600, &file) == -1) {
			if (errno != EBUSY)
				_exit(1);
			continue;
		}
		snprintf(text, sizeof text, "%d.%d", who, done++);
		if (fstat(file.fd, &st) == -1 || st.st_size != 0)
			_exit(2); /* it is published, or under way */
		if (write(file.fd, text, strlen(text)) != (ssize_t)strlen(text))
			_exit(3);
		if (fstat(file.fd, &st) == -1 || st.st_size != (off_t)strlen(text))
			_exit(4);
		if (done % 3 == 0)
			jail_discard(&file);
		else if (jail_publish(&file, true) == -1)
			_exit(5);
	}
	_exit(0);
}

START_TEST(two_writers_never_mix)
{
	enum { WRITERS = 4 };
	char path[64];
	struct jail jail = begin(_i, "race", path);
	int status;

	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_often(&jail, i);
	for (int i = 0; i < WRITERS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(farm_count(path), 1);
}
END_TEST

START_TEST(busy_while_another_has_it)
{
	char path[64], byte;
	struct jail jail = begin(_i, "busy", path);
	struct jail_file file;
	int there[2], done[2], status;

	ck_assert_int_eq(pipe(there), 0);
	ck_assert_int_eq(pipe(done), 0);
	if (fork() == 0) {
		close(done[1]);
		if (jail_create(&jail, "name", "tag", 0600, &file) == -1)
			_exit(1);
		if (write(there[1], "", 1) != 1 || read(done[0], &byte, 1) != 0)
			_exit(1);
		_exit(write(file.fd, "half", 4) == 4 ? 0 : 1); /* a crash */
	}
	close(done[0]);
	ck_assert_int_eq(read(there[0], &byte, 1), 1);
	assert_creation_fails(&jail, "name", "tag", EBUSY);
	ck_assert_int_eq(jail_create(&jail, "name", NULL, 0600, &file), 0);
	jail_discard(&file);
	close(done[1]);
	ck_assert_int_gt(wait(&status), 0);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(jail_create(&jail, "name", "tag", 0600, &file), 0);
	ck_assert_int_eq(lseek(file.fd, 0, SEEK_END), 4);
	jail_discard(&file);
}
END_TEST

Suite *
jail_file_suite(void)
{
	Suite *suite = suite_create("jail, whole files");
	TCase *tcase = tcase_create("jail_file");

	tcase_set_timeout(tcase, 60);
	tcase_add_unchecked_fixture(tcase, farm_begin_open, farm_end);
	tcase_add_loop_test(tcase, a_file_appears_whole, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, what_a_file_must_not_replace, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, many_files_one_after_the_other, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, a_kept_part_is_gone_on_with, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, parts_of_ones_own, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, two_writers_never_mix, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, busy_while_another_has_it, 0, FARM_WAYS);
	suite_add_tcase(suite, tcase);
	return suite;
}
