/*
 * login: from a greeting to a session, and what the server can do.
 *
 *	<- 220				-> USER anna
 *	<- 331 password, please		-> PASS ...	(230 at once: none is wanted)
 *	<- 230				-> FEAT
 *	<- 211- ... 211 End		-> OPTS UTF8 ON, OPTS HASH SHA-256 if it has them
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"
#include "common/sys.h"
#include "protocol/ftp_text.h"

/* ---- who ---- */

/* USER and PASS. */
static int
login(struct session *session)
{
	struct account *account = &session->account;
	char who[LOG_LINE_MAX];
	int code;

	snprintf(who, sizeof who, "%s: login as %s", account->host, account->user);
	code = session_ask(session, "USER", account->user);
	if (code == 331)
		code = session_ask(session, "PASS", account->password);
	if (code >= 200 && code < 300)
		return 0;
	if (code == 332)
		log_error("%s: it wants an account besides, which we do not have", who);
	else if (code != -1)
		session_refused(session, who);
	session_worsen(session, code == -1 ? STATUS_FAILED : STATUS_REFUSED);
	return -1;
}

/* ---- what it can do ---- */

static bool
is_word(const struct ftp_span *line, const char *word)
{
	size_t len = strlen(word);

	return line->len >= len && strncasecmp(line->at, word, len) == 0 &&
	       (line->len == len || line->at[len] == ' ' || line->at[len] == ';');
}

static bool
has_algorithm(const struct ftp_span *line, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i + len <= line->len; i++)
		if (strncasecmp(line->at + i, name, len) == 0 &&
		    (i + len == line->len || strchr(";* ", line->at[i + len]) != NULL))
			return true;
	return false;
}

static void
take_feature(struct session *session, struct ftp_span line)
{
	static const struct {
		const char *word;
		unsigned feature;
	} known[] = {
		{ "SIZE", SESSION_SIZE },
		{ "MDTM", SESSION_MDTM },
		{ "REST STREAM", SESSION_REST },
		{ "MLST", SESSION_MLSD },
		{ "MLSD", SESSION_MLSD },
		{ "MFMT", SESSION_MFMT },
		{ "HASH", SESSION_HASH },
		{ "XSHA256", SESSION_XSHA256 },
		{ "XMD5", SESSION_XMD5 },
		{ "UTF8", SESSION_UTF8 },
	};

	while (line.len > 0 && *line.at == ' ') {
		line.at++;
		line.len--;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_word(&line, known[i].word))
			session->features |= known[i].feature;
	if (is_word(&line, "HASH"))
		session->hash = has_algorithm(&line, "SHA-256") ? DIGEST_SHA256 :
				has_algorithm(&line, "MD5")	? DIGEST_MD5 :
								  DIGEST_NONE;
}

/* 0; -1 if the connection is gone. A refusal is an answer. */
static int
learn(struct session *session)
{
	struct ftp_span line;
	size_t at = 0;
	int code = session_ask(session, "FEAT", NULL);

	session->features = SESSION_EPSV;
	session->hash = DIGEST_NONE;
	if (code == -1)
		return -1;
	if (code >= 300) { /* of 1985: what it can do shows when it is asked to */
		session->features |= SESSION_SIZE | SESSION_MDTM | SESSION_REST;
		return 0;
	}
	while (ftp_reply_next_line(&session->reply, &at, &line))
		take_feature(session, line);
	if (session->features & SESSION_UTF8 && session_ask(session, "OPTS", "UTF8 ON") == -1)
		return -1;
	if (session->features & SESSION_HASH && session->hash != DIGEST_NONE) {
		code = session_ask(session, "OPTS",
		    session->hash == DIGEST_SHA256 ? "HASH SHA-256" : "HASH MD5");
		if (code == -1)
			return -1;
		if (code >= 300)
			session->hash = DIGEST_NONE;
	}
	return 0;
}

/* ---- where ---- */

static int
ask_where(struct session *session)
{
	char dir[SESSION_DIR_MAX];
	int code = session_ask(session, "PWD", NULL);

	if (code == -1)
		return -1;
	session->dir_lost = code != 257 || ftp_quote_parse(session->reply.text,
					       session->reply.len, dir, sizeof dir) == -1;
	if (!session->dir_lost)
		memcpy(session->dir, dir, sizeof dir);
	return 0;
}

int
session_enter(struct session *session, const char *dir)
{
	bool up = strcmp(dir, "..") == 0;

	if (session_do(session, up ? "CDUP" : "CWD", up ? NULL : dir, dir) == -1)
		return -1;
	return ask_where(session);
}

int
session_type(struct session *session, char type)
{
	const char argument[] = { type, '\0' };

	if (session->type == type)
		return 0;
	if (session_do(session, "TYPE", argument, type == 'A' ? "ascii" : "binary") == -1)
		return -1;
	session->type = type;
	return 0;
}

/* ---- all of it ---- */

int
session_open(struct session *session)
{
	if (account_complete(&session->account, session->settings) == -1) {
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	if (session_connect(session) == -1)
		return -1;
	if (login(session) == -1 || learn(session) == -1 ||
	    (session->dir[0] && session_do(session, "CWD", session->dir, session->dir) == -1)) {
		session_close(session);
		return -1;
	}
	session->open = true;
	return 0;
}

/* ---- again ---- */

enum {
	WAIT_FIRST_MS = 100,
	WAIT_MAX_MS = 16000,
};

/* ^C ends it. */
static void
rest(int tries)
{
	int ms = WAIT_FIRST_MS;

	while (--tries > 0 && ms < WAIT_MAX_MS)
		ms *= 4;
	if (!ftp_stop)
		sys_ppoll(
		    NULL, 0, ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS, signals_while_waiting());
}

bool
session_again(struct session *session, int *tries, const char *what)
{
	while (!ftp_stop && !session->dir_lost && *tries < session->settings->retries) {
		++*tries;
		rest(*tries);
		if (ftp_stop)
			break;
		log_notice("%s: try %d of %d", what, *tries, session->settings->retries);
		if (session->connected || session_open(session) == 0)
			return true;
	}
	log_error("%s: %s", what,
	    ftp_stop	      ? "interrupted" :
	    session->dir_lost ? "broken off; the server does not say where we were" :
				"broken off");
	return false;
}

int
session_ready(struct session *session)
{
	if (session->connected && session_catch_up(session) == 0)
		return 0;
	if (session->account.host[0] == '\0') {
		log_error("not connected; open names a server");
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	return session_open(session);
}
