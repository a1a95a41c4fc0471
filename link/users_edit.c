/*
 * users_edit: change one account of a ftpd-users(5) file. See users.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/private.h"
#include "common/wipe.h"
#include "link/users_file.h"

/* The account's line within the file: where, and how long with its newline. */
struct place {
	bool found;
	size_t at, len;
};

/* Every line must be right, and the name on no more than one. 0, or -1 with `error`. */
static int
find(struct users_file *file, const char *name, struct users_entry *entry, struct place *place,
    char *error, size_t cap)
{
	struct users_entry one;
	int next;

	*place = (struct place){ .at = file->len };
	while ((next = users_file_next(file, &one, error, cap)) == 1) {
		if (strcmp(one.name, name) != 0)
			continue;
		if (place->found) {
			snprintf(error, cap, "%s:%d: \"%s\" stands here a second time",
			    file->path, file->number, name);
			next = -1;
			break;
		}
		*entry = one;
		*place = (struct place){ true, (size_t)(file->line - file->bytes), 0 };
		place->len = file->at - place->at;
	}
	wipe(&one, sizeof one);
	return next;
}

/* The file with `line` in the place of the account's own, or behind everything. */
static int
rewrite(const struct users_file *file, const struct place *place, const char *line,
    size_t line_len, int locked, char *error, size_t cap)
{
	size_t rest = file->len - place->at - place->len, len = 0;
	char *bytes = malloc(file->len + line_len + 1);
	int status;

	if (bytes == NULL) {
		snprintf(error, cap, "%s: %s", file->path, log_errno_name(errno));
		return -1;
	}
	memcpy(bytes, file->bytes, place->at);
	len = place->at;
	if (len > 0 && bytes[len - 1] != '\n') /* the last line has no end of its own */
		bytes[len++] = '\n';
	memcpy(bytes + len, line, line_len);
	len += line_len;
	memcpy(bytes + len, file->bytes + place->at + place->len, rest);
	len += rest;
	status = private_replace(locked, file->path, bytes, len, error, cap);
	wipe(bytes, len);
	free(bytes);
	return status;
}

/* Do what `edit` has decided. */
static int
carry_out(enum users_edit what, const struct users_file *file, const struct place *place,
    const struct users_entry *entry, int locked, char *error, size_t cap)
{
	char line[USERS_LINE_MAX];
	ssize_t len = 0;
	int status;

	if (what == USERS_FAIL)
		return -1;
	if (what == USERS_KEEP || (what == USERS_DELETE_ENTRY && !place->found))
		return 0;
	if (what == USERS_PUT && (len = users_encode(line, sizeof line, entry)) == -1) {
		snprintf(
		    error, cap, "%s: this cannot be written as an account's line", file->path);
		return -1;
	}
	status = rewrite(file, place, line, (size_t)len, locked, error, cap);
	wipe(line, sizeof line);
	return status;
}

int
users_edit(const char *path, const char *name, bool create,
    enum users_edit (*edit)(
	void *arg, bool found, struct users_entry *entry, char *error, size_t error_cap),
    void *arg, char *error, size_t error_cap)
{
	struct users_entry entry = {
		.bytes = USERS_NO_LIMIT, .files = USERS_NO_LIMIT, .until = USERS_FOR_EVER
	};
	int locked = private_lock(path, create, error, error_cap), status;
	struct users_file file;
	struct place place;

	if (locked == -1)
		return -1;
	status = users_file_read(&file, path, locked, error, error_cap);
	if (status == 0) {
		status = find(&file, name, &entry, &place, error, error_cap);
		if (status == 0)
			status = carry_out(edit(arg, place.found, &entry, error, error_cap),
			    &file, &place, &entry, locked, error, error_cap);
		users_file_forget(&file);
	}
	close(locked);
	wipe(&entry, sizeof entry);
	return status;
}
