/*
 * jail_internal: what the parts of jail share. Nobody else includes it.
 */
#ifndef COMMON_JAIL_INTERNAL_H
#define COMMON_JAIL_INTERNAL_H

#include "common/jail.h"

/* The directory of a name's last component, and that component. */
struct jail_entry {
	int parent; /* may be the jail's top: jail_leave knows */
	bool own;
	bool slash; /* more was behind it: it must be a directory */
	char name[JAIL_NAME_MAX + 1];
};

int jail_reach(const struct jail *jail, const char *name, struct jail_entry *entry);
void jail_leave(struct jail_entry *entry);

/* open(2) without O_CREAT, or stat(2), beneath the top. Names are checked. */
int jail_resolve(const struct jail *jail, const char *name, int flags);
int jail_status(const struct jail *jail, const char *name, bool follow, struct stat *st);

/* One attempt of the same, a component at a time. */
int jail_walk_open(const struct jail *jail, const char *name, int flags);
int jail_walk_stat(const struct jail *jail, const char *name, bool follow, struct stat *st);

/* Whether it is the name of a file that is still being written: jail_file.c. */
bool jail_is_temporary(const char *component);

/* close(2) that leaves errno alone. */
void jail_close(int fd);

#endif
