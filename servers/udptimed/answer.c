/*
 * answer: from a text request to its answer. See answer.h.
 */
#include "servers/udptimed/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	YEAR_MAX = 9999,
	PIECE_MAX = 64, /* more than any conversion's text in any year that fits in an int */
};

static void
add(char answer[CLOCK_ANSWER_MAX], size_t *used, const char *bytes, size_t len)
{
	if (len <= CLOCK_ANSWER_MAX - *used) {
		memcpy(answer + *used, bytes, len);
		*used += len;
	}
}

/* "+0530": what strftime(3) says depends on the one zone of the process. */
static size_t
expand_offset(char piece[PIECE_MAX], int32_t offset)
{
	const int minutes = abs(offset) / 60;

	return (size_t)snprintf(
	    piece, PIECE_MAX, "%c%02d%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* The text of one conversion; its length. */
static size_t
expand_one(char letter, const struct tm *shown, const struct tz_local *local, int64_t t,
    char piece[PIECE_MAX])
{
	const char format[] = { '%', letter, '\0' };

	switch (letter) {
	case 's':
		return (size_t)snprintf(piece, PIECE_MAX, "%" PRId64, t);
	case 'z':
		return expand_offset(piece, local->offset);
	case 'Z':
		return (size_t)snprintf(piece, PIECE_MAX, "%s", local->name);
	default:
		return strftime(piece, PIECE_MAX, format, shown);
	}
}

/*
 * One conversion at a time: then no more than what was checked gets through, and an
 * empty text is not mistaken for one that did not fit (both are 0 to strftime).
 */
enum clock_verdict
answer_expand(const struct clock_request *request, const struct tm *shown,
    const struct tz_local *local, int64_t t, char answer[CLOCK_ANSWER_MAX], size_t *answer_len)
{
	char piece[PIECE_MAX];
	size_t used = 0;

	for (size_t i = 0; i < request->format_len; i++) {
		const char c = request->format[i];
		size_t len;

		if (c != '%') {
			add(answer, &used, &c, 1);
			continue;
		}
		i++;
		len = expand_one(request->format[i], shown, local, t, piece);
		if (len > clock_width(request->format[i]))
			return CLOCK_YEAR;
		add(answer, &used, piece, len);
	}
	add(answer, &used, request->ending, strlen(request->ending));
	*answer_len = used;
	return CLOCK_OK;
}

/* What the clocks of a zone show at `t`, all fields of struct tm. */
static enum clock_verdict
look_at_clock(const struct zone *zone, int64_t t, struct tm *shown, struct tz_local *local)
{
	time_t moved;

	if (!zone_look(zone, t, local))
		return CLOCK_NO_ZONE;
	moved = (time_t)(t + local->offset);
	if (gmtime_r(&moved, shown) == NULL || shown->tm_year < 1 - 1900 ||
	    shown->tm_year > YEAR_MAX - 1900)
		return CLOCK_YEAR;
	shown->tm_isdst = local->dst;
	return CLOCK_OK;
}

static enum clock_verdict
answer_parsed(const struct answer_asked *asked, const struct clock_request *request,
    char answer[CLOCK_ANSWER_MAX], size_t *answer_len)
{
	enum clock_verdict verdict;
	struct tz_local local;
	struct zone named;
	struct tm shown;

	if (request->zone &&
	    zone_open(&named, asked->folder, request->zone, request->zone_len) == -1)
		return CLOCK_NO_ZONE;
	verdict = look_at_clock(request->zone ? &named : asked->own, asked->t, &shown, &local);
	if (verdict != CLOCK_OK)
		return verdict;
	return answer_expand(request, &shown, &local, asked->t, answer, answer_len);
}

/* exercise: read the request, tell the time in its format, in no more bytes than allowed */
enum clock_verdict
answer_text(const struct answer_asked *asked, const void *request, size_t len,
    char answer[CLOCK_ANSWER_MAX], size_t *answer_len)
{
	struct clock_request parsed;
	enum clock_verdict verdict = clock_parse(request, len, &parsed);
	ssize_t error_len;

	*answer_len = 0;
	if (verdict == CLOCK_SILENCE)
		return verdict;
	if (verdict == CLOCK_OK)
		verdict = answer_parsed(asked, &parsed, answer, answer_len);
	if (verdict != CLOCK_OK) {
		error_len = clock_write_error(answer, CLOCK_ANSWER_MAX, verdict, &parsed);
		*answer_len = error_len > 0 ? (size_t)error_len : 0;
	}
	return verdict;
}
