/*
 * opts_help: the getopt string, the usage line and -h, all from the same tables.
 */
#include "common/opts_help.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	USAGE_WIDTH = 79,
	ENTRIES_MAX = 64,
};

/* The order of options in manual pages: digits, then letters, capitals before small ones. */
static int
compare_entries(const void *a, const void *b)
{
	const struct opts_entry *x = a, *y = b;
	int order = tolower(x->letter) - tolower(y->letter);

	return order ? order : x->letter - y->letter;
}

/* A program may word a shared letter in its own way, as for another default. */
static bool
is_reworded(const struct opts *opts, char letter)
{
	for (const struct opts_entry *e = opts->program->own; e->letter; e++)
		if (e->letter == letter)
			return true;
	return false;
}

/* The shared and the own entries in one sorted list; how many. */
static size_t
collect(const struct opts *opts, struct opts_entry list[ENTRIES_MAX])
{
	size_t n = 0;

	for (const struct opts_entry *e = opts->shared; e->letter; e++)
		if (!is_reworded(opts, e->letter))
			list[n++] = *e;
	for (const struct opts_entry *e = opts->program->own; e->letter; e++)
		list[n++] = *e;
	assert(n < ENTRIES_MAX);
	qsort(list, n, sizeof *list, compare_entries);
	for (size_t i = 1; i < n; i++)
		assert(list[i - 1].letter != list[i].letter); /* a letter has one meaning */
	return n;
}

void
opts_make_letters(struct opts *opts)
{
	struct opts_entry list[ENTRIES_MAX];
	size_t n = collect(opts, list), used = 0;

	opts->letters[used++] = ':'; /* a missing argument is told apart */
	for (size_t i = 0; i < n; i++) {
		opts->letters[used++] = list[i].letter;
		if (list[i].argument)
			opts->letters[used++] = ':';
	}
	opts->letters[used] = '\0';
}

/* Print a word of the usage line, on a new line when this one is full. */
static int
print_word(int column, int indent, const char *word)
{
	if (column + 1 + (int)strlen(word) > USAGE_WIDTH)
		column = printf("\n%*s", indent, "") - 1;
	return column + printf(" %s", word);
}

static void
print_usage(const struct opts *opts)
{
	struct opts_entry list[ENTRIES_MAX];
	size_t n = collect(opts, list), used = 2;
	char word[OPTS_STRING_MAX] = "[-";
	int column = printf("usage: %s", opts->program->name), indent = column;

	for (size_t i = 0; i < n; i++)
		if (list[i].argument == NULL)
			word[used++] = list[i].letter;
	word[used++] = ']';
	word[used] = '\0';
	column = print_word(column, indent, word);
	for (size_t i = 0; i < n; i++)
		if (list[i].argument) {
			snprintf(word, sizeof word, "[-%c%s%s]", list[i].letter,
			    list[i].letter == '-' ? "" : " ", list[i].argument);
			column = print_word(column, indent, word);
		}
	if (*opts->program->operands)
		print_word(column, indent, opts->program->operands);
	putchar('\n');
}

_Noreturn void
opts_print_help(const struct opts *opts)
{
	struct opts_entry list[ENTRIES_MAX];
	size_t n = collect(opts, list);

	print_usage(opts);
	printf("%s\n", opts->program->purpose);
	for (size_t i = 0; i < n; i++) {
		int column = printf("  -%c%s%s", list[i].letter,
		    list[i].letter == '-' ? "" : " ", list[i].argument ? list[i].argument : "");

		printf("%*s%s\n", column < 18 ? 18 - column : 1, "", list[i].text);
	}
	exit(fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED);
}

_Noreturn void
opts_print_version(const struct opts *opts)
{
	printf("%s (Switchboard) %s\n", opts->program->name, SWITCHBOARD_VERSION);
	exit(fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED);
}
