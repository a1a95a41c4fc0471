/*
 * netrc: who to be on which server, as in the file .netrc that FTP clients share.
 *
 *	machine lab.example login anna password "a secret"
 *	machine other.example
 *		login guest
 *	default login anonymous password me@here
 *
 * Words are separated by blanks and line ends; one may be in double quotes, where a
 * backslash takes the next byte as it is. A word that begins with '#' where a keyword is
 * expected begins a comment. `account WORD' is skipped, and so is `macdef NAME' up to
 * the next empty line: macros are commands that nobody has typed.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_NETRC_H
#define PROTOCOL_NETRC_H

#include <stdbool.h>
#include <stddef.h>

enum {
	NETRC_WORD_MAX = 511, /* bytes of a word, without its NUL */
	NETRC_FILE_MAX = 64 * 1024,
};

enum netrc_status {
	NETRC_FOUND,
	NETRC_NONE,
	NETRC_BAD_WORD,	 /* a word that is no keyword where one must be */
	NETRC_BAD_QUOTE, /* quotes that do not end */
	NETRC_TOO_LONG,	 /* a word is */
	NETRC_MISSING,	 /* a keyword without its word */
};

struct netrc_entry {
	char login[NETRC_WORD_MAX + 1];
	char password[NETRC_WORD_MAX + 1]; /* wipe it when done */
	bool has_login, has_password;
};

/*
 * The first entry for `machine` (letters of either case) or, if none is before it, of
 * `default`; with `login` not NULL only one that has this login, or none. *line is where
 * something is wrong, from 1.
 */
enum netrc_status netrc_find(const char *text, size_t len, const char *machine,
    const char *login, struct netrc_entry *entry, unsigned *line);

/* What is wrong, in words. */
const char *netrc_status_words(enum netrc_status status);

#endif
