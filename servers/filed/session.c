/*
 * session: what filed says to one client: a table of requests. See filed.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/trace.h"
#include "servers/filed/filed.h"

struct session {
	const struct filed_options *options;
	struct conn *conn;
	struct transfer transfer;
	unsigned rights;
	char who[KEYS_NAME_MAX + 1];
	struct file_request request;
	char path[JAIL_PATH_MAX]; /* the request's, as a string */
};

static void
note_trouble(void *arg, enum frame_error error, const char *words)
{
	struct session *session = arg;

	(void)error;
	log_notice("%s: %s", conn_peer(session->conn), words);
}

/* The request comes to nothing, and the next one may come. */
static int
refuse(struct session *session, enum frame_error error, const char *reason)
{
	if (transfer_tell(&session->transfer, 0, error, session->path, reason) == -1)
		return -1;
	return stream_flush(&session->transfer.stream);
}

static int
refuse_errno(struct session *session)
{
	if (transfer_tell_errno(&session->transfer, 0, session->path) == -1)
		return -1;
	return stream_flush(&session->transfer.stream);
}

/* The jail's name of the path; its top has none in a request. */
static const char *
place_of(const struct session *session)
{
	return session->path[0] != '\0' ? session->path : ".";
}

/* ---- GET ---- */

/* exercise: send the file or tree that is asked for, or say why not */
static int
get(struct session *session)
{
	struct transfer *transfer = &session->transfer;
	const struct jail *jail = &session->options->jail;
	struct stat st;
	int fd = jail_open(jail, place_of(session), &st), result;

	transfer->subject = session->path;
	if (fd != -1) {
		result = transfer_send_file(transfer, fd, &st, "");
		close(fd);
		return result;
	}
	if (errno != EISDIR)
		return transfer_tell_errno(transfer, 0, session->path);
	if (session->request.flags & FILE_RECURSIVE)
		return transfer_send_tree(transfer, jail, session->path, "");
	return transfer_tell(
	    transfer, 0, FRAME_E_NAME, session->path, "a directory: give -r to get it");
}

/* What a GET would send. */
static uint64_t
total_of(const struct session *session)
{
	const struct jail *jail = &session->options->jail;
	struct stat st;

	if (jail_stat(jail, place_of(session), &st) == -1)
		return 0;
	if (S_ISREG(st.st_mode))
		return (uint64_t)st.st_size;
	if (S_ISDIR(st.st_mode) && session->request.flags & FILE_RECURSIVE)
		return transfer_size_of_tree(jail, session->path);
	return 0;
}

/* Only a question. Why nothing comes is told by the GET that follows. */
static int
tell_total(struct session *session)
{
	bool may = session->rights & KEYS_READ &&
		   file_path_is_right(session->request.path, session->request.path_len);
	uint64_t total = may ? total_of(session) : 0;

	if (stream_put(&session->transfer.stream, FRAME_READY, total, NULL, 0) == -1)
		return -1;
	return stream_flush(&session->transfer.stream);
}

/* ---- PUT ---- */

/* exercise: take a file under a temporary name, give it its own when the digest agrees */
static int
put(struct session *session)
{
	struct transfer *transfer = &session->transfer;
	struct stat st;
	bool is_directory;

	if (!session->options->writable)
		return refuse(session, FRAME_E_DENIED, "this server is read-only");
	if (jail_stat(&session->options->jail, place_of(session), &st) == -1) {
		if (errno != ENOENT)
			return refuse_errno(session);
		is_directory = false;
	} else {
		is_directory = S_ISDIR(st.st_mode);
	}
	if (stream_put(&transfer->stream, FRAME_READY, is_directory, NULL, 0) == -1 ||
	    stream_flush(&transfer->stream) == -1)
		return -1;
	return transfer_receive(transfer, &session->options->jail, session->path, false);
}

/* ---- LIST ---- */

static enum file_kind
kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FILE_REGULAR;
	if (S_ISDIR(mode))
		return FILE_DIRECTORY;
	return S_ISLNK(mode) ? FILE_LINK : FILE_OTHER;
}

static int
list_one(struct session *session, const struct stat *st, const char *name)
{
	struct file_entry entry = {
		.kind = kind_of(st->st_mode),
		.flags = FILE_ASKS,
		.mode = (uint16_t)(st->st_mode & FILE_MODE_MASK),
		.mtime = st->st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
		.size = st->st_size > 0 ? (uint64_t)st->st_size : 0,
		.path = name,
		.path_len = strlen(name),
	};
	uint8_t payload[FILE_ENTRY_MAX];
	int len = file_pack_entry(&entry, payload, sizeof payload);

	if (len == -1)
		return 0;
	return stream_put(&session->transfer.stream, FRAME_ENTRY, 0, payload, (size_t)len);
}

