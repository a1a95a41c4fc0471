/*
 * users: who may log in. See users.h.
 */
#include "link/users.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/password.h"
#include "common/private.h"
#include "common/wipe.h"
#include "link/users_file.h"

_Static_assert((int)USERS_HASH_MAX == (int)PASSWORD_HASH_MAX, "a hash fits in an account");

/* ---- the file ---- */

static int
fail(const struct users_file *file, char *error, size_t cap)
{
	snprintf(error, cap, "%s: %s (%s)", file->path, log_errno_name(errno), strerror(errno));
	return -1;
}

int
users_file_read(
    struct users_file *file, const char *path, int fd, char *error, size_t error_cap)
{
	*file = (struct users_file){ .path = path, .bytes = malloc(USERS_FILE_MAX) };
	if (file->bytes == NULL)
		return fail(file, error, error_cap);
	for (;;) {
		ssize_t n = read(fd, file->bytes + file->len, USERS_FILE_MAX - file->len);

		if (n == 0 && file->len < USERS_FILE_MAX)
			return 0;
		if (n > 0) {
			file->len += (size_t)n;
		} else if (n == 0) {
			snprintf(error, error_cap, "%s: larger than %d bytes", path,
			    USERS_FILE_MAX - 1);
			break;
		} else if (errno != EINTR) {
			fail(file, error, error_cap);
			break;
		}
	}
	users_file_forget(file);
	return -1;
}

void
users_file_forget(struct users_file *file)
{
	if (file->bytes)
		wipe(file->bytes, file->len);
	free(file->bytes);
	file->bytes = NULL;
}

int
users_file_next(
    struct users_file *file, struct users_entry *entry, char *error, size_t error_cap)
{
	while (file->at < file->len) {
		const char *newline;
		enum users_status status;

		file->line = file->bytes + file->at;
		newline = memchr(file->line, '\n', file->len - file->at);
		file->line_len =
		    newline ? (size_t)(newline - file->line) : file->len - file->at;
		file->at += file->line_len + (newline != NULL);
		status = file->options & USERS_SHORT_LINES ?
			     users_parse_short(entry, file->line, file->line_len) :
			     users_parse(entry, file->line, file->line_len);
		if (++file->number > USERS_MAX) {
			snprintf(
			    error, error_cap, "%s: more than %d lines", file->path, USERS_MAX);
			return -1;
		}
		if (status == USERS_ENTRY)
			return 1;
		if (status == USERS_BLANK)
			continue;
		snprintf(error, error_cap, "%s:%d: %s", file->path, file->number,
		    users_status_words(status));
		return -1;
	}
	return 0;
}

static int
open_file(struct users_file *file, const char *path, unsigned options, char *error, size_t cap)
{
	int fd = private_open(path, error, cap), status;

	if (fd == -1)
		return -1;
	status = users_file_read(file, path, fd, error, cap);
	file->options = options;
	close(fd);
	return status;
}

/* ---- to log in ---- */

/*
 * The account, if there is one, into *entry: 1, 0 or -1. Into `other` some hash of the
 * file, so that a name which is not there can be made to cost as much as one that is.
 */
static int
search(struct users_file *file, const char *name, struct users_entry *entry,
    char other[USERS_HASH_MAX + 1], char *error, size_t cap)
{
	struct users_entry one;
	bool found = false;
	int next;

	while ((next = users_file_next(file, &one, error, cap)) == 1) {
		if (*other == '\0' &&
		    users_method(one.hash, strlen(one.hash), NULL) == USERS_STRONG)
			snprintf(other, USERS_HASH_MAX + 1, "%s", one.hash);
		if (strcmp(one.name, name) != 0)
			continue;
		if (found) {
			snprintf(error, cap, "%s:%d: this name stands here a second time",
			    file->path, file->number);
			next = -1;
			break;
		}
		*entry = one;
		found = true;
	}
	wipe(&one, sizeof one);
	return next == -1 ? -1 : found;
}

/* What is against an account, whatever the password. */
static enum users_verdict
look_at(const struct users_entry *entry, int64_t today, unsigned options)
{
	if (entry->locked || *entry->hash == '\0')
		return USERS_LOCKED;
	if (entry->until < today)
		return USERS_OVER;
	if (users_method(entry->hash, strlen(entry->hash), NULL) != USERS_STRONG &&
	    !(options & USERS_ALLOW_WEAK))
		return USERS_WEAK_METHOD;
	return USERS_ADMITTED;
}

