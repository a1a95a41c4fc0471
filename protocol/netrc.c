/*
 * netrc: who to be on which server. See netrc.h.
 */
#include "protocol/netrc.h"

#include <string.h>
#include <strings.h>

struct scan {
	const char *at, *end;
	unsigned line;
	enum netrc_status status; /* NETRC_FOUND: nothing is wrong so far */
	char word[NETRC_WORD_MAX + 1];
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_blanks(struct scan *scan)
{
	for (; scan->at < scan->end && is_blank(*scan->at); scan->at++)
		scan->line += *scan->at == '\n';
}

static void
skip_line(struct scan *scan)
{
	while (scan->at < scan->end && *scan->at != '\n')
		scan->at++;
}

/* The next word, to scan->word. False: there is none, or scan->status tells. */
static bool
next_word(struct scan *scan)
{
	bool quoted;
	size_t len = 0;

	skip_blanks(scan);
	if (scan->at == scan->end || scan->status != NETRC_FOUND)
		return false;
	quoted = *scan->at == '"';
	scan->at += quoted;
	while (scan->at < scan->end && (quoted ? *scan->at != '"' : !is_blank(*scan->at))) {
		if (*scan->at == '\\' && scan->at + 1 < scan->end)
			scan->at++;
		scan->line += *scan->at == '\n';
		if (len == NETRC_WORD_MAX || *scan->at == '\0') {
			scan->status = NETRC_TOO_LONG;
			return false;
		}
		scan->word[len++] = *scan->at++;
	}
	scan->word[len] = '\0';
	if (quoted && scan->at == scan->end)
		scan->status = NETRC_BAD_QUOTE;
	scan->at += quoted && scan->at < scan->end;
	return scan->status == NETRC_FOUND;
}

/* Up to an empty line. */
static void
skip_macro(struct scan *scan)
{
	skip_line(scan);
	while (scan->at < scan->end) {
		scan->at++; /* of the line before */
		scan->line++;
		if (scan->at < scan->end && *scan->at == '\n')
			return;
		skip_line(scan);
	}
}

static bool
keyword_needs_word(struct scan *scan)
{
	if (next_word(scan))
		return true;
	if (scan->status == NETRC_FOUND)
		scan->status = NETRC_MISSING;
	return false;
}

static bool
take_value(struct scan *scan, char value[NETRC_WORD_MAX + 1], bool *has)
{
	if (!keyword_needs_word(scan))
		return false;
	memcpy(value, scan->word, sizeof scan->word);
	*has = true;
	return true;
}

/* A word within an entry. False: it is none of these, and is left in scan->word. */
static bool
take_detail(struct scan *scan, struct netrc_entry *entry)
{
	if (strcmp(scan->word, "login") == 0)
		take_value(scan, entry->login, &entry->has_login);
	else if (strcmp(scan->word, "password") == 0)
		take_value(scan, entry->password, &entry->has_password);
	else if (strcmp(scan->word, "account") == 0)
		keyword_needs_word(scan);
	else if (strcmp(scan->word, "macdef") == 0)
		skip_macro(scan);
	else if (scan->word[0] == '#')
		skip_line(scan);
	else
		return false;
	return true;
}

static bool
is_wanted(const struct netrc_entry *entry, bool machine, const char *login)
{
	return machine &&
	       (login == NULL || !entry->has_login || strcmp(entry->login, login) == 0);
}

enum netrc_status
netrc_find(const char *text, size_t len, const char *machine, const char *login,
    struct netrc_entry *entry, unsigned *line)
{
	struct scan scan = { .at = text, .end = text + len, .line = 1, .status = NETRC_FOUND };
	bool more = next_word(&scan), wanted = false;

	while (more && scan.status == NETRC_FOUND) {
		bool is_default = strcmp(scan.word, "default") == 0;

		*entry = (struct netrc_entry){ .has_login = false };
		if (!is_default && strcmp(scan.word, "machine") != 0) {
			/* a comment or a macro may stand before the first entry */
			if (take_detail(&scan, entry))
				more = next_word(&scan);
			else
				scan.status = NETRC_BAD_WORD;
			continue;
		}
		wanted = is_default;
		if (!is_default && keyword_needs_word(&scan))
			wanted = strcasecmp(scan.word, machine) == 0;
		while ((more = next_word(&scan)) && take_detail(&scan, entry))
			continue;
		if (scan.status == NETRC_FOUND && is_wanted(entry, wanted, login))
			return NETRC_FOUND;
	}
	*line = scan.line;
	return scan.status == NETRC_FOUND ? NETRC_NONE : scan.status;
}

const char *
netrc_status_words(enum netrc_status status)
{
	switch (status) {
	case NETRC_FOUND:
		return "found";
	case NETRC_NONE:
		return "there is no such machine";
	case NETRC_BAD_WORD:
		return "a word that means nothing there";
	case NETRC_BAD_QUOTE:
		return "quotes that do not end";
	case NETRC_TOO_LONG:
		return "a word that is too long, or has a NUL";
	case NETRC_MISSING:
		return "a word is missing at the end";
	}
	return "?";
}
