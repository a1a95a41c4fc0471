/*
 * ftp_reply: what an FTP server answers. RFC 959 (4.2), RFC 2389.
 *
 *	"226 Transfer complete\r\n"		one line
 *
 *	"211-Features:\r\n"			many: the first has a '-',
 *	" REST STREAM\r\n"			others begin with a blank,
 *	"211 End\r\n"				the last has the same number and a blank
 */
#ifndef PROTOCOL_FTP_REPLY_H
#define PROTOCOL_FTP_REPLY_H

#include "protocol/ftp.h"

enum {
	FTP_REPLY_LINE_MAX = 2 * FTP_LINE_MAX + 8, /* room that a line to be sent may need */
	FTP_REPLY_TEXT_MAX = 1 << 14,		   /* bytes of one reply that are kept */
	FTP_REPLY_LINES_MAX = 10000,		   /* a reply with more is none */
};

/* ---- to be sent ---- */

enum ftp_reply_place {
	FTP_REPLY_ONLY,	  /* "226 text" */
	FTP_REPLY_FIRST,  /* "226-text" */
	FTP_REPLY_MIDDLE, /* " text" */
	FTP_REPLY_LAST,	  /* "226 text" */
};

/*
 * One line. In `text` IAC is doubled and CR followed by NUL, so a name arrives as it is;
 * NUL and LF, which cannot be said, become '?': nobody forges a line. Its length, or -1:
 * no room, or a code that is not from 100 to 699.
 */
ssize_t ftp_reply_encode(void *buffer, size_t capacity, int code, enum ftp_reply_place place,
    const char *text, size_t len);

/* ---- received ---- */

enum ftp_reply_event {
	FTP_REPLY_MORE,	  /* all was used, and no reply is complete */
	FTP_REPLY_READY,  /* code and text */
	FTP_REPLY_TELNET, /* send reply->line.answer, FTP_TELNET_ANSWER bytes, and go on */
	FTP_REPLY_BAD,	  /* what came is no reply: line.text has it. Hang up */
};

/* A reply under way. Begin with zeroes. */
struct ftp_reply {
	int code;			   /* 100 to 699; code / 100 tells what to do */
	char text[FTP_REPLY_TEXT_MAX + 1]; /* its lines with '\n' between, and a NUL */
	size_t len;
	bool cut;	      /* there was more of it than is kept */
	struct ftp_line line; /* the line at hand */
	/* the rest is ftp_reply_feed's own */
	unsigned lines;
	bool open, ended;
};

/*
 * Take bytes that came, up to the next event; *used of them are done with. What it gives
 * is good until the next call. The text is the peer's: escape it before it is shown.
 * The numbers, and what stands before the text of the first and last line, are left out.
 */
enum ftp_reply_event
ftp_reply_feed(struct ftp_reply *reply, const void *bytes, size_t len, size_t *used);

/* Whether part of a reply has come: a server that hangs up now has cut it. */
bool ftp_reply_is_open(const struct ftp_reply *reply);

/* The next line of reply->text from *at on (0 to begin with). False: no more. */
bool ftp_reply_next_line(const struct ftp_reply *reply, size_t *at, struct ftp_span *line);

#endif
