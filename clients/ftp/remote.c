/*
 * remote: the commands about files there that move none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clients/ftp/shell.h"
#include "common/log.h"

int
shell_name(const struct call *call)
{
	return session_do(call->session, call->verb, call->words[0], call->words[0]);
}

int
shell_rename(const struct call *call)
{
	struct session *session = call->session;
	int code = session_ask(session, "RNFR", call->words[0]);

	if (code == 350)
		return session_do(session, "RNTO", call->words[1], call->words[1]);
	if (code != -1)
		session_refused(session, call->words[0]);
	return -1;
}

int
shell_chmod(const struct call *call)
{
	char argument[FTP_LINE_MAX];

	if (call->words[0][strspn(call->words[0], "01234567")] != '\0' ||
	    strlen(call->words[0]) > 4) {
		log_error("chmod: \"%s\" is no mode, like 644", call->words[0]);
		return -1;
	}
	snprintf(argument, sizeof argument, "CHMOD %s %s", call->words[0], call->words[1]);
	return session_do(call->session, "SITE", argument, call->words[1]);
}

/* Print what the server says, all lines. */
static void
print_reply(const struct session *session)
{
	char shown[4 * 1024];
	struct ftp_span line;
	size_t at = 0;

	while (ftp_reply_next_line(&session->reply, &at, &line)) {
		log_escape(shown, sizeof shown, line.at, line.len);
		puts(shown);
	}
}

int
shell_size(const struct call *call)
{
	struct facts facts;

	if (facts_ask(call->session, call->words[0], &facts) == -1)
		return -1;
	if (!facts.has_size) {
		log_error("%s: the server tells no size", call->words[0]);
		return -1;
	}
	printf("%" PRIu64 "\n", facts.size);
	return 0;
}

int
shell_modtime(const struct call *call)
{
	struct facts facts;
	struct ftp_date date;

	if (facts_ask(call->session, call->words[0], &facts) == -1)
		return -1;
	if (!facts.has_time || !ftp_date_of(facts.time, &date)) {
		log_error("%s: the server tells no time", call->words[0]);
		return -1;
	}
	printf("%04d-%02d-%02d %02d:%02d:%02d UTC\n", date.year, date.month, date.day,
	    date.hour, date.minute, date.second);
	return 0;
}

/* So that it can be compared with sha256sum(1). */
int
shell_hash(const struct call *call)
{
	struct session *session = call->session;
	const char *verb =
	    session->features & SESSION_HASH ? "HASH" :
	    session->features & SESSION_XMD5 && !(session->features & SESSION_XSHA256) ?
					       "XMD5" :
					       "XSHA256";

	if (session_ask_patiently(session, verb, call->words[0], INT32_MAX) == -1)
		return -1;
	if (session->reply.code >= 300) {
		session_refused(session, call->words[0]);
		return -1;
	}
	print_reply(session);
	return 0;
}

int
shell_quota(const struct call *call)
{
	if (session_do(call->session, "SITE", "QUOTA", "quota") == -1)
		return -1;
	print_reply(call->session);
	return 0;
}

int
shell_quote(const struct call *call)
{
	struct session *session = call->session;
	char argument[FTP_LINE_MAX] = "";
	size_t used = 0;

	for (size_t i = 1; i < call->count; i++)
		used += (size_t)snprintf(argument + used,
		    used < sizeof argument ? sizeof argument - used : 0, "%s%s",
		    i > 1 ? " " : "", call->words[i]);
	if (used >= sizeof argument) {
		log_error("quote: too long");
		return -1;
	}
	if (session_ask(session, call->words[0], call->count > 1 ? argument : NULL) == -1)
		return -1;
	session->type = 0; /* whatever that was */
	print_reply(session);
	return session->reply.code < 400 ? 0 : -1;
}
