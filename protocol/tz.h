/*
 * tz: what a clock on the wall shows, from the files of the time zone database.
 *
 * The C library reads these files too, but only for the one zone that the environment
 * variable TZ names, kept in variables of the whole process. A server that answers
 * each client in the zone it asks for would have to change them for each datagram.
 * Here a zone is a piece of memory with the contents of its file, and a question a
 * function of that and of a time.
 *
 *	TZif file (RFC 9636)      transitions: from this second on, this kind of time
 *	                          kinds: offset from UTC, daylight saving or not, name
 *	                          a rule, for what lies behind the last transition
 *	rule (POSIX, TZ)          "CET-1CEST,M3.5.0,M10.5.0/3"
 *
 * What it deliberately does not do: leap seconds (zones below "right/"), since POSIX
 * time has none; and a rule without its dates ("EST5EDT"), whose meaning is the
 * implementation's choice.
 */
#ifndef PROTOCOL_TZ_H
#define PROTOCOL_TZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TZ_NAME_MAX = 6,		/* of an abbreviation: "CEST", "+0530" */
	TZ_OFFSET_MAX = 26 * 3600 - 1,	/* east of Greenwich, in seconds: RFC 9636, 3.2 */
	TZ_OFFSET_MIN = -25 * 3600 + 1, /* west */
};

#define TZ_TIME_MAX 1000000000000 /* s before and after 1970: 31,000 years */

struct tz_local {
	int32_t offset; /* seconds east of UTC */
	bool dst;
	char name[TZ_NAME_MAX + 1];
};

/* At `t` seconds after 1970, UTC. False when the file or rule is not well-formed. */
bool tz_from_file(const void *file, size_t len, int64_t t, struct tz_local *local);
bool tz_from_rule(const char *rule, size_t len, int64_t t, struct tz_local *local);

#endif
