/*
 * screen: the other side's lines, on the terminal where ours is being typed.
 *
 * The terminal stays in canonical mode: the kernel edits the line and echoes it,
 * and hands it over when it is whole. So a line that is sent is never torn. But on
 * the screen it could be: we cannot know what has been typed so far, and a line
 * that arrives would be printed into it. It is put above it instead, without
 * knowing it, by five orders of the VT100 that every terminal obeys:
 *
 *	ESC D  ESC [ A	  make room for one more row below this one
 *	ESC 7		  remember where the cursor is
 *	CR  ESC [ L	  push this row, with what is typed in it, one down
 *	...		  our row
 *	ESC 8  ESC [ B	  back to the remembered place, one row lower
 *
 * Each row fits the width of the terminal, since one that wraps would need room for
 * two. Without locale tables a character that is not ASCII is taken for two columns
 * wide: then a row is at times shorter than it could be, and never too long.
 *
 * What it deliberately does not do: edit lines itself (udpchat does), or keep a
 * typed line together that has become wider than the screen.
 */
#include <sys/ioctl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/tcpchat/tcpchat.h"
#include "common/log.h"

#define MARK	  "peer> "
#define INDENT	  "      " /* of the rows behind a line's first: so nobody forges a line */
#define ROW_ABOVE "\033D\033[A\0337\r\033[L"
#define ROW_DONE  "\0338\033[B"
#define CYAN	  "\033[36m"
#define PLAIN	  "\033[m"

enum {
	COLUMNS = 80, /* of a terminal that does not tell */
	COLUMNS_MIN = 20,
	ESCAPED_MAX = 4, /* \xNN for one byte */
	TEXT_SIZE = ESCAPED_MAX * SCREEN_LINE + 1,
	ORDERS_MAX = 64, /* bytes around the text of a row */
};

/* The value of an environment variable; "" if there is none. */
static const char *
environment(const char *variable)
{
	const char *value = getenv(variable);

	return value ? value : "";
}

void
screen_open(struct screen *screen, bool typing)
{
	const char *term = environment("TERM");
	bool clever = *term && strcmp(term, "dumb") != 0;

	*screen = (struct screen){
		.between = typing && clever,
		.on_new_line = typing && !clever,
		.colour = clever && *environment("NO_COLOR") == '\0',
	};
}

/* The width as it is now: a window changes. */
static int
columns(void)
{
	int wide = 0;
#ifdef TIOCGWINSZ /* POSIX has tcgetwinsize(3) since 2024 only */
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		wide = size.ws_col;
#endif
	return wide == 0 ? COLUMNS : wide < COLUMNS_MIN ? COLUMNS_MIN : wide;
}

/* One row, with one write, so that nothing comes between. 0, or -1 (said). */
static int
put_row(const struct screen *screen, const char *mark, const char *text, size_t len)
{
	char row[TEXT_SIZE + ORDERS_MAX];
	bool colour = screen->colour && *mark;
	int n = snprintf(row, sizeof row, "%s%s%s%s%.*s%s",
	    screen->between	? ROW_ABOVE :
	    screen->on_new_line ? "\n" :
				  "",
	    colour ? CYAN : "", mark, colour ? PLAIN : "", (int)len, text,
	    screen->between ? ROW_DONE : "\n");

	return chat_write(row, (size_t)n);
}

/* How many bytes of the text fit in a row: whole characters, at least one. */
static size_t
fit(const char *text, size_t len, int width)
{
	int used = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c & 0xc0) == 0x80) /* inside a character */
			continue;
		used += c < 0x80 ? 1 : 2;
		if (used > width)
			return i;
	}
	return len;
}

/* Show the first `len` bytes of the part as a line, and drop `drop` of it. 0, or -1. */
static int
show(struct screen *screen, size_t len, size_t drop)
{
	char text[TEXT_SIZE];
	const char *mark = MARK, *p = text;
	int width = columns() - (int)strlen(MARK);
	size_t left, n;

	if (len > 0 && screen->part[len - 1] == '\r') /* of a CR LF: telnet's end of a line */
		len--;
	for (size_t i = 0; i < len; i++)
		if (screen->part[i] == '\t')
			screen->part[i] = ' ';
	left = log_escape(text, sizeof text, screen->part, len);
	do {
		n = fit(p, left, width);
		if (put_row(screen, mark, p, n) == -1)
			return -1;
		mark = INDENT;
		p += n;
		left -= n;
	} while (left > 0);
	screen->len -= drop;
	memmove(screen->part, screen->part + drop, screen->len);
	return 0;
}

/* The part is full. What may be the beginning of a character stays for the next row. */
static int
show_full(struct screen *screen)
{
	size_t len = screen->len;

	while (len > screen->len - ESCAPED_MAX && (screen->part[len - 1] & 0xc0) == 0x80)
		len--;
	if (((unsigned char)screen->part[len - 1] & 0xc0) == 0xc0)
		len--;
	else
		len = screen->len;
	return show(screen, len, len);
}

int
screen_feed(struct screen *screen, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			if (show(screen, screen->len, screen->len) == -1)
				return -1;
			continue;
		}
		screen->part[screen->len++] = bytes[i];
		if (screen->len == sizeof screen->part && show_full(screen) == -1)
			return -1;
	}
	return 0;
}

int
screen_flush(struct screen *screen)
{
	return screen->len ? show(screen, screen->len, screen->len) : 0;
}

int
screen_tell(struct screen *screen, const char *words)
{
	return put_row(screen, "", words, strlen(words));
}
