/*
 * keys: who may, and what: the keys(5) file.
 *
 *	# name   rights        secret
 *	anna     run,read      6f1ed002ab5595859014ebf0951522d9
 *	backup   read,write    correct-horse-battery-staple
 *
 * The file holds secrets: it must belong to the user who runs the program, or root,
 * and be closed to everybody else (0600), or it is refused. It is read when it is
 * needed, so keys change without a restart.
 */
#ifndef COMMON_KEYS_H
#define COMMON_KEYS_H

#include <stddef.h>

enum {
	KEYS_NAME_MAX = 64,
	KEYS_SECRET_MIN = 16, /* bytes: less can be guessed from one recorded proof */
	KEYS_SECRET_MAX = 256,
	KEYS_LINE_MAX = 512,
	KEYS_MAX = 1024, /* lines */
};

enum keys_right {
	KEYS_RUN = 1 << 0,
	KEYS_READ = 1 << 1,
	KEYS_WRITE = 1 << 2,
	KEYS_ALL = KEYS_RUN | KEYS_READ | KEYS_WRITE,
};

struct key {
	char name[KEYS_NAME_MAX + 1];
	char secret[KEYS_SECRET_MAX + 1];
	size_t secret_len;
	unsigned rights; /* of enum keys_right */
};

/*
 * Find the key `name` (NULL: the first one). 1 found, 0 there is no such key, -1 the
 * file cannot be used: one line for people in `error`. One wrong line anywhere, or the
 * name on two of them, is a file that cannot be used.
 */
int
keys_find(const char *path, const char *name, struct key *key, char *error, size_t error_cap);

/* keys_find for who cannot go on without the key: 0, or -1 and one line is logged. */
int keys_fetch(const char *path, const char *name, struct key *key);

/* Overwrite the secret, so that it does not stay in memory. */
void keys_forget(struct key *key);

#endif
