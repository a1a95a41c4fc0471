/*
 * ftp_reply: what an FTP server answers. See ftp_reply.h.
 */
#include "protocol/ftp_reply.h"

#include <string.h>

#include "protocol/ftp_put.h"

enum {
	CODE_MIN = 100,
	CODE_MAX = 699, /* RFC 2228 has 6yz */
	CODE_DIGITS = 3,
};

ssize_t
ftp_reply_encode(void *buffer, size_t capacity, int code, enum ftp_reply_place place,
    const char *text, size_t len)
{
	struct pack pack = pack_begin(buffer, capacity);

	if (code < CODE_MIN || code > CODE_MAX)
		return -1;
	if (place != FTP_REPLY_MIDDLE)
		ftp_put_number(&pack, (uint64_t)code);
	ftp_put_char(&pack, place == FTP_REPLY_FIRST ? '-' : ' ');
	ftp_put_telnet(&pack, text, len);
	ftp_put_string(&pack, "\r\n");
	return pack_end(&pack);
}

/* The number that a line begins with, if a blank, a '-' or the end is behind it; or 0. */
static int
code_of(const char *line, size_t len)
{
	int code = 0;

	if (len < CODE_DIGITS ||
	    (len > CODE_DIGITS && line[CODE_DIGITS] != ' ' && line[CODE_DIGITS] != '-'))
		return 0;
	for (size_t i = 0; i < CODE_DIGITS; i++) {
		if (line[i] < '0' || line[i] > '9')
			return 0;
		code = code * 10 + (line[i] - '0');
	}
	return code >= CODE_MIN && code <= CODE_MAX ? code : 0;
}

/* A line of the text, as much as there is room for. */
static void
keep(struct ftp_reply *reply, const char *text, size_t len)
{
	size_t room;

	if (reply->lines > 0 && reply->len < FTP_REPLY_TEXT_MAX)
		reply->text[reply->len++] = '\n';
	room = FTP_REPLY_TEXT_MAX - reply->len;
	if (len > room)
		reply->cut = true;
	if (len > room)
		len = room;
	memcpy(reply->text + reply->len, text, len);
	reply->len += len;
	reply->text[reply->len] = '\0';
	reply->lines++;
}

/* A whole line. */
static enum ftp_reply_event
take_line(struct ftp_reply *reply, bool cut)
{
	const char *line = reply->line.text;
	size_t len = reply->line.len, head;
	int code = code_of(line, len);
	bool dash = len > CODE_DIGITS && line[CODE_DIGITS] == '-';

	if (reply->lines == FTP_REPLY_LINES_MAX || (!reply->open && code == 0))
		return FTP_REPLY_BAD;
	if (!reply->open)
		reply->code = code;
	/* some servers begin each line with the number and a '-' */
	head = code != reply->code ? 0 : CODE_DIGITS + (len > CODE_DIGITS);
	reply->cut |= cut;
	keep(reply, line + head, len - head);
	reply->open = code != reply->code || dash;
	reply->ended = !reply->open;
	return reply->open ? FTP_REPLY_MORE : FTP_REPLY_READY;
}

static void
begin(struct ftp_reply *reply)
{
	reply->code = 0;
	reply->len = 0;
	reply->lines = 0;
	reply->text[0] = '\0';
	reply->cut = reply->open = reply->ended = false;
}

enum ftp_reply_event
ftp_reply_feed(struct ftp_reply *reply, const void *bytes, size_t len, size_t *used)
{
	enum ftp_reply_event event = FTP_REPLY_MORE;
	const char *in = bytes;
	size_t at = 0;

	if (reply->ended)
		begin(reply);
	while (event == FTP_REPLY_MORE && at < len) {
		size_t n;
		enum ftp_line_event line = ftp_line_feed(&reply->line, in + at, len - at, &n);

		at += n;
		if (line == FTP_LINE_TELNET)
			event = FTP_REPLY_TELNET;
		else if (line != FTP_LINE_MORE)
			event = take_line(reply, line == FTP_LINE_LONG);
	}
	*used = at;
	return event;
}

bool
ftp_reply_is_open(const struct ftp_reply *reply)
{
	return (reply->open && !reply->ended) || ftp_line_is_open(&reply->line);
}

bool
ftp_reply_next_line(const struct ftp_reply *reply, size_t *at, struct ftp_span *line)
{
	const char *from = reply->text + *at, *to;

	if (*at > reply->len)
		return false;
	to = memchr(from, '\n', reply->len - *at);
	line->at = from;
	line->len = to ? (size_t)(to - from) : reply->len - *at;
	*at += line->len + 1;
	return true;
}
