/*
 * list: the allow-list of rcmdd, commands(5).
 *
 * It is read when a command is asked for, so that it changes without a restart. Who
 * can write it can run anything: so it must belong to the user who runs rcmdd, or
 * root, and nobody else may write it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/private.h"
#include "servers/rcmdd/rcmdd.h"

static FILE *
open_list(const char *path, char *why, size_t why_cap)
{
	int fd = private_open_trusted(path, why, why_cap);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "r");

	if (file || fd == -1)
		return file;
	snprintf(why, why_cap, "%s: %s", path, strerror(errno));
	close(fd);
	return NULL;
}

static bool
is_named(const struct allow_rule *rule, const char *name)
{
	return name && strlen(name) == rule->name.len &&
	       memcmp(name, rule->name.at, rule->name.len) == 0;
}

/*
 * Read lines until one has this name (NULL: to the end), into *rule and `line`.
 * 1 found, 0 not, -1 a line is wrong.
 */
static int
search(FILE *file, const char *path, const char *name, char line[ALLOW_LINE_MAX + 2],
    struct allow_rule *rule, char *why, size_t why_cap)
{
	for (int number = 1; fgets(line, ALLOW_LINE_MAX + 2, file); number++) {
		size_t len = strlen(line); /* a NUL in the line hides its newline */
		bool whole = (len > 0 && line[len - 1] == '\n') || feof(file);
		enum allow_status status =
		    whole ? allow_parse(rule, line, len) : ALLOW_TOO_LONG;

		if (status != ALLOW_RULE && status != ALLOW_BLANK) {
			snprintf(why, why_cap, "%s:%d: %s", path, number,
			    allow_status_words(status));
			return -1;
		}
		if (status == ALLOW_RULE && is_named(rule, name))
			return 1;
	}
	if (!ferror(file))
		return 0;
	snprintf(why, why_cap, "%s: it cannot be read", path);
	return -1;
}

bool
rcmd_list_check(const char *path, char *why, size_t why_cap)
{
	char line[ALLOW_LINE_MAX + 2];
	struct allow_rule rule;
	FILE *file = open_list(path, why, why_cap);
	int result;

	if (file == NULL)
		return false;
	result = search(file, path, NULL, line, &rule, why, why_cap);
	fclose(file);
	return result == 0;
}

/* Words of a span become strings behind each other. */
static const char *
keep_word(char **at, const struct allow_span *word)
{
	char *kept = *at;

	memcpy(kept, word->at, word->len);
	kept[word->len] = '\0';
	*at += word->len + 1;
	return kept;
}

/* A client's line into words, as the list's own lines are: without a shell. */
static int
split_line(const char *line, char **at, const char **words)
{
	struct allow_span spans[COMMAND_ARGS_MAX];
	size_t count;

	if (allow_split(line, strlen(line), spans, COMMAND_ARGS_MAX, &count) != ALLOW_RULE ||
	    count == 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		words[i] = keep_word(at, &spans[i]);
	words[count] = NULL;
	return 0;
}

/* The rule's words, then the client's own. False: it may not have any. */
static bool
fill(struct rcmd_listed *listed, char *at, const struct allow_rule *rule, const char **extra)
{
	size_t count = 0;

	if (*extra && !rule->extra)
		return false;
	while (count < rule->count) {
		listed->argv[count] = keep_word(&at, &rule->words[count]);
		count++;
	}
	while (*extra)
		listed->argv[count++] = *extra++;
	listed->argv[count] = NULL;
	return true;
}

int
rcmd_list_find(const char *path, uint64_t form, const char **words, struct rcmd_listed *listed,
    char *why, size_t why_cap)
{
	const char *split[COMMAND_ARGS_MAX + 1];
	struct allow_rule rule;
	char *at = listed->text;
	FILE *file;
	int found;

	if (form == COMMAND_LINE) {
		if (split_line(words[0], &at, split) == -1) {
			snprintf(why, why_cap, "this line cannot be split into words");
			return 0;
		}
		words = split;
	}
	file = open_list(path, why, why_cap);
	if (file == NULL)
		return -1;
	found = search(file, path, words[0], listed->line, &rule, why, why_cap);
	fclose(file);
	if (found == 0)
		snprintf(why, why_cap, "%.64s: not on this server's list", words[0]);
	if (found == 1 && !fill(listed, at, &rule, words + 1)) {
		snprintf(why, why_cap, "%.64s: takes no arguments here", words[0]);
		return 0;
	}
	return found;
}
