/*
 * utf8: strict UTF-8. See utf8.h.
 */
#include "protocol/utf8.h"

/* The length that a first byte announces, 0 for one that begins nothing. */
static size_t
announced(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4) /* a middle byte, overlong, or beyond U+10FFFF */
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t
utf8_next(const uint8_t *bytes, size_t len, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need = len > 0 ? announced(bytes[0]) : 0;
	uint32_t value;

	if (need == 0 || need > len)
		return 0;
	value = need == 1 ? bytes[0] : bytes[0] & (0xffU >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < least[need] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*point = value;
	return need;
}

bool
utf8_is_valid(const uint8_t *bytes, size_t len)
{
	uint32_t point;

	for (size_t n; len > 0; bytes += n, len -= n) {
		n = utf8_next(bytes, len, &point);
		if (n == 0)
			return false;
	}
	return true;
}

static bool
is_ascii_name(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

bool
utf8_is_name_character(uint32_t point)
{
	static const struct {
		uint32_t from, to;
	} barred[] = {
		{ 0x0080, 0x00bf },    /* C1 controls, the spaces and signs of Latin-1 */
		{ 0x00d7, 0x00d7 },    /* times ... */
		{ 0x00f7, 0x00f7 },    /* ... and divided by */
		{ 0x034f, 0x034f },    /* joins graphemes, unseen */
		{ 0x061c, 0x061c },    /* turns the direction of writing */
		{ 0x115f, 0x1160 },    /* Hangul that shows nothing */
		{ 0x1680, 0x1680 },    /* a space */
		{ 0x17b4, 0x17b5 },    /* Khmer that shows nothing */
		{ 0x180b, 0x180f },    /* Mongolian selectors */
		{ 0x2000, 0x206f },    /* spaces, joiners, directions, punctuation */
		{ 0x2800, 0x2800 },    /* Braille without a dot */
		{ 0x3000, 0x3004 },    /* the ideographic space and punctuation */
		{ 0x3164, 0x3164 },    /* Hangul that shows nothing */
		{ 0xe000, 0xf8ff },    /* private use */
		{ 0xfdd0, 0xfdef },    /* no characters */
		{ 0xfe00, 0xfe0f },    /* variation selectors */
		{ 0xfeff, 0xfeff },    /* the byte order mark */
		{ 0xff00, 0xff0f },    /* punctuation, wide */
		{ 0xffa0, 0xffa0 },    /* Hangul that shows nothing */
		{ 0xfff0, 0xffff },    /* specials */
		{ 0xe0000, 0x10ffff }, /* tags, selectors, private use */
	};

	if (point < 0x80)
		return is_ascii_name(point);
	for (size_t i = 0; i < sizeof barred / sizeof *barred; i++)
		if (point >= barred[i].from && point <= barred[i].to)
			return false;
	return true;
}
