/*
 * allow: one line of a commands(5) file: a name, and what it runs.
 *
 *	# name   program and arguments
 *	date     /bin/date -u
 *	say      /bin/echo ...
 *	log      /usr/bin/tail -n 100 "/var/log/my lab.log"
 *
 * Words are separated by blanks; one in double quotes may hold blanks. A last word
 * `...' lets the client add arguments of its own there; without it there are none.
 *
 * Pure: no I/O, nothing is allocated. The words are spans of the line.
 */
#ifndef PROTOCOL_ALLOW_H
#define PROTOCOL_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

enum {
	ALLOW_NAME_MAX = 64,
	ALLOW_WORDS_MAX = 64, /* of a line, without its name */
	ALLOW_LINE_MAX = 4096,
};

struct allow_span {
	const char *at; /* not a string */
	size_t len;
};

struct allow_rule {
	struct allow_span name;
	struct allow_span words[ALLOW_WORDS_MAX]; /* the program and its arguments */
	size_t count;
	bool extra; /* the client's own arguments follow */
};

enum allow_status {
	ALLOW_RULE,
	ALLOW_BLANK, /* nothing on the line, or a comment */
	ALLOW_BAD_BYTE,
	ALLOW_BAD_QUOTE,
	ALLOW_BAD_NAME,
	ALLOW_NO_PROGRAM,
	ALLOW_NOT_ABSOLUTE,
	ALLOW_TOO_LONG,
};

/* A line, with or without its newline. *rule is set only if ALLOW_RULE. */
enum allow_status allow_parse(struct allow_rule *rule, const char *line, size_t len);

/* What is wrong with a line. */
const char *allow_status_words(enum allow_status status);

/*
 * Split a line into words as above, without the meaning of `...'. ALLOW_RULE and
 * *count of them (0: a blank line), or what is wrong.
 */
enum allow_status allow_split(
    const char *line, size_t len, struct allow_span *words, size_t capacity, size_t *count);

#endif
