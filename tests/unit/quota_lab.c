/*
 * quota_lab: see quota_lab.h.
 */
#include "tests/unit/quota_lab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct quota_lab quota_lab;

void
quota_lab_begin(void)
{
	strcpy(quota_lab.directory, "/tmp/switchboard-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(quota_lab.directory));
	ck_assert_int_eq(jail_begin(&quota_lab.home, quota_lab.directory), 0);
	quota_lab.table = quota_new(QUOTA_SESSIONS);
	ck_assert_ptr_nonnull(quota_lab.table);
}

void
quota_lab_end(void)
{
	char command[96];

	jail_end(&quota_lab.home);
	snprintf(command, sizeof command, "rm -rf %s", quota_lab.directory);
	ck_assert_int_eq(system(command), 0);
}

void
quota_lab_grow(const char *name, size_t len)
{
	static const char bytes[QUOTA_CHUNK];
	int fd = openat(quota_lab.home.top, name, O_WRONLY | O_CREAT | O_APPEND, 0600);

	for (size_t n; len > 0; len -= n) {
		n = len < sizeof bytes ? len : sizeof bytes;
		if (fd == -1 || write(fd, bytes, n) != (ssize_t)n)
			abort();
	}
	close(fd);
}

void
quota_lab_join(struct quota *quota, uint64_t bytes, uint64_t files)
{
	ck_assert_int_eq(
	    quota_join(quota, quota_lab.table, "anna", bytes, files, &quota_lab.home), 0);
}

void
quota_lab_refused(struct quota *quota, uint64_t bytes, uint64_t files)
{
	errno = 0;
	ck_assert_int_eq(quota_reserve(quota, bytes, files), -1);
	ck_assert_int_eq(errno, EDQUOT);
}
