/*
 * Fuzzes protocol/http_date: text that may be a date, and a moment.
 *
 * What is read lies within four digits of years; written and read again it is the same.
 * The first eight bytes are the moment that is now, and one to write.
 */
#include "protocol/http_date.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
check_round(int64_t seconds, int64_t now)
{
	char text[HTTP_DATE_LEN + 1];
	int64_t again;

	http_date_write(text, seconds);
	FUZZ_MUST(strlen(text) == HTTP_DATE_LEN);
	FUZZ_MUST(http_date_read((struct http_span){ text, HTTP_DATE_LEN }, now, &again));
	FUZZ_MUST(again == seconds || seconds < HTTP_DATE_MIN || seconds > HTTP_DATE_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_span text;
	int64_t now, seconds;

	if (size < sizeof now)
		return 0;
	memcpy(&now, data, sizeof now);
	check_round(now, now);
	check_round(now % HTTP_DATE_MAX, 0);
	text = (struct http_span){ (const char *)data + sizeof now, size - sizeof now };
	if (!http_date_read(text, now % HTTP_DATE_MAX, &seconds))
		return 0;
	FUZZ_MUST(seconds >= HTTP_DATE_MIN);
	FUZZ_MUST(seconds <= HTTP_DATE_MAX + 1); /* a leap second at its end */
	if (seconds <= HTTP_DATE_MAX)
		check_round(seconds, now);
	return 0;
}
