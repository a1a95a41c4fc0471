/*
 * http_range: which parts of a file are asked for. See http_range.h.
 */
#include "protocol/http_range.h"

#include <string.h>

/* Digits at *at; one that is too large is the largest: the file ends before it anyway. */
static bool
get_number(const char **at, const char *end, uint64_t *number)
{
	const char *from = *at;

	for (*number = 0; *at < end && **at >= '0' && **at <= '9'; ++*at) {
		unsigned digit = (unsigned)(**at - '0');

		*number =
		    *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
	}
	return *at > from;
}

enum spec {
	MALFORMED,
	OUTSIDE,
	INSIDE,
};

/* 0-499, 500-, -500 */
static enum spec
read_spec(struct http_span text, uint64_t size, struct http_range *range)
{
	const char *at = text.at, *end = at + text.len;
	uint64_t first, last;
	bool from = get_number(&at, end, &first), to;

	if (at == end || *at++ != '-')
		return MALFORMED;
	to = get_number(&at, end, &last);
	if (at != end || (!from && !to) || (from && to && last < first))
		return MALFORMED;
	if (!from) {
		if (last == 0 || size == 0)
			return OUTSIDE;
		*range = (struct http_range){ last < size ? size - last : 0, size - 1 };
		return INSIDE;
	}
	if (first >= size)
		return OUTSIDE;
	*range = (struct http_range){ first, to && last < size ? last : size - 1 };
	return INSIDE;
}

/* No byte lies between them. Both are within a file, so that + 1 does not overflow. */
static bool
meet(const struct http_range *a, const struct http_range *b)
{
	return a->first <= b->last + 1 && b->first <= a->last + 1;
}

/* Add a range: with all that it meets it becomes one, where the first of them stood. */
static size_t
add(struct http_range *ranges, size_t count, struct http_range range)
{
	size_t at = count;

	for (size_t i = 0; i < count;) {
		if (!meet(&ranges[i], &range)) {
			i++;
			continue;
		}
		if (ranges[i].first < range.first)
			range.first = ranges[i].first;
		if (ranges[i].last > range.last)
			range.last = ranges[i].last;
		memmove(ranges + i, ranges + i + 1, (--count - i) * sizeof *ranges);
		at = i < at ? i : at;
		i = 0; /* now it may meet more */
	}
	at = at < count ? at : count;
	memmove(ranges + at + 1, ranges + at, (count - at) * sizeof *ranges);
	ranges[at] = range;
	return count + 1;
}

enum http_range_verdict
http_range_read(struct http_span value, uint64_t size,
    struct http_range ranges[HTTP_RANGES_MAX], size_t *count)
{
	static const char unit[] = "bytes=";
	const size_t unit_len = sizeof unit - 1;
	struct http_list list;
	struct http_span spec;
	size_t specs = 0;

	*count = 0;
	if (value.len < unit_len || value.at[unit_len - 1] != '=' ||
	    !http_is((struct http_span){ value.at, unit_len - 1 }, "bytes"))
		return HTTP_RANGE_WHOLE;
	list = http_list_of((struct http_span){ value.at + unit_len, value.len - unit_len });
	while (http_list_next(&list, &spec)) {
		struct http_range range;
		enum spec is = read_spec(spec, size, &range);

		if (is == MALFORMED || ++specs > HTTP_RANGES_MAX)
			return HTTP_RANGE_WHOLE;
		if (is == INSIDE)
			*count = add(ranges, *count, range);
	}
	if (specs == 0)
		return HTTP_RANGE_WHOLE;
	return *count > 0 ? HTTP_RANGE_SOME : HTTP_RANGE_OUTSIDE;
}
