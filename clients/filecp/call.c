/*
 * call: a connection of filecp to a server, from dialling to hanging up.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/filecp/filecp.h"
#include "common/log.h"
#include "common/trace.h"
#include "link/auth.h"

static void
worsen(struct call *call, int status)
{
	if (status > call->status)
		call->status = status;
}

/* ---- who looks on ---- */

static void
show_trouble(void *arg, enum frame_error error, const char *words)
{
	struct call *call = arg;

	progress_clear(&call->progress);
	log_error("%s: %s", call->at->host, words);
	worsen(call,
	    error == FRAME_E_DENIED || error == FRAME_E_LIMIT ? STATUS_REFUSED : STATUS_FAILED);
}

static void
show_progress(void *arg, const char *path, uint64_t bytes)
{
	struct call *call = arg;

	progress_add(&call->progress, path, bytes);
}

void
call_trouble(struct call *call, const char *name, const char *words)
{
	progress_clear(&call->progress);
	if (words)
		log_error("%s: %s", name, words);
	else
		log_error("%s:", name);
	worsen(call, STATUS_FAILED);
}

int
call_failed(struct call *call)
{
	char reason[TRANSFER_REASON_MAX];

	transfer_explain(&call->transfer, reason);
	progress_clear(&call->progress);
	log_error("%s: %s", call->at->host, reason);
	worsen(call, call->transfer.refused ? STATUS_REFUSED : STATUS_FAILED);
	return -1;
}

/* ---- begin and end ---- */

static int
greet(struct call *call)
{
	struct key key;
	unsigned rights;
	int result;

	if (call->options->keys && keys_fetch(call->options->keys, NULL, &key) == -1) {
		worsen(call, STATUS_FAILED);
		return -1;
	}
	result = auth_greet(
	    &call->link, AUTH_FILE, call->options->keys ? &key : NULL, &rights, &call->status);
	if (call->options->keys)
		keys_forget(&key);
	return result;
}

static int
dial(struct call *call)
{
	const struct client_options *client = &call->options->client;
	struct net_error error;

	call->fd = net_connect(call->at->host, client->port, client->family, client->timeout_ms,
	    &call->peer, &error);
	if (call->fd != -1)
		return 0;
	log_error("%s", error.text);
	worsen(call, STATUS_FAILED);
	return -1;
}

static void
hang_up(struct call *call)
{
	char text[NET_TEXT_MAX];

	trace_step(TRACE_CLOSE, "%s", net_format(&call->peer, text));
	close(call->fd);
}

int
call_begin(struct call *call, const struct filecp_options *options, const struct place *at)
{
	*call = (struct call){ .options = options, .at = at };
	if (dial(call) == -1)
		return -1;
	conn_open(
	    &call->conn, call->fd, call->fd, &call->peer, options->client.timeout_ms, NULL);
	if (link_open(&call->link, &call->conn) == 0) {
		if (greet(call) == 0 && transfer_open(&call->transfer, &call->link) == 0) {
			call->transfer.kind = options->kind;
			call->transfer.sync = options->sync;
			call->transfer.watch = (struct transfer_watch){
				.trouble = show_trouble, .moved = show_progress, .arg = call
			};
			return 0;
		}
		link_close(&call->link);
	}
	if (call->status == STATUS_DONE) /* memory */
		call_trouble(call, at->text, NULL);
	hang_up(call);
	return -1;
}

void
call_end(struct call *call)
{
	progress_end(&call->progress);
	transfer_close(&call->transfer);
	link_close(&call->link);
	hang_up(call);
}

int
call_request(struct call *call, uint8_t type, uint8_t flags, const char *path)
{
	const struct file_request request = {
		.digest = (uint8_t)call->options->kind,
		.flags = flags,
		.path = path,
		.path_len = strlen(path),
	};
	uint8_t payload[2 + FILE_PATH_MAX];
	int len = file_pack_request(&request, payload, sizeof payload);

	if (len == -1) {
		call_trouble(call, path, "this path cannot be sent");
		return -1;
	}
	if (stream_put(&call->transfer.stream, type, 0, payload, (size_t)len) == -1 ||
	    stream_flush(&call->transfer.stream) == -1)
		return call_failed(call);
	return 0;
}
