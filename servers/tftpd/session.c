/*
 * session: one transfer, in a child of its own. See tftpd.h.
 *
 * A request is refused with one ERROR, before any block. What is written lies under a
 * temporary name until it is complete, and then gets its own; the last ACK goes after that.
 */
#include <sys/statvfs.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/sys.h"
#include "common/trace.h"
#include "link/tftp_run.h"
#include "servers/tftpd/tftpd.h"

enum {
	MODE = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, /* of a new file */
};

struct session {
	const struct serve_call *call;
	const struct tftpd_options *options;
	struct tftp_request request;
	char peer[NET_TEXT_MAX];
	char name[JAIL_PATH_MAX];

	int fd;		       /* of what is read */
	uint64_t size;	       /* ... and its length */
	struct jail_file file; /* what is written; file.fd -1: published, or not begun */
	bool replace;
	uint64_t counted;
	int64_t began_ms, ended_ms; /* without dallying */
};

static volatile sig_atomic_t told_to_stop;

static void
note_stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

/* The parent's time for us is over, or its own: the client is told, the temporary goes. */
static void
heed_stop(void)
{
	struct sigaction action = { .sa_handler = note_stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static const char *
verb(const struct session *session)
{
	return session->request.opcode == TFTP_RRQ ? "read" : "write";
}

/* One ERROR, and that is all. */
static int
refuse(struct session *session, enum tftp_code code, const char *words)
{
	uint8_t bytes[TFTP_CONTROL_MAX];
	ssize_t len = tftp_encode_error(bytes, sizeof bytes, code, words);

	log_notice(
	    "%s: %s \"%s\" refused: %s", session->peer, verb(session), session->name, words);
	trace_bytes(TRACE_OUT, bytes, (size_t)len);
	if (send(session->call->fd, bytes, (size_t)len, 0) == -1)
		log_step("%s: the refusal could not be sent:", session->peer);
	return STATUS_REFUSED;
}

static int
refuse_errno(struct session *session)
{
	return refuse(session, tftp_code_of_errno(errno), tftp_words_of_errno(errno));
}

/* ---- files ---- */

/* 0, or -1 with errno. */
static int
open_to_read(struct session *session)
{
	struct stat st;

	session->fd = jail_open(&session->options->jail, session->name, &st);
	if (session->fd == -1)
		return -1;
	session->size = (uint64_t)st.st_size;
	if (session->options->strict && !(st.st_mode & S_IROTH)) {
		errno = EACCES;
		return -1;
	}
	return 0;
}

/* What has the name now: may it be replaced? 0, or -1 with errno. */
static int
check_target(struct session *session)
{
	const struct tftpd_options *options = session->options;
	struct stat st;

	if (jail_lstat(&options->jail, session->name, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!options->overwrite)
		errno = EEXIST;
	else if (options->strict && S_ISREG(st.st_mode) && !(st.st_mode & S_IWOTH))
		errno = EACCES;
	else
		return 0;
	return -1;
}

/* RFC 2349: a file that is too large may be refused before it comes. */
static bool
has_room(const struct session *session)
{
	const struct tftp_options *asked = &session->request.options;
	struct statvfs fs;

	if (!(asked->set & TFTP_SET_TSIZE) || fstatvfs(session->file.fd, &fs) == -1)
		return true;
	return asked->tsize / (fs.f_frsize ? fs.f_frsize : 1) <= fs.f_bavail;
}

static int
open_to_write(struct session *session)
{
	const struct jail *jail = &session->options->jail;

	if (!session->options->writable) {
		errno = EACCES;
		return -1;
	}
	if (check_target(session) == -1 ||
	    jail_create(jail, session->name, NULL, MODE, &session->file) == -1)
		return -1;
	session->replace = session->options->overwrite;
	if (has_room(session))
		return 0;
	jail_discard(&session->file);
	errno = ENOSPC;
	return -1;
}

/* tftp_run's: all is written. */
static int
publish(void *arg)
{
	struct session *session = arg;

	session->ended_ms = sys_now_ms();
	return jail_publish(&session->file, session->replace);
}

/* ---- the transfer ---- */

static void
count(void *arg, uint64_t bytes)
{
	struct session *session = arg;
	bool reads = session->request.opcode == TFTP_RRQ;

	conn_count_bytes(reads ? &session->call->count->out : &session->call->count->in,
	    (ssize_t)(bytes - session->counted));
	session->counted = bytes;
}

static void
trace(void *arg, bool out, const void *head, size_t head_len, size_t len)
{
	struct tftp_packet packet;

	(void)arg;
	if (tftp_decode(&packet, head, head_len) != TFTP_OK)
		trace_field(out ? TRACE_OUT : TRACE_IN, head, head_len, "no TFTP packet");
	else if (packet.opcode == TFTP_DATA || packet.opcode == TFTP_ACK)
		trace_field(out ? TRACE_OUT : TRACE_IN, head, TFTP_HEADER, "%s %u, %zu bytes",
		    tftp_opcode_name(packet.opcode), packet.block, len - TFTP_HEADER);
	else {
		trace_field(
		    out ? TRACE_OUT : TRACE_IN, head, 2, "%s", tftp_opcode_name(packet.opcode));
		trace_bytes(out ? TRACE_OUT : TRACE_IN, head, head_len);
	}
}

static void
tell_end(const struct session *session, const struct tftp_run *run)
{
	const struct tftp_engine *engine = run->engine;
	int64_t end = session->ended_ms ? session->ended_ms : sys_now_ms();
	int64_t ms = end - session->began_ms;

	if (engine->state == TFTP_DONE)
		log_notice("%s: %s \"%s\": %" PRIu64 " bytes in %" PRId64
			   ".%03d s, blksize %" PRIu32 ", window %" PRIu32 ", %" PRIu64
			   " repeated",
		    session->peer, verb(session), session->name, run->bytes, ms / 1000,
		    (int)(ms % 1000), engine->agreed.blksize, engine->agreed.window,
		    engine->repeats);
	else if (run->error) {
		errno = run->error;
		log_notice("%s: %s \"%s\" failed after %" PRIu64 " bytes:", session->peer,
		    verb(session), session->name, run->bytes);
	} else
		log_notice("%s: %s \"%s\" failed after %" PRIu64 " bytes: %s%s%.*s",
		    session->peer, verb(session), session->name, run->bytes,
		    tftp_failure_words(engine), engine->text_len ? ": " : "",
		    (int)engine->text_len, engine->text);
}

/* exercise: move the blocks, one way or the other, until the last is acknowledged */
static int
transfer(struct session *session)
{
	const struct tftp_request *request = &session->request;
	struct tftp_options granted =
	    tftpd_grant(request, session->options, session->call->fd, session->size);
	struct tftp_engine engine;
	struct tftp_run run = {
		.engine = &engine,
		.socket = session->call->fd,
		.connected = true,
		.peer = *session->call->peer,
		.file = request->opcode == TFTP_RRQ ? session->fd : session->file.fd,
		.lifeline = session->call->lifeline,
		.stop = &told_to_stop,
		.finish = request->opcode == TFTP_RRQ ? NULL : publish,
		.progress = count,
		.trace = trace_shows_bytes() ? trace : NULL,
		.arg = session,
	};
	bool done;

	session->began_ms = sys_now_ms();
	tftp_answer(&engine, request, &granted, session->began_ms);
	if (session->call->idle_ms)
		engine.give_up_ms = session->call->idle_ms;
	done = tftp_run(&run);
	tell_end(session, &run);
	return done ? STATUS_DONE : STATUS_FAILED;
}

int
tftpd_session(const struct serve_call *call, void *arg)
{
	struct session session = { .call = call, .options = arg, .fd = -1, .file.fd = -1 };
	struct tftp_packet packet;
	int status;

	net_format(call->peer, session.peer);
	heed_stop();
	if (tftp_decode(&packet, call->request, call->len) != TFTP_OK)
		return STATUS_FAILED; /* the parent has looked at it */
	session.request = packet.request;
	if (jail_name(session.name, packet.request.name, packet.request.name_len) == -1)
		return refuse_errno(&session);
	if (packet.opcode == TFTP_RRQ ? open_to_read(&session) == -1 :
					open_to_write(&session) == -1)
		return refuse_errno(&session);
	status = transfer(&session);
	if (session.file.fd != -1) /* not published */
		jail_discard(&session.file);
	if (session.fd != -1)
		close(session.fd);
	return status;
}
