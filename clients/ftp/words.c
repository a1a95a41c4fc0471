/*
 * words: a line of commands into its words. See words.h.
 */
#include "clients/ftp/words.h"

#include <string.h>

/* Where a word is written, twice: as it is meant, and as a pattern. */
struct word {
	char *text, *glob;
	size_t text_len, glob_len;
	bool pattern;
};

static void
add(struct word *word, char c, bool quoted)
{
	const char *special = "*?[]\\";

	word->text[word->text_len++] = c;
	if (strchr(special, c) != NULL) {
		if (quoted)
			word->glob[word->glob_len++] = '\\';
		else if (c != ']' && c != '\\')
			word->pattern = true;
	}
	word->glob[word->glob_len++] = c;
}

/* One word, from *at on. NULL, or what is wrong. */
static const char *
take_word(struct word *word, const char **at)
{
	char quote = '\0';
	const char *c = *at;

	for (; *c && *c != '\n'; c++) {
		if (quote == '\0' && strchr(" \t\r;", *c) != NULL)
			break;
		if (*c == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*c == '"' || *c == '\'')) {
			quote = *c;
		} else if (*c == '\\' && quote != '\'' && c[1] != '\0' && c[1] != '\n') {
			add(word, *++c, true);
		} else {
			add(word, *c, quote != '\0');
		}
	}
	*at = c;
	return quote ? "a quote is not closed" : NULL;
}

const char *
words_split(struct words *words, const char *line, const char **rest)
{
	char *room = words->room;

	words->count = 0;
	if (strlen(line) > WORDS_LINE_MAX)
		return "the line is too long";
	for (;;) {
		struct word word = { .text = room };
		const char *wrong;

		line += strspn(line, " \t\r");
		if (*line == '#')
			line += strcspn(line, "\n");
		if (*line == '\0' || *line == ';' || *line == '\n')
			break;
		if (words->count == WORDS_MAX)
			return "too many words";
		/* A word of n bytes needs n + 1, and 2 n + 1 as a pattern. */
		word.glob = room + strcspn(line, "\n") + 1;
		wrong = take_word(&word, &line);
		if (wrong)
			return wrong;
		word.text[word.text_len] = word.glob[word.glob_len] = '\0';
		memmove(word.text + word.text_len + 1, word.glob, word.glob_len + 1);
		words->text[words->count] = word.text;
		words->glob[words->count] = word.text + word.text_len + 1;
		words->pattern[words->count++] = word.pattern;
		room = words->glob[words->count - 1] + word.glob_len + 1;
	}
	words->text[words->count] = words->glob[words->count] = NULL;
	*rest = *line ? line + 1 : line;
	return NULL;
}
