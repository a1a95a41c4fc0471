/*
 * password: what is kept of a password, and how one is asked for.
 *
 * Kept is a hash of crypt(5), from which nobody gets the password back but by trying:
 * yescrypt, of which each try costs some hundredths of a second and megabytes of memory.
 * libxcrypt makes it; with PORTABLE it is SHA-512 by crypt(3) alone.
 */
#ifndef COMMON_PASSWORD_H
#define COMMON_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PASSWORD_MAX = 511,	 /* bytes: CRYPT_MAX_PASSPHRASE_SIZE of libxcrypt */
	PASSWORD_HASH_MAX = 383, /* CRYPT_OUTPUT_SIZE of it; both without the NUL */
};

/* A new hash: 0, or -1 with errno. */
int password_hash(const char *password, char hash[PASSWORD_HASH_MAX + 1]);

/*
 * Whether `hash` is of this password: 1, 0, or -1 with errno when that method is not
 * known here. `hash` may be a setting alone: that costs as much, and gives 0.
 */
int password_try(const char *password, const char *hash);

/* What costs as much as a hash of password_hash, where there is no other to be tried. */
const char *password_nobodys(void);

/*
 * A password from standard input: at a terminal asked for there, `prompt` before it,
 * unseen and, if `twice`, once more; else the first line. Its length; -1 with one line
 * for people in `error`, when it is empty, too long, has a NUL or was typed differently,
 * and on ^C.
 */
int password_read(const char *prompt, bool twice, char password[PASSWORD_MAX + 1], char *error,
    size_t error_cap);

#endif
