/*
 * Fuzzes protocol/http: the head of a request, and how it was cut.
 *
 * The first byte says in which pieces the rest comes. Fed in pieces, each from a block of
 * its own size, the head must give what it gives at once. All places lie within it; what
 * a response would repeat of it holds no byte that ends a line; and all who look at the
 * fields afterwards must survive them.
 */
#include <string.h>

#include "protocol/http_accept.h"
#include "protocol/http_match.h"
#include "protocol/http_range.h"
#include "tests/fuzz/fuzz.h"

static int
read_begin(void *request, const char *bytes, size_t len)
{
	return (int)http_request_read(request, bytes, len);
}

/* Reads all of `len` bytes in steps of `piece`. */
static enum http_verdict
feed(struct http_request *request, const uint8_t *data, size_t len, size_t piece)
{
	enum http_verdict verdict;

	memset(request, 0xa5, sizeof *request);
	http_request_begin(request);
	verdict = (enum http_verdict)fuzz_grow(data, len, piece, read_begin, request);
	request->bytes = (const char *)data; /* the last block is gone */
	return verdict;
}

static void
check_place(const struct http_request *request, struct http_at at)
{
	FUZZ_MUST(at.at + at.len <= request->head_len);
	FUZZ_MUST(http_is_value(http_text(request, at)));
}

static void
check_lines(const struct http_request *request)
{
	FUZZ_MUST(request->count <= HTTP_LINES_MAX);
	for (size_t i = 0; i < request->count; i++) {
		const struct http_line *line = &request->lines[i];
		struct http_span name = http_line_name(request, i);

		FUZZ_MUST(line->value + line->value_len < request->head_len);
		FUZZ_MUST(http_is_token(name));
		FUZZ_MUST(http_is_value(http_line_value(request, i)));
		FUZZ_MUST(http_field_of(name.at, name.len) == line->field);
		FUZZ_MUST(request->first[line->field] != 0);
		FUZZ_MUST(request->first[line->field] <= i + 1U);
	}
}

/* Whatever a session asks of a head. */
static void
use(const struct http_request *request)
{
	const struct http_validators of = { HTTP_SPAN("\"x\""), true, 784111777 };
	struct http_range ranges[HTTP_RANGES_MAX];
	struct http_span member, host, port;
	size_t count;

	for (int field = HTTP_F_OTHER; field < HTTP_F_COUNT; field++) {
		struct http_list list = http_list_begin(request, (enum http_field)field);

		while (http_list_next(&list, &member))
			FUZZ_MUST(member.len > 0 && *member.at != ',');
	}
	(void)http_preconditions(request, &of, 784111777);
	if (http_range_wanted(request, &of, 784111777))
		(void)http_range_read(http_value(request, HTTP_F_RANGE), 1000, ranges, &count);
	(void)http_coding_choose(request, 1 << HTTP_GZIP | 1 << HTTP_BR);
	FUZZ_MUST(http_accept_type(request, HTTP_SPAN("text/html")) <= HTTP_Q_MAX);
	FUZZ_MUST(request->framing != HTTP_LENGTH || request->length > 0);
	if (request->host.len > 0)
		FUZZ_MUST(http_authority(http_text(request, request->host), &host, &port));
	FUZZ_MUST(request->minor == 0 || request->host.len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_request whole, cut;
	enum http_verdict verdict;

	if (size < 1 || size > 2 * HTTP_HEAD_MAX)
		return 0;
	/* many small pieces of much would take too long */
	verdict = feed(&whole, data + 1, size - 1, size);
	if (size < 4096 || data[0] > 127) {
		FUZZ_MUST(feed(&cut, data + 1, size - 1, (size_t)data[0] + 1) == verdict);
		FUZZ_MUST(cut.fault == whole.fault && cut.head_len == whole.head_len);
		FUZZ_MUST(cut.count == whole.count && cut.method == whole.method);
		FUZZ_MUST(cut.framing == whole.framing && cut.keep_alive == whole.keep_alive);
		FUZZ_MUST(
		    memcmp(cut.lines, whole.lines, whole.count * sizeof *whole.lines) == 0);
	}
	FUZZ_MUST((verdict == HTTP_REFUSED) == (whole.fault != HTTP_FINE));
	if (verdict != HTTP_DONE)
		return 0;
	FUZZ_MUST(
	    whole.head_len < size && memcmp(data + whole.head_len - 3, "\r\n\r\n", 4) == 0);
	check_place(&whole, whole.target);
	check_place(&whole, whole.query);
	check_place(&whole, whole.authority);
	check_lines(&whole);
	use(&whole);
	return 0;
}
