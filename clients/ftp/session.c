/*
 * session: the control connection, commands there and replies back.
 *
 *	-> RETR notes		one command, then wait
 *	<- 150 Here it comes	1xx: another reply follows
 *	<- 226 Done		2xx done, 3xx go on, 4xx not now, 5xx no
 *
 * The trap is in getting out of step: whoever reads one reply too few takes each next one
 * for the answer to another command. So before a command everything that has come
 * unasked is read and dropped, and a reply that ^C kept us from waiting for is owed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"
#include "common/trace.h"

enum {
	COMMAND_MAX = 2 * FTP_LINE_MAX + 8,
	CODE_CLOSING = 421,
	GOODBYE_MS = 2000, /* so long 221 is waited for; nobody reads it */
};

void
session_worsen(struct session *session, int status)
{
	if (status > session->status)
		session->status = status;
}

const char *
session_words(const struct session *session, char words[LOG_LINE_MAX])
{
	const struct ftp_reply *reply = &session->reply;
	struct ftp_span line = { .at = "", .len = 0 };
	size_t at = 0;
	char text[LOG_LINE_MAX / 2];

	ftp_reply_next_line(reply, &at, &line);
	log_escape(text, sizeof text, line.at, line.len);
	snprintf(words, LOG_LINE_MAX, "%d %s", reply->code, text);
	return words;
}

void
session_refused(struct session *session, const char *what)
{
	char words[LOG_LINE_MAX];
	int code = session->reply.code;

	session_worsen(session, STATUS_FAILED);
	if (!session->connected)
		return; /* that was said */
	if (code == 530 || code == 532)
		session_worsen(session, STATUS_REFUSED);
	log_error("%s: %s", what, session_words(session, words));
}

void
session_close(struct session *session)
{
	char text[NET_TEXT_MAX];

	if (session->connected) {
		trace_step(TRACE_CLOSE, "%s", net_format(&session->peer, text));
		close(session->fd);
	}
	session->open = session->connected = false;
	session->fd = -1;
}

/* The connection is of no use any more: say why (errno, or words), and close it. */
static int
lose(struct session *session, const char *words)
{
	session_worsen(session, STATUS_FAILED);
	if (words)
		log_error("%s: %s", session->account.host, words);
	else
		log_error("%s:", session->account.host);
	session_close(session);
	return -1;
}

/* ---- replies ---- */

static void
show(struct session *session, const char *why)
{
	size_t at = 0;
	struct ftp_span line;

	if (!log_enabled(LOG_LEVEL_STEPS))
		return;
	while (ftp_reply_next_line(&session->reply, &at, &line))
		log_step("<- %d %.*s%s", session->reply.code, (int)line.len, line.at, why);
}

/* What has come, up to the end of a reply: 1, 0 if there is not all of it, or -1. */
static int
feed(struct session *session)
{
	while (session->start < session->end) {
		size_t used;
		enum ftp_reply_event event = ftp_reply_feed(&session->reply,
		    session->input + session->start, session->end - session->start, &used);

		session->start += used;
		if (event == FTP_REPLY_READY)
			return 1;
		if (event == FTP_REPLY_BAD)
			return lose(session, "what it says is no reply of FTP: hung up");
		if (event == FTP_REPLY_TELNET &&
		    conn_write(&session->conn, session->reply.line.answer, FTP_TELNET_ANSWER) ==
			-1)
			return lose(session, NULL);
	}
	return 0;
}

/* Some more bytes. 0, or -1. */
static int
fetch(struct session *session)
{
	ssize_t n = conn_read(&session->conn, session->input, sizeof session->input);

	if (n == -1 && errno == ECANCELED)
		return -1;
	if (n == -1)
		return lose(session, NULL);
	if (n == 0)
		return lose(session, ftp_reply_is_open(&session->reply) ?
					 "the server has hung up in the middle of a reply" :
					 "the server has hung up");
	session->start = 0;
	session->end = (size_t)n;
	if (trace_shows_bytes())
		trace_bytes(TRACE_IN, session->input, session->end);
	return 0;
}

int
session_hear(struct session *session)
{
	int whole;

	if (!session->connected)
		return -1;
	while ((whole = feed(session)) == 0)
		if (fetch(session) == -1) {
			if (session->connected)
				session->owed++; /* ^C */
			return -1;
		}
	if (whole == -1)
		return -1;
	show(session, "");
	if (session->reply.code == CODE_CLOSING) {
		char words[LOG_LINE_MAX];

		if (!session->open)
			session_worsen(session, STATUS_REFUSED);
		return lose(session, session_words(session, words));
	}
	return session->reply.code;
}

