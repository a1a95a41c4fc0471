/*
 * screen: the terminal, and lines that do not tear the one that is being typed.
 *
 *	ben: how are you?            a message comes while "I am" is typed:
 *	anna> I am_                  erase the line, print, write the line again
 *
 * On anything but a terminal it is plain: messages go to standard output, news to standard
 * error, no colour, no prompt.
 */
#include <sys/ioctl.h>

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/udpchat/udpchat.h"
#include "common/log.h"

enum {
	NOTE_MAX = 512,
	ESCAPED_MAX = 4 * CHAT_TEXT_MAX + 1, /* each byte may become \xNN */
	COLUMNS_USUAL = 80,
};

static const char *
colour(const struct screen *screen, const char *code)
{
	return screen->colour ? code : "";
}

/* The line is collected here, key by key; ^C and ^Z go on to make signals. */
static int
take_terminal(struct screen *screen)
{
	struct termios raw = screen->saved;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

int
screen_open(struct screen *screen, bool quiet)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	bool clever = term && *term && strcmp(term, "dumb") != 0;

	screen->quiet = quiet;
	screen->interactive = clever && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	screen->colour = clever && isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
	if (!screen->interactive)
		return 0;
	if (tcgetattr(STDIN_FILENO, &screen->saved) == -1)
		return -1;
	return take_terminal(screen);
}

void
screen_close(struct screen *screen)
{
	if (!screen->interactive)
		return;
	fputs("\r\033[K", stdout);
	fflush(stdout);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->saved);
	screen->interactive = false;
}

void
screen_suspend(struct screen *screen)
{
	if (screen->interactive)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->saved);
	(void)raise(SIGSTOP);
	if (!screen->interactive)
		return;
	(void)take_terminal(screen);
	screen_redraw(screen);
}

static size_t
count_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return COLUMNS_USUAL;
}

void
screen_redraw(const struct screen *screen)
{
	size_t columns = count_columns(), prompt_len = strlen(screen->prompt), begin;
	size_t len = screen->line.len;

	if (!screen->interactive)
		return;
	/* The last column stays free: else the terminal would begin a new row. */
	begin = line_visible(
	    screen->line.text, &len, columns > prompt_len + 1 ? columns - prompt_len - 1 : 1);
	printf("\r\033[K%s%s%s%.*s", colour(screen, "\033[1m"), screen->prompt,
	    colour(screen, "\033[0m"), (int)(len - begin), screen->line.text + begin);
	fflush(stdout);
}

void
screen_leave_line(const struct screen *screen)
{
	if (!screen->interactive)
		return;
	printf("\r\033[K%s%s%s%.*s\n", colour(screen, "\033[1m"), screen->prompt,
	    colour(screen, "\033[0m"), (int)screen->line.len, screen->line.text);
	fflush(stdout);
}

void
screen_prompt(struct screen *screen, const char *prompt)
{
	snprintf(screen->prompt, sizeof screen->prompt, "%s", prompt);
	screen_redraw(screen);
}

void
screen_bell(const struct screen *screen)
{
	if (screen->interactive) {
		putchar('\a');
		fflush(stdout);
	}
}

/* Whole lines to standard output: at once, and with the typed line below them again. */
static int
put_line(const struct screen *screen, const char *text)
{
	if (screen->interactive)
		fputs("\r\033[K", stdout);
	fputs(text, stdout);
	putchar('\n');
	if (fflush(stdout) == EOF)
		return -1;
	screen_redraw(screen);
	return 0;
}

int
screen_message(const struct screen *screen, struct chat_span room, struct chat_span from,
    struct chat_span text)
{
	char line[ESCAPED_MAX + 2 * CHAT_NAME_MAX + 32], escaped[ESCAPED_MAX];

	log_escape(escaped, sizeof escaped, text.bytes, text.len);
	snprintf(line, sizeof line, "%s%s%.*s%s%.*s:%s %s", colour(screen, "\033[1;36m"),
	    room.len ? "#" : "", (int)room.len, (const char *)room.bytes, room.len ? " " : "",
	    (int)from.len, (const char *)from.bytes, colour(screen, "\033[0m"), escaped);
	return put_line(screen, line);
}

int
screen_print(const struct screen *screen, const char *format, ...)
{
	char text[NOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return put_line(screen, text);
}

void
screen_note(const struct screen *screen, const char *format, ...)
{
	char text[NOTE_MAX], escaped[NOTE_MAX], line[NOTE_MAX + 32];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!screen->interactive) {
		log_notice("%s", text);
		return;
	}
	log_escape(escaped, sizeof escaped, text, strlen(text));
	snprintf(line, sizeof line, "%s  %s%s", colour(screen, "\033[33m"), escaped,
	    colour(screen, "\033[0m"));
	(void)put_line(screen, line);
}
