/*
 * put: files of this machine to a server.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/filecp/filecp.h"

/* The server's answer to PUT: 1 a directory, 0 not (yet), -1 no: said. */
static int
await_ready(struct call *call)
{
	struct frame frame;

	if (transfer_next(&call->transfer, &frame, NULL) == -1)
		return call_failed(call);
	if (frame.type == FRAME_READY)
		return frame.value == 1;
	if (frame.type != FRAME_TROUBLE) {
		transfer_out_of_turn(&call->transfer, &frame);
		return call_failed(call);
	}
	if (transfer_hear_trouble(&call->transfer, &frame) == -1)
		return call_failed(call);
	return -1;
}

static int
put_directory(struct call *call, const char *source, const char *path)
{
	struct jail jail;
	int result;

	if (!call->options->recursive) {
		call_trouble(call, source, "a directory: give -r to copy it");
		return 0;
	}
	if (jail_begin(&jail, source) == -1) {
		call_trouble(call, source, NULL);
		return 0;
	}
	jail.hide = true; /* what another filecp has not finished is not copied */
	result = transfer_send_tree(&call->transfer, &jail, "", path);
	jail_end(&jail);
	return result;
}

/* One source, as `path` beneath the target. 0, or -1: the conversation is over. */
/* exercise: announce a file, send it, await the word that all of it has arrived */
static int
put_one(struct call *call, const char *source, const char *path)
{
	/* Never wait for the other end of a FIFO. */
	int fd = open(source, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), result = 0;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		call_trouble(call, source, NULL);
	else if (S_ISREG(st.st_mode))
		result = transfer_send_file(&call->transfer, fd, &st, path);
	else if (S_ISDIR(st.st_mode))
		result = put_directory(call, source, path);
	else
		call_trouble(call, source, "a device, FIFO or socket, not a file");
	if (fd != -1)
		close(fd);
	return result;
}

/* The bytes of all files there are to send, for the progress line alone. */
static uint64_t
add_up(const struct filecp_options *options)
{
	uint64_t total = 0, more;
	struct jail jail;
	struct stat st;

	for (int i = 0; i < options->count - 1; i++) {
		const char *source = options->operands[i];

		if (stat(source, &st) == -1)
			continue;
		if (S_ISREG(st.st_mode)) {
			total += (uint64_t)st.st_size;
		} else if (S_ISDIR(st.st_mode) && jail_begin(&jail, source) == 0) {
			jail.hide = true;
			more = transfer_size_of_tree(&jail, "");
			jail_end(&jail);
			if (more == FILE_TOTAL_UNKNOWN)
				return 0;
			total += more;
		}
	}
	return total;
}

static int
put_all(struct call *call, bool into)
{
	char name[JAIL_NAME_MAX + 1];
	int result = 0;

	for (int i = 0; i < call->options->count - 1 && result == 0; i++) {
		const char *source = call->options->operands[i];

		call->transfer.subject = source;
		result = put_one(call, source, into ? place_name(source, name) : "");
	}
	if (result == 0)
		result = transfer_send_end(&call->transfer);
	return result == 0 ? 0 : call_failed(call);
}

static void
put_to(struct call *call)
{
	bool several = call->options->count > 2;
	int ready;

	if (call_request(call, FRAME_PUT, 0, call->at->path) == -1)
		return;
	ready = await_ready(call);
	if (ready == -1)
		return;
	if (ready == 0 && (several || call->at->slash)) {
		call_trouble(call, call->at->text, "not a directory");
		return;
	}
	progress_begin(&call->progress, progress_is_wanted() ? add_up(call->options) : 0);
	(void)put_all(call, ready == 1);
}

int
filecp_put(const struct filecp_options *options)
{
	struct place target;
	struct call call;

	if (!place_parse(&target, options->operands[options->count - 1]))
		return STATUS_USAGE;
	if (call_begin(&call, options, &target) == -1)
		return call.status;
	put_to(&call);
	call_end(&call);
	return call.status;
}
