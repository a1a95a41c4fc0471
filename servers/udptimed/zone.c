/*
 * zone: a time zone in memory, from the system's zone files. See zone.h.
 */
#include "servers/udptimed/zone.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/clock.h"

enum {
	PATH_SIZE = 1024,
};

const char *
zone_folder(void)
{
	const char *folder = getenv("TZDIR");

	return folder && *folder ? folder : "/usr/share/zoneinfo";
}

/* All of a file that fits. 0, or -1 with errno. */
static int
read_all(int fd, struct zone *zone)
{
	ssize_t n;

	zone->len = 0;
	while ((n = read(fd, zone->file + zone->len, sizeof zone->file - zone->len)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		zone->len += (size_t)n;
	}
	return 0;
}

/* Whether this is a zone file is asked at once: the folder has others, too. */
static int
check(struct zone *zone)
{
	struct tz_local local;

	if (zone->len > 0 && tz_from_file(zone->file, zone->len, 0, &local))
		return 0;
	errno = EINVAL;
	return -1;
}

/* Not to wait in open(2) if it is a FIFO, nor to read what is no file. */
static int
open_file(struct zone *zone, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), result = -1, saved;
	struct stat st;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		errno = EINVAL;
		if (S_ISREG(st.st_mode) && st.st_size < ZONE_FILE_MAX)
			result = read_all(fd, zone);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return result == 0 ? check(zone) : -1;
}

int
zone_open(struct zone *zone, const char *folder, const char *name, size_t len)
{
	char path[PATH_SIZE];

	zone->len = 0;
	if (len == 3 && memcmp(name, "UTC", len) == 0) /* known also where no files are */
		return 0;
	errno = EINVAL;
	if (!clock_is_zone(name, len))
		return -1;
	errno = ENAMETOOLONG;
	if (snprintf(path, sizeof path, "%s/%.*s", folder, (int)len, name) >= (int)sizeof path)
		return -1;
	return open_file(zone, path);
}

int
zone_open_own(struct zone *zone, const char *folder)
{
	const char *name = getenv("TZ");

	if (name && *name == ':')
		name++;
	if (name)
		return *name ? zone_open(zone, folder, name, strlen(name)) :
			       zone_open(zone, folder, "UTC", 3);
	if (open_file(zone, "/etc/localtime") == 0)
		return 0;
	zone->len = 0;
	return errno == ENOENT ? 0 : -1;
}

bool
zone_look(const struct zone *zone, int64_t t, struct tz_local *local)
{
	if (zone->len > 0)
		return tz_from_file(zone->file, zone->len, t, local);
	*local = (struct tz_local){ .name = "UTC" };
	return true;
}
