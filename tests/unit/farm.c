#include "tests/unit/farm.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#ifdef __linux__
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/ptrace.h>
#include <signal.h>
#endif

enum {
	NOBODY = 65534,
};

char farm_path[] = "/tmp/jail-XXXXXX";
int farm_fd = -1;

void
farm_begin(void)
{
	umask(022);
	memcpy(strchr(farm_path, '-'), "-XXXXXX", sizeof "-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(farm_path));
	farm_fd = open(farm_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(farm_fd, -1);
	ck_assert_int_eq(fchmod(farm_fd, 0755), 0);
	farm_dir("top");
	farm_dir("out");
	farm_file("out/secret", "outside");
}

void
farm_begin_open(void)
{
	farm_begin();
	ck_assert_int_eq(fchmodat(farm_fd, "top", 0777, 0), 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void
farm_end(void)
{
	close(farm_fd);
	nftw(farm_path, remove_one, 20, FTW_DEPTH | FTW_PHYS);
}

void
farm_file(const char *name, const char *text)
{
	int fd = openat(farm_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

void
farm_dir(const char *name)
{
	ck_assert_msg(mkdirat(farm_fd, name, 0755) == 0, "%s: %s", name, strerror(errno));
}

void
farm_link(const char *name, const char *target)
{
	ck_assert_msg(symlinkat(target, farm_fd, name) == 0, "%s: %s", name, strerror(errno));
}

int
farm_count(const char *name)
{
	DIR *dir = fdopendir(openat(farm_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count - 2;
}

bool
farm_has(const char *name, const char *text)
{
	char found[100];
	int fd = openat(farm_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return false;
	n = read(fd, found, sizeof found);
	close(fd);
	return n == (ssize_t)strlen(text) && memcmp(found, text, (size_t)n) == 0;
}

struct jail
farm_jail(int way)
{
	char path[sizeof farm_path + sizeof "/top"];
	struct jail jail;

	snprintf(path, sizeof path, "%s/top", farm_path);
	ck_assert_int_eq(jail_begin(&jail, path), 0);
	jail.walk = way == 1;
	return jail;
}

int
farm_next_fd(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

void
farm_drop_root(void)
{
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(NOBODY, NOBODY, NOBODY), 0);
}

#ifdef __linux__
/* Between two getppid(2), so that what is before and after does not count. */
static void
be_traced(const struct jail *jail, void (*act)(const struct jail *))
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	syscall(SYS_getppid);
	act(jail);
	syscall(SYS_getppid);
	_exit(0);
}

size_t
farm_trace(const struct jail *jail, void (*act)(const struct jail *),
    void (*before)(uint64_t number, size_t count))
{
	struct ptrace_syscall_info info;
	size_t marks = 0, count = 0;
	int status;
	pid_t child = fork();

	if (child == 0)
		be_traced(jail, act);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(
	    ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL),
	    0);
	do {
		if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0 &&
		    info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			if (info.entry.nr == SYS_getppid)
				marks++;
			else if (marks == 1 && info.entry.nr != SYS_clock_gettime)
				before(info.entry.nr, count++);
		}
		ptrace(PTRACE_SYSCALL, child, NULL, NULL);
	} while (waitpid(child, &status, 0) == child && WIFSTOPPED(status));
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(marks, 2);
	return count;
}
#endif
