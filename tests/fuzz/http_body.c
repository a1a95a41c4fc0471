/*
 * Fuzzes protocol/http_body: chunked content, and how it was cut.
 *
 * The first byte says in which pieces the rest is fed. The same bytes fed at once must
 * give the same content, end at the same place, or break for the same reason. A second,
 * slow reader of right chunks says the same whenever he is content.
 */
#include "protocol/http_body.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

struct told {
	uint64_t sum; /* of the content, each byte at its place */
	size_t used;
	struct http_body body;
};

static struct told
feed(const uint8_t *data, size_t len, size_t piece)
{
	const struct http_request request = { .framing = HTTP_CHUNKED };
	struct told told = { .sum = FUZZ_SUM };
	const char *bytes = (const char *)data;

	http_body_begin(&told.body, &request);
	while (told.used < len) {
		size_t some = piece < len - told.used ? piece : len - told.used, n;
		struct http_span span;

		n = http_body_feed(&told.body, bytes + told.used, some, &span);
		FUZZ_MUST(n <= some);
		FUZZ_MUST(span.len == 0 || (span.at >= bytes + told.used &&
					       span.at + span.len <= bytes + told.used + n));
		told.sum = fuzz_mix(told.sum, span.at, span.len);
		told.used += n;
		if (n == 0)
			break;
	}
	FUZZ_MUST(told.used == len || told.body.verdict != HTTP_MORE);
	return told;
}

/* The size of the chunk at *at, or -1 unless it is `hex CR LF': no extension, few digits. */
static long
plain_size(const char **at, const char *end)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	long size = 0;
	int digits = 0;

	for (; *at < end && digits < 6; ++*at, digits++) {
		const char *digit = memchr(lower, **at, 16), *other = memchr(upper, **at, 16);

		if (digit == NULL && other == NULL)
			break;
		size = size * 16 + (digit ? digit - lower : other - upper);
	}
	if (digits == 0 || end - *at < 2 || memcmp(*at, "\r\n", 2) != 0)
		return -1;
	*at += 2;
	return size;
}

/* How many bytes chunks without extensions and trailer take; 0: they are not such. */
static size_t
plain_len(const char *from, size_t len, uint64_t *total)
{
	const char *at = from, *end = from + len;
	long size;

	for (*total = 0; (size = plain_size(&at, end)) > 0; *total += (uint64_t)size) {
		if (end - at < size + 2 || memcmp(at + size, "\r\n", 2) != 0)
			return 0;
		at += size + 2;
	}
	if (size == -1 || end - at < 2 || memcmp(at, "\r\n", 2) != 0)
		return 0;
	return (size_t)(at + 2 - from);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut;
	uint64_t total;
	size_t plain;

	if (size < 1)
		return 0;
	whole = feed(data + 1, size - 1, size);
	cut = feed(data + 1, size - 1, (size_t)data[0] + 1);
	FUZZ_MUST(whole.sum == cut.sum && whole.used == cut.used);
	FUZZ_MUST(whole.body.verdict == cut.body.verdict && whole.body.fault == cut.body.fault);
	FUZZ_MUST(whole.body.total == cut.body.total);
	FUZZ_MUST((whole.body.verdict == HTTP_REFUSED) == (whole.body.fault != HTTP_FINE));
	plain = plain_len((const char *)data + 1, size - 1, &total);
	if (plain > 0) {
		FUZZ_MUST(whole.body.verdict == HTTP_DONE);
		FUZZ_MUST(whole.used == plain && whole.body.total == total);
	}
	return 0;
}
