/*
 * Guards: walls that are only painted. A process that has given something up tries all that
 * somebody would who has taken it over, and must fail; and what its work needs must go.
 * What this kernel does not have is not looked at.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/sys_confine.h"
#include "tests/unit/farm.h"
#include "tests/unit/unit.h"

enum {
	NOBODY = 65534,
	MISSING = 77, /* the kernel has no such wall */
};

/* In the child: this must hold, or the line is told. */
#define HOLDS(condition)                                                                       \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__,  \
			    #condition, errno);                                                \
			_exit(1);                                                              \
		}                                                                              \
	} while (0)
#define REFUSED(call, error) HOLDS((call) == -1 && errno == (error))

static void
begin(void)
{
	farm_begin();
	farm_dir("top/dir");
	farm_file("top/file", "inside");
}

/* What is given up is given up for good: so try it in a child. */
static void
in_a_child(void (*try)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		try();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == MISSING);
}

static void
confine_calls(void)
{
	if (sys_confine_calls() == -1)
		_exit(errno == ENOSYS || errno == EINVAL ? MISSING : 1);
}

static void
try_calls(void)
{
	char *const args[] = { "true", NULL };
	struct rlimit limit;
	int fd;

	confine_calls();
	REFUSED(fork(), EPERM);
	REFUSED(execv("/bin/true", args), EPERM);
	REFUSED(kill(getppid(), SIGCONT), EPERM);
	HOLDS(kill(getppid(), 0) == 0);
	HOLDS(kill(getpid(), 0) == 0);
	HOLDS(raise(SIGCONT) == 0); /* by which abort(3) ends */
	REFUSED(mkfifo("/tmp/no-such-fifo", 0600), EPERM);
	REFUSED(symlink("x", "/tmp/no-such-link"), EPERM);
	HOLDS(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	      MAP_FAILED);
	HOLDS(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	      MAP_FAILED);
	REFUSED(socket(AF_UNIX, SOCK_STREAM, 0), EPERM);
	REFUSED(socket(AF_INET, SOCK_DGRAM, 0), EPERM);
	REFUSED(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 0), EPERM);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	HOLDS(fd != -1);
	HOLDS(socket(AF_INET6, SOCK_STREAM, 0) != -1 || errno == EAFNOSUPPORT);
	HOLDS(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	HOLDS(openat(farm_fd, "top/file", O_RDONLY) != -1);
}

START_TEST(fewer_calls)
{
	in_a_child(try_calls);
}
END_TEST

static int
confine_beneath(bool write)
{
	int top = openat(farm_fd, "top", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	HOLDS(top != -1);
	confine_calls();
	if (sys_confine_beneath(top, write) == -1)
		_exit(errno == ENOSYS || errno == EOPNOTSUPP ? MISSING : 1);
	return top;
}

static void
try_beneath(void)
{
	int secret = openat(farm_fd, "out/secret", O_RDONLY | O_CLOEXEC), fd;
	int top = confine_beneath(true);
	char byte;

	REFUSED(open("/etc/passwd", O_RDONLY), EACCES);
	REFUSED(openat(farm_fd, "out/secret", O_RDONLY), EACCES);
	REFUSED(openat(top, "../out/secret", O_RDONLY), EACCES);
	REFUSED(openat(farm_fd, "out", O_RDONLY | O_DIRECTORY), EACCES);
	REFUSED(openat(farm_fd, "out/new", O_WRONLY | O_CREAT, 0600), EACCES);
	REFUSED(unlinkat(farm_fd, "out/secret", 0), EACCES);
	HOLDS(renameat(top, "file", farm_fd, "out/file") == -1);
	HOLDS(read(secret, &byte, 1) == 1); /* it was open */
	fd = openat(top, "new", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1 && write(fd, "x", 1) == 1 && ftruncate(fd, 0) == 0);
	HOLDS(renameat(top, "new", top, "dir/new") == 0);
	HOLDS(mkdirat(top, "more", 0700) == 0);
	HOLDS(unlinkat(top, "more", AT_REMOVEDIR) == 0);
	HOLDS(unlinkat(top, "dir/new", 0) == 0);
	HOLDS(openat(top, ".", O_RDONLY | O_DIRECTORY) != -1);
}

static void
try_reading_beneath(void)
{
	int top = confine_beneath(false);

	HOLDS(openat(top, "file", O_RDONLY) != -1);
	HOLDS(openat(top, "dir", O_RDONLY | O_DIRECTORY) != -1);
	REFUSED(openat(top, "file", O_WRONLY), EACCES);
	REFUSED(openat(top, "new", O_WRONLY | O_CREAT, 0600), EACCES);
	REFUSED(unlinkat(top, "file", 0), EACCES);
	REFUSED(mkdirat(top, "more", 0700), EACCES);
}

START_TEST(files_beneath_a_directory)
{
	in_a_child(try_beneath);
	in_a_child(try_reading_beneath);
}
END_TEST

static void
try_root(void)
{
	int nowhere = sys_open_nowhere(), top = openat(farm_fd, "top", O_RDONLY | O_DIRECTORY);

	HOLDS(nowhere != -1 && top != -1);
	if (sys_become_but_chroot(NOBODY, NOBODY) == -1)
		_exit(1);
	HOLDS(getuid() == NOBODY && geteuid() == NOBODY);
	REFUSED(setuid(0), EPERM);
	if (sys_confine_root(nowhere) == -1)
		_exit(errno == ENOSYS || errno == EPERM ? MISSING : 1);
	close(nowhere);
	close(farm_fd);
	REFUSED(open("/etc/passwd", O_RDONLY), ENOENT);
	REFUSED(open("../../etc/passwd", O_RDONLY), ENOENT);
	HOLDS(mkdir("/x", 0700) == -1);
	HOLDS(sys_confine_root(top) == 0);
	sys_give_up_chroot();
	HOLDS(open("/file", O_RDONLY) != -1);
	REFUSED(open("/../out/secret", O_RDONLY), ENOENT);
	REFUSED(openat(top, "../out/secret", O_RDONLY), ENOENT);
	REFUSED(sys_confine_root(top), EPERM);
	REFUSED(setuid(0), EPERM);
}

START_TEST(another_root)
{
	if (geteuid() == 0)
		in_a_child(try_root);
}
END_TEST

Suite *
confine_suite(void)
{
	Suite *suite = suite_create("confine");
	TCase *tcase = tcase_create("confine");

	tcase_add_checked_fixture(tcase, begin, farm_end);
	tcase_add_test(tcase, fewer_calls);
	tcase_add_test(tcase, files_beneath_a_directory);
	tcase_add_test(tcase, another_root);
	suite_add_tcase(suite, tcase);
	return suite;
}
