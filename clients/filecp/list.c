/*
 * list: what is at host:path, a line for each name, sorted.
 *
 *	drwxr-xr-x            - 2026-11-20 14:22:14 pictures/
 *	-rw-r--r--         4096 2026-11-20 14:22:14 notes.txt
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clients/filecp/filecp.h"
#include "common/log.h"

enum {
	LIST_MAX = 1 << 20, /* names: the server says how many, so there is a limit */
	LINE_MAX_BYTES = 4 * JAIL_NAME_MAX + 80,
};

struct lines {
	char **line; /* each begins with the bytes of its name, for sorting */
	size_t count, capacity;
};

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
format_mode(const struct file_entry *entry, char text[11])
{
	static const char kinds[] = { [FILE_REGULAR] = '-',
		[FILE_DIRECTORY] = 'd',
		[FILE_LEAVE] = '?',
		[FILE_LINK] = 'l',
		[FILE_OTHER] = '?' };
	static const char bits[] = "rwxrwxrwx";

	text[0] = kinds[entry->kind];
	for (int i = 0; i < 9; i++)
		text[1 + i] = (char)(entry->mode & (1 << (8 - i)) ? bits[i] : '-');
	text[10] = '\0';
}

/* "NAME\0LINE" in one piece of memory; NULL: no memory. */
static char *
make_line(const struct file_entry *entry, const char *asked)
{
	char name[4 * FILE_NAME_MAX + 1], raw[FILE_NAME_MAX + 1], mode[11], when[32] = "?";
	char size[24] = "-", text[LINE_MAX_BYTES + 64];
	const char *called = entry->path_len > 0 ? entry->path : asked;
	size_t len = entry->path_len > 0 ? entry->path_len : strlen(asked), raw_len;
	time_t mtime = (time_t)entry->mtime;
	struct tm tm;
	char *line;

	raw_len = len < FILE_NAME_MAX ? len : FILE_NAME_MAX;
	memcpy(raw, called, raw_len);
	raw[raw_len] = '\0';
	log_escape(name, sizeof name, raw, raw_len);
	format_mode(entry, mode);
	if (localtime_r(&mtime, &tm))
		strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm);
	if (entry->kind == FILE_REGULAR)
		snprintf(size, sizeof size, "%" PRIu64, entry->size);
	snprintf(text, sizeof text, "%s %12s %s %s%s", mode, size, when, name,
	    entry->kind == FILE_DIRECTORY ? "/" : "");
	line = malloc(raw_len + 1 + strlen(text) + 1);
	if (line) {
		memcpy(line, raw, raw_len + 1);
		memcpy(line + strlen(line) + 1, text, strlen(text) + 1);
	}
	return line;
}

static bool
add_line(struct lines *lines, char *line)
{
	if (lines->count == lines->capacity) {
		size_t capacity = lines->capacity ? 2 * lines->capacity : 256;
		char **more = realloc(lines->line, capacity * sizeof *more);

		if (more == NULL)
			return false;
		lines->line = more;
		lines->capacity = capacity;
	}
	lines->line[lines->count++] = line;
	return true;
}

/* An ENTRY. 0, or -1: said. */
static int
take_entry(struct call *call, const struct frame *frame, struct lines *lines)
{
	const uint8_t *payload = stream_payload(&call->transfer.stream, frame);
	struct file_entry entry;
	char *line;

	if (payload == NULL)
		return call_failed(call);
	if (!file_unpack_entry(&entry, payload, (size_t)frame->size) ||
	    lines->count == LIST_MAX) {
		call_trouble(call, call->at->text, "the server's list is not one");
		return -1;
	}
	line = make_line(&entry, call->at->path);
	if (line && add_line(lines, line))
		return 0;
	free(line);
	call_trouble(call, call->at->text, NULL);
	return -1;
}

/* 1 for the end, 0, or -1: said. */
static int
take_answer(struct call *call, struct lines *lines)
{
	struct frame frame;

	if (transfer_next(&call->transfer, &frame, NULL) == -1)
		return call_failed(call);
	switch (frame.type) {
	case FRAME_ENTRY:
		return take_entry(call, &frame, lines);
	case FRAME_DONE:
		return 1;
	case FRAME_TROUBLE:
		if (transfer_hear_trouble(&call->transfer, &frame) == 0)
			return 1;
		return call_failed(call);
	}
	transfer_out_of_turn(&call->transfer, &frame);
	return call_failed(call);
}

static void
print_lines(struct call *call, struct lines *lines)
{
	if (lines->count > 0)
		qsort(lines->line, lines->count, sizeof *lines->line, compare);
	for (size_t i = 0; i < lines->count; i++) {
		puts(lines->line[i] + strlen(lines->line[i]) + 1);
		free(lines->line[i]);
	}
	free(lines->line);
	if (fflush(stdout) != 0)
		call_trouble(call, "standard output", NULL);
}

static int
list_one(const struct filecp_options *options, const struct place *place)
{
	struct lines lines = { .line = NULL };
	struct call call;
	int going = 0;

	if (call_begin(&call, options, place) == -1)
		return call.status;
	if (call_request(&call, FRAME_LIST, 0, place->path) == 0)
		while (going == 0)
			going = take_answer(&call, &lines);
	print_lines(&call, &lines);
	call_end(&call);
	return call.status;
}

int
filecp_list(const struct filecp_options *options)
{
	struct place place;
	int status = STATUS_DONE, got;

	for (int i = 0; i < options->count; i++) {
		got = place_parse(&place, options->operands[i]) ? list_one(options, &place) :
								  STATUS_USAGE;
		if (got > status)
			status = got;
	}
	return status;
}
