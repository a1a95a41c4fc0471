/*
 * listing: what is in a directory of the server.
 *
 *	MLSD	for programs: exact sizes and times, and a name that is all there is
 *	LIST	for people: what cannot be read as a list of Unix is said and left out
 *
 * A name from the server becomes a name here, so it is trusted with nothing: one with a
 * slash or a NUL in it, `.' and `..' are left out, whatever they are said to be.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"
#include "protocol/ftp_list.h"

enum {
	LISTING_MAX = 64 << 20, /* bytes of one */
	ENTRIES_FIRST = 64,
};

/* ---- fetch ---- */

/* A name is no option: -l would be one to a server that asks ls(1). */
static const char *
as_name(const char *dir, char room[FTP_LINE_MAX])
{
	if (dir == NULL || *dir != '-')
		return dir;
	snprintf(room, FTP_LINE_MAX, "./%s", dir);
	return room;
}

/* The text of a list, allocated. 0, or -1: said. */
static int
fetch_text(
    struct session *session, const char *verb, const char *argument, char **text, size_t *len)
{
	struct data data;
	struct move move = { .session = session };
	enum move_result result;
	const char *what = argument ? argument : verb;
	int code;

	*text = NULL;
	if (data_begin(session, &data, verb, argument, 0) == -1) {
		if (session->reply.code && !ftp_stop)
			session_refused(session, what);
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	move.data = data.fd;
	result = move_text(&move, LISTING_MAX, text, len);
	if (result != MOVE_DONE) {
		session_worsen(session, STATUS_FAILED);
		if (result == MOVE_STOPPED)
			log_error("%s: interrupted", what);
		else
			log_error("%s:", what);
		data_abort(session, &data);
		return -1;
	}
	code = data_end(session, &data);
	if (code >= 200 && code < 300)
		return 0;
	session_refused(session, what);
	return -1;
}

/* ---- entries ---- */

static struct entry *
new_entry(struct listing *listing)
{
	size_t more = listing->capacity ? 2 * listing->capacity : ENTRIES_FIRST;
	struct entry *bigger;

	if (listing->count == listing->capacity) {
		bigger = realloc(listing->entries, more * sizeof *bigger);
		if (bigger == NULL)
			return NULL;
		listing->entries = bigger;
		listing->capacity = more;
	}
	return &listing->entries[listing->count];
}

static bool
is_safe_name(const struct ftp_span *name)
{
	bool dots = (name->len == 1 && name->at[0] == '.') ||
		    (name->len == 2 && memcmp(name->at, "..", 2) == 0);

	return !dots && name->len > 0 && name->len <= JAIL_NAME_MAX &&
	       memchr(name->at, '/', name->len) == NULL &&
	       memchr(name->at, '\0', name->len) == NULL;
}

/* False: memory. */
static bool
add(struct listing *listing, const struct entry *entry, const struct ftp_span *name)
{
	struct entry *place;

	if (!is_safe_name(name)) {
		char shown[LOG_LINE_MAX / 2];

		log_escape(shown, sizeof shown, name->at, name->len);
		log_notice("the server lists \"%s\": no name of a file, left out", shown);
		return true;
	}
	place = new_entry(listing);
	if (place == NULL)
		return false;
	*place = *entry;
	place->name = name->at;
	/* It lies in the list's own text, and what follows it has been read. */
	listing->text[(size_t)(name->at - listing->text) + name->len] = '\0';
	listing->count++;
	return true;
}

static bool
add_fact(struct listing *listing, const char *line, size_t len)
{
	struct ftp_facts facts;
	struct entry entry;

	if (len > 0 && !ftp_facts_parse(line, len, &facts)) {
		log_notice(
		    "%.*s: not understood, left out", (int)(len < 256 ? len : 256), line);
		return true;
	}
	if (len == 0 || facts.type == FTP_TYPE_CDIR || facts.type == FTP_TYPE_PDIR)
		return true;
	entry = (struct entry){
		.type = facts.have & FTP_FACT_TYPE ? facts.type : FTP_TYPE_OTHER,
		.has_size = facts.have & FTP_FACT_SIZE,
		.has_time = facts.have & FTP_FACT_MODIFY,
		.size = facts.size,
		.time = facts.modify.seconds,
	};
	return add(listing, &entry, &facts.name);
}

static bool
add_line(struct listing *listing, const char *line, size_t len)
{
	struct ftp_entry parsed;
	struct entry entry;

	switch (ftp_entry_parse(line, len, (int64_t)time(NULL), &parsed)) {
	case FTP_ENTRY_OK:
		break;
	case FTP_ENTRY_NONE:
		return true;
	case FTP_ENTRY_BAD:
		log_notice(
		    "%.*s: not understood, left out", (int)(len < 256 ? len : 256), line);
		return true;
	}
	entry = (struct entry){
		.type = parsed.type,
		.has_size = parsed.has_size,
		.size = parsed.size,
	};
	return add(listing, &entry, &parsed.name);
}

static int
compare_names(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int
listing_fetch(struct session *session, const char *dir, struct listing *listing)
{
	bool facts = session->features & SESSION_MLSD;
	char room[FTP_LINE_MAX];
	size_t len, at = 0;

	*listing = (struct listing){ .count = 0 };
	if (fetch_text(session, facts ? "MLSD" : "LIST", facts ? dir : as_name(dir, room),
		&listing->text, &len) == -1) {
		listing_free(listing);
		return -1;
	}
	while (at < len) {
		const char *line = listing->text + at;
		const char *end = memchr(line, '\n', len - at);
		size_t n = end ? (size_t)(end - line) : len - at;

		at += n + 1;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		if (!(facts ? add_fact : add_line)(listing, line, n)) {
			log_error("a list of %zu names:", listing->count);
			session_worsen(session, STATUS_FAILED);
			listing_free(listing);
			return -1;
		}
	}
	if (listing->count > 0)
		qsort(
		    listing->entries, listing->count, sizeof *listing->entries, compare_names);
	return 0;
}

void
listing_free(struct listing *listing)
{
	free(listing->entries);
	free(listing->text);
	*listing = (struct listing){ .count = 0 };
}

/* ---- show ---- */

int
listing_show(struct session *session, const char *verb, const char *argument)
{
	char shown[4 * 1024];
	char *text;
	size_t len, at = 0;

	if (fetch_text(session, verb, argument, &text, &len) == -1) {
		free(text);
		return -1;
	}
	while (at < len) {
		const char *line = text + at;
		const char *end = memchr(line, '\n', len - at);
		size_t n = end ? (size_t)(end - line) : len - at;

		at += n + 1;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		log_escape(shown, sizeof shown, line, n);
		puts(shown);
	}
	free(text);
	return 0;
}
