/*
 * ftp_list_parse: a line of LIST, received. See ftp_list.h.
 *
 *	-rw-r--r--   1 anna     lab     1024 Nov 20 14:23 notes.txt	Unix
 *	drwxr-xr-x   2 anna                0 2026-11-20 14:23 src	... without a group; ISO
 *	11-20-26  02:23PM       <DIR>          src			MS-DOS
 *	+i8388621.29609,m824255902,/,	src				EPLF
 *
 * In Unix's form the columns before the date vary, so the date is looked for: the first
 * three words, from the third on, that are a date with a number before them. The name
 * is what stands one blank behind it, other blanks and all.
 */
#include <string.h>

#include "protocol/ftp_list.h"

enum {
	WORDS_MAX = 16, /* before the name */
	DAY_S = 86400,
	MODE_LETTERS = 10,
};

/* A line's words, as many as are looked at. */
struct words {
	struct ftp_span word[WORDS_MAX];
	size_t count;
};

static void
split(const char *line, size_t len, struct words *words)
{
	size_t at = 0;

	words->count = 0;
	while (words->count < WORDS_MAX) {
		size_t from;

		while (at < len && (line[at] == ' ' || line[at] == '\t'))
			at++;
		for (from = at; at < len && line[at] != ' ' && line[at] != '\t';)
			at++;
		if (at == from)
			return;
		words->word[words->count++] = (struct ftp_span){ line + from, at - from };
	}
}

/* All of a word as a small number, or -1. */
static int
small_number(const char *text, size_t len)
{
	uint64_t number;

	if (len > 4 || !ftp_number_parse(text, len, &number))
		return -1;
	return (int)number;
}

/* Two or more numbers with `separator` between: "14:23", "2026-11-20". */
static bool
split_numbers(struct ftp_span word, char separator, int *numbers, int count)
{
	const char *at = word.at, *end = word.at + word.len;

	for (int i = 0; i < count; i++) {
		const char *to =
		    i + 1 < count ? memchr(at, separator, (size_t)(end - at)) : end;

		if (to == NULL)
			return false;
		numbers[i] = small_number(at, (size_t)(to - at));
		if (numbers[i] == -1)
			return false;
		at = to + 1;
	}
	return true;
}

/* ---- dates ---- */

static int
month_of(struct ftp_span word)
{
	static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul",
		"aug", "sep", "oct", "nov", "dec" };

	if (word.len != 3)
		return 0;
	for (int i = 0; i < 12; i++)
		if ((word.at[0] | 0x20) == months[i][0] &&
		    (word.at[1] | 0x20) == months[i][1] && (word.at[2] | 0x20) == months[i][2])
			return i + 1;
	return 0;
}

/* A date without a year is of the last twelve months, or of tomorrow: clocks differ. */
static bool
guess_year(struct ftp_date *date, int64_t now, int64_t *seconds)
{
	struct ftp_date today;

	if (!ftp_date_of(now, &today))
		return false;
	for (date->year = today.year + 1; date->year >= today.year - 4; date->year--)
		if (ftp_date_seconds(date, seconds) && *seconds <= now + DAY_S)
			return true; /* 29 February: of the last leap year */
	return false;
}

/* "Nov 20 14:23", "Nov 20 2024": how many words it takes, 0 when it is none. */
static size_t
unix_date(const struct ftp_span *word, size_t left, int64_t now, struct ftp_entry *entry)
{
	struct ftp_date date = { .hour = 0 };
	int clock[2];

	if (left < 3 || (date.month = month_of(word[0])) == 0)
		return 0;
	date.day = small_number(word[1].at, word[1].len);
	if (split_numbers(word[2], ':', clock, 2)) {
		date.hour = clock[0];
		date.minute = clock[1];
		entry->time_unit = 60;
		return guess_year(&date, now, &entry->time) ? 3 : 0;
	}
	date.year = small_number(word[2].at, word[2].len);
	entry->time_unit = DAY_S;
	return word[2].len == 4 && ftp_date_seconds(&date, &entry->time) ? 3 : 0;
}

