/*
 * words: a line of commands into its words, as a shell would.
 *
 *	get "my file" a\ b 'it''s'	a name in quotes of either kind, or escaped
 *	mget *.txt "*.txt"		a pattern, and a name with a star
 *	cd x; ls			`;' begins another command
 *
 * Pure, but for the struct it fills.
 */
#ifndef CLIENTS_FTP_WORDS_H
#define CLIENTS_FTP_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	WORDS_LINE_MAX = 8192, /* bytes of a line */
	WORDS_MAX = 256,
};

struct words {
	size_t count;
	char *text[WORDS_MAX + 1]; /* each as it is meant; NULL behind the last */
	char *glob[WORDS_MAX + 1]; /* for fnmatch(3) and glob(3): what was quoted is escaped */
	bool pattern[WORDS_MAX];   /* it has a star, question mark or bracket that counts */
	char room[3 * WORDS_LINE_MAX + 2 * WORDS_MAX];
};

/*
 * The words up to the end of the line, a newline or a `;', and in *rest what follows.
 * NULL, or what is wrong. A '#' where a word begins makes the rest of the line a comment.
 */
const char *words_split(struct words *words, const char *line, const char **rest);

#endif
