/*
 * line: the typed line, key by key.
 *
 * While the terminal collects the line itself, a program cannot know what has been typed,
 * and what it prints tears the line apart. So the program collects it, and has to do what
 * the terminal did: erase a character (of one byte or of four), a word, the line.
 */
#include <string.h>

#include "clients/udpchat/udpchat.h"
#include "protocol/utf8.h"

enum {
	CONTROL_D = 4,
	CONTROL_H = 8,
	CONTROL_U = 21,
	CONTROL_W = 23,
	ESCAPE = 27,
	DELETE = 127,
};

void
line_clear(struct line *line)
{
	line->len = 0;
	line->escape = 0;
}

/* One character less, whatever its bytes. */
static void
erase_character(struct line *line)
{
	while (line->len > 0 && ((unsigned char)line->text[--line->len] & 0xc0) == 0x80)
		continue;
}

static void
erase_word(struct line *line)
{
	while (line->len > 0 && line->text[line->len - 1] == ' ')
		line->len--;
	while (line->len > 0 && line->text[line->len - 1] != ' ')
		line->len--;
}

/*
 * The bytes of a key such as an arrow: ESC [ parameters letter, or ESC letter. Whether this
 * one belongs to it.
 */
static bool
is_in_escape(struct line *line, unsigned char key)
{
	if (key == ESCAPE) {
		line->escape = 1;
		return true;
	}
	if (line->escape == 1 && (key == '[' || key == 'O')) {
		line->escape = 2;
		return true;
	}
	if (line->escape == 2 && key >= 0x20 && key < 0x40)
		return true;
	if (line->escape && key >= 0x20 && key < 0x7f) {
		line->escape = 0;
		return true;
	}
	line->escape = 0;
	return false;
}

enum line_event
line_key(struct line *line, unsigned char key)
{
	if (is_in_escape(line, key))
		return LINE_NOTHING;
	switch (key) {
	case '\n':
	case '\r':
		return LINE_READY;
	case CONTROL_D:
		return line->len == 0 ? LINE_ENDED : LINE_NOTHING;
	case CONTROL_H:
	case DELETE:
		erase_character(line);
		return LINE_CHANGED;
	case CONTROL_U:
		line->len = 0;
		return LINE_CHANGED;
	case CONTROL_W:
		erase_word(line);
		return LINE_CHANGED;
	case '\t':
		key = ' ';
		break;
	}
	if (key < 0x20)
		return LINE_NOTHING;
	if (line->len == sizeof line->text - 1) /* a NUL must fit behind it */
		return LINE_FULL;
	line->text[line->len++] = (char)key;
	return LINE_CHANGED;
}

/* How many columns a character takes: two for East Asian wide ones, as terminals do. */
static size_t
columns_of(uint32_t point)
{
	static const struct {
		uint32_t from, to;
	} wide[] = {
		{ 0x1100, 0x115f },
		{ 0x2e80, 0xa4cf },
		{ 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1faff },
		{ 0x20000, 0x3fffd },
	};

	if (point >= 0x300 && point < 0x370) /* combining accents */
		return 0;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (point >= wide[i].from && point <= wide[i].to)
			return 2;
	return 1;
}

size_t
line_visible(const char *text, size_t *len, size_t columns)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t used = 0, at = 0, begin = 0, n;
	uint32_t point;

	for (; (n = utf8_next(bytes + at, *len - at, &point)) > 0; at += n)
		used += columns_of(point);
	*len = at;
	for (; used > columns; begin += n) {
		n = utf8_next(bytes + begin, at - begin, &point);
		used -= columns_of(point);
	}
	return begin;
}
