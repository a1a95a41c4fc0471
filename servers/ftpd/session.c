/*
 * session: what ftpd says to one client: a table of commands. RFC 959, RFC 1123 (4.1).
 *
 *	client				server
 *	(connects)		-->	220
 *	USER anna		-->	331
 *	PASS ...		-->	230, or 530
 *	EPSV			-->	229 (|||40123|)
 *	RETR notes.txt		-->	150 ... 226
 *	QUIT			-->	221
 *
 * Who may say what, and when, is a column of the table: HELP, FEAT, and the answers 500,
 * 501, 503 and 530 follow from it.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"
#include "servers/ftpd/ftpd.h"

#define FILE_ (NEED_LOGIN | NEED_ARGUMENT)
#define PATH  "name"

const struct command ftpd_commands[] = {
	/* who */
	{ "USER", do_user, NEED_ARGUMENT | NEED_OUTSIDE, "user", NULL },
	{ "PASS", do_pass, NEED_NAMED | NEED_OUTSIDE, "password", NULL },
	{ "ACCT", do_acct, 0, "account", NULL },
	{ "REIN", do_rein, 0, "", NULL },
	{ "HOST", do_host, NEED_ARGUMENT | NEED_OUTSIDE, "host", NULL },
	{ "QUIT", do_quit, 0, "", NULL },
	/* how */
	{ "TYPE", do_type, NEED_LOGIN | NEED_ARGUMENT, "A | I | L 8", NULL },
	{ "MODE", do_mode, NEED_LOGIN | NEED_ARGUMENT, "S", NULL },
	{ "STRU", do_stru, NEED_LOGIN | NEED_ARGUMENT, "F", NULL },
	{ "PASV", do_pasv, NEED_LOGIN | NEED_STREAM | KEEPS_RESTART, "", NULL },
	{ "EPSV", do_epsv, NEED_LOGIN | KEEPS_RESTART, "[1 | 2 | ALL]", "EPSV" },
	{ "PORT", do_port, FILE_ | NEED_STREAM | KEEPS_RESTART, "h,h,h,h,p,p", NULL },
	{ "EPRT", do_eprt, FILE_ | NEED_STREAM | KEEPS_RESTART, "|1|address|port|", "EPRT" },
	{ "REST", do_rest, FILE_ | KEEPS_RESTART, "offset", "REST STREAM" },
	{ "ALLO", do_allo, FILE_ | KEEPS_RESTART, "bytes", NULL },
	/* files */
	{ "RETR", do_retr, FILE_ | NEED_READ, PATH, NULL },
	{ "STOR", do_stor, FILE_ | NEED_WRITE, PATH, NULL },
	{ "STOU", do_stou, NEED_LOGIN | NEED_WRITE, "", NULL },
	{ "APPE", do_appe, FILE_ | NEED_WRITE, PATH, NULL },
	{ "ABOR", do_abor, 0, "", NULL },
	{ "DELE", do_dele, FILE_ | NEED_DELETE, PATH, NULL },
	{ "RNFR", do_rnfr, FILE_ | NEED_DELETE, PATH, NULL },
	{ "RNTO", do_rnto, FILE_ | NEED_DELETE | NEED_RENAMING, PATH, NULL },
	{ "SIZE", do_size, FILE_ | KEEPS_RESTART, PATH, "SIZE" },
	{ "MDTM", do_mdtm, FILE_ | KEEPS_RESTART, PATH, "MDTM" },
	{ "MFMT", do_mfmt, FILE_ | NEED_WRITE, "time name", "MFMT" },
	{ "HASH", do_hash, FILE_ | NEED_READ, PATH, NULL },
	{ "XMD5", do_xmd5, FILE_ | NEED_READ, "name [from to]", "XMD5" },
	{ "XSHA256", do_xsha256, FILE_ | NEED_READ, "name [from to]", "XSHA256" },
	/* directories */
	{ "PWD", do_pwd, NEED_LOGIN, "", NULL },
	{ "CWD", do_cwd, FILE_, PATH, NULL },
	{ "CDUP", do_cdup, NEED_LOGIN, "", NULL },
	{ "MKD", do_mkd, FILE_ | NEED_WRITE, PATH, NULL },
	{ "RMD", do_rmd, FILE_ | NEED_DELETE, PATH, NULL },
	{ "XPWD", do_pwd, NEED_LOGIN | OLDER, "", NULL },
	{ "XCWD", do_cwd, FILE_ | OLDER, PATH, NULL },
	{ "XCUP", do_cdup, NEED_LOGIN | OLDER, "", NULL },
	{ "XMKD", do_mkd, FILE_ | NEED_WRITE | OLDER, PATH, NULL },
	{ "XRMD", do_rmd, FILE_ | NEED_DELETE | OLDER, PATH, NULL },
	{ "LIST", do_list, NEED_LOGIN | NEED_LIST, "[name]", NULL },
	{ "NLST", do_nlst, NEED_LOGIN | NEED_LIST, "[name]", NULL },
	{ "MLSD", do_mlsd, NEED_LOGIN | NEED_LIST, "[name]", NULL },
	{ "MLST", do_mlst, NEED_LOGIN | NEED_LIST, "[name]", NULL },
	{ "AVBL", do_avbl, NEED_LOGIN, "[name]", "AVBL" },
	/* about */
	{ "FEAT", do_feat, 0, "", NULL },
	{ "OPTS", do_opts, NEED_ARGUMENT | KEEPS_RESTART, "command options", NULL },
	{ "LANG", do_lang, 0, "[language]", NULL },
	{ "HELP", do_help, 0, "[command]", NULL },
	{ "SITE", do_site, NEED_LOGIN | NEED_ARGUMENT, "command", NULL },
	{ "STAT", do_stat, KEEPS_RESTART, "[name]", NULL },
	{ "SYST", do_syst, 0, "", NULL },
	{ "NOOP", do_noop, KEEPS_RESTART, "", NULL },
	{ NULL, NULL, 0, NULL, NULL },
};