int
session_catch_up(struct session *session)
{
	while (session->connected && (session->owed > 0 || session->start < session->end ||
					 conn_has_input(&session->conn))) {
		int whole = feed(session);

		if (whole == -1 || (whole == 0 && fetch(session) == -1))
			return -1;
		if (whole == 0)
			continue;
		show(session, " (late: nobody waits for it)");
		if (session->reply.code == CODE_CLOSING) {
			char words[LOG_LINE_MAX];

			return lose(session, session_words(session, words));
		}
		if (session->owed > 0 && session->reply.code >= 200)
			session->owed--;
	}
	return session->connected ? 0 : -1;
}

/* ---- commands ---- */

int
session_say(struct session *session, const char *verb, const char *argument)
{
	char line[COMMAND_MAX];
	size_t argument_len = argument ? strlen(argument) : 0;
	ssize_t len;

	if (!session->connected) {
		log_error("%s: not connected; open names a server", verb);
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	if (session_catch_up(session) == -1)
		return -1;
	len = ftp_command_encode(line, sizeof line, verb, argument, argument_len);
	if (len == -1 || argument_len > FTP_LINE_MAX) {
		log_error("%s \"%s\": cannot be said in FTP: too long, or it has a line end",
		    verb,
		    strcmp(verb, "PASS") == 0 ? "..." :
		    argument		      ? argument :
						"");
		session_worsen(session, STATUS_FAILED);
		session->reply.code = 0;
		return -1;
	}
	log_step("-> %s%s%s", verb, argument ? " " : "",
	    strcmp(verb, "PASS") == 0 ? "..." :
	    argument		      ? argument :
					"");
	if (conn_write(&session->conn, line, (size_t)len) == -1)
		return lose(session, NULL);
	return 0;
}

int
session_ask(struct session *session, const char *verb, const char *argument)
{
	if (session_say(session, verb, argument) == -1)
		return -1;
	return session_hear(session);
}

int
session_ask_patiently(
    struct session *session, const char *verb, const char *argument, int wait_ms)
{
	int usual = session->settings->client.timeout_ms, code;

	if (usual)
		conn_set_idle(&session->conn, wait_ms > usual ? wait_ms : usual);
	code = session_ask(session, verb, argument);
	if (usual && session->connected)
		conn_set_idle(&session->conn, usual);
	return code;
}

int
session_do(struct session *session, const char *verb, const char *argument, const char *what)
{
	int code = session_ask(session, verb, argument);

	if (code >= 200 && code < 300)
		return 0;
	if (code != -1)
		session_refused(session, what);
	session_worsen(session, STATUS_FAILED);
	return -1;
}

/* ---- begin and end ---- */

int
session_connect(struct session *session)
{
	const struct client_options *client = &session->settings->client;
	struct account *account = &session->account;
	struct net_error error;
	int code;

	session_close(session);
	session->fd = net_connect_unless(signals_stop(), account->host,
	    account->port[0] ? account->port : client->port, client->family, client->timeout_ms,
	    &session->peer, &error);
	if (session->fd == -1) {
		log_error("%s", error.text);
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	session->connected = true;
	session->start = session->end = 0;
	session->owed = 0;
	session->type = 0;
	session->reply = (struct ftp_reply){ .code = 0 };
	conn_open(
	    &session->conn, session->fd, session->fd, &session->peer, client->timeout_ms, NULL);
	session->conn.wait_mask = signals_while_waiting();
	session->conn.stop = &ftp_stop;
	conn_poll_waits(&session->conn);
	do /* 120: ready in so many minutes */
		code = session_hear(session);
	while (code >= 100 && code < 200);
	if (code >= 200 && code < 300)
		return 0;
	if (code != -1) {
		session_refused(session, account->host);
		session_worsen(session, STATUS_REFUSED);
	}
	session_close(session);
	return -1;
}

void
session_quit(struct session *session)
{
	char goodbye[SESSION_INPUT];

	session->conn.stop = NULL;
	if (session->connected && session_say(session, "QUIT", NULL) == 0) {
		conn_set_idle(&session->conn, GOODBYE_MS);
		(void)conn_read(&session->conn, goodbye, sizeof goodbye);
	}
	session_close(session);
}
