/*
 * Fuzzes protocol/clock: requests in words, and probes.
 *
 * Whatever comes: the spans of a request lie within it, its longest answer is within
 * the limit, an error is short, and a probe that can be read is written again as the
 * same bytes, with an offset that no arithmetic has overflowed.
 */
#include "protocol/clock.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
check_error(enum clock_verdict verdict, const struct clock_request *request, size_t size)
{
	char answer[CLOCK_ANSWER_MAX];
	ssize_t len = clock_write_error(answer, sizeof answer, verdict, request);

	FUZZ_MUST(len > 0);
	FUZZ_MUST((size_t)len <= size + CLOCK_ERROR_EXTRA);
	FUZZ_MUST((size_t)len <= clock_answer_limit(size));
	FUZZ_MUST(clock_is_error(answer, (size_t)len));
}

static void
check_format(const struct clock_request *request, size_t size)
{
	size_t longest = strlen(request->ending);

	for (size_t i = 0; i < request->format_len; i++) {
		FUZZ_MUST((unsigned char)request->format[i] >= ' ');
		if (request->format[i] == '%')
			longest += clock_width(request->format[++i]);
		else
			longest++;
	}
	FUZZ_MUST(longest <= clock_answer_limit(size));
	FUZZ_MUST(longest <= CLOCK_ANSWER_MAX);
}

static void
check_text(const uint8_t *data, size_t size)
{
	const char *end = (const char *)data + size;
	struct clock_request request;
	enum clock_verdict verdict = clock_parse(data, size, &request);

	if (verdict == CLOCK_SILENCE)
		return;
	if (verdict != CLOCK_OK) {
		check_error(verdict, &request, size);
		return;
	}
	FUZZ_MUST(request.format_len > 0 && request.format_len <= CLOCK_FORMAT_MAX);
	FUZZ_MUST(request.zone == NULL || request.zone + request.zone_len <= end);
	FUZZ_MUST(request.zone == NULL || clock_is_zone(request.zone, request.zone_len));
	check_format(&request, size);
}

static void
check_probe(const uint8_t *data, size_t size)
{
	uint8_t again[CLOCK_PROBE_SIZE];
	struct clock_sample sample;
	struct clock_probe probe;

	if (clock_read_probe(data, size, &probe) == -1)
		return;
	FUZZ_MUST(clock_write_probe(again, sizeof again, &probe) == CLOCK_PROBE_SIZE);
	FUZZ_MUST(memcmp(again, data, sizeof again) == 0);
	if (clock_measure(&probe, (int64_t)(probe.cookie >> 1), 0, &sample))
		FUZZ_MUST(sample.delay >= 0 && sample.bound >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (clock_is_probe(data, size))
		check_probe(data, size);
	check_text(data, size);
	return 0;
}
