/*
 * allow: one line of a commands(5) file. See allow.h.
 */
#include "protocol/allow.h"

#include <string.h>

#include "protocol/name.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word from *at on, or one with at == NULL behind the last. */
static enum allow_status
next_word(const char **at, const char *end, struct allow_span *word)
{
	const char *from = *at, *to;

	while (from < end && is_blank(*from))
		from++;
	*word = (struct allow_span){ NULL, 0 };
	*at = from;
	if (from == end)
		return ALLOW_RULE;
	if (*from == '"') {
		to = memchr(from + 1, '"', (size_t)(end - from - 1));
		if (to == NULL || (to + 1 < end && !is_blank(to[1])))
			return ALLOW_BAD_QUOTE;
		*word = (struct allow_span){ from + 1, (size_t)(to - from - 1) };
		*at = to + 1;
		return ALLOW_RULE;
	}
	for (to = from; to < end && !is_blank(*to); to++)
		if (*to == '"')
			return ALLOW_BAD_QUOTE;
	*word = (struct allow_span){ from, (size_t)(to - from) };
	*at = to;
	return ALLOW_RULE;
}

enum allow_status
allow_split(
    const char *line, size_t len, struct allow_span *words, size_t capacity, size_t *count)
{
	const char *at = line, *end = line + len;

	*count = 0;
	if (len > 0 && memchr(line, '\0', len))
		return ALLOW_BAD_BYTE;
	for (;;) {
		struct allow_span word;
		enum allow_status status = next_word(&at, end, &word);

		if (status != ALLOW_RULE || word.at == NULL)
			return status;
		if (*count == capacity)
			return ALLOW_TOO_LONG;
		words[(*count)++] = word;
	}
}

static bool
is_extra(const struct allow_span *word)
{
	/* in quotes it is an argument like others */
	return word->len == 3 && memcmp(word->at, "...", 3) == 0 && word->at[-1] != '"';
}

enum allow_status
allow_parse(struct allow_rule *rule, const char *line, size_t len)
{
	struct allow_span words[ALLOW_WORDS_MAX + 1] = { 0 };
	size_t count, first = 0;
	enum allow_status status;

	while (first < len && is_blank(line[first]))
		first++;
	if (first == len || line[first] == '#')
		return ALLOW_BLANK;
	if (len > ALLOW_LINE_MAX)
		return ALLOW_TOO_LONG;
	status = allow_split(line, len, words, ALLOW_WORDS_MAX + 1, &count);
	if (status != ALLOW_RULE)
		return status;
	if (!name_is_right(words[0].at, words[0].len, ALLOW_NAME_MAX))
		return ALLOW_BAD_NAME;
	if (count < 2 || words[1].len == 0)
		return ALLOW_NO_PROGRAM;
	if (*words[1].at != '/')
		return ALLOW_NOT_ABSOLUTE;
	rule->name = words[0];
	rule->extra = is_extra(&words[count - 1]);
	rule->count = count - 1 - rule->extra;
	memcpy(rule->words, words + 1, rule->count * sizeof *words);
	return ALLOW_RULE;
}

const char *
allow_status_words(enum allow_status status)
{
	static const char *const words[] = {
		[ALLOW_RULE] = "right",
		[ALLOW_BLANK] = "nothing",
		[ALLOW_BAD_BYTE] = "a NUL byte",
		[ALLOW_BAD_QUOTE] = "a quotation mark that has no partner, or within a word",
		[ALLOW_BAD_NAME] = "a name has 1 to 64 of A-Z a-z 0-9 . _ -",
		[ALLOW_NO_PROGRAM] = "a line is: name program arguments...",
		[ALLOW_NOT_ABSOLUTE] = "the program's path must begin with /",
		[ALLOW_TOO_LONG] = "too long, or too many words",
	};

	return words[status];
}
