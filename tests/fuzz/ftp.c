/*
 * Fuzzes protocol/ftp: what a client sends on the control connection.
 *
 * The same bytes make the same lines however they are cut into pieces; no line is longer
 * than it may be; a command that is taken and encoded again is the same command. Then
 * the arguments: what is taken encodes to something that is taken for the same.
 */
#include "protocol/ftp.h"

#include <string.h>

#include "protocol/ftp_ascii.h"
#include "protocol/ftp_text.h"
#include "protocol/ftp_time.h"
#include "tests/fuzz/fuzz.h"

static void
fuzz_command(const char *line, size_t len)
{
	struct ftp_command command, again;
	char out[2 * FTP_LINE_MAX + 16];
	struct ftp_line back = { .len = 0 };
	size_t used;
	ssize_t n;

	if (!ftp_command_parse(line, len, &command))
		return;
	(void)ftp_command_is_http(&command);
	FUZZ_MUST(command.argument.at + command.argument.len == line + len);
	n = ftp_command_encode(
	    out, sizeof out, command.verb, command.argument.at, command.argument.len);
	FUZZ_MUST(n > 0);
	FUZZ_MUST(ftp_line_feed(&back, out, (size_t)n, &used) == FTP_LINE_READY ||
		  back.len == FTP_LINE_MAX);
	FUZZ_MUST(used == (size_t)n);
	if (back.len == FTP_LINE_MAX)
		return;
	FUZZ_MUST(ftp_command_parse(back.text, back.len, &again));
	FUZZ_MUST(again.argument.len == command.argument.len &&
		  memcmp(again.argument.at, command.argument.at, again.argument.len) == 0);
}

static uint64_t
fuzz_lines(const uint8_t *data, size_t size, size_t step)
{
	static struct ftp_line line;
	uint64_t sum = FUZZ_SUM;

	memset(&line, 0, sizeof line);
	for (size_t at = 0, used; at < size; at += used) {
		size_t piece = size - at < step ? size - at : step;
		enum ftp_line_event event = ftp_line_feed(&line, data + at, piece, &used);

		FUZZ_MUST(used > 0 && used <= piece && line.len <= FTP_LINE_MAX);
		if (event == FTP_LINE_MORE)
			continue;
		sum = fuzz_mix(sum, &event, sizeof event);
		if (event == FTP_LINE_TELNET) {
			sum = fuzz_mix(sum, line.answer, sizeof line.answer);
			continue;
		}
		FUZZ_MUST(line.text[line.len] == '\0');
		FUZZ_MUST(memchr(line.text, '\n', line.len) == NULL);
		FUZZ_MUST(event != FTP_LINE_READY || strlen(line.text) == line.len);
		sum = fuzz_mix(sum, line.text, line.len);
		if (event == FTP_LINE_READY)
			fuzz_command(line.text, line.len);
	}
	return sum;
}

static void
fuzz_arguments(const char *text, size_t size)
{
	char name[64], out[256];
	uint64_t from, to, number;
	struct ftp_time time, again;
	struct ftp_span rest;
	ssize_t len;

	if (ftp_xhash_parse(text, size, name, sizeof name, &from, &to)) {
		FUZZ_MUST(strlen(name) > 0 && from <= to);
		FUZZ_MUST(ftp_xhash_encode(out, sizeof out, name, strlen(name), from, to) > 0);
	}
	if (ftp_number_parse(text, size, &number))
		FUZZ_MUST(size <= FTP_NUMBER_DIGITS_MAX);
	if (ftp_time_and_name(text, size, &time, &rest))
		FUZZ_MUST(rest.len > 0 && rest.at + rest.len == text + size);
	if (ftp_time_parse(text, size, &time)) {
		len = ftp_time_encode(out, sizeof out, &time);
		/* but for the last leap second of the year 9999 */
		FUZZ_MUST(len > 0 || time.seconds == 253402300800);
		if (len > 0) {
			FUZZ_MUST(ftp_time_parse(out, (size_t)len, &again));
			FUZZ_MUST(again.seconds == time.seconds && again.ns == time.ns);
		}
	}
}

static void
fuzz_ascii(const uint8_t *data, size_t size)
{
	static uint8_t wire[1 << 14], file[1 << 13];
	struct ftp_ascii ascii = { false };
	size_t n, half, got;

	if (size >= sizeof file)
		return;
	n = ftp_ascii_encode(data, size, wire);
	FUZZ_MUST(n == size + ftp_ascii_count(data, size));
	half = n / 2;
	got = ftp_ascii_decode(&ascii, wire, half, file);
	got += ftp_ascii_decode(&ascii, wire + half, n - half, file + got);
	got += ftp_ascii_end(&ascii, file + got);
	FUZZ_MUST(got == size && memcmp(file, data, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole = fuzz_lines(data, size, size);

	FUZZ_MUST(fuzz_lines(data, size, 1) == whole);
	FUZZ_MUST(fuzz_lines(data, size, 3) == whole);
	fuzz_arguments((const char *)data, size);
	fuzz_ascii(data, size);
	return 0;
}
