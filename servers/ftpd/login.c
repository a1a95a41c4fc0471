/*
 * login: USER and PASS, and what a session has afterwards: a descriptor of its home, its
 * rights, a place on the board, a part in the quota. RFC 959, RFC 2577 (guessing).
 *
 *	session				keeper (keep.c)
 *	name, password, address	 -->	the accounts, crypt(3), failures so far
 *	verdict, rights, home	 <--
 *
 * Whatever is wrong with a name, the answer is one, and comes as late.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/wipe.h"
#include "servers/ftpd/ftpd.h"

int
do_user(struct session *session)
{
	struct ftp_span name = session->command.argument;

	/* A name that is too long is nobody's: it goes the way of all wrong ones. */
	memset(session->user, 0, sizeof session->user);
	memcpy(session->user, name.at,
	    name.len < sizeof session->user ? name.len : sizeof session->user - 1);
	if (name.len >= sizeof session->user)
		session->user[0] = ':';
	session->state |= NAMED;
	return reply(session, 331, "Password, please");
}

static int
ask(struct session *session, struct login_answer *answer, int *home)
{
	struct login_question question = { .network_len = 0 };
	struct ftp_span password = session->command.argument;
	ssize_t n;

	memcpy(question.user, session->user, sizeof question.user);
	if (password.len < sizeof question.password)
		memcpy(question.password, password.at, password.len);
	if (session->conn->peer)
		question.network_len =
		    (uint32_t)net_network(session->conn->peer, question.network);
	n = keeper_ask(&session->keeper, &question, sizeof question, answer, sizeof *answer,
	    home, LOGIN_MS);
	wipe(&question, sizeof question);
	if (n == (ssize_t)sizeof *answer)
		return 0;
	if (*home != -1)
		close(*home);
	*home = -1;
	if (n != -1)
		errno = EPROTO;
	return -1;
}

/* One reply for whatever it was; the log knows. */
static int
deny(struct session *session, const struct login_answer *answer)
{
	log_notice("%s: login as \"%s\" refused: %s%s%s", conn_peer(session->conn),
	    session->user, users_verdict_words((enum users_verdict)answer->verdict),
	    *answer->error ? ": " : "", answer->error);
	session->state &= ~(unsigned)NAMED;
	if (++session->tries < LOGIN_TRIES)
		return reply(session, 530, "Login incorrect");
	session->state |= ENDING;
	return reply(session, 421, "Login incorrect, too often");
}

/* Begin to count for the quota, if there is one. 0, or -1 with errno. */
static int
count(struct session *session)
{
	if (session->bytes_limit == QUOTA_NO_LIMIT && session->files_limit == QUOTA_NO_LIMIT)
		return 0;
	if (quota_join(&session->quota, session->options->quotas, session->user,
		session->bytes_limit, session->files_limit, &session->home) == -1)
		return -1;
	session->counted = true;
	return 0;
}

static int
turn_away(struct session *session, const char *why)
{
	session->state |= ENDING;
	return reply(session, 421, "%s", why);
}

static int
admit(struct session *session, const struct login_answer *answer, int home)
{
	session->home = (struct jail){ .top = home, .hide = true, .sweep = true, .lazy = true };
	session->rights = answer->rights;
	session->bytes_limit = answer->bytes;
	session->files_limit = answer->files;
	if (board_enter(session) == -1)
		return turn_away(session, "You have too many sessions already");
	if (count(session) == -1) {
		log_error("%s: quota of %s%s:", conn_peer(session->conn), session->user,
		    errno == EACCES ? ", whose home must belong to the user who serves (-u)" :
				      "");
		return turn_away(session, "Your quota cannot be counted now");
	}
	session->state |= IN;
	conn_set_idle(session->conn, session->conn->idle_ms);
	if (confine_is_for(session->options->serve))
		keeper_leave(&session->keeper); /* other models need it for the next */
	confine_user(session);
	log_step("%s: %s has logged in", conn_peer(session->conn), session->user);
	return reply(session, 230, "Welcome, %s", session->user);
}

int
do_pass(struct session *session)
{
	struct login_answer answer = { .verdict = USERS_UNUSABLE };
	int home = -1, asked = ask(session, &answer, &home);

	wipe(session->line.text, sizeof session->line.text);
	wipe(session->in, session->in_at);
	answer.error[sizeof answer.error - 1] = '\0';
	if (asked == -1) {
		log_error("%s: nobody decides on logins:", conn_peer(session->conn));
		return turn_away(session, "Nobody can log in now");
	}
	if (answer.verdict < 0 || answer.verdict >= USERS_VERDICTS)
		answer.verdict = USERS_UNUSABLE;
	if (answer.verdict != USERS_ADMITTED || home == -1)
		return deny(session, &answer);
	return admit(session, &answer, home);
}

int
do_rein(struct session *session)
{
	if (session->state & IN) /* who is in cannot ask for another: see admit */
		return reply(session, 502, "Hang up and call again");
	session->state &= ~(unsigned)NAMED;
	return reply(session, 220, "FTP server ready");
}

void
login_end(struct session *session)
{
	if (session->counted)
		quota_leave(&session->quota);
	session->counted = false;
	board_leave(session);
	if (session->home.top != -1)
		jail_end(&session->home);
}
