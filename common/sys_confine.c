/*
 * sys_confine: what a process can give up. See sys_confine.h.
 *
 * Landlock's and capset's structures are written out here, because a C library's headers may
 * be older than the kernel.
 */
#define _GNU_SOURCE /* syscall, chroot */

#include "common/sys_confine.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/sys.h"

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* ---- root ---- */

#ifdef HAVE_LINUX
enum {
	CAPABILITIES_3 = 0x20080522, /* the version: two words for each set */
	SYS_CHROOT = 18,	     /* the number of the right */
};

/* No rights but these of the first 32. */
static int
set_rights(uint32_t rights)
{
	struct {
		uint32_t version;
		int pid;
	} header = { CAPABILITIES_3, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} sets[2] = { { rights, rights, 0 }, { 0, 0, 0 } };

	return (int)syscall(SYS_capset, &header, sets);
}
#endif

int
sys_become_but_chroot(uid_t uid, gid_t gid)
{
#ifdef HAVE_LINUX
	int result;

	if (prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL) == -1)
		return -1;
	result = sys_become(uid, gid);
	(void)prctl(PR_SET_KEEPCAPS, 0UL, 0UL, 0UL, 0UL);
	return result == 0 ? set_rights(1U << SYS_CHROOT) : -1;
#else
	return sys_become(uid, gid);
#endif
}

void
sys_give_up_chroot(void)
{
#ifdef HAVE_LINUX
	(void)set_rights(0);
#endif
}

int
sys_confine_root(int dir)
{
#ifdef HAVE_LINUX
	return fchdir(dir) == -1 ? -1 : chroot(".");
#else
	(void)dir;
	errno = ENOSYS;
	return -1;
#endif
}

int
sys_open_nowhere(void)
{
	char path[] = "/tmp/nowhere-XXXXXX";
	int fd;

	if (mkdtemp(path) == NULL)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1)
		(void)fchmod(fd, S_IXUSR | S_IXGRP | S_IXOTH);
	(void)rmdir(path);
	return fd;
}

/* ---- Landlock ---- */

#ifdef HAVE_LINUX
enum {
	CREATE_RULESET = 444, /* system calls; the same on every machine */
	ADD_RULE = 445,
	RESTRICT_SELF = 446,
	TELL_VERSION = 1,
	RULE_BENEATH = 1,
	VERSION_MIN = 2, /* before, no file could be moved between directories */
};

enum access {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_DIR = 1 << 4,
	REMOVE_FILE = 1 << 5,
	MAKE_DIR = 1 << 7,
	MAKE_REG = 1 << 8,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,

	READING = READ_FILE | READ_DIR,
	WRITING =
	    WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE,

	ALL_2 = (1 << 14) - 1, /* what versions 2, 3 and 5 know */
	ALL_3 = (1 << 15) - 1,
	ALL_5 = (1 << 16) - 1,
};

enum scope {
	ABSTRACT_SOCKETS = 1 << 0, /* from version 6 on */
	SIGNALS = 1 << 1,
};

/* What is forbidden but for exceptions. An older kernel takes it if its end is zeros. */
struct ruleset {
	uint64_t access, net, scope;
};

struct beneath {
	uint64_t allowed;
	int32_t dir;
} __attribute__((packed));
#endif

int
sys_confine_beneath(int dir, bool write)
{
#ifdef HAVE_LINUX
	long version = syscall(CREATE_RULESET, NULL, (size_t)0, TELL_VERSION);
	struct ruleset ruleset = {
		.access = version >= 5 ? ALL_5 :
			  version >= 3 ? ALL_3 :
					 ALL_2,
		.scope = version >= 6 ? ABSTRACT_SOCKETS | SIGNALS : 0,
	};
	struct beneath rule = { (READING | (write ? WRITING : 0)) & ruleset.access, dir };
	int fd, result, saved;

	if (version >= 0 && version < VERSION_MIN)
		errno = ENOSYS;
	if (version < VERSION_MIN)
		return -1;
	fd = (int)syscall(CREATE_RULESET, &ruleset, sizeof ruleset, 0);
	if (fd == -1)
		return -1;
	result = (int)syscall(ADD_RULE, fd, RULE_BENEATH, &rule, 0);
	if (result == 0)
		result = (int)syscall(RESTRICT_SELF, fd, 0);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
#else
	(void)dir, (void)write;
	errno = ENOSYS;
	return -1;
#endif
}
