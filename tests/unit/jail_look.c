/*
 * Guards: names too long or too deep, names with a NUL; `..` in a peer's working
 * directory; devices, links of /proc, closed directories; temporaries in a list; a
 * kernel or a filter that does not know openat2; and a fast path that grows slow.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/jail.h"
#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#endif

static void
begin(void)
{
	farm_begin();
	farm_dir("top/dir");
	farm_file("top/dir/file", "file");
	farm_file("top/dir/.unfinished-1", "half");
	farm_file("top/dir/.hidden", "dot");
	farm_file("top/dir/ \n\xff", "odd");
	farm_link("top/dir/out", "../../out");
	farm_dir("top/empty");
	farm_dir("top/shut_dir");
	farm_file("top/shut_dir/file", "file");
	farm_file("top/shut", "shut");
	farm_file("top/file", "file");
	ck_assert_int_eq(fchmodat(farm_fd, "top/shut", 0, 0), 0);
	ck_assert_int_eq(fchmodat(farm_fd, "top/shut_dir", 0, 0), 0);
}

/* So that its owner, who need not be root, can clear it away. */
static void
end(void)
{
	ck_assert_int_eq(fchmodat(farm_fd, "top/shut_dir", 0700, 0), 0);
	farm_end();
}

START_TEST(names_of_every_length)
{
	static char name[JAIL_PATH_MAX + 10];
	struct jail jail = farm_jail(_i);
	struct stat st;

	while (strlen(name) < 4088)
		strcat(name, "dir/../");
	ck_assert_int_eq(jail_stat(&jail, name, &st), 0);
	strcat(name, "/file");
	ck_assert_uint_eq(strlen(name), 4093);
	ck_assert_int_eq(jail_stat(&jail, name, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	strcat(name, "//");
	ck_assert_int_eq(jail_stat(&jail, name, &st), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	strcat(name, "/");
	ck_assert_int_eq(jail_stat(&jail, name, &st), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	memset(name, 'n', 256);
	name[256] = '\0';
	ck_assert_int_eq(jail_open(&jail, name, NULL), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	memcpy(name + 256, "/..", 4);
	ck_assert_int_eq(jail_open(&jail, name, NULL), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

/* 1000 directories, one in the other; and far down and all the way back. */
START_TEST(deep_directories)
{
	static char name[JAIL_PATH_MAX];
	char deep[32];
	struct jail jail = farm_jail(_i), inner = jail, next;
	struct stat st;

	snprintf(deep, sizeof deep, "deep%d", _i);
	for (size_t i = 0; i < 1000; i++) {
		const char *step = i == 0 ? deep : "a";

		strcat(strcat(name, step), "/");
		ck_assert_int_eq(jail_mkdir(&inner, step, 0755), 0);
		ck_assert_int_eq(jail_enter(&inner, step, &next), 0);
		if (i > 0)
			jail_end(&inner);
		inner = next;
	}
	ck_assert_int_eq(jail_mkdir(&inner, "last", 0755), 0);
	strcat(name, "last");
	ck_assert_int_eq(jail_stat(&jail, name, &st), 0);
	snprintf(name, sizeof name, "%s", deep);
	for (size_t i = 0; i < 800; i++)
		strcat(name, "/a");
	for (size_t i = 0; i < 801; i++)
		strcat(name, "/..");
	ck_assert_int_eq(jail_stat(&jail, name, &st), 0);
	strcat(name, "/..");
	ck_assert_int_eq(jail_stat(&jail, name, &st), -1);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(bytes_become_names)
{
	char name[JAIL_PATH_MAX], bytes[JAIL_PATH_MAX];

	ck_assert_int_eq(jail_name(name, "file", 2), 0);
	ck_assert_str_eq(name, "fi");
	ck_assert_int_eq(jail_name(name, "fi\0le", 5), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(jail_name(name, "", 0), -1);
	ck_assert_int_eq(errno, ENOENT);
	memset(bytes, 'a', sizeof bytes);
	ck_assert_int_eq(jail_name(name, bytes, sizeof bytes), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(jail_name(name, bytes, sizeof bytes - 1), 0);
	ck_assert_uint_eq(strlen(name), JAIL_PATH_MAX - 1);
}
END_TEST

START_TEST(a_working_directory_stays_at_the_top)
{
	static const char *const joins[][3] = { { "/", "a", "/a" }, { "/", "/", "/" },
		{ "/", "..", "/" }, { "/", "../../a", "/a" }, { "/a/b", "..", "/a" },
		{ "/a/b", "../..", "/" }, { "/a/b", "../../../../c", "/c" },
		{ "/a/b", "/", "/" }, { "/a/b", "/c/", "/c" }, { "/a", ".", "/a" },
		{ "/a", "./b//c/.", "/a/b/c" }, { "/a", "b/../c", "/a/c" },
		{ "/a", "...", "/a/..." }, { "/a", "..b", "/a/..b" }, { "/a", "//..//", "/" },
		{ "/a", "b/..", "/a" }, { "/a", "....//c", "/a/..../c" } };
	static char deep[JAIL_PATH_MAX];
	char out[JAIL_PATH_MAX], cwd[JAIL_PATH_MAX] = "/";

	for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
		const char *name = joins[i][1];

		ck_assert_int_eq(jail_join(out, joins[i][0], name, strlen(name)), 0);
		ck_assert_str_eq(out, joins[i][2]);
	}
	ck_assert_int_eq(jail_join(cwd, cwd, "a/b", 3), 0);
	ck_assert_int_eq(jail_join(cwd, cwd, "../c/d", 4), 0);
	ck_assert_str_eq(cwd, "/a/c");
	ck_assert_int_eq(jail_join(cwd, cwd, "x\0y", 3), -1);
	ck_assert_int_eq(errno, EINVAL);
	memset(deep, 'n', 256);
	ck_assert_int_eq(jail_join(cwd, cwd, deep, 256), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(jail_join(cwd, "nowhere", "x", 1), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_str_eq(cwd, "/a/c"); /* a failure leaves it alone */
}
END_TEST

/* Until it is full: never a byte too many, and what fits can be left again. */
START_TEST(a_working_directory_has_an_end)
{
	static struct {
		char cwd[JAIL_PATH_MAX];
		char fence;
	} place = { "/", '!' };
	size_t len = 0;

	for (unsigned n = 0; jail_join(place.cwd, place.cwd, "nnnnnnn", n % 7 + 1) == 0; n++) {
		ck_assert_uint_gt(strlen(place.cwd), len);
		len = strlen(place.cwd);
	}
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_uint_gt(len, JAIL_PATH_MAX - 10);
	ck_assert_int_eq(place.fence, '!');
	ck_assert_int_eq(jail_join(place.cwd, place.cwd, "..", 2), 0);
	ck_assert_uint_lt(strlen(place.cwd), len);
}
END_TEST

static int
count_list(const struct jail *jail, const char *name, const char *sought)
{
	struct jail_list list;
	const char *entry;
	struct stat st;
	int count = 0;
	bool found = false;

	if (jail_list_begin(jail, name, &list) == -1)
		return -1;
	while ((entry = jail_list_next(&list)) != NULL) {
		ck_assert_int_eq(jail_list_stat(&list, entry, &st), 0);
		ck_assert_int_eq(strcmp(entry, "out") == 0, S_ISLNK(st.st_mode));
		found |= strcmp(entry, sought) == 0;
		count++;
	}
	ck_assert_int_eq(errno, 0);
	jail_list_end(&list);
	ck_assert(*sought == '\0' || found);
	return count;
}

START_TEST(lists)
{
	struct jail jail = farm_jail(_i);

	ck_assert_int_eq(count_list(&jail, "dir", " \n\xff"), 5);
	ck_assert_int_eq(count_list(&jail, "/dir/../dir/", ".unfinished-1"), 5);
	ck_assert_int_eq(count_list(&jail, "empty", ""), 0);
	ck_assert_int_ge(count_list(&jail, "/", "empty"), 5);
	ck_assert_int_eq(count_list(&jail, "dir/out", ""), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(count_list(&jail, "dir/file", ""), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_eq(count_list(&jail, "missing", ""), -1);
	ck_assert_int_eq(errno, ENOENT);
	jail.hide = true;
	ck_assert_int_eq(count_list(&jail, "dir", ".hidden"), 4);
	ck_assert_int_eq(jail_open(&jail, "dir/.unfinished-1", NULL), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(jail_mkdir(&jail, ".unfinished-x/y", 0755), -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

START_TEST(devices_and_magic_links_are_refused)
{
	static const char *const magic[] = { "exe", "root/etc/passwd", "cwd/Makefile", "fd/0",
		"fd/3", "fd/3/secret", "ns/net" };
	struct jail jail;

	ck_assert_int_eq(jail_begin(&jail, "/dev"), 0);
	jail.walk = _i;
	ck_assert_int_eq(jail_open(&jail, "null", NULL), -1);
	ck_assert_int_eq(errno, ENXIO);
	ck_assert_int_eq(jail_open_write(&jail, "null", NULL), -1);
	ck_assert_int_eq(errno, ENXIO);
	ck_assert_int_eq(jail_open(&jail, "tty", NULL), -1);
	jail_end(&jail);
	if (jail_begin(&jail, "/proc/self") == -1)
		return;
	jail.walk = _i;
	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		ck_assert_msg(jail_open(&jail, magic[i], NULL) == -1, "%s is open", magic[i]);
	jail_end(&jail);
}
END_TEST

START_TEST(permissions_are_the_servers)
{
	struct jail jail = farm_jail(_i), inner;
	struct stat st;

	farm_drop_root();
	ck_assert_int_eq(jail_stat(&jail, "shut", &st), 0);
	ck_assert_int_eq(jail_open(&jail, "shut", NULL), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(jail_open(&jail, "shut_dir/file", NULL), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(jail_stat(&jail, "shut_dir/../file", &st), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(jail_enter(&jail, "shut_dir", &inner), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(jail_enter(&jail, "dir", &inner), 0);
	ck_assert_int_eq(jail_stat(&inner, "file", &st), 0);
	ck_assert_int_eq(jail_stat(&inner, "../file", &st), -1);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

#if defined(__linux__) && defined(SYS_openat2) && !defined(PORTABLE)
/* From here on openat2 fails with this error, as an old kernel or a filter has it. */
static void
filter_openat2(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof *code, code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(the_walk_stands_in_for_the_kernel)
{
	static const int errors[] = { ENOSYS, EPERM, EAGAIN, EINTR };
	struct jail jail = farm_jail(0);
	struct stat st;

	filter_openat2(errors[_i]);
	ck_assert_int_ge(jail_open(&jail, "dir/../file", NULL), 0);
	ck_assert_int_eq(jail_stat(&jail, "dir", &st), 0);
	ck_assert_int_eq(jail_open(&jail, "dir/out/secret", NULL), -1);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

static uint64_t first_call;

static void
note_first(uint64_t number, size_t count)
{
	if (count == 0)
		first_call = number;
}

static void
act_open(const struct jail *jail)
{
	jail_open(jail, "/dir/file", NULL);
}

static void
act_write(const struct jail *jail)
{
	struct jail_file file;

	jail_create(jail, "dir/new", NULL, 0600, &file);
	jail_publish(&file, true);
}

static void
act_write_one_of_many(const struct jail *jail)
{
	struct jail_file file;

	jail_create(jail, "one", NULL, 0600, &file);
	jail_publish(&file, true);
}

START_TEST(the_fast_path_is_short)
{
	struct jail jail = farm_jail(0);

	ck_assert_uint_eq(farm_trace(&jail, act_open, note_first), 2);
	ck_assert_uint_eq(first_call, SYS_openat2);
	/* parent, target, temporary and its lock, rename, two closes */
	jail.lazy = true;
	ck_assert_uint_eq(farm_trace(&jail, act_write, note_first), 7);
	/* and sync the file; open, sync and close the directory */
	jail.lazy = false;
	ck_assert_uint_eq(farm_trace(&jail, act_write, note_first), 11);
	/* a file, its name, a close */
	jail.lazy = true;
	jail_expect_many(&jail);
	ck_assert_uint_eq(farm_trace(&jail, act_write_one_of_many, note_first), 3);
	ck_assert_int_eq(jail_remove(&jail, "one"), 0);
}
END_TEST
#endif

Suite *
jail_look_suite(void)
{
	Suite *suite = suite_create("jail, looking");
	TCase *tcase = tcase_create("jail_look");

	tcase_set_timeout(tcase, 60);
	tcase_add_unchecked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, names_of_every_length, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, deep_directories, 0, FARM_WAYS);
	tcase_add_test(tcase, bytes_become_names);
	tcase_add_test(tcase, a_working_directory_stays_at_the_top);
	tcase_add_test(tcase, a_working_directory_has_an_end);
	tcase_add_loop_test(tcase, lists, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, devices_and_magic_links_are_refused, 0, FARM_WAYS);
	tcase_add_loop_test(tcase, permissions_are_the_servers, 0, FARM_WAYS);
#if defined(__linux__) && defined(SYS_openat2) && !defined(PORTABLE)
	tcase_add_loop_test(tcase, the_walk_stands_in_for_the_kernel, 0, 4);
	tcase_add_test(tcase, the_fast_path_is_short);
#endif
	suite_add_tcase(suite, tcase);
	return suite;
}
