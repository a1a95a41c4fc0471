/*
 * ftp: lines and commands on FTP's control connection. See ftp.h.
 */
#include "protocol/ftp.h"

#include <string.h>

#include "protocol/ftp_put.h"

/* ---- lines ---- */

/* Bytes of telnet, RFC 854. */
enum {
	SE = 240,
	SB = 250,
	WILL = 251,
	WONT = 252,
	DO = 253,
	DONT = 254,
	IAC = 255,
};

/* What the next byte is, in ftp_line.telnet. */
enum {
	PLAIN,
	AFTER_IAC,
	AFTER_SB,     /* the content of a subnegotiation, which nobody asked for */
	AFTER_SB_IAC, /* within it, an IAC: perhaps its end */
	AFTER_OPTION, /* and above: + WILL ... DONT, the option's number follows */
};

/*
 * A byte within telnet's language. True: it is one of the text's after all. *refuse: an
 * option is to be refused.
 */
static bool
take_telnet(struct ftp_line *line, uint8_t byte, bool *refuse)
{
	int state = line->telnet;

	line->telnet = PLAIN;
	switch (state) {
	case PLAIN:
		if (byte == IAC)
			line->telnet = AFTER_IAC;
		return byte != IAC;
	case AFTER_IAC:
		if (byte == SB)
			line->telnet = AFTER_SB;
		else if (byte >= WILL && byte <= DONT)
			line->telnet = AFTER_OPTION + byte;
		/* a byte that is no command: the urgent one between was lost on the way */
		return byte == IAC || byte < SE;
	case AFTER_SB:
		line->telnet = byte == IAC ? AFTER_SB_IAC : AFTER_SB;
		return false;
	case AFTER_SB_IAC:
		line->telnet = byte == SE ? PLAIN : AFTER_SB;
		return false;
	default:
		*refuse = state == AFTER_OPTION + WILL || state == AFTER_OPTION + DO;
		line->answer[0] = IAC;
		line->answer[1] = state == AFTER_OPTION + WILL ? DONT : WONT;
		line->answer[2] = byte;
		return false;
	}
}

static void
keep(struct ftp_line *line, char c)
{
	if (line->len < FTP_LINE_MAX)
		line->text[line->len++] = c;
	else
		line->full = true;
}

/* A byte of the text. True: the line ends with it. */
static bool
take_text(struct ftp_line *line, char c)
{
	bool cr = line->cr;

	line->cr = c == '\r';
	if (c == '\n')
		return true;
	if (cr) {
		keep(line, '\r');
		if (c == '\0')
			return false;
		line->bad = true;
	}
	if (c == '\0')
		line->bad = true;
	if (c != '\r')
		keep(line, c);
	return false;
}

static enum ftp_line_event
end_line(struct ftp_line *line)
{
	line->text[line->len] = '\0';
	line->ended = true;
	if (line->full)
		return FTP_LINE_LONG;
	return line->bad ? FTP_LINE_BAD : FTP_LINE_READY;
}

enum ftp_line_event
ftp_line_feed(struct ftp_line *line, const void *bytes, size_t len, size_t *used)
{
	const uint8_t *in = bytes;

	if (line->ended) {
		line->len = 0;
		line->cr = line->bad = line->full = line->ended = false;
	}
	for (size_t i = 0; i < len; i++) {
		bool refuse = false, text = take_telnet(line, in[i], &refuse);

		*used = i + 1;
		if (refuse)
			return FTP_LINE_TELNET;
		if (text && take_text(line, (char)in[i]))
			return end_line(line);
	}
	*used = len;
	return FTP_LINE_MORE;
}

bool
ftp_line_is_open(const struct ftp_line *line)
{
	return (!line->ended && (line->len > 0 || line->cr)) || line->telnet != PLAIN;
}

/* ---- commands ---- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ftp_command_parse(const char *line, size_t len, struct ftp_command *command)
{
	size_t n = 0;

	while (n < len && n < FTP_VERB_MAX &&
	       (is_letter(line[n]) || (n > 0 && is_digit(line[n])))) {
		char c = line[n];

		command->verb[n++] = (char)(c >= 'a' ? c - 'a' + 'A' : c);
	}
	command->verb[n] = '\0';
	if (n == 0 || (n < len && line[n] != ' '))
		return false;
	if (n < len)
		n++; /* the blank */
	command->argument = (struct ftp_span){ line + n, len - n };
	return true;
}

ssize_t
ftp_command_encode(
    void *buffer, size_t capacity, const char *verb, const char *argument, size_t len)
{
	struct pack pack = pack_begin(buffer, capacity);

	ftp_put_string(&pack, verb);
	if (argument) {
		if (len > 0 && (memchr(argument, '\0', len) || memchr(argument, '\n', len)))
			return -1;
		ftp_put_char(&pack, ' ');
		ftp_put_telnet(&pack, argument, len);
	}
	ftp_put_string(&pack, "\r\n");
	return pack_end(&pack);
}

bool
ftp_command_is_http(const struct ftp_command *command)
{
	static const char *const verbs[] = { "GET", "HEAD", "POST", "PUT", "CONNECT", "OPTIONS",
		"TRACE", "PATCH" };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(command->verb, verbs[i]) == 0)
			return true;
	return false;
}

/* ---- numbers ---- */

bool
ftp_number_parse(const char *text, size_t len, uint64_t *number)
{
	uint64_t n = 0;

	if (len == 0 || len > FTP_NUMBER_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit;

		if (!is_digit(text[i]))
			return false;
		digit = (uint64_t)(text[i] - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}
