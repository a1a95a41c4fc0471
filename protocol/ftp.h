/*
 * ftp: lines and commands on FTP's control connection. RFC 959, RFC 1123 (4.1).
 *
 *	"retr a b\r\n"		verb RETR, argument "a b"
 *	"SYST \r\n", "noop\n"	verbs without an argument
 *	IAC DO x		a telnet option: it is refused, and no part of a line
 *	IAC IP, IAC DM "ABOR"	telnet commands are dropped: ABOR
 *	IAC IAC			the byte 255
 *	CR NUL			the byte CR, in a name (RFC 2640, 3.1)
 *
 * A line is a line however long it is: what does not fit is skipped up to its end and
 * the whole of it is answered once, so that no part of it can pass for a command.
 *
 * Its siblings: ftp_reply.h (replies), ftp_host.h (PORT, PASV and their like),
 * ftp_facts.h (MLSx), ftp_list.h (LIST), ftp_time.h (MDTM), ftp_text.h (257, HASH, HASH's
 * elder kin), ftp_ascii.h (TYPE A). All are pure: no I/O, nothing is allocated; spans
 * point into what was parsed. What these do not do: encryption (RFC 4217), EBCDIC.
 */
#ifndef PROTOCOL_FTP_H
#define PROTOCOL_FTP_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FTP_LINE_MAX = 4160,	   /* bytes of a line: a verb and a PATH_MAX of name */
	FTP_VERB_MAX = 8,	   /* RFC 959 has four; XSHA256 has seven */
	FTP_TELNET_ANSWER = 3,	   /* bytes */
	FTP_NUMBER_DIGITS_MAX = 20 /* of 64 bits */
};

/* A part of something else: where it lies, and its length; not a string. */
struct ftp_span {
	const char *at;
	size_t len;
};

/* ---- lines ---- */

enum ftp_line_event {
	FTP_LINE_MORE,	 /* all was used, and no line is complete */
	FTP_LINE_READY,	 /* line->text, line->len: without its end */
	FTP_LINE_LONG,	 /* a line longer than FTP_LINE_MAX; text has its beginning */
	FTP_LINE_BAD,	 /* a line with a NUL, or a CR that ends nothing; it is in text */
	FTP_LINE_TELNET, /* send line->answer, FTP_TELNET_ANSWER bytes, and go on */
};

/* A line under way. Begin with zeroes; text may hold a password: wipe it when done. */
struct ftp_line {
	char text[FTP_LINE_MAX + 1]; /* a NUL stands behind it */
	size_t len;
	uint8_t answer[FTP_TELNET_ANSWER];
	/* the rest is ftp_line_feed's own */
	int telnet;
	bool cr, bad, full, ended;
};

/*
 * Take bytes that came, as many as there are up to the next event; *used of them are
 * done with. What it gives is good until the next call. Call again with the rest.
 */
enum ftp_line_event
ftp_line_feed(struct ftp_line *line, const void *bytes, size_t len, size_t *used);

/* Whether a line has begun: the client has gone, or is silent, in the middle of it. */
bool ftp_line_is_open(const struct ftp_line *line);

/* ---- commands ---- */

struct ftp_command {
	char verb[FTP_VERB_MAX + 1]; /* in upper case */
	struct ftp_span argument;    /* len 0: none. Blanks but the first are its own */
};

/*
 * A line as a command. False: what it begins with is no verb (a letter, then letters and
 * digits, FTP_VERB_MAX at most, then a blank or the end).
 */
bool ftp_command_parse(const char *line, size_t len, struct ftp_command *command);

/*
 * "VERB argument\r\n" to be sent, `argument` NULL for none. IAC is doubled, CR followed
 * by NUL. Its length; -1: no room, or a byte (LF, NUL) that no argument can have.
 */
ssize_t ftp_command_encode(
    void *buffer, size_t capacity, const char *verb, const char *argument, size_t len);

/*
 * A command of HTTP in place of FTP's: a browser was led here to speak for somebody else
 * (ALPACA). Whoever says it is to be hung up on.
 */
bool ftp_command_is_http(const struct ftp_command *command);

/* ---- numbers ---- */

/* Decimal digits and nothing else, as of REST and SIZE. False: not that, or no 64 bits. */
bool ftp_number_parse(const char *text, size_t len, uint64_t *number);

#endif