/* "2026-11-20 14:23" */
static size_t
iso_date(const struct ftp_span *word, size_t left, struct ftp_entry *entry)
{
	int day[3], clock[2];
	struct ftp_date date;

	if (left < 2 || word[0].len != 10 || word[1].len != 5 ||
	    !split_numbers(word[0], '-', day, 3) || !split_numbers(word[1], ':', clock, 2))
		return 0;
	date = (struct ftp_date){ day[0], day[1], day[2], clock[0], clock[1], 0 };
	entry->time_unit = 60;
	return ftp_date_seconds(&date, &entry->time) ? 2 : 0;
}

/* ---- Unix ---- */

/* "drwxr-xr-x", with perhaps a '+', '.' or '@' behind it. */
static bool
unix_mode(struct ftp_span word, struct ftp_entry *entry)
{
	static const char letters[] = "rwxrwxrwx";
	unsigned mode = 0;

	if (word.len < MODE_LETTERS || word.len > MODE_LETTERS + 1)
		return false;
	for (unsigned i = 0; i < 9; i++) {
		char c = word.at[1 + i];

		if (i % 3 == 2 && c && strchr("sStT", c)) {
			mode |= 04000u >> i / 3;
			mode |= c == 's' || c == 't' ? 0400u >> i : 0;
		} else if (c == letters[i]) {
			mode |= 0400u >> i;
		} else if (c != '-') {
			return false;
		}
	}
	entry->mode = mode;
	entry->has_mode = true;
	entry->type = *word.at == '-' ? FTP_TYPE_FILE :
		      *word.at == 'd' ? FTP_TYPE_DIR :
		      *word.at == 'l' ? FTP_TYPE_SYMLINK :
					FTP_TYPE_OTHER;
	return *word.at && strchr("-dlbcps", *word.at) != NULL;
}

static bool
is_dots(struct ftp_span name)
{
	return (name.len == 1 && name.at[0] == '.') ||
	       (name.len == 2 && name.at[0] == '.' && name.at[1] == '.');
}

/* "name -> target": where the arrow is, or NULL. */
static const char *
find_arrow(struct ftp_span name)
{
	for (size_t i = 1; i + 4 < name.len; i++)
		if (memcmp(name.at + i, " -> ", 4) == 0)
			return name.at + i;
	return NULL;
}

/* The name is the rest of the line, one byte behind `before`. */
static enum ftp_entry_status
take_name(struct ftp_entry *entry, const char *before, const char *end)
{
	const char *from = before + 1, *arrow;

	if (before == end || from == end || memchr(from, '\0', (size_t)(end - from)))
		return FTP_ENTRY_BAD;
	entry->name = (struct ftp_span){ from, (size_t)(end - from) };
	if (entry->type == FTP_TYPE_SYMLINK && (arrow = find_arrow(entry->name)) != NULL) {
		entry->target = (struct ftp_span){ arrow + 4, (size_t)(end - arrow - 4) };
		entry->name.len = (size_t)(arrow - from);
	}
	return is_dots(entry->name) ? FTP_ENTRY_NONE : FTP_ENTRY_OK;
}

static enum ftp_entry_status
parse_unix(const struct words *words, const char *end, int64_t now, struct ftp_entry *entry)
{
	if (words->count < 5 || !unix_mode(words->word[0], entry))
		return FTP_ENTRY_BAD;
	for (size_t i = 2; i < words->count; i++) {
		const struct ftp_span *before = &words->word[i - 1], *last;
		size_t left = words->count - i, taken = 0;

		if (!ftp_number_parse(before->at, before->len, &entry->size))
			continue;
		taken = unix_date(&words->word[i], left, now, entry);
		if (taken == 0)
			taken = iso_date(&words->word[i], left, entry);
		if (taken == 0)
			continue;
		last = &words->word[i + taken - 1];
		entry->has_size = true;
		return take_name(entry, last->at + last->len, end);
	}
	return FTP_ENTRY_BAD;
}