static const struct command *
find(const char *verb)
{
	for (const struct command *command = ftpd_commands; command->name; command++)
		if (strcmp(command->name, verb) == 0)
			return command;
	return NULL;
}

/* Whether it may be said now: NULL, or why not, and *code. */
static const char *
object(const struct session *session, const struct command *command, int *code)
{
	unsigned needs = command->needs, rights = session->rights;

	*code = 530;
	if (needs & NEED_LOGIN && !(session->state & IN))
		return "Log in with USER and PASS first";
	*code = 503;
	if (needs & NEED_OUTSIDE && session->state & IN)
		return "You are logged in already";
	if (needs & NEED_NAMED && !(session->state & NAMED))
		return "USER comes first";
	if (needs & NEED_RENAMING && !(session->state & RENAMING))
		return "RNFR comes first";
	if (needs & NEED_STREAM && session->data.all)
		return "You have said EPSV ALL";
	*code = 501;
	if (needs & NEED_ARGUMENT && session->command.argument.len == 0)
		return "It needs an argument";
	*code = 550;
	if ((needs & NEED_READ && !(rights & USERS_READ)) ||
	    (needs & NEED_WRITE && !(rights & USERS_WRITE)) ||
	    (needs & NEED_DELETE && !(rights & USERS_DELETE)) ||
	    (needs & NEED_LIST && !(rights & USERS_LIST)))
		return "Your account does not allow that";
	return NULL;
}

/* What one command leaves for the next. */
static void
forget(struct session *session, const struct command *command)
{
	if (!(command->needs & KEEPS_RESTART))
		session->restart = 0;
	if (command->handler != do_rnfr)
		session->state &= ~(unsigned)RENAMING;
}

/* exercise: find the command of the line, see whether it may be given now, do it */
static int
obey(struct session *session)
{
	const struct command *command = find(session->command.verb);
	const char *objection;
	int code, result;

	if (ftp_command_is_http(&session->command)) {
		session->state |= ENDING;
		log_notice("%s: speaks HTTP: closed", conn_peer(session->conn));
		return reply(session, 421, "This is FTP, not HTTP");
	}
	if (command == NULL) {
		session->bad++;
		return reply(session, 500, "%s is not known here", session->command.verb);
	}
	objection = object(session, command, &code);
	if (objection) {
		forget(session, command);
		return reply(session, code, "%s", objection);
	}
	board_doing(session, command->name, NULL);
	result = command->handler(session);
	forget(session, command);
	board_doing(session, "", NULL);
	return result;
}

/* ---- the dialogue ---- */

static int
converse(struct session *session)
{
	int next = reply(session, 220, "FTP server ready");

	while (next != -1 && !(session->state & ENDING)) {
		next = control_next(session);
		if (next <= 0)
			break;
		if (session->bad > BAD_MAX) {
			reply(session, 421, "Too many mistakes");
			break;
		}
		next = obey(session);
	}
	if (next == -1 && errno == ETIMEDOUT) {
		reply(session, 421, "Timeout");
		log_step("%s: nothing heard: closed", conn_peer(session->conn));
		next = 0;
	}
	return next == -1 ? -1 : control_flush(session);
}

static void
begin(struct session *session, struct conn *conn, const struct ftpd_options *options)
{
	int on = 1;

	memset(session, 0, sizeof *session);
	session->options = options;
	session->conn = conn;
	session->begin_ms = sys_now_ms();
	session->keeper = options->keeper;
	session->place = -1;
	session->home.top = -1;
	session->ascii = true;
	session->hash = DIGEST_SHA256;
	session->facts = FTP_FACTS_DEFAULT;
	session->cwd[0] = '/';
	data_begin(&session->data);
	/* A client may send all of ABOR as urgent: it must stay in its place. */
	(void)setsockopt(conn->in, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

int
ftpd_session(struct conn *conn, void *arg)
{
	struct session session;
	int result;

	begin(&session, conn, arg);
	confine_stranger(&session);
	result = converse(&session);
	if (result == -1)
		conn_log_failure(conn_peer(conn), conn->idle_ms);
	data_forget(&session);
	login_end(&session);
	trace_step(TRACE_TALK, "%s", session.user);
	return result == -1 ? STATUS_FAILED : STATUS_DONE;
}
