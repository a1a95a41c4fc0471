/*
 * control: lines that come over the control connection, and replies that go.
 *
 *	bytes --> in[] --ftp_line_feed--> line --ftp_command_parse--> command
 *	reply(...) --> out[] --> bytes, when we wait for the client
 *
 * Replies are gathered so that commands which came together are answered together, and a
 * reply of many lines is one packet. Nothing is held back when the client is waited for.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"
#include "protocol/ftp_reply.h"
#include "servers/ftpd/ftpd.h"

/* ---- replies ---- */

int
control_flush(struct session *session)
{
	size_t len = session->out_len;

	session->out_len = 0;
	return len > 0 ? conn_write(session->conn, session->out, len) : 0;
}

static int
put_line(struct session *session, int code, enum ftp_reply_place place, const char *format,
    va_list args)
{
	char text[FTP_LINE_MAX + 256];
	int len = vsnprintf(text, sizeof text, format, args);
	ssize_t size;

	if (len < 0)
		return -1;
	if (len >= (int)sizeof text)
		len = sizeof text - 1;
	if (CONTROL_OUT - session->out_len < FTP_REPLY_LINE_MAX + 512 &&
	    control_flush(session) == -1)
		return -1;
	size = ftp_reply_encode(session->out + session->out_len, CONTROL_OUT - session->out_len,
	    code, place, text, (size_t)len);
	if (size == -1) {
		errno = EPROTO;
		return -1;
	}
	if (place != FTP_REPLY_MIDDLE)
		log_step("-> %d %s", code, text);
	session->out_len += (size_t)size;
	return 0;
}

int
reply(struct session *session, int code, const char *format, ...)
{
	va_list args;
	int result;

	va_start(args, format);
	result = put_line(session, code, FTP_REPLY_LAST, format, args);
	va_end(args);
	return result;
}

int
reply_first(struct session *session, int code, const char *format, ...)
{
	va_list args;
	int result;

	va_start(args, format);
	result = put_line(session, code, FTP_REPLY_FIRST, format, args);
	va_end(args);
	return result;
}

int
reply_more(struct session *session, const char *format, ...)
{
	va_list args;
	int result;

	va_start(args, format);
	result = put_line(session, 200, FTP_REPLY_MIDDLE, format, args);
	va_end(args);
	return result;
}

/* What to say of an error. Never the system's own words: they may tell of its paths. */
static const struct {
	int error, code;
	const char *words;
} errors[] = {
	{ ENOENT, 550, "no such file or directory" },
	{ ENOTDIR, 550, "not a directory" },
	{ EISDIR, 550, "a directory" },
	{ EEXIST, 550, "there already" },
	{ ENOTEMPTY, 550, "the directory is not empty" },
	{ EACCES, 550, "permission denied" },
	{ EPERM, 550, "permission denied" },
	{ EROFS, 550, "a file system that cannot be written" },
	{ EXDEV, 550, "it leads out of your home" },
	{ ELOOP, 550, "too many links" },
	{ ENXIO, 550, "neither a file nor a directory" },
	{ EBUSY, 450, "somebody else is writing it, or it is your home" },
	{ EAGAIN, 450, "it is being moved about: try again" },
	{ ENAMETOOLONG, 553, "the name is too long" },
	{ EINVAL, 553, "no such name can be" },
	{ EILSEQ, 553, "no such name can be" },
	{ ENOSPC, 452, "the disk is full" },
	{ EDQUOT, 552, "your quota is used up" },
	{ EFBIG, 552, "the file is too large" },
	{ ETIMEDOUT, 451, "it took too long" },
};

int
reply_errno(struct session *session, const char *name)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i].error == errno)
			return reply(session, errors[i].code, "%s: %s", name, errors[i].words);
	log_notice("%s: %s:", conn_peer(session->conn), name);
	return reply(session, 451, "%s: an error of this server", name);
}

/* ---- commands ---- */