/* ---- MS-DOS ---- */

/* "02:23PM" or "14:23" */
static bool
dos_clock(struct ftp_span word, struct ftp_date *date)
{
	bool half = word.len > 2 && (word.at[word.len - 1] | 0x20) == 'm', after = false;
	int clock[2];

	if (half) {
		after = (word.at[word.len - 2] | 0x20) == 'p';
		word.len -= 2;
	}
	if (!split_numbers(word, ':', clock, 2) || (half && (clock[0] < 1 || clock[0] > 12)))
		return false;
	date->hour = half ? clock[0] % 12 + 12 * after : clock[0];
	date->minute = clock[1];
	return true;
}

static enum ftp_entry_status
parse_dos(const struct words *words, const char *end, struct ftp_entry *entry)
{
	const struct ftp_span *word = words->word, *what = &word[2];
	struct ftp_date date = { .second = 0 };
	const char *before_name;
	int day[3];

	if (words->count < 4 || !split_numbers(word[0], '-', day, 3) ||
	    !dos_clock(word[1], &date))
		return FTP_ENTRY_BAD;
	date.month = day[0];
	date.day = day[1];
	date.year = day[2] + (day[2] >= 100 ? 0 : day[2] < 70 ? 2000 : 1900);
	entry->time_unit = 60;
	if (!ftp_date_seconds(&date, &entry->time))
		return FTP_ENTRY_BAD;
	if (what->len == 5 && memcmp(what->at, "<DIR>", 5) == 0) {
		entry->type = FTP_TYPE_DIR;
	} else {
		entry->type = FTP_TYPE_FILE;
		entry->has_size = ftp_number_parse(what->at, what->len, &entry->size);
		if (!entry->has_size)
			return FTP_ENTRY_BAD;
	}
	/* behind <DIR> the name stands in a column, behind a size after one blank */
	before_name = entry->has_size ? what->at + what->len : word[3].at - 1;
	return take_name(entry, before_name, end);
}

/* ---- EPLF: cr.yp.to/ftp/list/eplf.html ---- */

static enum ftp_entry_status
parse_eplf(const char *line, const char *end, struct ftp_entry *entry)
{
	const char *tab = memchr(line, '\t', (size_t)(end - line));
	uint64_t time;

	if (tab == NULL)
		return FTP_ENTRY_BAD;
	for (const char *at = line + 1, *comma; at < tab; at = comma + 1) {
		comma = memchr(at, ',', (size_t)(tab - at));
		if (comma == NULL)
			comma = tab;
		if (*at == '/')
			entry->type = FTP_TYPE_DIR;
		else if (*at == 'r')
			entry->type = FTP_TYPE_FILE;
		else if (*at == 's')
			entry->has_size =
			    ftp_number_parse(at + 1, (size_t)(comma - at - 1), &entry->size);
		else if (*at == 'm' &&
			 ftp_number_parse(at + 1, (size_t)(comma - at - 1), &time) &&
			 time <= INT64_MAX / 2) {
			entry->time = (int64_t)time;
			entry->time_unit = 1;
		}
	}
	return take_name(entry, tab, end);
}

enum ftp_entry_status
ftp_entry_parse(const char *line, size_t len, int64_t now, struct ftp_entry *entry)
{
	const char *end = line + len;
	enum ftp_entry_status status;
	struct words words;

	*entry = (struct ftp_entry){ .type = FTP_TYPE_OTHER };
	split(line, len, &words);
	if (words.count == 0)
		return FTP_ENTRY_NONE;
	if (words.word[0].len == 5 && memcmp(words.word[0].at, "total", 5) == 0 &&
	    words.count == 2)
		return FTP_ENTRY_NONE;
	if (*line == '+')
		return parse_eplf(line, end, entry);
	if (*line >= '0' && *line <= '9')
		return parse_dos(&words, end, entry);
	status = parse_unix(&words, end, now, entry);
	if (status != FTP_ENTRY_OK)
		entry->has_size = false;
	return status;
}
