/*
 * settings: how files are to be sent, and what there is to be asked: TYPE, MODE, REST,
 * FEAT, HELP, STAT and their like. RFC 959, RFC 2389, RFC 2640, RFC 3659.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/sys.h"
#include "servers/ftpd/ftpd.h"

/* The argument is this word, in whatever case. */
static bool
is(const struct session *session, const char *word)
{
	struct ftp_span argument = session->command.argument;

	return argument.len == strlen(word) &&
	       strncasecmp(argument.at, word, argument.len) == 0;
}

/* It begins with this word and a blank: what is behind. False: it does not. */
static bool
begins(const struct session *session, const char *word, struct ftp_span *rest)
{
	struct ftp_span argument = session->command.argument;
	size_t len = strlen(word);

	if (argument.len < len || strncasecmp(argument.at, word, len) != 0 ||
	    (argument.len > len && argument.at[len] != ' '))
		return false;
	*rest = (struct ftp_span){ argument.at + len, argument.len - len };
	while (rest->len > 0 && *rest->at == ' ') {
		rest->at++;
		rest->len--;
	}
	return true;
}

int
do_type(struct session *session)
{
	if (is(session, "I") || is(session, "L 8")) /* RFC 1123, 4.1.2.1 */
		session->ascii = false;
	else if (is(session, "A") || is(session, "A N"))
		session->ascii = true;
	else
		return reply(session, 504, "TYPE is A, I or L 8");
	return reply(session, 200, "TYPE is %s", session->ascii ? "A" : "I");
}

int
do_mode(struct session *session)
{
	return is(session, "S") ? reply(session, 200, "MODE is S") :
				  reply(session, 504, "MODE is S");
}

int
do_stru(struct session *session)
{
	return is(session, "F") ? reply(session, 200, "STRU is F") :
				  reply(session, 504, "STRU is F");
}

int
do_rest(struct session *session)
{
	struct ftp_span argument = session->command.argument;
	uint64_t offset;

	session->restart = 0;
	if (!ftp_number_parse(argument.at, argument.len, &offset) || offset > INT64_MAX)
		return reply(session, 501, "REST takes a number of bytes");
	session->restart = offset;
	return reply(session, 350, "The next transfer begins at %" PRIu64, offset);
}

int
do_allo(struct session *session)
{
	struct ftp_span argument = session->command.argument;
	size_t len = 0;

	while (len < argument.len && argument.at[len] != ' ')
		len++; /* ALLO 100 R 10: the record size means nothing here */
	if (!ftp_number_parse(argument.at, len, &session->expected))
		return reply(session, 501, "ALLO takes a number of bytes");
	return reply(session, 200, "Noted");
}

int
do_acct(struct session *session)
{
	return reply(session, 202, "No account but the user's is needed");
}

int
do_noop(struct session *session)
{
	return reply(session, 200, "Yes");
}

int
do_syst(struct session *session)
{
	return reply(session, 215, "UNIX Type: L8");
}

int
do_host(struct session *session)
{
	return reply(session, 504, "There is one host here, and it has no name"); /* RFC 7151 */
}

int
do_lang(struct session *session)
{
	if (session->command.argument.len == 0 || is(session, "en"))
		return reply(session, 200, "English it is");
	return reply(session, 504, "Only English (en) is spoken here");
}

int
do_quit(struct session *session)
{
	session->state |= ENDING;
	return reply(session, 221, "Goodbye");
}

/* One that comes while data flows is control_overhear's. */
int
do_abor(struct session *session)
{
	data_close(session);
	return reply(session, 226, "There is nothing to abort");
}

/* ---- HELP, FEAT, OPTS ---- */

