/*
 * farm: a place for the tests of jail: PLACE/top is the jail, PLACE/out is outside.
 */
#ifndef TESTS_FARM_H
#define TESTS_FARM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/jail.h"

/* Where PLACE is, and a descriptor of it. */
extern char farm_path[];
extern int farm_fd;

/* A fixture that runs once for a TCase: made before its first test, gone after the last. */
void farm_begin(void);
void farm_begin_open(void); /* everybody may write into top */
void farm_end(void);

/* Each name is relative to PLACE. What cannot be made fails the test. */
void farm_file(const char *name, const char *text);
void farm_dir(const char *name);
void farm_link(const char *name, const char *target);

/* How many names a directory has. */
int farm_count(const char *name);

/* Does this name have this text? Without following a link. */
bool farm_has(const char *name, const char *text);

/* A jail in PLACE/top; `way` 0: as the system can; 1: the walk. */
enum { FARM_WAYS = 2 };
struct jail farm_jail(int way);

/* The lowest descriptor that is free: the same before and after what leaks none. */
int farm_next_fd(void);

/* Go on as a user who has no rights but those of the mode bits. */
void farm_drop_root(void);

#ifdef __linux__
/*
 * Run act(jail) in a traced child; before each of its system calls (number, and how many
 * before it) call `before`. How many there were. Fails the test if the child does.
 */
size_t farm_trace(const struct jail *jail, void (*act)(const struct jail *),
    void (*before)(uint64_t number, size_t count));
#endif

#endif
