/*
 * zone: a time zone in memory, from the system's zone files.
 */
#ifndef UDPTIMED_ZONE_H
#define UDPTIMED_ZONE_H

#include <stddef.h>

#include "protocol/tz.h"

enum {
	ZONE_FILE_MAX = 16384, /* the longest there is has less than 4,000 bytes */
};

struct zone {
	size_t len; /* 0: UTC */
	unsigned char file[ZONE_FILE_MAX];
};

/* The folder of the zone files: TZDIR, or the system's. */
const char *zone_folder(void);

/* The zone of this name, `len` bytes that clock_is_zone has seen. 0, or -1 with errno. */
int zone_open(struct zone *zone, const char *folder, const char *name, size_t len);

/* This machine's own: what TZ names, else /etc/localtime, else UTC. 0, or -1 with errno. */
int zone_open_own(struct zone *zone, const char *folder);

/* What its clocks show at `t`. False when its file is not well-formed. */
bool zone_look(const struct zone *zone, int64_t t, struct tz_local *local);

#endif
