/*
 * Fuzzes protocol/http_range: a size, and a set of ranges.
 *
 * The first byte says how large the file is. All parts must lie within it and apart from
 * each other, and what frames them must be as long as was said before.
 */
#include "protocol/http_range.h"

#include "tests/fuzz/fuzz.h"

static const uint64_t sizes[] = { 0, 1, 2, 10, 255, 65536, UINT64_C(1) << 32, UINT64_C(1) << 40,
	INT64_MAX, UINT64_MAX };

static void
check_frames(const struct http_range *ranges, size_t count, uint64_t size)
{
	const struct http_multipart multipart = { HTTP_SPAN("boundary"), HTTP_SPAN("a/b"),
		size };
	char out[HTTP_PART_HEAD_MAX];
	uint64_t length, sum = 0;

	FUZZ_MUST(
	    http_multipart_length(&multipart, ranges, count, &length) || size >= INT64_MAX);
	if (size >= INT64_MAX)
		return;
	for (size_t i = 0; i < count; i++) {
		ssize_t len = http_part_head(out, sizeof out, &multipart, &ranges[i], i == 0);

		FUZZ_MUST(len > 0);
		sum += (uint64_t)len + ranges[i].last - ranges[i].first + 1;
	}
	sum += (uint64_t)http_part_end(out, sizeof out, &multipart);
	FUZZ_MUST(sum == length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_range ranges[HTTP_RANGES_MAX];
	enum http_range_verdict verdict;
	size_t count = 99;
	uint64_t of;

	if (size < 1)
		return 0;
	of = sizes[data[0] % (sizeof sizes / sizeof *sizes)];
	verdict = http_range_read(
	    (struct http_span){ (const char *)data + 1, size - 1 }, of, ranges, &count);
	FUZZ_MUST(verdict != HTTP_RANGE_SOME || (count > 0 && count <= HTTP_RANGES_MAX));
	if (verdict != HTTP_RANGE_SOME)
		return 0;
	for (size_t i = 0; i < count; i++) {
		FUZZ_MUST(ranges[i].first <= ranges[i].last && ranges[i].last < of);
		for (size_t j = 0; j < i; j++)
			FUZZ_MUST(ranges[i].last + 1 < ranges[j].first ||
				  ranges[j].last + 1 < ranges[i].first);
	}
	check_frames(ranges, count, of);
	return 0;
}
