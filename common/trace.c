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

void
trace_bytes(enum trace_direction direction, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t at = 0; show_bytes && at < len; at += BYTES_PER_LINE) {
		size_t n = len - at < BYTES_PER_LINE ? len - at : BYTES_PER_LINE;
		char hex[3 * BYTES_PER_LINE + 1], text[BYTES_PER_LINE + 1];

		for (size_t i = 0; i < n; i++) {
			unsigned char c = p[at + i];

			snprintf(hex + 3 * i, 4, "%02x ", c);
			text[i] = (char)(c >= 0x20 && c < 0x7f ? c : '.');
		}
		text[n] = '\0';
		log_error(
		    "%s %06zx  %-48s |%s|", direction == TRACE_IN ? "<-" : "->", at, hex, text);
	}
}