static int
list_names(struct session *session, struct jail_list *list, uint64_t *count)
{
	struct stat st;
	const char *name;

	while ((name = jail_list_next(list)) != NULL) {
		if (jail_list_stat(list, name, &st) == -1)
			continue; /* gone meanwhile */
		if (list_one(session, &st, name) == -1)
			return -1;
		++*count;
	}
	return 0;
}

/* exercise: send a line for each name in the directory */
static int
list(struct session *session)
{
	const struct jail *jail = &session->options->jail;
	struct jail_list names;
	struct stat st;
	uint64_t count = 0;
	int result;

	if (jail_stat(jail, place_of(session), &st) == -1)
		return refuse_errno(session);
	if (!S_ISDIR(st.st_mode)) {
		result = list_one(session, &st, "");
		count = 1;
	} else {
		if (jail_list_begin(jail, place_of(session), &names) == -1)
			return refuse_errno(session);
		result = list_names(session, &names, &count);
		jail_list_end(&names);
	}
	if (result == -1 ||
	    stream_put(&session->transfer.stream, FRAME_DONE, count, NULL, 0) == -1)
		return -1;
	return stream_flush(&session->transfer.stream);
}

/* ---- the dialogue ---- */

static const struct {
	uint8_t type;
	unsigned right;
	int (*answer)(struct session *session);
} requests[] = {
	{ FRAME_GET, KEYS_READ, get },
	{ FRAME_LIST, KEYS_READ, list },
	{ FRAME_PUT, KEYS_WRITE, put },
};

/* The payload into session->request and ->path. */
static int
hear_request(struct session *session, const struct frame *frame)
{
	const uint8_t *payload = stream_payload(&session->transfer.stream, frame);

	if (payload == NULL)
		return -1;
	if (!file_unpack_request(&session->request, payload, (size_t)frame->size))
		return transfer_out_of_turn(&session->transfer, frame);
	memcpy(session->path, session->request.path, session->request.path_len);
	session->path[session->request.path_len] = '\0';
	session->request.path = session->path; /* the payload is soon read over */
	session->transfer.kind = session->request.digest;
	log_step("%s: %s %s", conn_peer(session->conn), frame_name(frame->type), session->path);
	return 0;
}

static int
answer_request(struct session *session, unsigned right, int (*act)(struct session *))
{
	if (!(session->rights & right))
		return refuse(session, FRAME_E_DENIED, "your key does not allow it");
	if (!file_path_is_right(session->request.path, session->request.path_len)) {
		errno = EINVAL;
		return refuse_errno(session);
	}
	return act(session);
}

static int
answer(struct session *session, const struct frame *frame)
{
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		if (requests[i].type != frame->type)
			continue;
		if (hear_request(session, frame) == -1)
			return -1;
		if (frame->type == FRAME_GET && session->request.flags & FILE_TOTAL)
			return tell_total(session);
		if (answer_request(session, requests[i].right, requests[i].answer) == -1)
			return -1;
		/* A GET ends like all that is sent, also when that is nothing. */
		return frame->type == FRAME_GET ? transfer_send_end(&session->transfer) : 0;
	}
	return transfer_out_of_turn(&session->transfer, frame);
}

static int
converse(struct session *session)
{
	char reason[TRANSFER_REASON_MAX];
	struct frame frame;
	bool end = false;
	int result = 0;

	while (result == 0) {
		result = transfer_next(&session->transfer, &frame, &end);
		if (end)
			break;
		if (result == 0)
			result = answer(session, &frame);
	}
	trace_step(TRACE_TALK, "%" PRIu64 " files, %" PRIu64 " bytes", session->transfer.files,
	    session->transfer.bytes);
	if (result == 0)
		return STATUS_DONE;
	log_notice(
	    "%s: %s", conn_peer(session->conn), transfer_explain(&session->transfer, reason));
	if (errno == EPROTO)
		link_hang_up(session->transfer.stream.link);
	return STATUS_FAILED;
}

int
filed_session(struct conn *conn, void *arg)
{
	struct session session = { .options = arg, .conn = conn };
	struct link link;
	int status = STATUS_FAILED;

	if (link_open(&link, conn) == -1) {
		log_error("%s:", conn_peer(conn));
		return STATUS_FAILED;
	}
	if (auth_serve(&link, AUTH_FILE, session.options->keys, session.options->failures,
		&session.rights, session.who) == -1) {
		link_hang_up(&link);
	} else if (transfer_open(&session.transfer, &link) == -1) {
		log_error("%s:", conn_peer(conn));
	} else {
		session.transfer.sync = session.options->sync;
		session.transfer.watch =
		    (struct transfer_watch){ .trouble = note_trouble, .arg = &session };
		status = converse(&session);
		transfer_close(&session.transfer);
	}
	link_close(&link);
	return status;
}
