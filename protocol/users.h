/*
 * users: one line of a ftpd-users(5) file: an account of ftpd.
 *
 *	name:hash:home:bytes:files:rights:until
 *
 *	anna:$y$j9T$KNTH...:/srv/ftp/anna:1073741824:10000:read,write,delete,list:
 *	guest:!$y$j9T$cS...:/srv/ftp/pub:::read,list:2027-01-31
 *
 * Like passwd(5), so that one look is enough. Nothing may be left away, and nothing is
 * guessed: a line that is wrong anywhere is no account.
 *
 *	name	1 to 32 of A-Z a-z 0-9 . _ -, not first '.' or '-'
 *	hash	of crypt(5); '!' before it locks the account
 *	home	absolute, without a colon or a control character
 *	bytes	the quota, and
 *	files	how many files there may be; empty: no limit
 *	rights	read, write, delete, list, or all; empty: none
 *	until	the last day, in UTC, that the account may be used; empty: for ever
 *
 * Pure: no I/O, nothing is allocated; and no crypt(3): which method a hash is of can be
 * seen, and whether it is of a weak one.
 */
#ifndef PROTOCOL_USERS_H
#define PROTOCOL_USERS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	USERS_NAME_MAX = 32,
	USERS_HASH_MAX = 383, /* CRYPT_OUTPUT_SIZE of libxcrypt, without its NUL */
	USERS_HOME_MAX = 1023,
	USERS_LINE_MAX = 2048,
};

#define USERS_NO_LIMIT UINT64_MAX
#define USERS_FOR_EVER INT64_MAX

enum users_right {
	USERS_READ = 1 << 0,   /* RETR, HASH */
	USERS_WRITE = 1 << 1,  /* STOR, APPE, MKD, MFMT, and new names */
	USERS_DELETE = 1 << 2, /* DELE, RMD, and what replaces or renames a file */
	USERS_LIST = 1 << 3,   /* LIST, NLST, MLSD, STAT of a name */
	USERS_ALL = (1 << 4) - 1,
};

/* An account. 1.5 KiB: no pointers, so that it can be copied and wiped. */
struct users_entry {
	char name[USERS_NAME_MAX + 1];
	char hash[USERS_HASH_MAX + 1]; /* without the '!'; may be empty only if locked */
	bool locked;
	char home[USERS_HOME_MAX + 1];
	uint64_t bytes, files; /* or USERS_NO_LIMIT */
	unsigned rights;       /* of enum users_right */
	int64_t until;	       /* the last day, days since 1970; or USERS_FOR_EVER */
};

enum users_status {
	USERS_ENTRY, /* an account */
	USERS_BLANK, /* nothing on the line, or a comment (#) */
	USERS_BAD_BYTE,
	USERS_BAD_FIELDS,
	USERS_BAD_SHORT, /* of users_parse_short */
	USERS_BAD_NAME,
	USERS_BAD_HASH,
	USERS_BAD_HOME,
	USERS_BAD_QUOTA,
	USERS_BAD_RIGHTS,
	USERS_BAD_DATE,
	USERS_TOO_LONG,
	USERS_STATUSES,
};

/* A line with or without its newline. *entry is set only if USERS_ENTRY. */
enum users_status users_parse(struct users_entry *entry, const char *line, size_t len);

/*
 * The same for who needs no home: "name:hash" alone, as htpasswd(1) writes it, will do. It
 * is an account with the right to read, for ever.
 */
enum users_status users_parse_short(struct users_entry *entry, const char *line, size_t len);

/* The line, with its newline, as a string: its length, or -1: no room, or no account. */
ssize_t users_encode(char *buffer, size_t capacity, const struct users_entry *entry);

/* What is wrong with a line. */
const char *users_status_words(enum users_status status);

/* ---- its parts, for ftpadm's arguments ---- */

bool users_is_name(const char *name, size_t len);
bool users_is_home(const char *home, size_t len);
/* "read,list", "all", "" to bits; false: another word. And back: a string's length or -1. */
bool users_rights_parse(const char *words, size_t len, unsigned *rights);
ssize_t users_rights_encode(char *buffer, size_t capacity, unsigned rights);
/* "2027-01-31" to days since 1970 and back. */
bool users_date_parse(const char *date, size_t len, int64_t *days);
ssize_t users_date_encode(char *buffer, size_t capacity, int64_t days);

enum users_method {
	USERS_UNKNOWN, /* not a hash */
	USERS_STRONG,  /* yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512, SHA-256 */
	USERS_WEAK,    /* DES of any kind, MD5 of any kind, SHA-1, NT: guessed in no time */
};

/* What kind of hash it is, by how it begins; its name ("yescrypt") if that is wanted. */
enum users_method users_method(const char *hash, size_t len, const char **name);

#endif
