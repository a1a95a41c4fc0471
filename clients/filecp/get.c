/*
 * get: files of a server to this machine.
 *
 * The names in a tree come from the server, so they are looked up in a jail that is
 * the target directory; and of the first one nothing is taken from it: it is called as
 * it was asked for.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clients/filecp/filecp.h"
#include "common/log.h"

/* Where files go: a jail and, unless each keeps its name, the one new name. */
struct target {
	struct jail jail;
	bool is_directory;
	char name[JAIL_NAME_MAX + 1];
};

/* 0, or -1: said. */
static int
open_target(struct target *target, const char *path, bool must_be_directory)
{
	const char *name;
	struct stat st;

	target->is_directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	if (!target->is_directory && must_be_directory) {
		log_error("%s: not a directory", path);
		return -1;
	}
	place_name(path, target->name);
	if ((target->is_directory ? jail_begin(&target->jail, path) :
				    jail_begin_beside(&target->jail, path, &name)) == -1) {
		log_error("%s:", path);
		return -1;
	}
	target->jail.hide = true;
	return 0;
}

/* One source. 0, or -1: the conversation is over. */
/* exercise: ask for a file, receive it, compare the digest, give it its name */
static int
get_one(struct call *call, const struct target *target, const struct place *source)
{
	char name[JAIL_NAME_MAX + 1];
	const char *base = target->is_directory ? place_name(source->path, name) : target->name;
	bool recursive = call->options->recursive;

	if (call_request(call, FRAME_GET, recursive ? FILE_RECURSIVE : 0, source->path) == -1)
		return -1;
	if (transfer_receive(&call->transfer, &target->jail, base, !recursive) == -1)
		return call_failed(call);
	return 0;
}

/* The source `at`, if there is one and the call's host has it. */
static bool
source_at(const struct call *call, int at, struct place *source)
{
	return at < call->options->count - 1 &&
	       place_parse(source, call->options->operands[at]) &&
	       strcmp(source->host, call->at->host) == 0;
}

/* Whatever is to come of one source, into *total. 0, or -1: the conversation is over. */
static int
ask_total(struct call *call, const struct place *source, uint64_t *total)
{
	uint8_t flags = FILE_TOTAL | (call->options->recursive ? FILE_RECURSIVE : 0);
	struct frame frame;

	if (call_request(call, FRAME_GET, flags, source->path) == -1)
		return -1;
	if (transfer_next(&call->transfer, &frame, NULL) == -1)
		return call_failed(call);
	if (frame.type != FRAME_READY) {
		transfer_out_of_turn(&call->transfer, &frame);
		return call_failed(call);
	}
	*total = frame.value;
	return 0;
}

/* Begin the progress line, if anybody sees it: then the server is asked what will come. */
static int
begin_progress(struct call *call, int at)
{
	struct place source;
	uint64_t total = 0, more = 0;

	while (progress_is_wanted() && source_at(call, at++, &source)) {
		if (ask_total(call, &source, &more) == -1)
			return -1;
		if (more > INT64_MAX - total) { /* FILE_TOTAL_UNKNOWN, or nonsense */
			total = 0;
			break;
		}
		total += more;
	}
	progress_begin(&call->progress, total);
	return 0;
}

/* Sources one behind the other as long as they have the same host. *at goes on. */
static int
get_from(const struct filecp_options *options, const struct target *target, int *at)
{
	struct place first, source;
	struct call call;
	int going;

	if (!place_parse(&first, options->operands[*at]))
		return STATUS_USAGE;
	if (call_begin(&call, options, &first) == -1) {
		++*at;
		return call.status;
	}
	going = begin_progress(&call, *at);
	if (going == -1)
		++*at; /* as if it had failed itself */
	while (going == 0 && source_at(&call, *at, &source)) {
		going = get_one(&call, target, &source);
		++*at;
	}
	call_end(&call);
	return call.status;
}

int
filecp_get(const struct filecp_options *options)
{
	const char *to = options->operands[options->count - 1];
	bool slash = to[strlen(to) - 1] == '/';
	struct target target;
	int status = STATUS_DONE, got;

	if (open_target(&target, to, slash || options->count > 2) == -1)
		return STATUS_FAILED;
	for (int at = 0; at < options->count - 1;) {
		got = get_from(options, &target, &at);
		if (got > status)
			status = got;
	}
	jail_end(&target.jail);
	return status;
}