/* Feed what has been read. True: `line` is one, or part of one that is none. */
static bool
feed(struct session *session, enum ftp_line_event *event, int *result)
{
	while (session->in_at < session->in_len && *result == 0) {
		size_t used;

		*event = ftp_line_feed(&session->line, session->in + session->in_at,
		    session->in_len - session->in_at, &used);
		session->in_at += used;
		if (*event == FTP_LINE_TELNET) {
			control_flush(session);
			*result =
			    conn_write(session->conn, session->line.answer, FTP_TELNET_ANSWER);
		} else if (*event != FTP_LINE_MORE) {
			return true;
		}
	}
	return false;
}

/* A line as a command. 1; 0: it was answered; -1. */
static int
take_line(struct session *session, enum ftp_line_event event)
{
	const struct ftp_line *line = &session->line;

	if (event == FTP_LINE_LONG)
		return reply(session, 500, "The line is too long");
	if (event == FTP_LINE_BAD)
		return reply(session, 500, "The line has a byte that no command can have");
	if (!ftp_command_parse(line->text, line->len, &session->command)) {
		session->bad++;
		return reply(session, 500, "That is no command");
	}
	if (strcmp(session->command.verb, "PASS") == 0)
		log_step("<- PASS ***");
	else
		log_step("<- %s", line->text);
	return 1;
}

/* Before the login the time is limited in all; afterwards only that of silence. */
static int
set_patience(struct session *session)
{
	int64_t left = session->begin_ms + LOGIN_MS - sys_now_ms();

	if (session->state & IN)
		return 0;
	if (left <= 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	if (session->conn->idle_ms == 0 || left < session->conn->idle_ms)
		conn_set_read_idle(session->conn, (int)left);
	return 0;
}

int
control_next(struct session *session)
{
	enum ftp_line_event event;
	int result = 0;
	ssize_t n;

	if (session->state & HELD) {
		session->state &= ~(unsigned)HELD;
		return 1;
	}
	for (;;) {
		while (feed(session, &event, &result)) {
			result = take_line(session, event);
			if (result == 1)
				return 1;
			if (result == 0 && session->bad > BAD_MAX)
				return 1;
		}
		if (result == -1 || control_flush(session) == -1 || set_patience(session) == -1)
			return -1;
		if (session->state & GONE)
			return 0;
		n = conn_read(session->conn, session->in, sizeof session->in);
		if (n <= 0)
			return (int)n;
		session->in_at = 0;
		session->in_len = (size_t)n;
	}
}

/* A command that came while data flows. 1: it must wait; 0; -1. */
static int
heed(struct session *session)
{
	const struct ftp_command *command = &session->command;
	int result;

	if (strcmp(command->verb, "ABOR") == 0) {
		session->state |= ABORTED;
		return 0;
	}
	if (strcmp(command->verb, "STAT") == 0 && command->argument.len == 0)
		result = tell_status(session);
	else if (strcmp(command->verb, "NOOP") == 0)
		result = do_noop(session);
	else
		return 1;
	return result == -1 ? -1 : control_flush(session);
}

int
control_overhear(struct session *session)
{
	enum ftp_line_event event;
	int result = 0;
	ssize_t n;

	while (!(session->state & (HELD | GONE | ABORTED))) {
		while (feed(session, &event, &result)) {
			result = take_line(session, event);
			if (result == 1)
				result = heed(session);
			if (result == 1)
				session->state |= HELD;
			if (result != 0 || session->state & ABORTED)
				return result == -1 ? -1 : 0;
		}
		if (result == -1)
			return -1;
		n = conn_try_read(session->conn, session->in, sizeof session->in);
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
			return 0;
		if (n <= 0)
			session->state |= GONE;
		session->in_at = 0;
		session->in_len = n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int
argument_path(struct session *session, struct ftp_span argument, char path[JAIL_PATH_MAX])
{
	if (jail_join(path, session->cwd, argument.at, argument.len) == 0)
		return 0;
	reply_errno(session, "That name");
	return -1;
}
