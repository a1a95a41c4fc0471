/*
 * glob: names by pattern, as a shell has them: * any bytes, ? any one, [a-z] and [!a-z] one
 * of a set, \ the next byte itself. No slash is special, and no leading dot.
 *
 * Done in time of pattern times name, whatever the pattern: one that comes from a peer
 * must not cost more (CVE-2010-2632).
 */
#ifndef PROTOCOL_GLOB_H
#define PROTOCOL_GLOB_H

#include <stdbool.h>
#include <stddef.h>

bool glob_match(const char *pattern, size_t pattern_len, const char *name, size_t len);

/* Whether there is anything in it that is not to be taken as it stands. */
bool glob_is_pattern(const char *pattern, size_t len);

#endif