int
do_help(struct session *session)
{
	char line[80] = "";
	size_t used = 0;

	for (const struct command *c = ftpd_commands; c->name; c++)
		if (session->command.argument.len > 0 && is(session, c->name))
			return reply(session, 214, "%s %s", c->name, c->syntax);
	if (session->command.argument.len > 0)
		return reply(session, 502, "There is no such command");
	reply_first(session, 214, "The commands:");
	for (const struct command *c = ftpd_commands; c->name; c++) {
		if (c->needs & OLDER)
			continue;
		used += (size_t)snprintf(line + used, sizeof line - used, "%-8s", c->name);
		if (used > 60) {
			reply_more(session, "%s", line);
			used = 0;
			line[0] = '\0';
		}
	}
	if (used > 0)
		reply_more(session, "%s", line);
	return reply(session, 214, "HELP and one of these tells its argument");
}

int
do_feat(struct session *session)
{
	char names[FTP_FACTS_NAMES_MAX];

	reply_first(session, 211, "Features:");
	for (const struct command *c = ftpd_commands; c->name; c++)
		if (c->feature)
			reply_more(session, "%s", c->feature);
	if (ftp_facts_names_encode(names, sizeof names, session->facts, true) != -1)
		reply_more(session, "MLST %s", names);
	reply_more(session, "HASH SHA-256%s;MD5%s", session->hash == DIGEST_SHA256 ? "*" : "",
	    session->hash == DIGEST_MD5 ? "*" : "");
	reply_more(session, "TVFS");
	reply_more(session, "UTF8");
	reply_more(session, "LANG EN*");
	return reply(session, 211, "End");
}

static int
opts_mlst(struct session *session, struct ftp_span facts)
{
	char names[FTP_FACTS_NAMES_MAX];

	session->facts = ftp_facts_names_parse(facts.at, facts.len);
	if (ftp_facts_names_encode(names, sizeof names, session->facts, false) == -1)
		names[0] = '\0';
	return reply(session, 200, "MLST OPTS%s%s", *names ? " " : "", names);
}

static int
opts_hash(struct session *session, struct ftp_span name)
{
	if (name.len == 7 && strncasecmp(name.at, "SHA-256", 7) == 0)
		session->hash = DIGEST_SHA256;
	else if (name.len == 3 && strncasecmp(name.at, "MD5", 3) == 0)
		session->hash = DIGEST_MD5;
	else if (name.len > 0)
		return reply(session, 501, "HASH knows SHA-256 and MD5");
	return reply(session, 200, "%s", session->hash == DIGEST_SHA256 ? "SHA-256" : "MD5");
}

int
do_opts(struct session *session)
{
	struct ftp_span rest;

	if (begins(session, "UTF8", &rest))
		return rest.len == 0 || strncasecmp(rest.at, "ON", 2) == 0 ?
			   reply(session, 200, "Names are in UTF-8") :
			   reply(session, 504, "Names are always in UTF-8");
	if (begins(session, "MLST", &rest))
		return opts_mlst(session, rest);
	if (begins(session, "HASH", &rest))
		return opts_hash(session, rest);
	return reply(session, 501, "There are no such options");
}

/* ---- STAT ---- */

int
tell_status(struct session *session)
{
	const struct data *data = &session->data;
	int64_t ms = sys_now_ms() - data->since_ms;

	reply_first(session, 211, "Status:");
	if (session->state & IN)
		reply_more(session, "user %s, TYPE %s, directory %s", session->user,
		    session->ascii ? "A" : "I", session->cwd);
	else
		reply_more(session, "nobody is logged in");
	if (session->state & FLOWING)
		reply_more(session, "%" PRIu64 " bytes moved in %" PRId64 ".%03d s",
		    data->moved, ms / 1000, (int)(ms % 1000));
	return reply(session, 211, "End");
}

int
do_stat(struct session *session)
{
	if (session->command.argument.len == 0)
		return tell_status(session);
	if (!(session->state & IN))
		return reply(session, 530, "Log in with USER and PASS first");
	if (!(session->rights & USERS_LIST))
		return reply(session, 550, "Your account does not allow that");
	return list_status(session);
}
