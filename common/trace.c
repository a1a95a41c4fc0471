/*
 * trace: -v tells each step in words, -x shows the bytes. See trace.h.
 */
#include "common/trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/log.h"

enum {
	BYTES_PER_LINE = 16,
	PARTICULARS_MAX = 512,
};

static bool show_bytes; /* set by -x before the first connection, then only read */

static const struct {
	const char *call, *words;
} steps[] = {
	[TRACE_SOCKET] = { "socket", "buy a phone: " },
	[TRACE_BIND] = { "bind", "insert the SIM card: " },
	[TRACE_LISTEN] = { "listen", "switch it on: " },
	[TRACE_ACCEPT] = { "accept", "answer the call: " },
	[TRACE_FORK] = { "fork", "" },
	[TRACE_CONNECT] = { "connect", "dial: " },
	[TRACE_TALK] = { "talk", "" },
	[TRACE_CLOSE] = { "close", "hang up: " },
	[TRACE_LETTER_SOCKET] = { "socket", "put up a letter box: " },
	[TRACE_LETTER_BIND] = { "bind", "write its number on it: " },
	[TRACE_LETTER_CONNECT] = { "connect", "one address for all letters: " },
	[TRACE_LETTER_CLOSE] = { "close", "no more letters: " },
};

void
trace_show_bytes(void)
{
	show_bytes = true;
}

void
trace_say(enum trace_step step, const char *format, ...)
{
	char particulars[PARTICULARS_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(particulars, sizeof particulars, format, args);
	va_end(args);
	log_step("%-7s %s%s", steps[step].call, steps[step].words, particulars);
}

bool
trace_shows_bytes(void)
{
	return show_bytes;
}

static const char *
arrow(enum trace_direction direction)
{
	return direction == TRACE_IN ? "<-" : "->";
}

/* Up to sixteen bytes: "53 57 42 44 ". */
static void
format_hex(char hex[3 * BYTES_PER_LINE + 1], const unsigned char *bytes, size_t n)
{
	hex[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 3 * i, 4, "%02x ", bytes[i]);
}

void
trace_field(
    enum trace_direction direction, const void *bytes, size_t len, const char *format, ...)
{
	char hex[3 * BYTES_PER_LINE + 1], words[PARTICULARS_MAX];
	va_list args;

	if (!show_bytes)
		return;
	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	format_hex(hex, bytes, len < BYTES_PER_LINE ? len : BYTES_PER_LINE);
	log_error("%s %-24s  %s", arrow(direction), hex, words);
}

void
trace_bytes(enum trace_direction direction, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t at = 0; show_bytes && at < len; at += BYTES_PER_LINE) {
		size_t n = len - at < BYTES_PER_LINE ? len - at : BYTES_PER_LINE;
		char hex[3 * BYTES_PER_LINE + 1], text[BYTES_PER_LINE + 1];

		format_hex(hex, p + at, n);
		for (size_t i = 0; i < n; i++)
			text[i] =
			    (char)(p[at + i] >= 0x20 && p[at + i] < 0x7f ? p[at + i] : '.');
		text[n] = '\0';
		log_error("%s %06zx  %-48s |%s|", arrow(direction), at, hex, text);
	}
}
