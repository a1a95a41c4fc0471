/*
 * facts: how large a file of the server is, and how old. RFC 3659.
 *
 * Asked before a transfer, so that there is something to compare with afterwards, and
 * before one goes on: what has another size or time by then is another file, and its end
 * behind the old one's begin would be neither (SIZE, MDTM, then REST).
 */
#include <string.h>

#include "clients/ftp/ftp.h"

/* The text of a 213, without the blanks that some put behind it. */
static size_t
trimmed(const struct ftp_reply *reply)
{
	size_t len = reply->len;

	while (len > 0 && (reply->text[len - 1] == ' ' || reply->text[len - 1] == '\n'))
		len--;
	return len;
}

int
facts_ask(struct session *session, const char *name, struct facts *facts)
{
	const struct ftp_reply *reply = &session->reply;
	struct ftp_time time;
	int code;

	*facts = (struct facts){ .has_size = false };
	if (session_type(session, 'I') == -1)
		return -1;
	if (session->features & SESSION_SIZE) {
		code = session_ask(session, "SIZE", name);
		if (code == -1)
			return -1;
		facts->has_size =
		    code == 213 && ftp_number_parse(reply->text, trimmed(reply), &facts->size);
		if (code == 500 || code == 502)
			session->features &= ~(unsigned)SESSION_SIZE;
	}
	if (session->features & SESSION_MDTM) {
		code = session_ask(session, "MDTM", name);
		if (code == -1)
			return -1;
		facts->has_time =
		    code == 213 && ftp_time_parse(reply->text, trimmed(reply), &time);
		if (facts->has_time)
			facts->time = time.seconds;
		if (code == 500 || code == 502)
			session->features &= ~(unsigned)SESSION_MDTM;
	}
	return 0;
}

bool
facts_same(const struct facts *a, const struct facts *b)
{
	return a->has_size && b->has_size && a->size == b->size && a->has_time == b->has_time &&
	       (!a->has_time || a->time == b->time);
}