/* Try the password, in any case once and against something. */
static enum users_verdict
decide(enum users_verdict verdict, const char *password, const char *hash, const char *other,
    char *error, size_t cap)
{
	bool theirs = verdict == USERS_ADMITTED;
	int right = password_try(password, theirs ? hash : *other ? other : password_nobodys());

	if (!theirs)
		return verdict;
	if (right == -1)
		snprintf(error, cap, "crypt(3) cannot use the hash: %s (%s)",
		    log_errno_name(errno), strerror(errno));
	return right == -1 ? USERS_UNUSABLE : right ? USERS_ADMITTED : USERS_WRONG;
}

enum users_verdict
users_login(const char *path, const char *name, const char *password, int64_t today,
    unsigned options, struct users_entry *entry, char *error, size_t error_cap)
{
	struct users_file file;
	struct users_entry one = { .locked = true };
	char other[USERS_HASH_MAX + 1] = "";
	enum users_verdict verdict;
	int found;

	if (open_file(&file, path, options, error, error_cap) == -1)
		return USERS_UNUSABLE;
	found = search(&file, name, &one, other, error, error_cap);
	users_file_forget(&file);
	verdict = found == -1 ? USERS_UNUSABLE :
		  found == 0  ? USERS_NOBODY :
				look_at(&one, today, options);
	verdict = decide(verdict, password, one.hash, other, error, error_cap);
	wipe(one.hash, sizeof one.hash);
	wipe(other, sizeof other);
	if (verdict == USERS_ADMITTED)
		*entry = one;
	return verdict;
}

const char *
users_verdict_words(enum users_verdict verdict)
{
	static const char *const words[] = {
		[USERS_ADMITTED] = "admitted",
		[USERS_NOBODY] = "no such account",
		[USERS_WRONG] = "wrong password",
		[USERS_LOCKED] = "the account is locked",
		[USERS_OVER] = "the account's last day is over",
		[USERS_WEAK_METHOD] = "the password's hash is of a weak method",
		[USERS_UNUSABLE] = "the users file cannot be used",
	};

	return words[verdict];
}

/* ---- all of them ---- */

/* Where a name stands; for sorting. */
struct place {
	char name[USERS_NAME_MAX + 1];
	int number;
};

static int
compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->number - y->number;
}

/* No name twice. 0, or -1 with `error`. */
static int
check_names(struct users_file *file, char *error, size_t cap)
{
	struct place *places = malloc(USERS_MAX * sizeof *places);
	struct users_entry entry;
	size_t count = 0;
	int next;

	if (places == NULL)
		return fail(file, error, cap);
	while ((next = users_file_next(file, &entry, error, cap)) == 1) {
		memcpy(places[count].name, entry.name, sizeof entry.name);
		places[count++].number = file->number;
	}
	qsort(places, count, sizeof *places, compare);
	for (size_t i = 1; next == 0 && i < count; i++)
		if (strcmp(places[i - 1].name, places[i].name) == 0) {
			snprintf(error, cap, "%s:%d: \"%s\" stands here a second time",
			    file->path, places[i].number, places[i].name);
			next = -1;
		}
	free(places);
	wipe(&entry, sizeof entry);
	return next;
}

int
users_each(const char *path, int (*each)(void *arg, const struct users_entry *entry), void *arg,
    char *error, size_t error_cap)
{
	struct users_file file;
	struct users_entry entry;
	int status;

	if (open_file(&file, path, 0, error, error_cap) == -1)
		return -1;
	status = check_names(&file, error, error_cap);
	file.at = 0;
	file.number = 0;
	while (status == 0) {
		int next = users_file_next(&file, &entry, error, error_cap);

		if (next != 1)
			break;
		status = each(arg, &entry);
	}
	wipe(&entry, sizeof entry);
	users_file_forget(&file);
	return status;
}

int
users_check(const char *path, unsigned options, char *error, size_t error_cap)
{
	struct users_file file;
	int status;

	if (open_file(&file, path, options, error, error_cap) == -1)
		return -1;
	status = check_names(&file, error, error_cap);
	users_file_forget(&file);
	return status;
}
