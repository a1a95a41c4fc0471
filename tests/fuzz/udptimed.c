/*
 * Fuzzes the whole of udptimed's answer to a request in words.
 *
 * The first byte chooses the time; the rest is the request. No answer may be longer
 * than its request allows, hold a control byte, or ask another server something that
 * goes on for ever: see "loops" in protocol/clock.h.
 */
#include <string.h>

#include "servers/udptimed/answer.h"
#include "tests/fuzz/fuzz.h"

static size_t
count_percents(const void *bytes, size_t len)
{
	const char *p = bytes;
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += p[i] == '%';
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t times[] = { 0, -1, 1790166600, 2147483648, 253402300799,
		253402300800, -62135596801, INT64_MAX / 2 };
	static const struct zone utc;
	struct answer_asked asked = { .own = &utc, .folder = "/nonexistent" };
	char answer[CLOCK_ANSWER_MAX];
	enum clock_verdict verdict;
	size_t len;

	if (size == 0)
		return 0;
	asked.t = times[data[0] % (sizeof times / sizeof *times)];
	data++;
	size--;
	verdict = answer_text(&asked, data, size, answer, &len);
	FUZZ_MUST(len <= clock_answer_limit(size));
	FUZZ_MUST(verdict == CLOCK_OK || len <= size + CLOCK_ERROR_EXTRA);
	FUZZ_MUST(
	    (verdict == CLOCK_OK || verdict == CLOCK_SILENCE) != clock_is_error(answer, len));
	FUZZ_MUST(verdict != CLOCK_OK || size <= 2 ||
		  count_percents(answer, len) <= count_percents(data, size));
	for (size_t i = 0; i < len; i++)
		FUZZ_MUST((unsigned char)answer[i] >= ' ' || i + 2 >= len);
	return 0;
}
