/*
 * users: who may log in, in a ftpd-users(5) file: the accounts of ftpd, and those for
 * whom httpd opens a folder.
 *
 * The file is read at each login, so accounts change without a restart, and by whoever
 * decides on logins only: a process that serves a client never sees a hash.
 *
 * Who logs in with a name that is not there, or that is locked or over, has its password
 * hashed as any other, and learns nothing but "no", after as long a time.
 */
#ifndef LINK_USERS_H
#define LINK_USERS_H

#include "protocol/users.h"

enum {
	USERS_MAX = 10000,	  /* accounts in a file */
	USERS_FILE_MAX = 1 << 23, /* bytes of it */
	USERS_ERROR_MAX = 1280,
};

/* For `options`. */
enum users_option {
	USERS_ALLOW_WEAK = 1 << 0,  /* hashes of weak methods count, too */
	USERS_SHORT_LINES = 1 << 1, /* a line may be name:hash: users_parse_short */
};

enum users_verdict {
	USERS_ADMITTED,
	/* Refused: one answer for all of these to the peer; which it was is for the log. */
	USERS_NOBODY,	   /* no such account */
	USERS_WRONG,	   /* not the password */
	USERS_LOCKED,	   /* locked: '!' */
	USERS_OVER,	   /* its last day was before `today` */
	USERS_WEAK_METHOD, /* the hash is of a weak method, and these are not allowed */
	USERS_UNUSABLE,	   /* the file cannot be used, see `error`; or crypt(3) failed */
	USERS_VERDICTS,
};

/*
 * May `name` come in with `password` (strings), on the day `today` (since 1970)? *entry
 * is set if so, without its hash. `error` is for USERS_UNUSABLE: one wrong line anywhere,
 * or this name on two of them, is a file that cannot be used. A password's new hash is
 * made by password_hash of common/password.h.
 */
enum users_verdict users_login(const char *path, const char *name, const char *password,
    int64_t today, unsigned options, struct users_entry *entry, char *error, size_t error_cap);

/* For the log: "no such account". */
const char *users_verdict_words(enum users_verdict verdict);

/* Whether users_login could use the file: 0, or -1 with `error`. */
int users_check(const char *path, unsigned options, char *error, size_t error_cap);

/* ---- for ftpadm ---- */

/*
 * Each account in order: stops when `each` returns other than 0, and returns that; 0; -1
 * with `error`: the file cannot be used. Also the check of a whole file.
 */
int users_each(const char *path, int (*each)(void *arg, const struct users_entry *entry),
    void *arg, char *error, size_t error_cap);

enum users_edit {
	USERS_KEEP, /* leave it as it is */
	USERS_PUT,  /* write it as it is now in *entry */
	USERS_DELETE_ENTRY,
	USERS_FAIL, /* give up, and leave the whole file as it is */
};

/*
 * Change the account `name`, under a lock and in one go: `edit` is called once with
 * what the file has, or with found false and an empty entry. Other lines, comments and
 * the order stay. 0, or -1 with `error` (which `edit` may have written for USERS_FAIL).
 */
int users_edit(const char *path, const char *name, bool create,
    enum users_edit (*edit)(
	void *arg, bool found, struct users_entry *entry, char *error, size_t error_cap),
    void *arg, char *error, size_t error_cap);

#endif
